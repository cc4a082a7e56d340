"""One mapping: find its shards, consume parents before children, stop without losing what is in flight."""

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from pollers.account import Account
from pollers.decide.filtering import compile_filters
from pollers.decide.lineage import latest_checkpoints, shards_to_start, start_position
from pollers.decide.next_step import backoff_seconds
from pollers.drive.consumer import ShardConsumer
from pollers.drive.reader import ShardReader
from pollers.drive.shard import ShardState
from pollers.drive.world import Waiting, World, first_of
from pollers.mapping import EventSourceMapping
from pollers.ports import StreamDescription, StreamGone, StreamUnavailable
from pollers.records import SHARD_END
from pollers.trace import BatchTrace

__all__ = ["MappingPulse", "Supervisor"]

_log = logging.getLogger(__name__)

DISCOVERY_SECONDS: Final = 1.0
"""How soon to ask again for the children of a shard that has ended."""


@dataclass(frozen=True, kw_only=True)
class MappingPulse:
    """How a mapping is doing.

    Attributes:
        is_idle: every shard known is read to its tip and all of it is finished.
        pending_count: records read and not finished; a lower bound of what is to be delivered.
        waiting: why shards stand still; empty while at least one works that could release the others, or when idle.
    """

    is_idle: bool
    pending_count: int
    waiting: Sequence[Waiting]


