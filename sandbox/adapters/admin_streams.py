"""``/_sandbox/tail`` and ``/_sandbox/streams/split``: read along with a table's stream, and close its shards."""

import asyncio
from collections.abc import Iterable, Mapping
from heapq import merge
from itertools import islice
from typing import Annotated, Any, Final

import msgspec
from msgspec import Meta

from sandbox.adapters.long_polls import LongPolls
from sandbox.clock import Clock
from sandbox.dynamodb.storage.store import Store
from sandbox.ids import Ids
from sandbox.streams.log import LoggedRecord, StreamLog, event_id, sequence_to_wire
from sandbox.streams.shard import Shard, Stream
from sandbox.web.admin_route import AdminRequest, AdminRoute
from sandbox.web.refusal import Refusal, there_are

__all__ = ["WAIT_SECONDS_MAX", "StreamAdministration"]

WAIT_SECONDS_MAX: Final = 20
PAGE_RECORDS_MAX: Final = 100


class Tail(AdminRequest):
    """A table's name or a stream's ARN; what to read after, and how long to wait for it.

    Attributes:
        after: the ``after`` of the answer before; without it reading begins with what comes next.
        oldest: without *after*, begin at the oldest record instead.
    """

    table: str
    after: int | None = None
    oldest: bool = False
    wait_seconds: Annotated[float, Meta(ge=0, le=WAIT_SECONDS_MAX)] = 0.0


class Split(AdminRequest):
    """A table's name or a stream's ARN; how many shards take the place of each open one, 1 for a mere rollover."""

    table: str
    children: Annotated[int, Meta(ge=1, le=16)] = 2
    shard: str | None = None


class StreamAdministration:
    """Answers for the streams of all accounts and regions."""

    def __init__(self, *, store: Store, clock: Clock, ids: Ids, long_polls: LongPolls) -> None:
        self._long_polls = long_polls
        self._store = store
        self._log = store.log
        self._clock = clock
        self._ids = ids

    def routes(self) -> Mapping[str, AdminRoute]:
        """The paths."""
        return {
            "tail": AdminRoute(request=Tail, answer=self._tail),
            "streams/split": AdminRoute(request=Split, answer=self._split, changes=True),
        }

    async def _tail(self, request: Tail) -> Mapping[str, Any]:
        stream = self._find(request.table)
        after = request.after
        if after is None:
            after = 0 if request.oldest else self._log.committed_sequence
        page = _page(self._log, stream, after)
        if not page and request.wait_seconds:
            await self._wait(stream, request.wait_seconds)
            page = _page(self._log, stream, after)
        return {
            "stream_arn": stream.arn,
            "after": page[-1][0].sequence if page else after,
            "is_ended": not page and not stream.enabled,
            "records": [_shown(stream, shard, record) for record, shard in page],
        }

    async def _wait(self, stream: Stream, seconds: float) -> None:
        """Return with the next commit to *stream*, or after *seconds* of real time."""
        came = asyncio.Event()
        stop = self._log.listen(stream.arn, came.set)
        try:
            await self._long_polls.wait(came, seconds)
        finally:
            stop()

    async def _split(self, request: Split) -> Mapping[str, Any]:
        stream = self._find(request.table)
        closing = [
            shard for shard in stream.shards if shard.last_sequence is None and request.shard in (None, shard.shard_id)
        ]
        if not closing:
            raise Refusal(409, f"The stream {stream.arn} has no such open shard.")
        if any(shard.high - shard.low < request.children for shard in closing):
            raise Refusal(409, "A shard cannot be split any further.")
        shards = []
        with self._store.database.write():
            for shard in closing:
                children = self._log.roll(
                    stream, shard, children=request.children, now=self._clock.now(), ids_hex=self._ids.hex
                )
                shards.append({"shard_id": shard.shard_id, "children": [child.shard_id for child in children]})
        await self._store.database.committed()
        return {"stream_arn": stream.arn, "closed": shards}

    def _find(self, reference: str) -> Stream:
        """The stream with that ARN, or the newest of the table of that name."""
        stream = self._log.by_arn(reference)
        if stream is not None:
            return stream
        named = [one for one in self._log.all_streams() if one.table_name == reference]
        enabled = [one for one in named if one.enabled]
        if len(enabled) > 1:
            arns = ", ".join(one.arn for one in enabled)
            raise Refusal(409, f"Several accounts or regions have a table {reference}; give the stream's ARN: {arns}.")
        found = enabled or sorted(named, key=lambda one: one.created)[-1:]
        if not found:
            if any(table.definition.name == reference for table in self._store.all_tables()):
                raise Refusal(
                    404, f"The table {reference} has no stream. UpdateTable with a StreamSpecification gives it one."
                )
            known = there_are(one.table_name for one in self._log.all_streams())
            raise Refusal(404, f"There is no table {reference} with a stream. {known}")
        return found[0]


def _page(log: StreamLog, stream: Stream, after: int) -> list[tuple[LoggedRecord, Shard]]:
    """The next records of all shards in the order of their commits; sequence numbers are those of the whole store."""
    shards: list[Iterable[tuple[LoggedRecord, Shard]]] = [
        [(record, shard) for record in log.read(stream, shard, behind=after, limit=PAGE_RECORDS_MAX)]
        for shard in stream.shards
    ]
    return list(islice(merge(*shards, key=lambda pair: pair[0].sequence), PAGE_RECORDS_MAX))


def _shown(stream: Stream, shard: Shard, record: LoggedRecord) -> Mapping[str, Any]:
    return {
        "eventID": event_id(stream, record.sequence),
        "eventName": record.event_name,
        "sequence_number": sequence_to_wire(record.sequence),
        "shard_id": shard.shard_id,
        "created_seconds": record.created,
        "by_service": bool(record.by_service),
        "dynamodb": msgspec.Raw(record.body),
    }
