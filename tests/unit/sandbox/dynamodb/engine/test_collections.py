"""The range in which a collection's size lies, which is told without adding up wherever that is possible."""

from collections.abc import Iterator

import pytest

from sandbox.dynamodb.engine import collections
from sandbox.dynamodb.engine.collections import collection_metrics
from sandbox.dynamodb.storage.commit import Change, encode_item
from sandbox.dynamodb.storage.database import Database
from sandbox.dynamodb.storage.rows import StoredItem
from sandbox.dynamodb.storage.store import Store
from sandbox.dynamodb.storage.table import IndexDefinition, Table, TableDefinition
from sandbox.values.attribute import Item

ITEM_BYTES = 100_000


def _index(number: int, *keys: str, is_global: bool) -> IndexDefinition:
    schema = list(zip(keys, ("HASH", "RANGE"), strict=True))
    return IndexDefinition(
        name=f"index{number}", number=number, is_global=is_global, key_schema=schema, projection_type="ALL"
    )


@pytest.fixture
def table() -> Iterator[Table]:
    """Five items of partition ``a``, three of which are in the local index, and one of ``b``."""
    store = Store(Database())
    definition = TableDefinition(
        id=0,
        account_id="0" * 12,
        region="us-east-1",
        name="orders",
        table_id="t",
        created=0.0,
        key_schema=[("pk", "HASH"), ("sk", "RANGE")],
        attribute_types={"pk": "S", "sk": "N", "l": "S"},
        indexes=[_index(1, "pk", "l", is_global=False), _index(2, "l", "pk", is_global=True)],
    )
    with store.database.write():
        table = store.create_table(definition)
    for partition, count in (("a", 5), ("b", 1)):
        for number in range(count):
            item: Item = {"pk": {"S": partition}, "sk": {"N": str(number)}, "x": {"S": "x" * ITEM_BYTES}}
            if number < 3:
                item["l"] = {"S": "l"}
            stored = StoredItem(ITEM_BYTES, encode_item(item))
            store.commit([Change(table, table.keys.of(item), None, stored, known_after_item=item)], now=0.0)
    yield table
    store.database.close()


def _range(table: Table, partition: str) -> list[float]:
    metrics = collection_metrics(table, {"pk": {"S": partition}}, "SIZE")
    assert metrics is not None
    assert metrics["ItemCollectionKey"] == {"pk": {"S": partition}}
    found: list[float] = metrics["SizeEstimateRangeGB"]
    return found


def test_items_and_their_local_entries_count(table: Table, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(collections, "_GIGABYTE", ITEM_BYTES)
    assert _range(table, "a") == [8.0, 9.0]
    assert _range(table, "b") == [2.0, 3.0]
    assert _range(table, "c") == [0.0, 1.0]


def test_a_small_store_has_no_large_collection(table: Table, monkeypatch: pytest.MonkeyPatch) -> None:
    """No row is looked at, so that a write costs the same however many items its partition has."""

    def refuse(*_: object) -> int:
        raise AssertionError("rows are added up")

    assert 10 * ITEM_BYTES < table.items.store_bytes() < collections._GIGABYTE
    monkeypatch.setattr(type(table.items), "bytes_between", refuse)
    assert _range(table, "a") == [0.0, 1.0]
