"""Where the records of streams are kept: as rows in a data folder, as what the write left behind in memory.

In memory a record is the images that the write has made anyway and the JSON of its keys; the bytes that a reader gets are
put together when somebody reads. In a folder they are stored as they will be read.
"""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import islice
from operator import attrgetter
from typing import NamedTuple, Protocol

import apsw
import msgspec

from sandbox.streams.shard import Shard, Stream, sequence_to_wire

__all__ = ["Image", "LoggedRecord", "Record", "RecordStore", "RecordsInMemory", "StoredRecords"]

_SCHEMA = """
CREATE TABLE IF NOT EXISTS records (
    stream_id INTEGER, shard INTEGER, sequence INTEGER, created REAL, event_name TEXT, by_service INTEGER, body BLOB,
    PRIMARY KEY (stream_id, shard, sequence)) WITHOUT ROWID;
"""


class Image(Protocol):
    """An item as it is stored."""

    @property
    def size(self) -> int:
        """Bytes by DynamoDB's rules."""

    @property
    def json(self) -> bytes:
        """The attribute map, encoded."""


class Record(msgspec.Struct, gc=False):
    """One change as it comes into the log.

    Attributes:
        created: epoch seconds.
        by_service: made by the TTL sweeper.
        keys: JSON of the item's key attributes.
        keys_size: of them, bytes by DynamoDB's rules.
        new_image, old_image: what the stream shows of the item; ``None`` where it shows or there is none.
    """

    sequence: int
    created: float
    event_name: str
    by_service: int
    keys: bytes
    keys_size: int
    new_image: Image | None
    old_image: Image | None


class LoggedRecord(NamedTuple):
    """A record as it is read; ``body`` is the JSON of its ``dynamodb`` member."""

    sequence: int
    created: float
    event_name: str
    by_service: int
    body: bytes


class RecordStore(Protocol):
    """The records of all shards, each shard's in the order of their sequence numbers."""

    def append(self, records: Sequence[tuple[Stream, Shard, Record]]) -> None:
        """Keep *records*, each newer than all of its shard, inside a transaction."""

    def read(self, stream: Stream, shard: Shard, *, behind: int, newest: int, limit: int) -> Iterator[LoggedRecord]:
        """At most *limit* records with ``behind < sequence <= newest``, oldest first, each made when it is asked for."""

    def times(self, stream: Stream, shard: Shard, limit: int = -1) -> Iterator[tuple[int, float]]:
        """Sequence number and time of at most *limit* records, oldest first; -1 is no limit. Read it within one turn."""

    def newest(self, stream: Stream, shard: Shard, number: int = 1) -> tuple[int, float] | None:
        """Sequence number and time of the newest record but *number* - 1; ``None`` where there are fewer."""

    def drop(self, stream: Stream, shard: Shard, sequence: int) -> None:
        """Forget the records up to that sequence number, inside a transaction."""

    def undo(self, committed: int) -> None:
        """Forget what is newer than *committed*: its transaction was undone."""


class StoredRecords:
    """Rows of a database, which undoes them itself."""

    def __init__(self, connection: apsw.Connection) -> None:
        self._connection = connection
        connection.execute(_SCHEMA)

    def append(self, records: Sequence[tuple[Stream, Shard, Record]]) -> None:
        """As ``RecordStore.append``."""
        self._connection.executemany(
            "INSERT INTO records VALUES (?, ?, ?, ?, ?, ?, ?)",
            [(stream.id, shard.number, *_logged(stream, record)) for stream, shard, record in records],
        )

    def read(self, stream: Stream, shard: Shard, *, behind: int, newest: int, limit: int) -> Iterator[LoggedRecord]:
        """As ``RecordStore.read``."""
        return map(
            LoggedRecord._make,
            self._connection.execute(
                "SELECT sequence, created, event_name, by_service, body FROM records "
                "WHERE stream_id = ? AND shard = ? AND sequence > ? AND sequence <= ? ORDER BY sequence LIMIT ?",
                (stream.id, shard.number, behind, newest, limit),
            ),
        )

    def times(self, stream: Stream, shard: Shard, limit: int = -1) -> Iterator[tuple[int, float]]:
        """As ``RecordStore.times``."""
        return (
            (row[0], row[1])
            for row in self._connection.execute(
                "SELECT sequence, created FROM records WHERE stream_id = ? AND shard = ? ORDER BY sequence LIMIT ?",
                (stream.id, shard.number, limit),
            )
        )

    def newest(self, stream: Stream, shard: Shard, number: int = 1) -> tuple[int, float] | None:
        """As ``RecordStore.newest``."""
        row = self._connection.execute(
            "SELECT sequence, created FROM records WHERE stream_id = ? AND shard = ? "
            "ORDER BY sequence DESC LIMIT 1 OFFSET ?",
            (stream.id, shard.number, number - 1),
        ).fetchone()
        return None if row is None else (row[0], row[1])

    def drop(self, stream: Stream, shard: Shard, sequence: int) -> None:
        """As ``RecordStore.drop``."""
        self._connection.execute(
            "DELETE FROM records WHERE stream_id = ? AND shard = ? AND sequence <= ?",
            (stream.id, shard.number, sequence),
        )

    def undo(self, committed: int) -> None:
        """As ``RecordStore.undo``."""


