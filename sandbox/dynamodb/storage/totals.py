"""How many rows a table of the store has, and their size."""

import apsw

__all__ = ["Totals"]


class Totals:
    """The totals of one SQLite table with a column ``size``; *name* is our own.

    Counting walks all rows (a million take half a second), so the answer is kept until anything in the store changes.
    """

    __slots__ = ("_connection", "_counted", "_name")

    def __init__(self, connection: apsw.Connection, name: str) -> None:
        self._connection = connection
        self._name = name
        self._counted: tuple[int, tuple[int, int]] | None = None

    def count(self) -> tuple[int, int]:
        """How many rows there are, and their size in bytes."""
        changes = self._connection.total_changes()
        if self._counted is None or self._counted[0] != changes:
            row = self._connection.execute(f"SELECT count(*), coalesce(sum(size), 0) FROM {self._name}").fetchone()  # noqa: S608 - our own name
            assert row is not None, "an aggregate always has one row"
            self._counted = changes, (row[0], row[1])
        return self._counted[1]
