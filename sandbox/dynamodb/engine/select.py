"""Query and Scan: a range of rows becomes a page.

``Limit`` counts rows before the filter. A page ends with the row that brings it to ``Limit`` or to 1 MB, and then has
a last key even if nothing follows. Source: dynamodb-exact §13.
"""

from collections.abc import Callable
from dataclasses import dataclass

import msgspec

from sandbox.dynamodb.engine.read import Projector
from sandbox.dynamodb.engine.write import Test
from sandbox.dynamodb.limits import PAGE_BYTES_MAX
from sandbox.dynamodb.storage.commit import decode_item, encode_item
from sandbox.dynamodb.storage.keys import Range
from sandbox.dynamodb.storage.rows import Rows
from sandbox.dynamodb.storage.table import Index, Table
from sandbox.values.attribute import Item

__all__ = ["Page", "key_of", "read_page", "resume"]

_ROWS_AT_ONCE = 100
"""Rows fetched from the store in one go: few enough that a hundred large items do no harm."""
_NOTHING = msgspec.Raw(b"[]")


@dataclass(slots=True, kw_only=True)
class Page:
    """One page of a Query or Scan.

    Attributes:
        items: the selected rows, as the JSON of a list.
        count: rows that passed the filter.
        scanned_count: rows that were evaluated.
        size: bytes evaluated, by DynamoDB's rules.
        last_row: the JSON of the last row evaluated, when the page ended before the range did; else ``None``.
    """

    items: msgspec.Raw
    count: int
    scanned_count: int
    size: int
    last_row: bytes | None


def resume(span: Range, start: bytes | None, *, descending: bool) -> Range:
    """The part of *span* behind the row key *start*, in reading direction."""
    if start is None:
        return span
    if descending:
        return Range(span.low, start)
    return Range(start + b"\x00", span.high)


def read_page(
    rows: Rows,
    span: Range,
    *,
    descending: bool = False,
    limit: int | None = None,
    condition: Test | None = None,
    projection: Projector | None = None,
    fetch: Callable[[bytes], bytes] | None = None,
    wants_items: bool = True,
) -> Page:
    """Evaluate rows of *span* until the range, *limit* or 1 MB ends.

    *fetch* turns the JSON of an index entry into that of its whole item, where the index does not hold what is asked.
    """
    at_once = limit if limit is not None and limit <= _ROWS_AT_ONCE else _ROWS_AT_ONCE
    batch = rows.fetch(span, descending=descending, limit=at_once)
    is_plain = condition is None and fetch is None and projection is None
    if is_plain and (len(batch) < at_once or len(batch) == limit):
        # The usual page: one fetch, nothing to look at but the sum of sizes.
        size = sum([row[1] for row in batch])
        if size < PAGE_BYTES_MAX:
            return Page(
                items=_list([row[2] for row in batch]) if wants_items else _NOTHING,
                count=len(batch),
                scanned_count=len(batch),
                size=size,
                last_row=batch[-1][2] if batch and len(batch) == limit else None,
            )
    chosen: list[bytes] = []
    count = scanned = size = 0
    last_row: bytes | None = None
    while True:
        ended = False
        for row in batch:
            scanned += 1
            size += row[1]
            json = row[2]
            if is_plain:
                count += 1
                if wants_items:
                    chosen.append(json)
            else:
                if fetch is not None:
                    json = fetch(json)
                selected = _select(json, condition, projection)
                if selected is not None:
                    count += 1
                    if wants_items:
                        chosen.append(selected)
            if scanned == limit or size >= PAGE_BYTES_MAX:
                last_row, ended = row[2], True
                break
        if ended or len(batch) < at_once:
            break
        span = resume(span, batch[-1][0], descending=descending)
        if limit is not None:
            at_once = min(_ROWS_AT_ONCE, limit - scanned)
        batch = rows.fetch(span, descending=descending, limit=at_once)
    return Page(items=_list(chosen), count=count, scanned_count=scanned, size=size, last_row=last_row)


def _list(jsons: list[bytes]) -> msgspec.Raw:
    return msgspec.Raw(b"[" + b",".join(jsons) + b"]")


def _select(json: bytes, condition: Test | None, projection: Projector | None) -> bytes | None:
    """The row as it is answered, or ``None`` when the filter drops it."""
    if condition is None and projection is None:
        return json
    item = decode_item(json)
    if condition is not None and not condition.matches(item):
        return None
    return json if projection is None else encode_item(projection.apply(item))


def key_of(table: Table, index: Index | None, json: bytes) -> Item:
    """The ``LastEvaluatedKey`` for a row: the table's key, and the index's where one is read."""
    item = decode_item(json)
    names = list(table.key_names)
    if index is not None:
        names += [part.name for part in (*index.keys.hash_parts, *index.keys.range_parts) if part.name not in names]
    return {name: item[name] for name in names}
