"""One item changes: look up, check the condition, apply, measure.

Each function gives a ``Change`` that has not happened yet; the caller hands one or many of them to ``Store.commit``.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Protocol

from sandbox.dynamodb.engine.key_rules import check_updated_index_keys
from sandbox.dynamodb.faults import ConditionalCheckFailedException, ValidationException
from sandbox.dynamodb.limits import ITEM_BYTES_MAX, LOCAL_INDEXES_MAX
from sandbox.dynamodb.storage.commit import Change, decode_item, encode_item, local_entries_bytes
from sandbox.dynamodb.storage.rows import StoredItem
from sandbox.dynamodb.storage.table import Table
from sandbox.values.attribute import Item
from sandbox.values.size import item_bytes

__all__ = ["Test", "Updater", "check_condition", "condition_failed", "delete", "put", "replace_all", "update"]

ITEM_TOO_LARGE = "Item size has exceeded the maximum allowed size"
UPDATED_ITEM_TOO_LARGE = "Item size to update has exceeded the maximum allowed size"


class Test(Protocol):
    """A parsed condition."""

    def matches(self, item: Item) -> bool:
        """Whether the condition is true of *item*; a missing item is an empty one."""


class Updater(Protocol):
    """A parsed update."""

    def apply(self, item: Item) -> Item:
        """The item after the update; *item* stays as it is."""

    @property
    def only_removes(self) -> bool:
        """Whether it puts nothing into an item."""

    @property
    def attribute_names(self) -> Collection[str]:
        """The attributes that its actions name as their targets."""

    @property
    def size_cost(self) -> int:
        """What the update's actions add to the measure that must stay below 400 KB."""

    @property
    def typed_names(self) -> Collection[str]:
        """The attributes of whose new values the update alone tells the types."""


def condition_failed(before: StoredItem | None, *, with_item: bool) -> ConditionalCheckFailedException:
    """The refusal of a write whose condition is false; *with_item* for ReturnValuesOnConditionCheckFailure ALL_OLD."""
    extra = {"Item": decode_item(before.json)} if with_item and before is not None else None
    return ConditionalCheckFailedException("The conditional request failed", extra=extra)


def check_condition(before: StoredItem | None, condition: Test | None) -> tuple[bool, Item | None]:
    """Whether the condition holds, and the item if it had to be decoded for that."""
    if condition is None:
        return True, None
    item = decode_item(before.json) if before is not None else None
    return condition.matches(item if item is not None else {}), item


def put(
    table: Table,
    key: bytes,
    item: Item,
    size: int,
    *,
    condition: Test | None,
    wants_before: bool = True,
    returns_item: bool = False,
) -> Change:
    """Put *item*, whose row *key* and *size* in bytes have been worked out, in the place of the one that has this key.

    With *wants_before* false the old item is looked up only if the table itself needs it.

    Raises:
        ConditionalCheckFailedException: the condition is false of the old item.
        ValidationException: the item is too large together with its entries in local indexes.
    """
    if table.has_indexes:
        _check_local_entries(table, key, item, size, ITEM_TOO_LARGE)
    before: StoredItem | None = None
    before_item: Item | None = None
    if wants_before or condition is not None or table.needs_before:
        before = table.items.get(key)
        if condition is not None:
            holds, before_item = check_condition(before, condition)
            if not holds:
                raise condition_failed(before, with_item=returns_item)
    return Change(table, key, before, StoredItem(size, encode_item(item)), before_item, item)


def replace_all(
    table: Table, rows: Sequence[tuple[bytes, Item | None, int]], *, wants_before: bool = True
) -> list[Change]:
    """Put or remove many items whatever was there: row key, the item or ``None`` to remove it, size in bytes.

    The old items are looked up together, and, with *wants_before* false, only if the table itself needs them or one is
    to be removed.

    Raises:
        ValidationException: an item is too large together with its entries in local indexes.
    """
    if table.has_indexes:
        for key, item, size in rows:
            if item is not None:
                _check_local_entries(table, key, item, size, ITEM_TOO_LARGE)
    befores: Mapping[bytes, StoredItem] = {}
    if wants_before or table.needs_before or any(item is None for _, item, _ in rows):
        found = table.items.get_many([key for key, _, _ in rows])
        befores = {key: StoredItem(size, json) for key, size, json in found.values()}
    return [
        Change(
            table,
            key,
            befores.get(key),
            None if item is None else StoredItem(size, encode_item(item)),
            None,
            item,
        )
        for key, item, size in rows
    ]