class Supervisor:
    """Runs one mapping under one set of settings."""

    def __init__(self, mapping: EventSourceMapping, world: World, account: Account) -> None:
        """Compile the filters.

        Raises:
            InvalidPattern: the API refuses such filters, so one that arrives here is a bug of the caller.
        """
        self.mapping = mapping
        self._world = world
        self._account = account
        self._record_filter = compile_filters(mapping.filter_patterns, mapping.event_source_arn)
        self._consumers: dict[str, ShardConsumer] = {}
        self._trouble: dict[str, Waiting] = {}
        self._is_settled = False
        self._is_stopping = asyncio.Event()
        self._shard_ended = asyncio.Event()

    def fix_position(self) -> None:
        """Pin LATEST to this instant, where the source can tell it at once; no effect once there are checkpoints.

        What is written after this call is delivered, and no restart looks for LATEST again.
        """
        mapping, world = self.mapping, self._world
        if mapping.starting_position != "LATEST" or world.checkpoints.load(mapping.uuid):
            return
        try:
            latest = world.streams.latest(mapping.event_source_arn)
        except StreamGone:
            return
        for shard_id, position in (latest or {}).items():
            world.checkpoints.store(mapping.uuid, shard_id, position)

    async def run(self) -> None:
        """Poll until ``stop``; returns when nothing is in flight any more."""
        async with asyncio.TaskGroup() as group:
            finding = group.create_task(self._find_shards(group))
            await self._is_stopping.wait()
            finding.cancel()

    def stop(self) -> None:
        """Begin nothing new."""
        self._is_stopping.set()
        for consumer in self._consumers.values():
            consumer.stop()

    def again(self) -> "Supervisor | None":
        """A fresh supervisor with the same settings, or ``None`` where this one was to stop."""
        return None if self._is_stopping.is_set() else Supervisor(self.mapping, self._world, self._account)

    def pulse(self) -> MappingPulse:
        """See ``MappingPulse``."""
        pulses = [consumer.pulse() for consumer in self._consumers.values()]
        standing = [one.waiting for one in pulses if one.waiting is not None] + list(self._trouble.values())
        is_working = not self._is_settled or any(not one.is_idle and one.waiting is None for one in pulses)
        return MappingPulse(
            is_idle=self._is_settled and not self._trouble and all(one.is_idle for one in pulses),
            pending_count=sum(one.pending_count for one in pulses),
            waiting=() if is_working and not self._trouble else standing,
        )

    async def has_news(self) -> bool:
        """Ask the stream whether any shard holds more than was read."""
        for consumer in list(self._consumers.values()):
            if await consumer.has_news():
                return True
        return not self._is_settled

    async def has_backlog(self) -> bool:
        """Whether the stream holds anything behind the checkpoints; for a mapping that is not running."""
        world, arn = self._world, self.mapping.event_source_arn
        checkpoints = world.checkpoints.load(self.mapping.uuid)
        try:
            for shard in (await world.streams.describe_stream(arn)).shards:
                stored = checkpoints.get(shard.shard_id)
                if stored == SHARD_END:
                    continue
                position = start_position(stored)
                reader = ShardReader(
                    world.streams, world.clock, stream_arn=arn, shard_id=shard.shard_id, position=position
                )
                try:
                    if await reader.has_news():
                        return True
                finally:
                    reader.close()
        except (StreamGone, StreamUnavailable):
            pass
        return False

    async def _find_shards(self, group: asyncio.TaskGroup) -> None:
        while True:
            description = await self._describe()
            checkpoints = self._world.checkpoints.load(self.mapping.uuid)
            running = self._consumers.keys() | self._trouble.keys()
            for shard in shards_to_start(description.shards, checkpoints, running):
                consumer = self._consumer(shard.shard_id, description.partition_key_name)
                group.create_task(self._consume(shard.shard_id, consumer, description.partition_key_name))
            self._is_settled = True
            self._account.changed()
            if self._consumers or self._trouble:
                await self._shard_ended.wait()
                self._shard_ended.clear()
            elif description.status in {"DISABLED", "DISABLING"}:
                await asyncio.Event().wait()  # a stream that is enabled again is another stream
            else:
                await self._world.clock.sleep_until(self._world.clock.now() + DISCOVERY_SECONDS)

    async def _describe(self) -> StreamDescription:
        """The stream with its shards; waits as long as it cannot be asked, for ever once it is gone."""
        failures = 0
        while True:
            try:
                description = await self._world.streams.describe_stream(self.mapping.event_source_arn)
            except StreamGone:
                await self._idle_without_stream()
            except StreamUnavailable as error:
                failures += 1
                await self._wait_out(error, failures)
            else:
                self._trouble.pop("", None)
                self._fix_position_late(description)
                return description

    def _fix_position_late(self, description: StreamDescription) -> None:
        """Pin LATEST as well as can be where ``fix_position`` could not."""
        mapping, checkpoints = self.mapping, self._world.checkpoints
        if mapping.starting_position == "LATEST" and not checkpoints.load(mapping.uuid):
            for shard_id, position in latest_checkpoints(description.shards).items():
                checkpoints.store(mapping.uuid, shard_id, position)

    async def _idle_without_stream(self) -> None:
        """The mapping outlives its table, listed and idle. Source: lambda-event-source-mappings §1.4."""
        self._trouble.pop("", None)
        self._is_settled = True
        self._notice("the stream is gone", "idle")
        self._account.changed()
        await asyncio.Event().wait()

    async def _wait_out(self, error: StreamUnavailable, failures: int) -> None:
        world = self._world
        due = world.clock.now() + backoff_seconds(failures, world.chance.fraction())
        words = f"the stream cannot be described: {error}"
        self._trouble[""] = Waiting(reason=words, until=due, needs_change=not error.retryable)
        self._notice(words, "try again")
        self._account.changed()
        await world.clock.sleep_until(due)

    def _consumer(self, shard_id: str, partition_key_name: str) -> ShardConsumer:
        shard = ShardState(
            mapping=self.mapping,
            record_filter=self._record_filter,
            world=self._world,
            account=self._account,
            shard_id=shard_id,
            stored_checkpoint=self._world.checkpoints.load(self.mapping.uuid).get(shard_id),
            partition_key_name=partition_key_name,
        )
        consumer = ShardConsumer(shard)
        self._account.activity += 1
        self._consumers[shard_id] = consumer
        return consumer

    async def _consume(self, shard_id: str, consumer: ShardConsumer, partition_key_name: str) -> None:
        """Run a consumer to the end of its shard; should it break, begin again at the checkpoint."""
        failures = 0
        while not self._is_stopping.is_set():
            try:
                await consumer.run()
                break
            except Exception as error:  # noqa: BLE001 - a bug of ours must neither stop the mapping nor touch another
                _log.exception("consuming %s of %s broke", shard_id, self.mapping.uuid)
                failures += 1
                await self._sit_out(shard_id, error, failures)
                consumer = self._consumer(shard_id, partition_key_name)
                self._trouble.pop(shard_id, None)
        self._consumers.pop(shard_id, None)
        self._account.activity += 1  # whoever asked every shard for news asked one shard too few
        self._is_settled = False
        self._shard_ended.set()

    async def _sit_out(self, shard_id: str, error: Exception, failures: int) -> None:
        self._consumers.pop(shard_id, None)
        world = self._world
        due = world.clock.now() + backoff_seconds(failures, world.chance.fraction())
        words = f"internal error while reading {shard_id}: {error!r}"
        self._trouble[shard_id] = Waiting(reason=words, until=due)
        self._notice(words, "begin again at the checkpoint")
        self._account.changed()
        await first_of(world.clock.sleep_until(due), self._is_stopping.wait())

    def _notice(self, outcome: str, decision: str) -> None:
        self._account.emit(
            BatchTrace(
                kind="notice",
                mapping_uuid=self.mapping.uuid,
                function_arn=self.mapping.function_arn,
                stream_arn=self.mapping.event_source_arn,
                at_seconds=self._world.clock.now(),
                outcome=outcome,
                decision=decision,
            )
        )
