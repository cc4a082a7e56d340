"""One shard of one mapping: a reader ahead, lanes behind it, until the shard ends or the mapping stops.

The reader works while functions run, so that the next batch lies ready, but never further ahead than ``ShardState`` allows.
"""

import asyncio
from dataclasses import dataclass
from typing import Final

from pollers.decide.next_step import backoff_seconds
from pollers.drive.lane import LaneRunner
from pollers.drive.reader import PAGE_RECORDS_MAX, ShardReader
from pollers.drive.shard import ShardState
from pollers.drive.world import Waiting
from pollers.ports import RecordsPage, StreamGone, StreamUnavailable

__all__ = ["ShardConsumer", "ShardPulse"]

PAGE_BYTES_SURELY_SHORT: Final = 512 * 1024
"""A page of fewer records than asked for and less than half its 1 MB reached the tip of the shard, most likely."""


@dataclass(frozen=True, kw_only=True)
class ShardPulse:
    """How a shard is doing.

    Attributes:
        is_idle: everything read is finished; whether there is more is for ``has_news`` to say.
        pending_count: records read and not finished.
        waiting: why it stands still, or ``None`` while it is at work or idle.
    """

    is_idle: bool
    pending_count: int
    waiting: Waiting | None


class ShardConsumer:
    """Consumes one shard from its checkpoint on."""

    def __init__(self, shard: ShardState) -> None:
        self._shard = shard
        self._reader = ShardReader(
            shard.world.streams,
            shard.world.clock,
            stream_arn=shard.mapping.event_source_arn,
            shard_id=shard.shard_id,
            position=shard.position,
        )
        self._lanes = [LaneRunner(shard, lane) for lane in shard.lanes]
        self._lane_tasks: list[asyncio.Task[None]] = []
        self._read_task: asyncio.Task[None] | None = None
        self._found_nothing = False
        self._trouble: Waiting | None = None

    async def run(self) -> None:
        """Return when the shard is finished (its checkpoint says so) or after ``stop``, with nothing in flight."""
        try:
            if self._shard.is_stopping:
                return
            async with asyncio.TaskGroup() as group:
                self._read_task = group.create_task(self._read())
                self._lane_tasks = [group.create_task(lane.run()) for lane in self._lanes]
        finally:
            self._reader.close()
        if self._shard.is_ended and not self._shard.is_stopping:
            self._shard.save_end()

    def stop(self) -> None:
        """Begin nothing new; an invocation in flight is seen through and its result kept."""
        self._shard.is_stopping = True
        if self._read_task is not None:
            self._read_task.cancel()
        for lane, task in zip(self._lanes, self._lane_tasks, strict=False):  # no tasks yet where run has not begun
            if not lane.is_busy:
                task.cancel()

    def pulse(self) -> ShardPulse:
        """See ``ShardPulse``."""
        now = self._shard.world.clock.now()
        pending = self._shard.unfinished_count()
        is_moving = any(lane.is_busy or (lane.due is not None and lane.due <= now) for lane in self._lanes)
        standing = [lane.waiting for lane in self._lanes if lane.waiting is not None]
        waiting = None if is_moving else next(iter(standing), self._trouble)
        return ShardPulse(
            is_idle=not pending and not is_moving and waiting is None,
            pending_count=pending,
            waiting=waiting,
        )

    async def has_news(self) -> bool:
        """Ask the stream whether anything lies behind what was read."""
        if self._shard.is_ended:
            return True  # its children: they are looked for once ``run`` has returned
        try:
            return await self._reader.has_news()
        except (StreamGone, StreamUnavailable):
            return True  # the reader will meet it too and say so

    async def _read(self) -> None:
        shard = self._shard
        failures = 0
        while not shard.is_ended:
            wanted = shard.records_wanted()
            if wanted <= 0:
                # Full read-ahead: lanes need not wait for fuller batches than this.
                shard.is_exhausted = True
                self._wake_lanes()
                shard.room.clear()
                await shard.room.wait()
                continue
            limit = min(wanted, PAGE_RECORDS_MAX)
            try:
                page = await self._reader.read(limit)
            except StreamUnavailable as error:
                failures += 1
                await self._wait_out(error, failures)
                continue
            except StreamGone:
                page = RecordsPage(records=(), next_iterator=None)
            failures = 0
            if self._trouble is not None:
                self._trouble = None
                shard.account.changed()  # whoever was told of the trouble is told of its end, be there records or not
            if self._reader.was_trimmed:
                words = "the position had left the stream"
                shard.account.emit(shard.trace("notice", outcome=words, decision="continue at the trim horizon"))
            await self._take(page, limit)

    async def _take(self, page: RecordsPage, limit: int) -> None:
        shard = self._shard
        shard.admit(page.records)
        shard.is_ended = page.next_iterator is None
        if page.records:
            self._found_nothing = False
            shard.account.activity += 1
            shard.is_exhausted = shard.is_ended or _is_short(page, limit)
            self._wake_lanes()
            await asyncio.sleep(0)  # the lanes go first; whether there is more can be asked after
            return
        if shard.is_ended or not shard.is_exhausted:
            shard.is_exhausted = True
            self._wake_lanes()
        if not shard.is_ended:
            if not self._found_nothing:
                self._found_nothing = True
                shard.account.changed()  # what was read may all have been filtered out
            await self._reader.news()

    def _wake_lanes(self) -> None:
        for lane in self._lanes:
            lane.records_came.set()

    async def _wait_out(self, error: StreamUnavailable, failures: int) -> None:
        world = self._shard.world
        due = world.clock.now() + backoff_seconds(failures, world.chance.fraction())
        self._trouble = Waiting(
            reason=f"the stream cannot be read: {error}", until=due, needs_change=not error.retryable
        )
        self._shard.account.emit(self._shard.trace("notice", outcome=self._trouble.reason, decision="try again"))
        self._shard.account.changed()
        await world.clock.sleep_until(due)


def _is_short(page: RecordsPage, limit: int) -> bool:
    if len(page.records) >= limit:
        return False
    return sum(len(record.dynamodb) for record in page.records) < PAGE_BYTES_SURELY_SHORT
