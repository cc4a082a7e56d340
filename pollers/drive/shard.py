"""What the reader and the lanes of one shard share: records on their way, and how far the shard is finished."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from pollers.account import Account
from pollers.decide.ageing import HeldSpan
from pollers.decide.batching import EVENT_BYTES_MAX, Entry, Supply
from pollers.decide.filtering import RecordFilter
from pollers.decide.lanes import Lane, checkpoint, lane_of
from pollers.decide.lineage import start_position
from pollers.drive.world import World
from pollers.mapping import EventSourceMapping
from pollers.records import SHARD_AT, SHARD_END, StreamRecord
from pollers.trace import BatchTrace, TraceKind

__all__ = ["ShardState"]

READ_AHEAD_RECORDS_MIN: Final = 100
"""Small batches are still read by the hundred."""

READ_AHEAD_BATCHES_PER_LANE: Final = 10
READ_AHEAD_RECORDS_LANES_MIN: Final = 1_000
"""Keys never spread evenly over several lanes. What a lane has too many of fills the room of all, until the others starve:
the excess grows with the square root of what was read, so the room must be for many batches …"""

READ_AHEAD_RECORDS_SPARE: Final = 20_000
"""… unless that is more than this; then a batch for each lane has to do."""


class ShardState:
    """One shard of one mapping while it is being consumed.

    Attributes:
        is_exhausted: nothing more can be had at once, so a batch need not wait to become full.
        is_ended: the closed shard was read to its end.
        is_stopping: finish the invocation in flight and begin nothing new.
        held: the times during which code that could not be loaded held this shard.
        room: set when records left the read-ahead.
    """

    def __init__(
        self,
        *,
        mapping: EventSourceMapping,
        record_filter: RecordFilter | None,
        world: World,
        account: Account,
        shard_id: str,
        stored_checkpoint: str | None,
        partition_key_name: str,
    ) -> None:
        self.mapping = mapping
        self.world = world
        self.account = account
        self.shard_id = shard_id
        self.position = start_position(stored_checkpoint)
        self.lanes = [Lane(number) for number in range(mapping.parallelization_factor)]
        self.is_exhausted = False
        self.is_ended = False
        self.is_stopping = False
        self.held: tuple[HeldSpan, ...] = ()
        self.room = asyncio.Event()
        self._record_filter = record_filter
        self._partition_key_name = partition_key_name
        self._stored = stored_checkpoint
        self._last_read = (self.position.sequence_number or "") if self.position.kind == "AFTER_SEQUENCE_NUMBER" else ""
        factor = mapping.parallelization_factor
        self._records_ahead_max = _records_ahead(mapping.batch_size, factor)
        self._bytes_ahead_max = factor * EVENT_BYTES_MAX

    def records_wanted(self) -> int:
        """How many more records may be read ahead now; 0 or less: wait for ``room``."""
        if sum(lane.pending_bytes for lane in self.lanes) >= self._bytes_ahead_max:
            return 0
        return self._records_ahead_max - sum(len(lane.pending) for lane in self.lanes)

    def admit(self, records: Sequence[StreamRecord]) -> None:
        """Filter what was read, write it as events will carry it, and put it before its lane."""
        stream_arn, passes, only = self.mapping.event_source_arn, self._record_filter, self.lanes[0]
        factor = len(self.lanes)
        before = self._last_read
        if not before and records and self.position.kind != "TRIM_HORIZON":
            before = SHARD_AT + records[0].sequence_number
        now = self.world.clock.now()
        pattern: int | None = -1
        skipped: list[StreamRecord] = []
        for record in records:
            if passes is not None:
                pattern = passes(record)
                if pattern is None:
                    skipped.append(record)
                    before = record.sequence_number
                    continue
            entry = Entry(record, record.event_json(stream_arn), before, pattern or 0 if passes is not None else -1)
            lane = only if factor == 1 else self.lanes[lane_of(record, self._partition_key_name, factor)]
            if not lane.pending:
                lane.first_read_at = now
            lane.pending.append(entry)
            lane.pending_bytes += len(entry.encoded)
            before = record.sequence_number
        self._last_read = before
        self.account.metrics.polled_event_count += len(records)
        if skipped:
            self._note_skipped(skipped, len(records))
            self.save()

    def supply(self, lane: Lane) -> Supply:
        """What lies before *lane*."""
        return Supply(
            records=len(lane.pending),
            encoded_bytes=lane.pending_bytes,
            is_exhausted=self.is_exhausted,
            is_ended=self.is_ended,
        )

    def save(self) -> None:
        """Store how far the shard is finished, if that moved."""
        reached = checkpoint(self.lanes, self._last_read)
        if reached and reached != self._stored and not self.account.is_forgotten:
            self.world.checkpoints.store(self.mapping.uuid, self.shard_id, reached)
            self._stored = reached

    def save_end(self) -> None:
        """Store that the shard is finished for ever."""
        if not self.account.is_forgotten:
            self.world.checkpoints.store(self.mapping.uuid, self.shard_id, SHARD_END)

    def unfinished_count(self) -> int:
        """How many records were read and are neither delivered nor discarded."""
        return sum(lane.unfinished_count() for lane in self.lanes)

    def matched_patterns(self, entries: Sequence[Entry]) -> tuple[tuple[int, int], ...]:
        """Pairs of filter index and number of *entries* it let through; empty without filters."""
        if self._record_filter is None:
            return ()
        indexes = [entry.pattern for entry in entries]
        return tuple((index, indexes.count(index)) for index in sorted(set(indexes)))

    def trace(
        self, kind: TraceKind, records: Sequence[StreamRecord] = (), *, outcome: str, decision: str
    ) -> BatchTrace:
        """A trace about some records of this shard, to be completed by whoever knows more."""
        return BatchTrace(
            kind=kind,
            mapping_uuid=self.mapping.uuid,
            function_arn=self.mapping.function_arn,
            stream_arn=self.mapping.event_source_arn,
            at_seconds=self.world.clock.now(),
            shard_id=self.shard_id,
            record_count=len(records),
            first_sequence_number=records[0].sequence_number if records else "",
            last_sequence_number=records[-1].sequence_number if records else "",
            outcome=outcome,
            decision=decision,
        )

    def _note_skipped(self, skipped: Sequence[StreamRecord], read_count: int) -> None:
        self.account.metrics.filtered_out_event_count += len(skipped)
        words = f"{len(skipped)} of {read_count} matched no filter pattern"
        trace = self.trace("filtered", skipped, outcome=words, decision="skip")
        self.account.emit(replace(trace, filtered_out=len(skipped)))


def _records_ahead(batch_size: int, factor: int) -> int:
    """How many records to hold before the lanes: a batch for each, and more where that is cheap."""
    if factor == 1:
        return max(batch_size, READ_AHEAD_RECORDS_MIN)
    one_each = batch_size * factor
    wished = max(one_each * READ_AHEAD_BATCHES_PER_LANE, READ_AHEAD_RECORDS_LANES_MIN)
    return max(one_each, min(wished, READ_AHEAD_RECORDS_SPARE))
