"""From settings to runtimes: which kind, with what it needs, imported only when chosen."""

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Protocol

from runtimes.contract import FunctionSpec, Imported, LogSink, Runtime, RuntimeUnavailable
from runtimes.debug_ports import DebugPorts
from runtimes.reload.stamps import Stamps

__all__ = ["Runtimes", "choose"]


class Runtimes(Protocol):
    """Builds the runtimes of all functions of one sandbox, and owns what they share."""

    def runtime(self, spec: FunctionSpec) -> Runtime:
        """A runtime for *spec*, not started."""

    def packages(self) -> Stamps:
        """The folders of installed packages that functions import, as they were when last looked at for a function.

        Empty where they are not known yet, or out of reach.
        """

    async def close(self) -> None:
        """Give back what the runtimes share; close them first."""


def choose(
    kind: str,
    *,
    sink_of: Callable[[FunctionSpec], LogSink],
    new_log_stream: Callable[[str], str],
    python: Path | None,
    project_folder: Path,
    outer: Mapping[str, str] | None = None,
    images: Mapping[str, str] | None = None,
    pause: Callable[[bool], None] = lambda _stopped: None,
    debug_port: int | None = None,
    debug_wait: bool = False,
    imported: Imported = lambda _spec, _places: None,
) -> Runtimes:
    """The runtimes of *kind*, ``process``, ``in-process`` or ``docker``, whose output goes where *sink_of* says.

    *new_log_stream* names the log stream of a new environment of a version. *python* is the interpreter of workers; ``None`` finds one
    from *project_folder* on. *outer* are the sandbox's own environment variables, ``None`` this process's; ``SANDBOX_WORKERS=spawn``
    among them switches fork servers off. *images* are images by runtime identifier, instead of AWS's own. *pause* is told True
    when a debugger stops a handler of this process, and False when that goes on. *debug_port* is where debuggers find the worker of
    the first function, the next ones those of the others; with *debug_wait* nothing is loaded before one is there. Containers are
    lent the debugpy of *python*. *imported* is told where a function's modules lie outside of its code; only ``process`` does
    so, where it forks.

    Raises:
        RuntimeUnavailable: there is no such kind, or *python* is no interpreter, or has no debugpy where one is needed.
    """
    outer = dict(os.environ) if outer is None else outer
    debug_ports = None if debug_port is None else DebugPorts(debug_port, wait=debug_wait)
    if kind == "process":
        from runtimes.process.runtimes import ProcessRuntimes  # noqa: PLC0415 - imports aiohttp: only when chosen

        return ProcessRuntimes(
            sink_of=sink_of,
            new_log_stream=new_log_stream,
            python=python,
            project_folder=project_folder,
            outer=outer,
            debug_ports=debug_ports,
            imported=imported,
        )
    if kind == "in-process":
        from runtimes.in_process.runtimes import InProcessRuntimes  # noqa: PLC0415 - only when chosen

        return InProcessRuntimes(sink_of=sink_of, new_log_stream=new_log_stream, pause=pause)
    if kind == "docker":
        from runtimes.container.debugging import DebuggedContainers  # noqa: PLC0415 - only when chosen
        from runtimes.container.runtimes import ContainerRuntimes  # noqa: PLC0415 - only when chosen
        from runtimes.process.debugging import find_debugpy  # noqa: PLC0415 - only when chosen
        from runtimes.process.interpreter import find_interpreter  # noqa: PLC0415 - only when chosen

        debugged = None
        if debug_ports is not None:
            debugpy = find_debugpy(find_interpreter(python, project_folder, outer))
            debugged = DebuggedContainers(debug_ports, debugpy)
        return ContainerRuntimes(sink_of=sink_of, new_log_stream=new_log_stream, images=images or {}, debugged=debugged)
    raise RuntimeUnavailable(f"There is no runtime named {kind}; choose process, in-process or docker.")
