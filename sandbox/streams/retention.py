"""Retention: stream records leave 24 hours after they were written, closed shards and disabled streams with the last of them.

Source: lambda-event-source-mappings §4.5.
"""

import asyncio
from collections.abc import Callable
from contextlib import AbstractContextManager

from sandbox.clock import Clock
from sandbox.streams.log import RETENTION_SECONDS, TRIM_RECORDS_MAX, StreamLog

__all__ = ["Retention"]

_PAUSE_SECONDS = 60
"""Records that become old within the same minute leave together."""


class Retention:
    """Trims the log by the clock; one per sandbox."""

    def __init__(self, log: StreamLog, clock: Clock, *, write: Callable[[], AbstractContextManager[object]]) -> None:
        """*write* opens a block of changes in the store."""
        self._log = log
        self._clock = clock
        self._write = write

    async def run(self) -> None:
        """Trim for ever; ends by being cancelled."""
        while True:
            if self.trim_step() == TRIM_RECORDS_MAX:
                await asyncio.sleep(0)  # others run between two steps
                continue
            now = self._clock.now()
            # What is written from now on is good for 24 hours, so nobody needs to wake this task.
            next_trim = self._log.next_trim() or now + RETENTION_SECONDS
            await self._clock.sleep_until(max(next_trim, now + _PAUSE_SECONDS))

    def trim_step(self) -> int:
        """Drop a bounded number of old records; returns how many."""
        with self._write():
            return self._log.trim(self._clock.now())
