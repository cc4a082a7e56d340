"""The stream log: streams, shards and records in the store, appended inside the transaction that makes the change.

A sequence number is the commit order: one counter for the whole store, so it grows within every shard, survives
restarts and is never used twice. On the wire it has 21 digits.
"""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise, takewhile

import apsw

from sandbox.streams.records import LoggedRecord, Record, RecordStore
from sandbox.streams.shard import Shard, Stream, sequence_from_wire, sequence_to_wire

__all__ = [
    "RETENTION_SECONDS",
    "TRIM_RECORDS_MAX",
    "LoggedRecord",
    "Shard",
    "Stream",
    "StreamLog",
    "event_id",
    "sequence_from_wire",
    "sequence_to_wire",
]

_HASH_SPACE = 1 << 32
RETENTION_SECONDS = 24 * 3600
PAGE_BYTES_MAX = 1024 * 1024
"""A GetRecords page. Source: lambda-event-source-mappings §4.1."""
TRIM_RECORDS_MAX = 2_000
"""What one transaction drops, so that a large backlog leaves in steps of a few milliseconds."""

_SCHEMA = """
CREATE TABLE IF NOT EXISTS streams (
    id INTEGER PRIMARY KEY, account_id TEXT, region TEXT, table_name TEXT, label TEXT, view_type TEXT, key_schema TEXT,
    created REAL, enabled INTEGER, disabled REAL);
CREATE TABLE IF NOT EXISTS shards (
    stream_id INTEGER, number INTEGER, shard_id TEXT, parent_shard_id TEXT, first_sequence INTEGER, last_sequence INTEGER,
    low INTEGER, high INTEGER, created REAL, closed REAL, trimmed INTEGER, PRIMARY KEY (stream_id, number)) WITHOUT ROWID;
"""


