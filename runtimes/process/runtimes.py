"""The process runtimes of one sandbox, and the launcher they share."""

from collections.abc import Callable, Mapping
from pathlib import Path

from runtimes.contract import FunctionSpec, Imported, LogSink
from runtimes.debug_ports import DebugPorts
from runtimes.pool import Environment
from runtimes.process.debugging import find_debugpy
from runtimes.process.interpreter import find_interpreter, find_sdk
from runtimes.process.launcher import ProcessLauncher
from runtimes.reload.stamps import Stamps
from runtimes.runtime_api.environment import ApiEnvironment
from runtimes.warm_runtime import WarmRuntime

__all__ = ["ProcessRuntimes"]


class ProcessRuntimes:
    """Builds process runtimes; arguments as of ``runtimes.choose.choose``.

    Raises:
        RuntimeUnavailable: *python* is no interpreter, or debugging is asked of one without debugpy.
    """

    def __init__(
        self,
        *,
        sink_of: Callable[[FunctionSpec], LogSink],
        new_log_stream: Callable[[str], str],
        python: Path | None,
        project_folder: Path,
        outer: Mapping[str, str],
        debug_ports: DebugPorts | None = None,
        imported: Imported = lambda _spec, _places: None,
    ) -> None:
        self._sink_of = sink_of
        self._new_log_stream = new_log_stream
        interpreter = find_interpreter(python, project_folder, outer)
        self._debug_ports = debug_ports
        if debug_ports is not None:
            find_debugpy(interpreter)
        # A debugger starts threads, which no fork survives.
        fork = outer.get("SANDBOX_WORKERS") != "spawn" and debug_ports is None
        self.launcher = ProcessLauncher(
            interpreter, find_sdk(), outer, fork=fork, debug_ports=debug_ports, imported=imported
        )

    def runtime(self, spec: FunctionSpec) -> WarmRuntime:
        """A runtime for *spec*, not started."""
        if self._debug_ports is None:
            return WarmRuntime(spec, self._environment)
        return WarmRuntime(spec, self._environment, limit=1)  # a second one would have nobody listening

    def packages(self) -> Stamps:
        """The interpreter's own, as soon as it has said where they are."""
        return self.launcher.forks.packages

    async def close(self) -> None:
        """End the fork servers; close the runtimes first."""
        await self.launcher.close()

    def _environment(self, spec: FunctionSpec, on_unusable: Callable[[Environment], None]) -> ApiEnvironment:
        if self._debug_ports is not None:
            spec = self._debug_ports.without_timeout(spec)
        stream = self._new_log_stream(spec.version)
        return ApiEnvironment(spec, self.launcher, self._sink_of(spec), stream, on_unusable=on_unusable)
