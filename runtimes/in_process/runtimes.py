"""The in-process runtimes of one sandbox."""

import contextlib
import faulthandler
import sys
from collections.abc import Callable
from pathlib import Path

from runtimes.contract import FunctionSpec, LogSink
from runtimes.in_process.environment import Handler, InProcessEnvironment
from runtimes.pool import Environment
from runtimes.reload.stamps import Stamps, stamps_of
from runtimes.warm_runtime import WarmRuntime

__all__ = ["InProcessRuntimes"]

_PACKAGE_FOLDERS = ("site-packages", "dist-packages")


class InProcessRuntimes:
    """Builds in-process runtimes; arguments as of ``runtimes.choose.choose``.

    Attributes:
        handlers: by function ARN, handlers that exist already (a test's own functions) and need no loading.
    """

    def __init__(
        self,
        *,
        sink_of: Callable[[FunctionSpec], LogSink],
        new_log_stream: Callable[[str], str],
        pause: Callable[[bool], None],
    ) -> None:
        self._pause = pause
        self._sink_of = sink_of
        self._new_log_stream = new_log_stream
        self.handlers: dict[str, Handler] = {}
        self._packages = stamps_of(Path(entry) for entry in sys.path if Path(entry).name in _PACKAGE_FOLDERS)
        if not faulthandler.is_enabled():
            # A crash of a handler is one of this process: the least is to say where. No such stream, no such word.
            with contextlib.suppress(AttributeError, OSError, RuntimeError, ValueError):
                faulthandler.enable()

    def runtime(self, spec: FunctionSpec) -> WarmRuntime:
        """A runtime for *spec*, not started."""
        return WarmRuntime(spec, self._environment)

    def packages(self) -> Stamps:
        """This interpreter's own."""
        return self._packages

    async def close(self) -> None:
        """Nothing is shared."""

    def _environment(self, spec: FunctionSpec, on_unusable: Callable[[Environment], None]) -> InProcessEnvironment:
        del on_unusable  # a thread does not end by itself
        stream = self._new_log_stream(spec.version)
        handler = self.handlers.get(spec.function_arn)
        return InProcessEnvironment(spec, self._sink_of(spec), stream, handler, pause=self._pause)