class RecordsInMemory:
    """Lists of records: a put pays for keeping one reference to each image, and nothing for what nobody reads."""

    def __init__(self) -> None:
        self._kept: defaultdict[tuple[int, int], list[Record]] = defaultdict(list)

    def append(self, records: Sequence[tuple[Stream, Shard, Record]]) -> None:
        """As ``RecordStore.append``."""
        for stream, shard, record in records:
            self._kept[stream.id, shard.number].append(record)

    def read(self, stream: Stream, shard: Shard, *, behind: int, newest: int, limit: int) -> Iterator[LoggedRecord]:
        """As ``RecordStore.read``."""
        kept = self._of(stream, shard)
        first, last = (bisect_right(kept, sequence, key=_sequence_of) for sequence in (behind, newest))
        return (_logged(stream, record) for record in kept[first : min(last, first + limit)])

    def times(self, stream: Stream, shard: Shard, limit: int = -1) -> Iterator[tuple[int, float]]:
        """As ``RecordStore.times``."""
        kept = self._of(stream, shard)
        return ((record.sequence, record.created) for record in islice(kept, None if limit < 0 else limit))

    def newest(self, stream: Stream, shard: Shard, number: int = 1) -> tuple[int, float] | None:
        """As ``RecordStore.newest``."""
        kept = self._of(stream, shard)
        return (kept[-number].sequence, kept[-number].created) if len(kept) >= number else None

    def drop(self, stream: Stream, shard: Shard, sequence: int) -> None:
        """As ``RecordStore.drop``; not undone with its transaction: what is dropped is too old to be read."""
        kept = self._of(stream, shard)
        del kept[: bisect_right(kept, sequence, key=_sequence_of)]
        if not kept:
            self._kept.pop((stream.id, shard.number), None)

    def undo(self, committed: int) -> None:
        """As ``RecordStore.undo``."""
        for kept in self._kept.values():
            del kept[bisect_right(kept, committed, key=_sequence_of) :]

    def _of(self, stream: Stream, shard: Shard) -> list[Record]:
        return self._kept.get((stream.id, shard.number), [])


_sequence_of = attrgetter("sequence")


def _logged(stream: Stream, record: Record) -> LoggedRecord:
    """What a reader gets."""
    new_image, old_image = record.new_image, record.old_image
    images, size = b"", record.keys_size
    if new_image is not None:
        images = b'"NewImage":%b,' % new_image.json
        size += new_image.size
    if old_image is not None:
        images = b'%b"OldImage":%b,' % (images, old_image.json)
        size += old_image.size
    # Whole seconds as a float, and members in the order AWS sends them. Source: aws-recorded-answers §4.
    body = (
        b'{"ApproximateCreationDateTime":%d.0,"Keys":%b,%b"SequenceNumber":"%b","SizeBytes":%d,"StreamViewType":"%b"}'
        % (
            record.created,
            record.keys,
            images,
            sequence_to_wire(record.sequence).encode(),
            size,
            stream.view_type.encode(),
        )
    )
    return LoggedRecord(record.sequence, record.created, record.event_name, record.by_service, body)
