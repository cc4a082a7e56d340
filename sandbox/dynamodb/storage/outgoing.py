"""Changes on their way to Kinesis streams: kept with the data until they are delivered.

Triggers keep them, so that a table without a destination pays nothing. They ask ``change_leaves()`` for the instant of
the change, which also wakes whoever delivers.
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple, cast

import apsw

__all__ = ["LEAVES_FUNCTION", "Outgoing", "OutgoingChange"]

LEAVES_FUNCTION = "change_leaves"
_EVENTS = ("INSERT", "UPDATE", "DELETE")
_SCHEMA = """
CREATE TABLE IF NOT EXISTS outgoing (
    id INTEGER PRIMARY KEY AUTOINCREMENT, table_id INTEGER, instant REAL, before BLOB, after BLOB);
"""


class OutgoingChange(NamedTuple):
    """One change of an item.

    Attributes:
        instant: epoch seconds.
        before: the encoded item, ``None`` where there was none.
        after: the encoded item, ``None`` where there is none.
    """

    id: int
    table_id: int
    instant: float
    before: bytes | None
    after: bytes | None


class Outgoing:
    """The changes of all tables that have a destination.

    Attributes:
        wake: called with each change, before it is committed; must be cheap.
    """

    def __init__(self, connection: apsw.Connection) -> None:
        self._connection = connection
        self.wake: Callable[[], None] = lambda: None
        connection.execute(_SCHEMA)

    def start(self, table_id: int) -> None:
        """Keep the changes of a table from now on. Inside a transaction."""
        self.stop(table_id)
        for event, images in zip(_EVENTS, ("NULL, NEW.item", "OLD.item, NEW.item", "OLD.item, NULL"), strict=True):
            keep = (
                "INSERT INTO outgoing (table_id, instant, before, after) "  # noqa: S608 - names and numbers of ours
                f"VALUES ({table_id}, {LEAVES_FUNCTION}(), {images})"
            )
            self._connection.execute(
                f"CREATE TRIGGER outgoing_{table_id}_{event} AFTER {event} ON items_{table_id} BEGIN {keep}; END"
            )

    def stop(self, table_id: int) -> None:
        """Keep no more changes of a table; those that are under way stay. Inside a transaction."""
        for event in _EVENTS:
            self._connection.execute(f"DROP TRIGGER IF EXISTS outgoing_{table_id}_{event}")

    def pending(self, limit: int) -> list[OutgoingChange]:
        """At most *limit* changes, oldest first."""
        found = self._connection.execute(
            "SELECT id, table_id, instant, before, after FROM outgoing ORDER BY id LIMIT ?", (limit,)
        ).fetchall()
        rows = cast("list[tuple[int, int, float, bytes | None, bytes | None]]", found)  # unknown to the driver
        return [OutgoingChange(*row) for row in rows]

    def forget(self, changes: Sequence[OutgoingChange]) -> None:
        """Drop what was delivered, or cannot be. Inside a transaction."""
        self._connection.executemany("DELETE FROM outgoing WHERE id = ?", [(change.id,) for change in changes])
