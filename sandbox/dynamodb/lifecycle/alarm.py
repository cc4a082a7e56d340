"""Waiting for an instant or for being called, whichever comes first."""

import asyncio

from sandbox.clock import Clock

__all__ = ["Alarm"]


class Alarm:
    """One sleeper's alarm: by the clock, which tests may move, or by ``ring``. A ring between two waits is not lost."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._rung = asyncio.Event()
        self._instant: float | None = None
        self._timer: asyncio.Task[None] | None = None

    def ring(self) -> None:
        """Wake the sleeper; call it on the event loop's thread."""
        self._rung.set()

    async def wait(self, until: float | None) -> None:
        """Return at *until* (epoch seconds, ``None`` for never), or as soon as it was rung since the last wait."""
        if until != self._instant or (self._timer is not None and self._timer.done()):
            self.close()
            if until is not None:
                self._instant = until
                self._timer = asyncio.get_running_loop().create_task(self._ring_at(until))
        await self._rung.wait()
        self._rung.clear()

    async def _ring_at(self, instant: float) -> None:
        await self._clock.sleep_until(instant)
        self._rung.set()

    def close(self) -> None:
        """Let the clock go."""
        if self._timer is not None:
            self._timer.cancel()
        self._instant = self._timer = None
