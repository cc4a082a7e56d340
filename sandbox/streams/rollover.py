"""Rollover: an open shard is closed after about four hours and a child takes its place; under heavy writes two do.

Source: lambda-event-source-mappings §4.5. That shards live about four hours is experience, not documented; at which load
AWS splits one is not known, so that is off unless asked for.
"""

import asyncio
import logging
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Final, Protocol

import apsw

from sandbox.clock import Clock
from sandbox.ids import Ids
from sandbox.streams.log import StreamLog
from sandbox.streams.shard import Shard, Stream

__all__ = ["SHARD_LIFE_SECONDS", "Rollover"]

_log = logging.getLogger(__name__)

SHARD_LIFE_SECONDS: Final = 4 * 3600
_PAUSE_SECONDS = 60
"""After a store that refused."""
_SPLITTABLE: Final = 2


class Watched(Protocol):
    """What holds the log's rows: blocks of changes, when they are committed, and who hears of commits."""

    def write(self) -> AbstractContextManager[None]:
        """Open a block of changes."""

    async def committed(self) -> None:
        """Return once what was written so far is committed. Raises: apsw.Error."""

    def on_commit(self, listener: Callable[[], None]) -> None:
        """Call *listener* after every commit."""


class Rollover:
    """Rolls the shards of every stream by the clock; one per sandbox.

    Args:
        split_records_per_second: a shard that took as many records within a second is split in two; ``None`` never.
    """

    def __init__(
        self, log: StreamLog, clock: Clock, ids: Ids, store: Watched, *, split_records_per_second: int | None = None
    ) -> None:
        self._log = log
        self._clock = clock
        self._ids = ids
        self._store = store
        self._split_records_per_second = split_records_per_second
        self._written = asyncio.Event()
        if split_records_per_second is not None:
            store.on_commit(self._written.set)

    async def run(self) -> None:
        """Roll for ever; ends by being cancelled."""
        while True:
            try:
                self.roll_due()
                await self._store.committed()
            except apsw.Error:
                _log.exception("Shards could not be rolled over; trying again in a minute")
                await self._clock.sleep(_PAUSE_SECONDS)
            else:
                await self._sleep()

    def roll_due(self) -> int:
        """Close what is due and open its children, in one transaction; returns how many shards were closed."""
        now = self._clock.now()
        due = [
            (stream, shard, children)
            for stream in self._log.all_streams()
            for shard in stream.shards
            if shard.last_sequence is None and (children := self._children(stream, shard, now))
        ]
        if due:
            with self._store.write():
                for stream, shard, children in due:
                    self._log.roll(stream, shard, children=children, now=now, ids_hex=self._ids.hex)
        return len(due)

    def _children(self, stream: Stream, shard: Shard, now: float) -> int:
        """How many shards shall take the place of an open one; 0 leaves it open."""
        if self._is_overloaded(stream, shard, now) and shard.high - shard.low >= _SPLITTABLE:
            return 2
        return 1 if now - shard.created >= SHARD_LIFE_SECONDS else 0

    def _is_overloaded(self, stream: Stream, shard: Shard, now: float) -> bool:
        limit = self._split_records_per_second
        if limit is None:
            return False
        created = self._log.created_of_newest(stream, shard, limit)
        return created is not None and created > now - 1

    async def _sleep(self) -> None:
        """Return when the oldest open shard is due, or once there were writes that might be too many."""
        # A shard that is opened from now on is due later than any that this waits for, so nobody needs to wake it.
        created = [
            shard.created
            for stream in self._log.all_streams()
            for shard in stream.shards
            if shard.last_sequence is None
        ]
        due = min(created, default=self._clock.now()) + SHARD_LIFE_SECONDS
        if self._split_records_per_second is None:
            await self._clock.sleep_until(due)
            return
        alarm = asyncio.ensure_future(self._clock.sleep_until(due))
        writes = asyncio.ensure_future(self._written.wait())
        try:
            await asyncio.wait([alarm, writes], return_when=asyncio.FIRST_COMPLETED)
        finally:
            alarm.cancel()
            writes.cancel()
        self._written.clear()