def delete(table: Table, key_argument: Item, *, condition: Test | None, returns_item: bool = False) -> Change:
    """Remove the item with that key; no item is no error.

    Raises:
        ConditionalCheckFailedException: the condition is false of the old item.
    """
    key = table.keys.of(key_argument)
    before = table.items.get(key)
    holds, before_item = check_condition(before, condition)
    if not holds:
        raise condition_failed(before, with_item=returns_item)
    return Change(table, key, before, None, before_item)


def update(
    table: Table,
    key_argument: Item,
    updater: Updater | None,
    *,
    condition: Test | None,
    returns_item: bool = False,
    counts_actions: bool = True,
    has_expression: bool = True,
) -> Change:
    """Update the item with that key, or make it; without an *updater* a missing item becomes one of its key alone.

    An update that only removes makes no item where there was none.

    With *counts_actions* the size gate also measures what the update asks for (UpdateItem does, transactions do not).
    *has_expression* tells an update expression from ``AttributeUpdates``, which has other words for bad index keys.

    Raises:
        ConditionalCheckFailedException: the condition is false of the old item.
        ValidationException: the update cannot be applied, an index key becomes invalid, or the item too large.

    Source: dynamodb-exact §7.2, §10; scylladb/scylladb issues 5862 and 28368 (removing makes no item).
    """
    key = table.keys.of(key_argument)
    before = table.items.get(key)
    holds, before_item = check_condition(before, condition)
    if not holds:
        raise condition_failed(before, with_item=returns_item)
    if before is not None and before_item is None:
        before_item = decode_item(before.json)
    base = before_item if before_item is not None else dict(key_argument)
    after_item = updater.apply(base) if updater is not None else base
    if before is None and updater is not None and updater.only_removes:
        return Change(table, key, None, None)
    if table.has_indexes:
        typed_names = updater.typed_names if updater is not None else ()
        check_updated_index_keys(table, before_item, after_item, has_expression=has_expression, typed_names=typed_names)
    size = item_bytes(after_item)
    # A finished item is rarely near the limit: the exact measure is worked out only where it can matter.
    if size > ITEM_BYTES_MAX // 2 and updater is not None:
        asked = _asked_bytes(updater, after_item) if counts_actions else 0
        if max(size, asked) > ITEM_BYTES_MAX:
            raise ValidationException(UPDATED_ITEM_TOO_LARGE)
    if table.has_indexes:
        _check_local_entries(table, key, after_item, size, UPDATED_ITEM_TOO_LARGE)
    return Change(table, key, before, StoredItem(size, encode_item(after_item)), before_item, after_item)


def _check_local_entries(table: Table, key: bytes, item: Item, size: int, too_large: str) -> None:
    """Refuse an item that is within the limit alone, but over it together with its entries in the local indexes.

    Source: developer guide, "Constraints: item size for tables with local secondary indexes"; meansoup.github.io,
    "DynamoSizeLimitException" (210 KB refused beside one index). That the words are the usual ones is an assumption.
    """
    # No entry is larger than its item, so that most items need no closer look.
    if size <= ITEM_BYTES_MAX // (1 + LOCAL_INDEXES_MAX):
        return
    if size + local_entries_bytes(table, item, key, size) > ITEM_BYTES_MAX:
        raise ValidationException(too_large)


def _asked_bytes(updater: Updater, after: Item) -> int:
    """Measure what an update asks for: the attributes it names, as they are *after* it, and what its actions cost.

    What it does not name, the key among it, does not count. That an attribute counts as a whole where a path leads into
    it is an assumption for maps, and for lists of more than one element.

    Source: dynamodb-exact §7.2; nubo-db/dynoxide issue 210 (bisected on AWS, 2026-09).
    """
    return updater.size_cost + item_bytes({name: after[name] for name in updater.attribute_names if name in after})
