"""The poller's ``StreamsApi`` straight over the stream log: no HTTP, no JSON, woken by the commit.

The log gives out committed records only, so a function never sees a change that a crash could still undo.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence

from pollers import ports
from pollers.records import SHARD_END, StreamRecord
from sandbox.streams.iterator import behind
from sandbox.streams.log import LoggedRecord, StreamLog, event_id, sequence_from_wire, sequence_to_wire
from sandbox.streams.shard import Shard, Stream

__all__ = ["LogStreams"]


class LogStreams:
    """All streams of the store, of every account and region, as the poller reads them.

    Its iterators are ``<stream number>/<shard number>/<position>``; they stay in this process and never expire.
    """

    def __init__(self, log: StreamLog) -> None:
        self._log = log

    async def list_streams(self, table_name: str | None = None) -> Sequence[str]:
        """The ARNs of all streams, disabled ones too, or of the tables of that name."""
        return [stream.arn for stream in self._log.all_streams() if table_name in (None, stream.table_name)]

    async def describe_stream(self, stream_arn: str) -> ports.StreamDescription:
        """Describe a stream with all its shards, in the order of their ids.

        Raises:
            StreamGone: there is no such stream.
        """
        stream = self._stream(stream_arn)
        return ports.StreamDescription(
            stream_arn=stream_arn,
            status="ENABLED" if stream.enabled else "DISABLED",
            view_type=stream.view_type,
            partition_key_name=next(name for name, kind in stream.key_schema if kind == "HASH"),
            shards=[_shard(shard) for shard in sorted(stream.shards, key=lambda shard: shard.shard_id)],
        )

    async def shard_iterator(self, stream_arn: str, shard_id: str, position: ports.Position) -> str:
        """Take a position in a shard.

        Raises:
            StreamGone: there is no such stream or shard.
            TrimmedData: the record behind that sequence number is older than retention.
        """
        stream = self._stream(stream_arn)
        shard = stream.shard(shard_id)
        if shard is None:
            raise ports.StreamGone(f"{stream_arn} has no shard {shard_id}")
        sequence = sequence_from_wire(position.sequence_number) if position.sequence_number is not None else 0
        start = behind(self._log, stream, shard, position.kind, sequence=sequence)
        if start is None:
            raise ports.TrimmedData(f"{shard_id} no longer holds what follows {position.sequence_number}")
        return f"{stream.id}/{shard.number}/{start}"

    async def records(self, iterator: str, limit: int) -> ports.RecordsPage:
        """At most *limit* committed records, about 1 MB of them; the next iterator is ``None`` behind the last of a closed shard.

        Raises:
            StreamGone: the stream or shard has left with the last of its records.
            TrimmedData: records that should come next are older than retention.
        """
        stream, shard, position = self.place(iterator)
        if position < shard.trimmed:
            raise ports.TrimmedData(f"{shard.shard_id} no longer holds what follows {position}")
        page = self._log.read(stream, shard, behind=position, limit=limit)
        if page:
            position = page[-1].sequence
        is_finished = self._log.is_finished(stream, shard, position)
        return ports.RecordsPage(
            records=[_record(stream, logged) for logged in page],
            next_iterator=None if is_finished else f"{stream.id}/{shard.number}/{position}",
        )

    def place(self, iterator: str) -> tuple[Stream, Shard, int]:
        """Where an iterator stands: its stream, its shard, and the sequence number behind which it reads.

        Raises:
            StreamGone: the stream or shard has left with the last of its records.
        """
        stream_id, number, position = map(int, iterator.split("/"))
        stream = self._log.by_id(stream_id)
        shard = next((shard for shard in stream.shards if shard.number == number), None) if stream is not None else None
        if stream is None or shard is None:
            raise ports.StreamGone(f"no stream or shard for the iterator {iterator}")
        return stream, shard, position

    def latest(self, stream_arn: str) -> Mapping[str, str]:
        """For every shard the position behind everything committed up to now.

        Raises:
            StreamGone: there is no such stream.
        """
        committed = self._log.committed_sequence
        return {
            shard.shard_id: sequence_to_wire(committed)
            if shard.last_sequence is None or shard.last_sequence > committed
            else SHARD_END
            for shard in self._stream(stream_arn).shards
        }

    def wakeup(self, stream_arn: str) -> ports.Wakeup:
        """A signal that rises with every commit that touches the stream, and once at the start."""
        return _Wakeup(self._log, stream_arn)

    def _stream(self, stream_arn: str) -> Stream:
        stream = self._log.by_arn(stream_arn)
        if stream is None:
            raise ports.StreamGone(f"there is no stream {stream_arn}")
        return stream


class _Wakeup:
    """One reader's ear at one stream."""

    def __init__(self, log: StreamLog, stream_arn: str) -> None:
        self._event = asyncio.Event()
        # What was committed before we listened counts as news: a reader that describes first and listens then misses nothing.
        self._event.set()
        self._stop: Callable[[], None] = log.listen(stream_arn, self._event.set)
        self._is_open = True

    async def wait(self) -> None:
        """Return once something was committed since the last ``wait`` returned."""
        await self._event.wait()
        self._event.clear()

    def close(self) -> None:
        """Stop listening; once is enough."""
        if self._is_open:
            self._is_open = False
            self._stop()


def _shard(shard: Shard) -> ports.Shard:
    return ports.Shard(
        shard_id=shard.shard_id,
        parent_shard_id=shard.parent_shard_id,
        starting_sequence_number=sequence_to_wire(shard.first_sequence),
        ending_sequence_number=None if shard.last_sequence is None else sequence_to_wire(shard.last_sequence),
    )


def _record(stream: Stream, logged: LoggedRecord) -> StreamRecord:
    return StreamRecord(
        event_id=event_id(stream, logged.sequence),
        event_name=logged.event_name,
        sequence_number=sequence_to_wire(logged.sequence),
        created_seconds=float(int(logged.created)),
        aws_region=stream.region,
        dynamodb=logged.body,
        is_service_delete=bool(logged.by_service),
    )
