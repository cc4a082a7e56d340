"""Several ranges of rows read as one, behind each other.

``read_page`` is given rows under keys of their own, which say where to go on: a *position*. Going on from a position
costs as much as starting there.
"""

from typing import Final

from sandbox.dynamodb.engine.select import resume
from sandbox.dynamodb.storage.keys import Range
from sandbox.dynamodb.storage.rows import Joined, Rows, StoredItem

__all__ = ["Chained", "Span"]

_NUMBER_BYTES: Final = 2

Row = tuple[bytes, int, bytes]
"""Key, size, JSON, as ``Rows.fetch`` gives them."""

Span = tuple[bytes, Range]
"""The key prefix of a partition, and the rows wanted of it."""


class Chained:
    """Ranges of rows, one behind the other, in the order of a statement.

    A position is the number of the range, then the row's key. Positions ascend in that order, whether the rows' own keys
    do or not: ``read_page`` reads them ascending.
    """

    def __init__(self, rows: Rows, spans: list[Span], *, descending: bool) -> None:
        self._rows = rows
        self._spans = spans
        self._descending = descending

    def fetch(self, rows: Range, *, descending: bool, limit: int) -> list[Row]:
        """At most *limit* rows from the position ``rows.low`` on; *descending* is never asked for."""
        del descending
        # ``resume`` put a zero byte behind the last position.
        first, passed = int.from_bytes(rows.low[:_NUMBER_BYTES], "big"), rows.low[_NUMBER_BYTES:-1]
        found: list[Row] = []
        for number, (_, span) in enumerate(self._spans[first:], start=first):
            rest = resume(span, passed, descending=self._descending) if passed and number == first else span
            batch = self._rows.fetch(rest, descending=self._descending, limit=limit - len(found))
            prefix = number.to_bytes(_NUMBER_BYTES, "big")
            found += [(prefix + key, size, json) for key, size, json in batch]
            if len(found) == limit:
                break
        return found

    def get(self, position: bytes) -> StoredItem | None:
        """The row at a position."""
        return self._rows.get(position[_NUMBER_BYTES:])

    def joined(self, rows: Range, *, descending: bool, limit: int) -> Joined:
        """At most *limit* rows from the position ``rows.low`` on, put together."""
        found = self.fetch(rows, descending=descending, limit=limit)
        size = sum([size for _, size, _ in found])
        return len(found), size, b",".join([json for _, _, json in found]), found[-1][0] if found else None
