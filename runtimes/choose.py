"""From settings to runtimes: which kind, with what it needs, imported only when chosen."""

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Protocol

from runtimes.contract import FunctionSpec, LogSink, Runtime, RuntimeUnavailable

__all__ = ["Runtimes", "choose"]


class Runtimes(Protocol):
    """Builds the runtimes of all functions of one sandbox, and owns what they share."""

    def runtime(self, spec: FunctionSpec) -> Runtime:
        """A runtime for *spec*, not started."""

    async def close(self) -> None:
        """Give back what the runtimes share; close them first."""


def choose(
    kind: str,
    *,
    sink: LogSink,
    new_log_stream: Callable[[str], str],
    python: Path | None,
    project_folder: Path,
    outer: Mapping[str, str] | None = None,
) -> Runtimes:
    """The runtimes of *kind*, ``process`` or ``in-process``, whose output goes to *sink*.

    *new_log_stream* names the log stream of a new environment of a version. *python* is the interpreter of workers; ``None`` finds one
    from *project_folder* on. *outer* are the sandbox's own environment variables, ``None`` this process's; ``SANDBOX_WORKERS=spawn``
    among them switches fork servers off.

    Raises:
        RuntimeUnavailable: there is no such kind, or *python* is no interpreter.
    """
    outer = dict(os.environ) if outer is None else outer
    if kind == "process":
        from runtimes.process.interpreter import find_interpreter, find_sdk  # noqa: PLC0415 - only what is chosen
        from runtimes.process.launcher import ProcessLauncher  # noqa: PLC0415 - imports aiohttp

        interpreter = find_interpreter(python, project_folder, outer)
        launcher = ProcessLauncher(interpreter, find_sdk(), outer, fork=outer.get("SANDBOX_WORKERS") != "spawn")
        return _ProcessRuntimes(launcher, sink, new_log_stream)
    if kind == "in-process":
        raise NotImplementedError
    raise RuntimeUnavailable(f"There is no runtime named {kind}; choose process or in-process.")


class _ProcessRuntimes:
    def __init__(self, launcher: Any, sink: LogSink, new_log_stream: Callable[[str], str]) -> None:
        self._launcher = launcher
        self._sink = sink
        self._new_log_stream = new_log_stream

    def runtime(self, spec: FunctionSpec) -> Runtime:
        from runtimes.warm_runtime import WarmRuntime  # noqa: PLC0415 - imports aiohttp

        return WarmRuntime(spec, self._launcher, sink=self._sink, new_log_stream=self._new_log_stream)

    async def close(self) -> None:
        await self._launcher.close()