class StreamLog:
    """All streams of the store."""

    def __init__(self, connection: apsw.Connection, records: RecordStore) -> None:
        self._connection = connection
        self._records = records
        connection.execute(_SCHEMA)
        self._streams: dict[int, Stream] = {}
        self._by_arn: dict[str, Stream] = {}
        self._dirty: set[str] = set()
        self._listeners: dict[str, list[Callable[[], None]]] = {}
        self._sequence = 0
        self.is_reshaped = False
        """Streams or shards were changed by what is not committed yet."""
        self.load()
        self._committed = self._sequence

    def load(self) -> None:
        """Read streams and the counter from the store."""
        self._streams.clear()
        self._by_arn.clear()
        run = self._connection.execute
        for row in run("SELECT * FROM streams ORDER BY id"):
            stream = Stream(
                id=row[0],
                account_id=row[1],
                region=row[2],
                table_name=row[3],
                label=row[4],
                view_type=row[5],
                key_schema=[(name, kind) for name, kind in (pair.split("\x00") for pair in row[6].split("\x01"))],
                created=row[7],
                enabled=bool(row[8]),
                disabled=row[9],
            )
            self._remember(stream)
        for row in run("SELECT * FROM shards ORDER BY stream_id, number"):
            self._streams[row[0]].shards.append(
                Shard(
                    number=row[1],
                    shard_id=row[2],
                    parent_shard_id=row[3],
                    first_sequence=row[4],
                    last_sequence=row[5],
                    low=row[6],
                    high=row[7],
                    created=row[8],
                    closed=row[9],
                    trimmed=row[10],
                )
            )
        for stream in self._streams.values():
            stream.index_open_shards()
        kept = run("SELECT value FROM meta WHERE name = 'sequence'").fetchone()
        newest = [self._records.newest(stream, shard) for stream in self._streams.values() for shard in stream.shards]
        self._sequence = max(self._sequence, kept[0] if kept else 0, *(one[0] for one in newest if one is not None))
        self.is_reshaped = False

    def _remember(self, stream: Stream) -> None:
        self._streams[stream.id] = stream
        self._by_arn[stream.arn] = stream

    # -- streams -----------------------------------------------------------------------------------------------------

    def create(
        self,
        *,
        account_id: str,
        region: str,
        table_name: str,
        view_type: str,
        key_schema: list[tuple[str, str]],
        label: str,
        shard_count: int,
        now: float,
        ids_hex: Callable[[int], str],
    ) -> Stream:
        """Open a new stream with *shard_count* shards; call it inside a transaction."""
        run = self._connection.execute
        run(
            "INSERT INTO streams VALUES (NULL, ?, ?, ?, ?, ?, ?, ?, 1, NULL)",
            (
                account_id,
                region,
                table_name,
                label,
                view_type,
                "\x01".join("\x00".join(pair) for pair in key_schema),
                now,
            ),
        )
        stream = Stream(
            id=self._connection.last_insert_rowid(),
            account_id=account_id,
            region=region,
            table_name=table_name,
            label=label,
            view_type=view_type,
            key_schema=key_schema,
            created=now,
            enabled=True,
        )
        bounds = [_HASH_SPACE * number // shard_count for number in range(shard_count + 1)]
        for low, high in pairwise(bounds):
            self._open_shard(stream, parent=None, low=low, high=high, now=now, ids_hex=ids_hex)
        self._remember(stream)
        return stream

    def _open_shard(
        self, stream: Stream, *, parent: Shard | None, low: int, high: int, now: float, ids_hex: Callable[[int], str]
    ) -> Shard:
        self.is_reshaped = True
        youngest = stream.shards[-1] if stream.shards else None
        number = youngest.number + 1 if youngest else 0
        shard = Shard(
            number=number,
            shard_id=f"shardId-{_shard_millis(now, youngest):020d}-{ids_hex(8)}",
            parent_shard_id=parent.shard_id if parent else None,
            first_sequence=self._sequence + 1,
            last_sequence=None,
            low=low,
            high=high,
            created=now,
        )
        self._connection.execute(
            "INSERT INTO shards VALUES (?, ?, ?, ?, ?, NULL, ?, ?, ?, NULL, 0)",
            (stream.id, number, shard.shard_id, shard.parent_shard_id, shard.first_sequence, low, high, now),
        )
        stream.shards.append(shard)
        stream.index_open_shards()
        return shard

    def _close_shard(self, stream: Stream, shard: Shard, now: float) -> None:
        self.is_reshaped = True
        self._sequence += 1  # the closing position lies behind every record, and no record will ever have it
        shard.last_sequence, shard.closed = self._sequence, now
        self._connection.execute(
            "UPDATE shards SET last_sequence = ?, closed = ? WHERE stream_id = ? AND number = ?",
            (shard.last_sequence, now, stream.id, shard.number),
        )
        self._keep_sequence()
        stream.index_open_shards()
        self._dirty.add(stream.arn)

    def roll(
        self, stream: Stream, shard: Shard, *, children: int, now: float, ids_hex: Callable[[int], str]
    ) -> list[Shard]:
        """Close *shard* and open *children* in its place; call it inside a transaction."""
        self._close_shard(stream, shard, now)
        bounds = [shard.low + (shard.high - shard.low) * number // children for number in range(children + 1)]
        return [
            self._open_shard(stream, parent=shard, low=low, high=high, now=now, ids_hex=ids_hex)
            for low, high in pairwise(bounds)
        ]

    def disable(self, stream: Stream, now: float) -> None:
        """Close all shards; the stream stays readable until its records are trimmed. Call it inside a transaction."""
        for shard in [shard for shard in stream.shards if shard.last_sequence is None]:
            self._close_shard(stream, shard, now)
        stream.enabled, stream.disabled = False, now
        self._connection.execute("UPDATE streams SET enabled = 0, disabled = ? WHERE id = ?", (now, stream.id))

    def by_id(self, stream_id: int | None) -> Stream | None:
        """The stream with that number."""
        return self._streams.get(stream_id) if stream_id is not None else None

    def by_arn(self, arn: str) -> Stream | None:
        """The stream with that ARN."""
        return self._by_arn.get(arn)

    def streams(self, account_id: str, region: str) -> list[Stream]:
        """All streams of an account and region, by ARN."""
        found = [
            stream for stream in self._streams.values() if (stream.account_id, stream.region) == (account_id, region)
        ]
        return sorted(found, key=lambda stream: stream.arn)

    def all_streams(self) -> Iterator[Stream]:
        """Every stream of the store."""
        return iter(list(self._streams.values()))

    # -- records -----------------------------------------------------------------------------------------------------

    @property
    def sequence(self) -> int:
        """The newest sequence number given out."""
        return self._sequence

    def next_sequence(self) -> int:
        """Take the next sequence number."""
        self._sequence += 1
        return self._sequence

    def append(self, records: Sequence[tuple[Stream, Shard, Record]]) -> None:
        """Keep records, each with its place, in the order of their sequence numbers; in this transaction."""
        self._records.append(records)
        for stream, _, _ in records:
            self._dirty.add(stream.arn)

    @property
    def committed_sequence(self) -> int:
        """The newest sequence number whose change is durable; nothing above it is ever read."""
        return self._committed

    def read(
        self, stream: Stream, shard: Shard, *, behind: int, limit: int, page_bytes_max: int = PAGE_BYTES_MAX
    ) -> list[LoggedRecord]:
        """At most *limit* committed records of *shard* with a sequence number above *behind*, oldest first.

        A page ends once it holds *page_bytes_max* bytes, so that a thousand large images are never held at once.
        """
        page: list[LoggedRecord] = []
        page_bytes = 0
        for record in self._records.read(stream, shard, behind=behind, newest=self._committed, limit=limit):
            page_bytes += len(record.body)
            if page and page_bytes > page_bytes_max:
                break
            page.append(record)
        return page

    def is_finished(self, stream: Stream, shard: Shard, behind: int) -> bool:
        """Whether *shard* is closed, durably, and holds nothing above *behind*: it will never hold more."""
        if shard.last_sequence is None or shard.last_sequence > self._committed:
            return False
        return not self.read(stream, shard, behind=behind, limit=1)

    def oldest(self, stream: Stream, shard: Shard) -> int | None:
        """The sequence number of the oldest record kept, ``None`` when the shard holds none."""
        return next((sequence for sequence, _ in self._records.times(stream, shard, limit=1)), None)

    def first_since(self, stream: Stream, shard: Shard, instant: float) -> int | None:
        """The sequence number of the first record created at or after *instant* (epoch seconds)."""
        times = self._records.times(stream, shard)
        return next((sequence for sequence, created in times if created >= instant), None)

    def created_of_newest(self, stream: Stream, shard: Shard, number: int) -> float | None:
        """When (epoch seconds) the newest but *number* - 1 record was created; ``None`` where there are fewer."""
        found = self._records.newest(stream, shard, number)
        return None if found is None else found[1]

    # -- retention ---------------------------------------------------------------------------------------------------

    def trim(self, now: float, *, limit: int = TRIM_RECORDS_MAX) -> int:
        """Drop at most *limit* records older than 24 hours; call it inside a transaction.

        Closed shards and disabled streams that hold nothing any more go too. Returns how many records went; *limit*
        of them means that there may be more.
        """
        before = now - RETENTION_SECONDS
        run = self._connection.execute
        trimmed = 0
        for stream in list(self._streams.values()):
            for shard in list(stream.shards):
                trimmed += self._trim_shard(stream, shard, before, limit - trimmed)
                if shard.closed is not None and shard.closed < before and self.oldest(stream, shard) is None:
                    run("DELETE FROM shards WHERE stream_id = ? AND number = ?", (stream.id, shard.number))
                    stream.shards.remove(shard)
            if stream.disabled is not None and stream.disabled < before and not stream.shards:
                run("DELETE FROM streams WHERE id = ?", (stream.id,))
                del self._streams[stream.id], self._by_arn[stream.arn]
                self._dirty.add(stream.arn)
        return trimmed

    def _trim_shard(self, stream: Stream, shard: Shard, before: float, limit: int) -> int:
        # Times grow with sequence numbers, so walking from the oldest stops at the first record that is young enough.
        times = self._records.times(stream, shard, limit)
        old = [sequence for sequence, _ in takewhile(lambda time: time[1] < before, times)]
        if old:
            self.drop(stream, shard, old[-1])
        return len(old)

    def drop(self, stream: Stream, shard: Shard, sequence: int) -> None:
        """Drop the records of *shard* up to that sequence number; call it inside a transaction."""
        self._records.drop(stream, shard, sequence)
        shard.trimmed = sequence
        self._connection.execute(
            "UPDATE shards SET trimmed = ? WHERE stream_id = ? AND number = ?", (sequence, stream.id, shard.number)
        )
        self._keep_sequence()

    def next_trim(self) -> float | None:
        """When (epoch seconds) the oldest record, closed shard or disabled stream leaves; ``None`` while there is none."""
        oldest: list[float] = []
        for stream in self._streams.values():
            if stream.disabled is not None:
                oldest.append(stream.disabled)
            for shard in stream.shards:
                first = next(self._records.times(stream, shard, limit=1), None)
                if first is not None:
                    oldest.append(first[1])
                elif shard.closed is not None:
                    oldest.append(shard.closed)
        return min(oldest) + RETENTION_SECONDS if oldest else None

    def _keep_sequence(self) -> None:
        """Remember the counter apart from the records, so that a trimmed log never counts from lower."""
        self._connection.execute("INSERT OR REPLACE INTO meta VALUES ('sequence', ?)", (self._sequence,))

    # -- wake-up -----------------------------------------------------------------------------------------------------

    def listen(self, stream_arn: str, listener: Callable[[], None]) -> Callable[[], None]:
        """Call *listener* after each commit that touched the stream; the answer is what ends it."""
        listeners = self._listeners.setdefault(stream_arn, [])
        listeners.append(listener)
        return lambda: listeners.remove(listener)

    def undone(self) -> None:
        """Forget the records of what was undone."""
        self._records.undo(self._committed)

    def committed(self) -> None:
        """Let the records of the commit be read, and wake the listeners of every stream it touched."""
        self._committed = self._sequence
        self.is_reshaped = False
        if self._dirty:
            dirty, self._dirty = self._dirty, set()
            for arn in dirty:
                for listener in list(self._listeners.get(arn, ())):
                    listener()


def event_id(stream: Stream, sequence: int) -> str:
    """32 lower-case hexadecimal digits, the same at every reading of the record."""
    return hashlib.md5(f"{stream.arn}/{sequence}".encode(), usedforsecurity=False).hexdigest()


def _shard_millis(now: float, youngest: Shard | None) -> int:
    """The digits of a new shard's id: the millisecond of its creation, later than that of the *youngest* shard so far.

    Readers take the age of a shard from them, and ids sort in the order of creation. Source: the ids that people show of
    AWS, such as shardId-00000001446500994480-a69421f6 on 2015-11-02 (amazon-archives/logstash-input-dynamodb issue 4); the
    developer guide, Streams.LowLevel.Walkthrough, where the id tells five seconds more than the label of its stream.
    """
    millis = int(now * 1000)
    return max(millis, int(youngest.shard_id.split("-")[1]) + 1) if youngest else millis
