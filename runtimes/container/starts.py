"""Which containers start now: what can wait leaves the engine and the processors to them.

First come those that somebody waits for, then spares, then removals.
"""

import asyncio
import contextlib

__all__ = ["Starts"]


class Starts:
    """Starts by any name of their own; lives on one event loop."""

    def __init__(self) -> None:
        self._needed: set[str] = set()
        self._ahead: set[str] = set()
        self._none_needed = asyncio.Event()
        self._none = asyncio.Event()
        self._set_events()

    def begin(self, start: str, *, ahead: bool = False) -> None:
        """*start* is under way, until ``end``; *ahead* of any need, or waited for."""
        (self._ahead if ahead else self._needed).add(start)
        self._set_events()

    def end(self, start: str) -> None:
        """*start* has got as far as asking for work, or is over; telling it twice does no harm."""
        self._needed.discard(start)
        self._ahead.discard(start)
        self._set_events()

    async def over(self, within_seconds: float, *, ahead: bool = True) -> None:
        """Return once none is under way, or after *within_seconds*; those ahead of any need count with *ahead*."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(within_seconds):
                await (self._none if ahead else self._none_needed).wait()

    def _set_events(self) -> None:
        for event, is_true in (
            (self._none_needed, not self._needed),
            (self._none, not self._needed and not self._ahead),
        ):
            if is_true:
                event.set()
            else:
                event.clear()
