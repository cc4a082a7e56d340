"""The one place where time comes from: real time plus an offset that tests may move.

``advance`` moves the offset and wakes every sleeper that is now due, in order of its due time, so that windows,
backoff, ages, expiry and retention follow a jump at once. Nothing else in the product reads the system's clock for
AWS-visible time. ``monotonic`` is for measuring durations and never jumps.
"""

import asyncio
import heapq
import itertools
import time

__all__ = ["Clock"]


class Clock:
    """AWS-visible time: epoch seconds, waits, and jumps forward."""

    def __init__(self) -> None:
        self._offset_seconds = 0.0
        self._pauses = 0
        self._paused_at = 0.0
        self._order = itertools.count()
        self._sleepers: list[tuple[float, int, asyncio.Future[None]]] = []
        self._timer: asyncio.TimerHandle | None = None

    def now(self) -> float:
        """Epoch seconds, with fraction."""
        return self._system_seconds() + self._offset_seconds

    @property
    def offset_seconds(self) -> float:
        """How far this clock runs ahead of the system's; below zero after a pause."""
        standing = time.time() - self._paused_at if self._pauses else 0.0
        return self._offset_seconds - standing

    def pause(self) -> None:
        """Stand still, until there was a ``go_on`` for every pause: while a debugger stops a handler, nothing gets older."""
        self._pauses += 1
        if self._pauses == 1:
            self._paused_at = time.time()
            self._arm()

    def go_on(self) -> None:
        """End a pause; the time it took never was."""
        self._pauses -= 1
        if self._pauses == 0:
            self._offset_seconds -= time.time() - self._paused_at
            self._arm()

    def advance(self, seconds: float) -> None:
        """Jump forward and wake everyone whose time has come; call it on the event loop's thread.

        Raises:
            ValueError: *seconds* is negative; time that has been seen cannot be taken back.
        """
        if seconds < 0:
            raise ValueError("the clock only moves forward")
        self._offset_seconds += seconds
        self._wake_due()

    def set(self, instant: float) -> None:
        """Jump to *instant* (epoch seconds), as ``advance`` does.

        Raises:
            ValueError: it has passed.
        """
        self.advance(instant - self.now())

    async def sleep(self, seconds: float) -> None:
        """Return once this clock has moved by *seconds*, by itself or by ``advance``."""
        await self.sleep_until(self.now() + seconds)

    async def sleep_until(self, instant: float) -> None:
        """Return at *instant* (epoch seconds), at once where it has passed."""
        if instant <= self.now():
            await asyncio.sleep(0)
            return
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        heapq.heappush(self._sleepers, (instant, next(self._order), future))
        self._arm()
        await future

    def _system_seconds(self) -> float:
        return self._paused_at if self._pauses else time.time()

    def _arm(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        while self._sleepers and self._sleepers[0][2].done():
            heapq.heappop(self._sleepers)
        if self._sleepers and not self._pauses:
            loop = asyncio.get_running_loop()
            self._timer = loop.call_later(max(0.0, self._sleepers[0][0] - self.now()), self._wake_due)

    def _wake_due(self) -> None:
        now = self.now()
        while self._sleepers and self._sleepers[0][0] <= now:
            _, _, future = heapq.heappop(self._sleepers)
            if not future.done():
                future.set_result(None)
        if self._sleepers:
            self._arm()
