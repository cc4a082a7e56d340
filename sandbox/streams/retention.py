"""Retention: stream records leave 24 hours after they were written, closed shards and disabled streams with the last of them.

Source: lambda-event-source-mappings §4.5.
"""

import logging
from contextlib import AbstractContextManager
from typing import Protocol

import apsw

from sandbox.clock import Clock
from sandbox.streams.log import RETENTION_SECONDS, TRIM_RECORDS_MAX, StreamLog
from sandbox.streams.shard import Shard, Stream

__all__ = ["Retention"]

_log = logging.getLogger(__name__)

_PAUSE_SECONDS = 60
"""Records that become old within the same minute leave together."""


class Writable(Protocol):
    """What holds the log's rows: blocks of changes, and when they are committed."""

    def write(self) -> AbstractContextManager[None]:
        """Open a block of changes."""

    async def committed(self) -> None:
        """Return once what was written so far is committed. Raises: apsw.Error."""


class Retention:
    """Trims the log by the clock; one per sandbox."""

    def __init__(self, log: StreamLog, clock: Clock, store: Writable) -> None:
        self._log = log
        self._clock = clock
        self._store = store

    async def run(self) -> None:
        """Trim for ever; ends by being cancelled."""
        while True:
            try:
                is_busy = self.trim_step() == TRIM_RECORDS_MAX
                await self._store.committed()
            except apsw.Error:
                _log.exception("Old stream records could not be dropped; trying again in a minute")
                await self._clock.sleep(_PAUSE_SECONDS)
            else:
                if not is_busy:
                    await self._sleep()

    async def _sleep(self) -> None:
        now = self._clock.now()
        # What is written from now on is good for 24 hours, so nobody needs to wake this task.
        next_trim = self._log.next_trim() or now + RETENTION_SECONDS
        await self._clock.sleep_until(max(next_trim, now + _PAUSE_SECONDS))

    def trim_step(self) -> int:
        """Drop a bounded number of old records; returns how many."""
        with self._store.write():
            return self._log.trim(self._clock.now())

    def drop(self, stream: Stream, shard: Shard, sequence: int) -> None:
        """Drop the records of *shard* up to that sequence number before their time."""
        with self._store.write():
            self._log.drop(stream, shard, sequence)
