"""A thread that does one job after another for the event loop, and can be left behind when one never ends."""

import asyncio
import contextlib
import queue
import sys
import threading
from collections.abc import Callable
from typing import TypeVar

__all__ = ["WorkerThread"]

_Result = TypeVar("_Result")

_DEBUGGER_MODULES = frozenset({"pdb", "bdb", "code", "pydevd", "_pydevd_bundle.pydevd", "IPython.core.debugger"})
_DEBUGGER_FILE = "pydevd.py"
"""Of PyCharm's debugger, which is the program that runs the sandbox then, and named so."""


class WorkerThread:
    """Run jobs off the loop; a daemon, so that a stuck handler does not keep the interpreter from ending."""

    def __init__(self, name: str) -> None:
        self._loop = asyncio.get_running_loop()
        self._jobs: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._work, name=name, daemon=True)
        self._thread.start()

    def run(self, job: Callable[[], _Result]) -> asyncio.Future[_Result]:
        """Do *job* after those before it; it must not raise."""
        done: asyncio.Future[_Result] = self._loop.create_future()

        def settle(result: _Result) -> None:
            if not done.done():
                done.set_result(result)

        def work() -> None:
            result = job()
            with contextlib.suppress(RuntimeError):  # the loop is closed: nobody waits for a thread left behind
                self._loop.call_soon_threadsafe(settle, result)

        self._jobs.put(work)
        return done

    @property
    def native_id(self) -> int | None:
        """The system's number of the thread."""
        return self._thread.native_id

    def stop(self) -> None:
        """End after the current job, whenever that ends."""
        self._jobs.put(None)

    def is_in_debugger(self) -> bool:
        """Whether the thread stands at a breakpoint, when no time should pass for it."""
        frame = sys._current_frames().get(self._thread.ident or 0)  # noqa: SLF001 - the documented way to look at another thread
        while frame is not None:
            if frame.f_globals.get("__name__") in _DEBUGGER_MODULES or frame.f_code.co_filename.endswith(
                _DEBUGGER_FILE
            ):
                return True
            frame = frame.f_back
        return False

    def _work(self) -> None:
        while (job := self._jobs.get()) is not None:
            job()
