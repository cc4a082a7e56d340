"""Entering the items a table already has into what was added to it later: a new index, the expiry times of TTL.

It goes in bounded steps. Whatever is written meanwhile is entered with the write itself, so the order of steps and
writes does not matter and a step may safely be done twice: after a restart filling begins again from the front.
"""

from collections.abc import Callable
from typing import assert_never

from sandbox.dynamodb.limits import HASH_KEY_BYTES_MAX, RANGE_KEY_BYTES_MAX
from sandbox.dynamodb.storage.commit import Item, decode_item, expiry_of, index_entry
from sandbox.dynamodb.storage.keys import KeyPart, Range
from sandbox.dynamodb.storage.rows import Row, StoredItem
from sandbox.dynamodb.storage.table import AnyIndexDefinition, Index, IndexDefinition, Table
from sandbox.dynamodb.storage.vector_index import VectorIndex, VectorIndexDefinition
from sandbox.values.size import value_bytes

__all__ = ["FILL_AT_ONCE_ITEMS", "FILL_STEP_ITEMS", "fill_expiry", "fill_index"]

FILL_AT_ONCE_ITEMS = 1_000
"""A table of so many items is filled inside the request."""
FILL_STEP_ITEMS = 200
"""A few milliseconds: the longest that other requests wait while a larger one is filled."""
_STEP_BYTES = 1 << 20
_VECTOR_ITEM_BYTES = 320
"""To take apart and sketch a vector takes ten times as long as to read it: a step ends at so many bytes for each of its items."""


def fill_index(table: Table, definition: AnyIndexDefinition, *, behind: bytes, items_max: int) -> bytes | None:
    """Enter the items whose row keys follow *behind* into an index; call it inside a transaction.

    Returns the last row key that was looked at, or ``None`` when there are no further items. Items whose attributes
    cannot be keys of the index (wrong type, empty, too long) are left out, as AWS leaves them out; so are those whose
    vector is none.
    """
    match definition:
        case IndexDefinition(name=name):
            return _fill_secondary(table, table.indexes[name], behind, items_max)
        case VectorIndexDefinition(name=name):
            return _fill_vectors(table, table.vector_indexes[name], behind, items_max)
        case _:
            assert_never(definition)


def _fill_secondary(table: Table, index: Index, behind: bytes, items_max: int) -> bytes | None:
    entries: list[tuple[bytes, int, bytes]] = []

    def enter(row: Row, item: Item) -> None:
        if _fits(index, item):
            entry = index_entry(index, item, row.key, StoredItem(row.size, row.json))
            if entry is not None:
                entries.append(entry)

    last = _walk(table, behind, items_max, _STEP_BYTES, enter)
    index.entries.put_many(entries)
    return last


def _fill_vectors(table: Table, index: VectorIndex, behind: bytes, items_max: int) -> bytes | None:
    def enter(row: Row, item: Item) -> None:
        entry = index.entry(item)
        if entry is not None:
            index.entries.put(row.key, entry)

    return _walk(table, behind, items_max, _VECTOR_ITEM_BYTES * items_max, enter)


def fill_expiry(table: Table, *, behind: bytes, items_max: int) -> bytes | None:
    """Note when the items expire whose row keys follow *behind*; call it inside a transaction.

    Returns the last row key that was looked at, or ``None`` when there are no further items.
    """

    def enter(row: Row, item: Item) -> None:
        second = expiry_of(table, item)
        if second is not None:
            table.expiry.put(second, row.key)

    return _walk(table, behind, items_max, _STEP_BYTES, enter)


def _walk(
    table: Table, behind: bytes, items_max: int, bytes_max: int, enter: Callable[[Row, Item], None]
) -> bytes | None:
    """Hand on at most *items_max* items, and no more once they come to more than *bytes_max*."""
    step_bytes = 0
    last = behind
    # The least key greater than another one is that key and a zero byte; before the first there is the empty one.
    for seen, row in enumerate(table.items.between(Range(behind + b"\x00" if behind else b"", None))):
        if seen == items_max or step_bytes > bytes_max:
            return last
        step_bytes += len(row.json)
        last = row.key
        enter(row, decode_item(row.json))
    return None


def _fits(index: Index, item: Item) -> bool:
    keys = index.keys
    return _side_fits(keys.hash_parts, item, HASH_KEY_BYTES_MAX) and _side_fits(
        keys.range_parts, item, RANGE_KEY_BYTES_MAX
    )


def _side_fits(parts: tuple[KeyPart, ...], item: Item, bytes_max: int) -> bool:
    key_bytes = 0
    for name, kind in parts:
        value = item.get(name)
        if value is None or not value.get(kind):
            return False
        key_bytes += value_bytes(value)
    return key_bytes <= bytes_max
