"""How long a job may take, not counting the time that a debugger stops it."""

import asyncio
from collections.abc import Callable

__all__ = ["TimeLimit"]

_LOOK_SECONDS = 0.1
_STANDSTILL_SECONDS = 1.0
"""Later than this, the event loop itself has stood: IDEs stop all threads at a breakpoint, and so the one that looks."""


class TimeLimit:
    """Call *expired* once *seconds* have passed for a job; begins at once, on the event loop's thread.

    Args:
        is_stopped: whether a debugger stops the job now.
        stopped: told True when that begins, and False when it is over.
        now: seconds of a clock that never jumps back; ``None`` for the event loop's.
    """

    def __init__(
        self,
        seconds: float,
        *,
        is_stopped: Callable[[], bool],
        expired: Callable[[], None],
        stopped: Callable[[bool], None],
        now: Callable[[], float] | None = None,
    ) -> None:
        self._left = seconds
        self._is_stopped = is_stopped
        self._expired = expired
        self._tell = stopped
        self._was_stopped = False
        self._loop = asyncio.get_running_loop()
        self._now = now or self._loop.time
        self._looked_at = self._now()
        self._timer = self._loop.call_later(min(seconds, _LOOK_SECONDS), self._look)

    def end(self) -> None:
        """The job is done."""
        self._timer.cancel()
        self._note(stopped=False)

    def _look(self) -> None:
        now = self._now()
        passed, self._looked_at = now - self._looked_at, now
        stopped = self._is_stopped()
        if not stopped and not self._was_stopped and passed < _LOOK_SECONDS + _STANDSTILL_SECONDS:
            self._left -= passed
        self._note(stopped=stopped)
        if self._left <= 0:
            self._expired()
        else:
            self._timer = self._loop.call_later(min(self._left, _LOOK_SECONDS), self._look)

    def _note(self, *, stopped: bool) -> None:
        if stopped != self._was_stopped:
            self._was_stopped = stopped
            self._tell(stopped)
