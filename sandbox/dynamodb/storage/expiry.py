"""When items expire: one small SQLite table per table with TTL, ordered by time, kept by every commit.

The sweeper reads what is due from its front, so expiry costs nothing while nothing expires.
"""

from collections.abc import Callable
from typing import cast

import apsw

__all__ = ["Expiry", "NextExpiry"]

_NEVER = 1 << 62


class NextExpiry:
    """The second the sweeper sleeps until, shared with all tables, so that an earlier one wakes it.

    Attributes:
        second: of the next sweep; before all expiry times while nobody sweeps.
        wake: called when an expiry before *second* is noted.
    """

    __slots__ = ("second", "wake")

    def __init__(self) -> None:
        self.second = -1
        self.wake: Callable[[], None] = lambda: None

    def sleep_until(self, second: int | None) -> None:
        """The sweeper sleeps until *second*, or until there is something to sleep for."""
        self.second = _NEVER if second is None else second

    def noted(self, second: int) -> None:
        """An item expires at *second*."""
        if second < self.second:
            self.second = second
            self.wake()


class Expiry:
    """The expiry times of one table."""

    __slots__ = ("_connection", "_next", "name")

    def __init__(self, connection: apsw.Connection, name: str, next_expiry: NextExpiry) -> None:
        self._connection = connection
        self._next = next_expiry
        self.name = name

    def create(self) -> None:
        """Make the SQLite table, empty."""
        self._connection.execute(
            f"CREATE TABLE IF NOT EXISTS {self.name} (second INTEGER, key BLOB, PRIMARY KEY (second, key)) WITHOUT ROWID"
        )

    def drop(self) -> None:
        """Forget all expiry times."""
        self._connection.execute(f"DROP TABLE IF EXISTS {self.name}")

    def put(self, second: int, key: bytes) -> None:
        """The item with that row key expires at *second*."""
        self._connection.execute(f"INSERT OR REPLACE INTO {self.name} VALUES (?, ?)", (second, key))  # noqa: S608 - our own name
        self._next.noted(second)

    def delete(self, second: int, key: bytes) -> None:
        """It no longer does."""
        self._connection.execute(f"DELETE FROM {self.name} WHERE second = ? AND key = ?", (second, key))  # noqa: S608

    def due(self, *, earliest: int, latest: int, limit: int) -> list[tuple[int, bytes]]:
        """At most *limit* (second, row key) pairs with ``earliest <= second <= latest``, oldest first."""
        found = self._connection.execute(
            f"SELECT second, key FROM {self.name} WHERE second BETWEEN ? AND ? ORDER BY second LIMIT ?",  # noqa: S608
            (earliest, latest, limit),
        ).fetchall()
        return cast("list[tuple[int, bytes]]", found)  # the types of the columns, which the driver does not know

    def next_second(self, after: int) -> int | None:
        """The first expiry later than *after*."""
        row = self._connection.execute(f"SELECT min(second) FROM {self.name} WHERE second > ?", (after,)).fetchone()  # noqa: S608
        return row[0] if row else None
