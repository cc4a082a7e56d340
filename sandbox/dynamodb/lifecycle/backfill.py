"""Entering the items a table already has into a new index, a bounded step at a time.

Whatever is written meanwhile enters the index with the write itself, so the order of steps and writes does not matter
and a step may safely be done twice: after a restart filling begins again from the front.
"""

from sandbox.dynamodb.limits import HASH_KEY_BYTES_MAX, RANGE_KEY_BYTES_MAX
from sandbox.dynamodb.storage.commit import Item, decode_item, index_entry
from sandbox.dynamodb.storage.keys import KeyPart, Range
from sandbox.dynamodb.storage.rows import StoredItem
from sandbox.dynamodb.storage.table import Index, IndexDefinition, Table
from sandbox.values.size import value_bytes

__all__ = ["BACKFILL_AT_ONCE_ITEMS", "BACKFILL_STEP_ITEMS", "fill"]

BACKFILL_AT_ONCE_ITEMS = 1_000
"""A table of so many items is filled inside the request that creates the index."""
BACKFILL_STEP_ITEMS = 200
"""A few milliseconds: the longest that other requests wait for a larger one."""
_STEP_BYTES = 1 << 20


def fill(table: Table, definition: IndexDefinition, *, behind: bytes, items_max: int) -> bytes | None:
    """Enter the items whose row keys follow *behind*, at most *items_max* of them; call it inside a transaction.

    Returns the last row key that was looked at, or ``None`` when there are no further items. Items whose attributes
    cannot be keys of the index (wrong type, empty, too long) are left out, as AWS leaves them out.
    """
    index = table.indexes[definition.name]
    entries: list[tuple[bytes, int, bytes]] = []
    step_bytes = 0
    last = behind
    # A row key never is empty, so the range behind b"" starts with the first row.
    for seen, row in enumerate(table.items.between(Range(behind + b"\x00", None))):
        if seen == items_max or step_bytes > _STEP_BYTES:
            index.entries.put_many(entries)
            return last
        step_bytes += len(row.json)
        last = row.key
        item = decode_item(row.json)
        if _fits(index, item):
            entry = index_entry(index, item, row.key, StoredItem(row.size, row.json))
            if entry is not None:
                entries.append(entry)
    index.entries.put_many(entries)
    return None


def _fits(index: Index, item: Item) -> bool:
    return _side_fits(index.keys.hash_parts, item, HASH_KEY_BYTES_MAX) and _side_fits(
        index.keys.range_parts, item, RANGE_KEY_BYTES_MAX
    )


def _side_fits(parts: tuple[KeyPart, ...], item: Item, bytes_max: int) -> bool:
    key_bytes = 0
    for name, kind in parts:
        value = item.get(name)
        if value is None or not value.get(kind):
            return False
        key_bytes += value_bytes(value)
    return key_bytes <= bytes_max
