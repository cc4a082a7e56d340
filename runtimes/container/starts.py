"""Which containers start now: what can wait leaves the engine and the processors to them."""

import asyncio
import contextlib

__all__ = ["Starts"]


class Starts:
    """Starts by any name of their own; lives on one event loop."""

    def __init__(self) -> None:
        self._under_way: set[str] = set()
        self._none = asyncio.Event()
        self._none.set()

    def begin(self, start: str) -> None:
        """*start* is under way, until ``end``."""
        self._under_way.add(start)
        self._none.clear()

    def end(self, start: str) -> None:
        """*start* has got as far as asking for work, or is over; telling it twice does no harm."""
        self._under_way.discard(start)
        if not self._under_way:
            self._none.set()

    async def over(self, within_seconds: float) -> None:
        """Return once none is under way, or after *within_seconds*."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(within_seconds):
                await self._none.wait()
