"""Stored items and index entries: one SQLite table each, ``key | size | item``, ordered by key.

``item`` is the encoded JSON of the attribute map and ``size`` its size by DynamoDB's rules, so that a read without a
filter joins bytes and sums integers.
"""

from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from itertools import chain
from typing import NamedTuple, cast

import apsw
import msgspec

from sandbox.dynamodb.storage.keys import Range
from sandbox.dynamodb.storage.totals import Totals

__all__ = ["Joined", "Row", "RowCache", "Rows", "StoredItem"]

_CACHED_ROWS_MAX = 2_048
_CACHED_JSON_BYTES_MAX = 2_048
"""Together at most a few megabytes for each table."""
_JOINED = "coalesce(sum(size), 0), CAST(coalesce(group_concat(item, ','), '') AS BLOB)"
_ROWS_AT_ONCE = 25
"""As many as a batch has; each number of rows is a statement that SQLite prepares and keeps."""


RowCache = dict[bytes, tuple[bytes, int, bytes]]
"""Rows of one table that were read lately, as they are stored now, by key."""
Joined = tuple[int, int, bytes, bytes | None]
"""Consecutive rows, put together by SQLite so that no row becomes a Python object: how many, the sum of their sizes, their
JSON in order with commas between, and the key of the last one, ``None`` where there are none."""


class StoredItem(msgspec.Struct, frozen=True, gc=False):
    """An item as it is stored.

    Attributes:
        size: bytes by DynamoDB's rules.
        json: the attribute map, encoded.
    """

    size: int
    json: bytes


class Row(NamedTuple):
    """A stored item with its key."""

    key: bytes
    size: int
    json: bytes


