"""The process runtimes of one sandbox, and the launcher they share."""

from collections.abc import Callable, Mapping
from pathlib import Path

from runtimes.contract import FunctionSpec, LogSink
from runtimes.pool import Environment
from runtimes.process.interpreter import find_interpreter, find_sdk
from runtimes.process.launcher import ProcessLauncher
from runtimes.reload.stamps import Stamps
from runtimes.runtime_api.environment import ApiEnvironment
from runtimes.warm_runtime import WarmRuntime

__all__ = ["ProcessRuntimes"]


class ProcessRuntimes:
    """Builds process runtimes; arguments as of ``runtimes.choose.choose``.

    Raises:
        RuntimeUnavailable: *python* is no interpreter.
    """

    def __init__(
        self,
        *,
        sink_of: Callable[[FunctionSpec], LogSink],
        new_log_stream: Callable[[str], str],
        python: Path | None,
        project_folder: Path,
        outer: Mapping[str, str],
    ) -> None:
        self._sink_of = sink_of
        self._new_log_stream = new_log_stream
        interpreter = find_interpreter(python, project_folder, outer)
        self.launcher = ProcessLauncher(interpreter, find_sdk(), outer, fork=outer.get("SANDBOX_WORKERS") != "spawn")

    def runtime(self, spec: FunctionSpec) -> WarmRuntime:
        """A runtime for *spec*, not started."""
        return WarmRuntime(spec, self._environment)

    def packages(self) -> Stamps:
        """The interpreter's own, as soon as it has said where they are."""
        return self.launcher.forks.packages

    async def close(self) -> None:
        """End the fork servers; close the runtimes first."""
        await self.launcher.close()

    def _environment(self, spec: FunctionSpec, on_unusable: Callable[[Environment], None]) -> ApiEnvironment:
        stream = self._new_log_stream(spec.version)
        return ApiEnvironment(spec, self.launcher, self._sink_of(spec), stream, on_unusable=on_unusable)
