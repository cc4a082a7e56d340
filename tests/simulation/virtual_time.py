"""An event loop whose time passes only while nothing can run, and a clock on it that may jump."""

import asyncio
import heapq
import itertools
import selectors
from collections.abc import Coroutine
from typing import Any

__all__ = ["JumpingClock", "VirtualLoop", "run_virtually"]

EPOCH_SECONDS = 1_000_000.0


class _NoWaiting(selectors.SelectSelector):
    """Lets time pass instead of waiting for a file; where nothing would ever happen again, it says so."""

    def __init__(self) -> None:
        super().__init__()
        self.now = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        if timeout is None:
            raise RuntimeError("every task waits for another")
        self.now += max(0.0, timeout)
        return []


class VirtualLoop(asyncio.SelectorEventLoop):
    """An event loop without files and without waiting: a ``sleep`` is over as soon as nothing else can run."""

    def __init__(self) -> None:
        self._virtual = _NoWaiting()
        super().__init__(self._virtual)

    def time(self) -> float:
        """Seconds since the loop was made."""
        return self._virtual.now


class JumpingClock:
    """Epoch seconds on the loop's time, and ahead of it by every jump so far."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._ahead = EPOCH_SECONDS
        self._order = itertools.count()
        self._sleepers: list[tuple[float, int, asyncio.Future[None]]] = []
        self._alarm: asyncio.TimerHandle | None = None

    def now(self) -> float:
        """Epoch seconds."""
        return self._loop.time() + self._ahead

    async def sleep_until(self, instant: float) -> None:
        """Return at *instant*, be it that time passes or that it jumps."""
        if instant <= self.now():
            await asyncio.sleep(0)
            return
        future: asyncio.Future[None] = self._loop.create_future()
        heapq.heappush(self._sleepers, (instant, next(self._order), future))
        self._ring()
        await future

    def jump(self, seconds: float) -> None:
        """Be later all at once."""
        self._ahead += seconds
        self._ring()

    def _ring(self) -> None:
        while self._sleepers and (self._sleepers[0][0] <= self.now() or self._sleepers[0][2].done()):
            future = heapq.heappop(self._sleepers)[2]
            if not future.done():
                future.set_result(None)
        if self._alarm is not None:
            self._alarm.cancel()
        # The smallest step keeps rounding from letting the alarm ring for ever just before its instant.
        self._alarm = (
            self._loop.call_later(max(1e-6, self._sleepers[0][0] - self.now()), self._ring) if self._sleepers else None
        )


def run_virtually(story: Coroutine[Any, Any, None]) -> None:
    """Run *story* to its end on a loop of its own."""
    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        runner.run(story)
