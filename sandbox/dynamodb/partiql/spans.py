"""Several ranges of rows read as one: behind each other, or merged by sort key.

Both give ``read_page`` rows under keys of their own, which say where to go on: a *position*. Going on from a position
costs as much as starting there.
"""

from abc import ABC, abstractmethod
from typing import Final

from sandbox.dynamodb.engine.select import resume
from sandbox.dynamodb.storage.keys import Range
from sandbox.dynamodb.storage.rows import Joined, Rows, StoredItem

__all__ = ["Chained", "Merged", "Span", "Spans"]

_NUMBER_BYTES: Final = 2

Row = tuple[bytes, int, bytes]
"""Key, size, JSON, as ``Rows.fetch`` gives them."""

Span = tuple[bytes, Range]
"""The key prefix of a partition, and the rows wanted of it."""


class Spans(ABC):
    """Ranges of rows under positions, in the order of a statement.

    Positions ascend in that order, whether the rows' own keys do or not: ``read_page`` reads them ascending.
    """

    def __init__(self, rows: Rows, spans: list[Span], *, descending: bool) -> None:
        self._rows = rows
        self._spans = spans
        self._descending = descending

    @abstractmethod
    def fetch(self, rows: Range, *, descending: bool, limit: int) -> list[Row]:
        """At most *limit* rows from the position ``rows.low`` on; *descending* is never asked for."""

    @abstractmethod
    def _key(self, position: bytes) -> bytes:
        """The key of the row at a position."""

    def get(self, key: bytes) -> StoredItem | None:
        """The row at a position."""
        return self._rows.get(self._key(key))

    def joined(self, rows: Range, *, descending: bool, limit: int) -> Joined:
        """At most *limit* rows from the position ``rows.low`` on, put together."""
        found = self.fetch(rows, descending=descending, limit=limit)
        return Joined(
            row_count=len(found),
            size=sum([size for _, size, _ in found]),
            json=b",".join([json for _, _, json in found]),
            last_key=found[-1][0] if found else None,
        )


def _number(number: int) -> bytes:
    return number.to_bytes(_NUMBER_BYTES, "big")


class Chained(Spans):
    """One range behind the other. A position is the number of the range, then the row's key."""

    def fetch(self, rows: Range, *, descending: bool, limit: int) -> list[Row]:
        """See ``Spans``."""
        del descending
        # ``resume`` put a zero byte behind the last position.
        first, passed = int.from_bytes(rows.low[:_NUMBER_BYTES], "big"), rows.low[_NUMBER_BYTES:-1]
        found: list[Row] = []
        for number, (_, span) in enumerate(self._spans[first:], start=first):
            rest = resume(span, passed, descending=self._descending) if passed and number == first else span
            batch = self._rows.fetch(rest, descending=self._descending, limit=limit - len(found))
            found += [(_number(number) + key, size, json) for key, size, json in batch]
            if len(found) == limit:
                break
        return found

    def _key(self, position: bytes) -> bytes:
        return position[_NUMBER_BYTES:]


class Merged(Spans):
    """Ranges of several partitions in the order of their sort key. A position is that sort key, then the range's number."""

    def fetch(self, rows: Range, *, descending: bool, limit: int) -> list[Row]:
        """See ``Spans``."""
        del descending
        start = rows.low[:-1]
        found: list[Row] = []
        for number, (prefix, span) in enumerate(self._spans):
            rest = self._behind(start, number, prefix, span) if start else span
            batch = self._rows.fetch(rest, descending=self._descending, limit=limit)
            found += [(key[len(prefix) :] + _number(number), size, json) for key, size, json in batch]
        # Equal sort keys stay in the order of their ranges, in either direction.
        found.sort(key=lambda row: row[0][:-_NUMBER_BYTES], reverse=self._descending)
        return found[:limit]

    def _behind(self, start: bytes, number: int, prefix: bytes, span: Range) -> Range:
        """What of a range comes behind a position."""
        last, last_number = prefix + start[:-_NUMBER_BYTES], int.from_bytes(start[-_NUMBER_BYTES:], "big")
        includes_equal = number > last_number
        if self._descending:
            high = last + b"\x00" if includes_equal else last
            return Range(span.low, high if span.high is None else min(high, span.high))
        return Range(max(span.low, last if includes_equal else last + b"\x00"), span.high)

    def _key(self, position: bytes) -> bytes:
        number = int.from_bytes(position[-_NUMBER_BYTES:], "big")
        return self._spans[number][0] + position[:-_NUMBER_BYTES]