class Rows:
    """The rows of one table or index.

    *cache* is kept true by every change that goes through any ``Rows`` that has it; whoever undoes changes clears it.
    """

    __slots__ = (
        "_ascending",
        "_bytes",
        "_cache",
        "_connection",
        "_delete",
        "_descending",
        "_get",
        "_joined_ascending",
        "_joined_descending",
        "_of_keys",
        "_puts",
        "_totals",
        "name",
    )

    def __init__(self, connection: apsw.Connection, name: str, cache: RowCache | None = None) -> None:
        self.name = name
        self._cache = cache
        self._connection = connection
        self._totals = Totals(connection, name)
        # The names are ours (a word and two numbers), never a client's text.
        self._get = f"SELECT size, item FROM {name} WHERE key = ?"  # noqa: S608 - see above
        # The keys lead, one lookup for each: an IN would first put them into an index of its own.
        self._of_keys = f"CROSS JOIN {name} ON key = column1"
        self._puts: dict[int, str] = {}  # by number of rows
        self._delete = f"DELETE FROM {name} WHERE key = ?"  # noqa: S608 - see above
        self._ascending = f"SELECT key, size, item FROM {name} WHERE key >= ? AND key < ? ORDER BY key LIMIT ?"  # noqa: S608 - see above
        self._descending = f"SELECT key, size, item FROM {name} WHERE key >= ? AND key < ? ORDER BY key DESC LIMIT ?"  # noqa: S608 - see above
        self._bytes = f"SELECT coalesce(sum(size), 0) FROM {name} WHERE key >= ? AND key < ?"  # noqa: S608 - see above
        joined = f"count(*), {_JOINED}"
        self._joined_ascending = f"SELECT {joined}, max(key) FROM ({self._ascending})"  # noqa: S608 - see above
        self._joined_descending = f"SELECT {joined}, min(key) FROM ({self._descending})"  # noqa: S608 - see above

    def create(self) -> None:
        """Make the SQLite table, empty."""
        self._connection.execute(
            f"CREATE TABLE IF NOT EXISTS {self.name} (key BLOB PRIMARY KEY, size INTEGER, item BLOB) WITHOUT ROWID"
        )

    def drop(self) -> None:
        """Drop the SQLite table and all its rows."""
        self._connection.execute(f"DROP TABLE IF EXISTS {self.name}")
        if self._cache:
            self._cache.clear()

    def get(self, key: bytes) -> StoredItem | None:
        """The row with that key."""
        cache = self._cache
        if cache is not None and (known := cache.get(key)) is not None:
            return StoredItem(known[1], known[2])
        row = self._connection.execute(self._get, (key,)).fetchone()
        if row is None:
            return None
        if cache is not None:
            self._remember((key, *row), cache)
        return StoredItem(*row)

    def get_many(self, keys: Sequence[bytes]) -> dict[bytes, tuple[bytes, int, bytes]]:
        """The rows with these keys (key, size, JSON), by key; missing ones are left out."""
        cache = self._cache
        found = {key: row for key in keys if (row := cache.get(key)) is not None} if cache else {}
        missing = [key for key in keys if key not in found] if found else keys
        if missing:
            query = f"SELECT key, size, item FROM {_values(len(missing))} {self._of_keys}"  # noqa: S608 - our own words
            # The types of the columns, which the driver does not know.
            rows = cast("list[tuple[bytes, int, bytes]]", self._connection.execute(query, missing).fetchall())
            for row in rows:
                found[row[0]] = row
                if cache is not None:
                    self._remember(row, cache)
        return found

    def put_many(self, rows: Iterable[tuple[bytes, int, bytes]]) -> None:
        """Insert or replace many; inside a transaction."""
        todo = list(rows)
        if self._cache:
            self._follow(todo, self._cache)
        # Many rows by one statement cost a quarter less than one row by one statement many times over.
        for start in range(0, len(todo), _ROWS_AT_ONCE):
            some = todo[start : start + _ROWS_AT_ONCE]
            put = self._puts.get(len(some))
            if put is None:
                put = self._puts[len(some)] = self._put_of(len(some))
            self._connection.execute(put, tuple(chain.from_iterable(some)))

    def _put_of(self, row_count: int) -> str:
        """The statement that puts so many rows."""
        # Half the price of INSERT OR REPLACE where the row exists, which deletes it first; the same where it does not.
        return (
            f"INSERT INTO {self.name} VALUES {', '.join(['(?, ?, ?)'] * row_count)} "  # noqa: S608 - our own name
            "ON CONFLICT (key) DO UPDATE SET size = excluded.size, item = excluded.item"
        )

    def delete(self, key: bytes) -> None:
        """Remove, if it is there; inside a transaction."""
        self._connection.execute(self._delete, (key,))
        if self._cache:
            self._cache.pop(key, None)

    def between(self, rows: Range, *, descending: bool = False, limit: int = -1) -> Iterator[Row]:
        """The rows of a range in key order, read as they are asked for; -1 is no limit."""
        high = b"\xff" * 8 if rows.high is None else rows.high
        return map(
            Row._make,
            self._connection.execute(self._descending if descending else self._ascending, (rows.low, high, limit)),
        )

    def fetch(self, rows: Range, *, descending: bool, limit: int) -> list[tuple[bytes, int, bytes]]:
        """At most *limit* rows of a range at once: the quick way for a page known to be small."""
        high = b"\xff" * 8 if rows.high is None else rows.high
        found = self._connection.execute(
            self._descending if descending else self._ascending, (rows.low, high, limit)
        ).fetchall()
        return cast("list[tuple[bytes, int, bytes]]", found)  # the types of the columns, which the driver does not know

    def joined(self, rows: Range, *, descending: bool, limit: int) -> Joined:
        """At most *limit* rows of a range as one: what a page needs that shows its rows as they are."""
        high = b"\xff" * 8 if rows.high is None else rows.high
        row = self._connection.execute(
            self._joined_descending if descending else self._joined_ascending, (rows.low, high, limit)
        ).fetchone()
        assert row is not None, "an aggregate always has one row"
        return cast("Joined", row)  # the types of the columns, which the driver does not know

    def bytes_between(self, rows: Range) -> int:
        """The sizes of the rows of a range, together; no row becomes a Python object."""
        high = b"\xff" * 8 if rows.high is None else rows.high
        found = self._connection.execute(self._bytes, (rows.low, high)).fetchone()
        assert found is not None, "an aggregate always has one row"
        return cast("int", found[0])  # the type of the column, which the driver does not know

    def store_bytes(self) -> int:
        """What the whole store takes, told without looking at a row; no rows of it are larger by DynamoDB's rules."""
        row = self._connection.execute(
            "SELECT page_count * page_size FROM pragma_page_count, pragma_page_size"
        ).fetchone()
        assert row is not None, "a store has pages of some size"
        return cast("int", row[0])  # as above

    def _remember(self, row: tuple[bytes, int, bytes], cache: RowCache) -> None:
        """Keep a row that was read."""
        if len(row[2]) <= _CACHED_JSON_BYTES_MAX:
            if len(cache) >= _CACHED_ROWS_MAX:
                cache.clear()
            cache[row[0]] = row

    def _follow(self, rows: Iterable[tuple[bytes, int, bytes]], cache: RowCache) -> None:
        """Bring what is kept in line with rows that are being stored."""
        for row in rows:
            if row[0] in cache:
                del cache[row[0]]
                self._remember(row, cache)

    def totals(self) -> tuple[int, int]:
        """How many rows there are, and their size in bytes."""
        return self._totals.count()


@cache
def _values(count: int) -> str:
    """A table of so many parameters, whose one column SQLite calls ``column1``."""
    return f"(VALUES {', '.join(['(?)'] * count)})"
