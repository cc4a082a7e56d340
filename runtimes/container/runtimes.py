"""The container runtimes of one sandbox, and the launcher they share."""

import asyncio
import logging
from collections.abc import Callable, Mapping

from runtimes.container.debugging import DebuggedContainers
from runtimes.container.launcher import ContainerLauncher
from runtimes.contract import FunctionSpec, LogSink, RuntimeUnavailable
from runtimes.debug_ports import DebugPorts
from runtimes.pool import Environment
from runtimes.reload.stamps import Stamps
from runtimes.runtime_api.environment import ApiEnvironment
from runtimes.warm_runtime import ENVIRONMENTS_MAX, MakeEnvironment, WarmRuntime

__all__ = ["ContainerRuntimes"]

_log = logging.getLogger(__name__)


class _ContainerRuntime(WarmRuntime):
    def __init__(
        self, spec: FunctionSpec, make: MakeEnvironment, *, limit: int, closed: Callable[[FunctionSpec], None]
    ) -> None:
        super().__init__(spec, make, limit=limit)
        self._spec = spec
        self._tell_closed = closed

    async def close(self) -> None:
        self._tell_closed(self._spec)  # before: what is closed waits for spares
        await super().close()
        self._tell_closed(self._spec)  # after: a start that was under way may have asked for another


class ContainerRuntimes:
    """Builds container runtimes; arguments as of ``runtimes.choose.choose``. Make it on the event loop's thread."""

    def __init__(
        self,
        *,
        sink_of: Callable[[FunctionSpec], LogSink],
        new_log_stream: Callable[[str], str],
        images: Mapping[str, str],
        debugged: DebuggedContainers | None = None,
    ) -> None:
        self._sink_of = sink_of
        self._new_log_stream = new_log_stream
        self._is_debugged = debugged is not None
        self.launcher = ContainerLauncher(images, debugged)
        self._tidying = asyncio.get_running_loop().create_task(self._tidy())

    def runtime(self, spec: FunctionSpec) -> WarmRuntime:
        """A runtime for *spec*, not started."""
        # A second environment would have nobody listening.
        limit = 1 if self._is_debugged else ENVIRONMENTS_MAX
        return _ContainerRuntime(spec, self._environment, limit=limit, closed=self.launcher.forget)

    def packages(self) -> Stamps:
        """None: they are in the images, which do not change while they run."""
        return {}

    async def close(self) -> None:
        """Remove what is left of ours; close the runtimes first."""
        await self._tidying
        await self.launcher.close()

    def _environment(self, spec: FunctionSpec, on_unusable: Callable[[Environment], None]) -> ApiEnvironment:
        if self._is_debugged:
            spec = DebugPorts.without_timeout(spec)
        stream = self._new_log_stream(spec.version)
        return ApiEnvironment(spec, self.launcher, self._sink_of(spec), stream, on_unusable=on_unusable)

    async def _tidy(self) -> None:
        """Look for leftovers at the start, and tell early that there is no engine."""
        try:
            await self.launcher.remove_leftovers()
        except RuntimeUnavailable as reason:
            _log.warning("%s", str(reason))  # not the exception: with it, all it came from would be kept
