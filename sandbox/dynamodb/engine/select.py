"""Query and Scan: a range of rows becomes a page.

``Limit`` counts rows before the filter. A page ends with the row that brings it to ``Limit`` or to 1 MB, and then has
a last key even if nothing follows. The row that crosses 1 MB belongs to the page, and what counts are the items' own
sizes, as for capacity units: AWS bills full pages of whatever items 128.5 units, or 257 of consistent reads.

Source: dynamodb-exact §13, §25 row 12; Franck Pachot, "DynamoDB Scan (and why 128.5 RCU?)", dbi-services.com, November
2020, with items whose sizes he gives; decision 0022.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from sandbox.dynamodb.engine.read import Projector
from sandbox.dynamodb.engine.write import Test
from sandbox.dynamodb.limits import PAGE_BYTES_MAX
from sandbox.dynamodb.storage.commit import decode_item, encode_item
from sandbox.dynamodb.storage.keys import Range
from sandbox.dynamodb.storage.rows import Joined, StoredItem
from sandbox.dynamodb.storage.table import Index, Table
from sandbox.values.attribute import Item

__all__ = ["Page", "Readable", "key_of", "read_page", "resume"]

_ROWS_AT_ONCE = 100
"""Rows fetched from the store in one go: few enough that a hundred large items do no harm."""


class Readable(Protocol):
    """Rows in the order of their keys: those of a table or index, or several ranges read as one."""

    def get(self, key: bytes) -> StoredItem | None:
        """The row with that key."""

    def fetch(self, rows: Range, *, descending: bool, limit: int) -> list[tuple[bytes, int, bytes]]:
        """At most *limit* rows of a range: key, size, JSON."""

    def joined(self, rows: Range, *, descending: bool, limit: int) -> Joined:
        """At most *limit* rows of a range, put together."""


@dataclass(slots=True, kw_only=True)
class Page:
    """One page of a Query or Scan.

    Attributes:
        items: the JSON of the selected rows, with commas between; no brackets, so that an answer copies it once.
        count: rows that passed the filter.
        scanned_count: rows that were evaluated.
        size: bytes evaluated, by DynamoDB's rules.
        last_key: the key of the last row evaluated, when the page ended before the range did; else ``None``.
    """

    items: bytes
    count: int
    scanned_count: int
    size: int
    last_key: bytes | None


def resume(span: Range, start: bytes | None, *, descending: bool) -> Range:
    """The part of *span* behind the row key *start*, in reading direction."""
    if start is None:
        return span
    if descending:
        return Range(span.low, start)
    return Range(start + b"\x00", span.high)


def read_page(
    rows: Readable,
    span: Range,
    *,
    descending: bool = False,
    limit: int | None = None,
    condition: Test | None = None,
    projection: Projector | None = None,
    fetch: Callable[[bytes], StoredItem] | None = None,
    wants_items: bool = True,
) -> Page:
    """Evaluate rows of *span* until the range, *limit* or 1 MB ends.

    *fetch* finds the whole item of an index entry, by its JSON, where the index does not hold what is asked; the page is
    then measured by the items.
    """
    if condition is None and projection is None and fetch is None:
        return _plain_page(rows, span, descending=descending, limit=limit, wants_items=wants_items)
    chosen: list[bytes] = []
    scanned = size = fetched_size = 0
    while True:
        at_once = _ROWS_AT_ONCE if limit is None else min(_ROWS_AT_ONCE, limit - scanned)
        batch = rows.fetch(span, descending=descending, limit=at_once)
        for key, row_size, row_json in batch:
            scanned += 1
            size += row_size
            item_json = row_json
            if fetch is not None:
                item = fetch(row_json)
                fetched_size += item.size
                item_json = item.json
            selected = _select(item_json, condition, projection)
            if selected is not None:
                chosen.append(selected)
            if scanned == limit or max(size, fetched_size) >= PAGE_BYTES_MAX:
                return _page(chosen, len(chosen), scanned, size, key, wants_items=wants_items)
        if len(batch) < at_once:
            return _page(chosen, len(chosen), scanned, size, None, wants_items=wants_items)
        span = resume(span, batch[-1][0], descending=descending)


def _page(
    pieces: list[bytes], count: int, scanned: int, size: int, last_key: bytes | None, *, wants_items: bool
) -> Page:
    items = b",".join(pieces) if wants_items else b""
    return Page(items=items, count=count, scanned_count=scanned, size=size, last_key=last_key)


def _plain_page(rows: Readable, span: Range, *, descending: bool, limit: int | None, wants_items: bool) -> Page:
    """A page of rows as they are stored: joined by the store, a piece at a time, where no row of it can end the page."""
    pieces: list[bytes] = []
    scanned = size = 0
    while True:
        at_once = _ROWS_AT_ONCE if limit is None else min(_ROWS_AT_ONCE, limit - scanned)
        row_count, piece_size, json, last_key = rows.joined(span, descending=descending, limit=at_once)
        if size + piece_size < PAGE_BYTES_MAX:
            scanned += row_count
            size += piece_size
            if row_count:
                pieces.append(json)
        else:
            for last_key, row_size, row_json in rows.fetch(span, descending=descending, limit=at_once):
                scanned += 1
                size += row_size
                pieces.append(row_json)
                if size >= PAGE_BYTES_MAX:
                    return _page(pieces, scanned, scanned, size, last_key, wants_items=wants_items)
        if scanned == limit:
            return _page(pieces, scanned, scanned, size, last_key, wants_items=wants_items)
        if row_count < at_once:
            return _page(pieces, scanned, scanned, size, None, wants_items=wants_items)
        assert last_key is not None, "a full piece has a last row"
        span = resume(span, last_key, descending=descending)


def _select(json: bytes, condition: Test | None, projection: Projector | None) -> bytes | None:
    """The row as it is answered, or ``None`` when the filter drops it."""
    if condition is None and projection is None:
        return json
    item = decode_item(json)
    if condition is not None and not condition.matches(item):
        return None
    return json if projection is None else encode_item(projection.apply(item))


def key_of(table: Table, index: Index | None, rows: Readable, last_key: bytes) -> Item:
    """The ``LastEvaluatedKey`` for the row of *rows* with that key: the table's key, and the index's where one is read."""
    key = None
    if index is None and rows is table.items:
        key = table.keys.read(last_key)
    elif index is not None and rows is index.entries:
        key = index.keys.read(last_key, table.keys)
    if key is not None:
        return key
    row = rows.get(last_key)
    assert row is not None, "it was read a moment ago"
    item = decode_item(row.json)
    names = list(table.key_names)
    if index is not None:
        names += [part.name for part in (*index.keys.hash_parts, *index.keys.range_parts) if part.name not in names]
    return {name: item[name] for name in names}
