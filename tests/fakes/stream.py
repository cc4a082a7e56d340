"""A DynamoDB stream in memory, with the switches a real one only has on bad days."""

import asyncio
import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec

from pollers.ports import (
    ExpiredIterator,
    Position,
    RecordsPage,
    Shard,
    StreamDescription,
    StreamGone,
    StreamUnavailable,
    TrimmedData,
    Wakeup,
)
from pollers.records import SHARD_END, SHARD_START, StreamRecord

STREAM_ARN = "arn:aws:dynamodb:us-east-1:000000000000:table/orders/stream/2026-01-01T00:00:00.000"
SEQUENCE_BASE = 10**20


@dataclass
class FakeShard:
    """One shard and its records."""

    shard_id: str
    parent_shard_id: str | None = None
    records: list[StreamRecord] = field(default_factory=list)
    is_closed: bool = False


class FakeWakeup:
    """Set by every change of its stream."""

    def __init__(self) -> None:
        self.event = asyncio.Event()

    async def wait(self) -> None:
        await self.event.wait()
        self.event.clear()

    def close(self) -> None:
        self.event.set()


class FakeStream:
    """Implements ``pollers.ports.StreamsApi`` for one stream of one or more shards.

    Attributes:
        is_woken: whether readers are woken (as by our own log) or must poll (as any endpoint).
        page_records_max: pages never hold more, however many were asked for.
        trouble: raised by the next calls, one each, before anything else happens.
        reads: how often ``records`` was called.
    """

    def __init__(self, *, stream_arn: str = STREAM_ARN, shards: int = 1, is_woken: bool = True) -> None:
        self.stream_arn = stream_arn
        self.is_woken = is_woken
        self.page_records_max = 1000
        self.trouble: list[Exception] = []
        self.reads = 0
        self.is_gone = False
        self.is_disabled = False
        self.shards = {
            name: FakeShard(shard_id=name) for name in (f"shardId-{number:020}-aaaaaaaa" for number in range(shards))
        }
        self._iterators: dict[str, tuple[str, int]] = {}
        self._sequence = itertools.count(1)
        self._iterator_numbers = itertools.count(1)
        self._wakeups: list[FakeWakeup] = []

    @property
    def first_shard_id(self) -> str:
        """The id of the first shard."""
        return next(iter(self.shards))

    def put(
        self,
        key: str,
        *,
        shard_id: str | None = None,
        created: float = 1_000_000.0,
        event_name: str = "INSERT",
        image: Mapping[str, Any] | None = None,
        by_service: bool = False,
    ) -> StreamRecord:
        """Commit one change and wake the readers."""
        sequence_number = str(SEQUENCE_BASE + next(self._sequence))
        document = {
            "ApproximateCreationDateTime": created,
            "Keys": {"pk": {"S": key}},
            "NewImage": {"pk": {"S": key}, **(image or {})},
            "SequenceNumber": sequence_number,
            "SizeBytes": 10,
            "StreamViewType": "NEW_AND_OLD_IMAGES",
        }
        record = StreamRecord(
            event_id=f"{int(sequence_number):032x}"[-32:],
            event_name=event_name,
            sequence_number=sequence_number,
            created_seconds=created,
            aws_region="us-east-1",
            dynamodb=msgspec.json.encode(document),
            is_service_delete=by_service,
        )
        self.shards[shard_id or self.first_shard_id].records.append(record)
        self.wake()
        return record

    def split(self, shard_id: str, *children: str) -> None:
        """Close a shard and open its children."""
        self.shards[shard_id].is_closed = True
        for child in children:
            self.shards[child] = FakeShard(shard_id=child, parent_shard_id=shard_id)
        self.wake()

    def disable(self) -> None:
        """Close every shard."""
        self.is_disabled = True
        for shard in self.shards.values():
            shard.is_closed = True
        self.wake()

    def trim(self, shard_id: str, count: int) -> None:
        """Forget the oldest records."""
        del self.shards[shard_id].records[:count]

    def expire_iterators(self) -> None:
        """Make every iterator given out so far older than 15 minutes."""
        self._iterators = dict.fromkeys(self._iterators, ("", -1))

    def wake(self) -> None:
        """Wake every reader."""
        for wakeup in self._wakeups:
            wakeup.event.set()

    async def list_streams(self, table_name: str | None = None) -> Sequence[str]:
        """See ``pollers.ports.StreamsApi``."""
        return [self.stream_arn] if table_name in {None, "orders"} else []

    async def describe_stream(self, stream_arn: str) -> StreamDescription:
        """See ``pollers.ports.StreamsApi``."""
        self._check(stream_arn)
        return StreamDescription(
            stream_arn=stream_arn,
            status="DISABLED" if self.is_disabled else "ENABLED",
            view_type="NEW_AND_OLD_IMAGES",
            partition_key_name="pk",
            shards=[
                Shard(
                    shard_id=shard.shard_id,
                    parent_shard_id=shard.parent_shard_id,
                    starting_sequence_number=str(SEQUENCE_BASE),
                    ending_sequence_number=str(SEQUENCE_BASE * 2) if shard.is_closed else None,
                )
                for shard in self.shards.values()
            ],
        )

    async def shard_iterator(self, stream_arn: str, shard_id: str, position: Position) -> str:
        """See ``pollers.ports.StreamsApi``."""
        self._check(stream_arn)
        if shard_id not in self.shards:
            raise StreamGone(shard_id)
        records = self.shards[shard_id].records
        match position.kind:
            case "TRIM_HORIZON":
                behind = 0
            case "LATEST":
                behind = records[-1].position if records else 0
            case "AT_SEQUENCE_NUMBER":
                behind = int(position.sequence_number or 0) - 1
            case _:
                behind = int(position.sequence_number or 0)
        iterator = f"iterator-{next(self._iterator_numbers)}"
        self._iterators[iterator] = (shard_id, behind)
        return iterator

    async def records(self, iterator: str, limit: int) -> RecordsPage:
        """See ``pollers.ports.StreamsApi``."""
        assert 1 <= limit <= 1000
        self.reads += 1
        self._check(self.stream_arn)
        shard_id, behind = self._iterators[iterator]
        if behind < 0:
            raise ExpiredIterator(iterator)
        if shard_id not in self.shards:
            raise StreamGone(shard_id)
        shard = self.shards[shard_id]
        page = [record for record in shard.records if record.position > behind][: min(limit, self.page_records_max)]
        if page:
            behind = page[-1].position
        is_finished = shard.is_closed and (not shard.records or behind >= shard.records[-1].position)
        following = f"iterator-{next(self._iterator_numbers)}"
        self._iterators[following] = (shard_id, behind)
        return RecordsPage(records=page, next_iterator=None if is_finished else following)

    def latest(self, stream_arn: str) -> Mapping[str, str] | None:
        """See ``pollers.ports.StreamsApi``."""
        self._check(stream_arn)
        if not self.is_woken:
            return None
        return {
            shard.shard_id: SHARD_END
            if shard.is_closed
            else shard.records[-1].sequence_number
            if shard.records
            else SHARD_START
            for shard in self.shards.values()
        }

    def wakeup(self, stream_arn: str) -> Wakeup | None:
        """See ``pollers.ports.StreamsApi``."""
        assert stream_arn
        if not self.is_woken:
            return None
        wakeup = FakeWakeup()
        self._wakeups.append(wakeup)
        return wakeup

    def _check(self, stream_arn: str) -> None:
        if self.trouble:
            raise self.trouble.pop(0)
        if self.is_gone or stream_arn != self.stream_arn:
            raise StreamGone(stream_arn)


__all__ = [
    "STREAM_ARN",
    "FakeStream",
    "StreamUnavailable",
    "TrimmedData",
]
