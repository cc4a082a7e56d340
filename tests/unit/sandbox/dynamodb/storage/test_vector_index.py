"""Entries of vector indexes: one for each item that belongs there, in the transaction of its item."""

from pathlib import Path
from typing import Any

import pytest

from sandbox.dynamodb.storage.commit import Change, encode_item
from sandbox.dynamodb.storage.database import Database
from sandbox.dynamodb.storage.rows import StoredItem
from sandbox.dynamodb.storage.store import Store
from sandbox.dynamodb.storage.table import Table, TableDefinition
from sandbox.dynamodb.storage.vector_index import VectorIndexDefinition
from sandbox.values.size import item_bytes

NOW = 1_700_000_000.25
SCHEMA = [("g", "HASH"), ("f", "INLINE_FILTER")]


def _create(store: Store, **more: Any) -> Table:
    index = VectorIndexDefinition(
        name="near",
        number=1,
        attribute="v",
        dimensions=2,
        distance_function="COSINE",
        search_schema=SCHEMA,
        projection_type="KEYS_ONLY",
    )
    definition = TableDefinition(
        id=0,
        account_id="000000000000",
        region="us-east-1",
        name="t",
        table_id="id",
        created=NOW,
        attribute_types={"pk": "S", "g": "S", "f": "N"},
        key_schema=[("pk", "HASH")],
        vector_indexes=[index],
        **more,
    )
    with store.database.write():
        return store.create_table(definition)


def _item(*numbers: float, **attributes: dict[str, Any]) -> dict[str, Any]:
    return {"pk": {"S": "k"}, "v": {"L": [{"N": str(number)} for number in numbers]}, **attributes}


def _write(store: Store, table: Table, before: dict[str, Any] | None, after: dict[str, Any] | None) -> Change:
    def stored(item: dict[str, Any] | None) -> StoredItem | None:
        return None if item is None else StoredItem(item_bytes(item), encode_item(item))

    item = after or before
    assert item is not None
    change = Change(table, table.keys.of(item), stored(before), stored(after))
    store.commit((change,), now=NOW)
    return change


def _rows(table: Table, **equal: bytes) -> list[bytes]:
    return [row.key for row in table.vector_indexes["near"].entries.sketches(equal)]


@pytest.fixture
def store() -> Store:
    """An empty store in memory."""
    return Store(Database())


A = _item(1, 2, g={"S": "x"}, f={"N": "1"})


@pytest.mark.parametrize(
    "item",
    [
        pytest.param(_item(1, g={"S": "x"}), id="too short"),
        pytest.param(_item(1, 2), id="no partition"),
        pytest.param(_item(1, 2, g={"N": "1"}), id="partition of another type"),
        pytest.param(_item(1, 2, g={"S": ""}), id="empty partition"),
        pytest.param(_item(1, 2, g={"S": "x" * 2049}), id="long partition"),
        pytest.param(_item(1, 2, g={"S": "x"}, f={"S": "1"}), id="filter of another type"),
        pytest.param({"pk": {"S": "k"}, "v": {"S": "x"}, "g": {"S": "x"}}, id="no list"),
        pytest.param({"pk": {"S": "k"}, "g": {"S": "x"}}, id="no vector"),
    ],
)
def test_an_item_that_does_not_belong_there_leaves_the_index(store: Store, item: dict[str, Any]) -> None:
    table = _create(store)
    _write(store, table, None, A)
    assert len(_rows(table)) == 1
    [effect] = _write(store, table, A, item).effects
    assert (effect.size_before is not None, effect.size_after) == (True, None)
    assert _rows(table) == []
    assert _write(store, table, item, None).effects == []


def test_what_is_not_projected_has_no_effect(store: Store) -> None:
    table = _create(store)
    _write(store, table, None, A)
    assert _write(store, table, A, {**A, "title": {"S": "t"}}).effects == []
    [effect] = _write(store, table, A, {**A, "f": {"N": "2"}}).effects
    assert not effect.is_moved
    [effect] = _write(store, table, {**A, "f": {"N": "2"}}, {**A, "g": {"S": "y"}}).effects
    assert effect.is_moved
    # Two floats and the name v; pk k, g y, f 1.
    assert effect.size_after == 8 + 1 + 3 + 2 + 3


def test_a_precision_that_a_float_has_not_is_no_change(store: Store) -> None:
    table = _create(store)
    _write(store, table, None, A)
    finer = _item(1, 2, g={"S": "x"}, f={"N": "1"})
    finer["v"]["L"][0]["N"] = "1.000000001"
    assert _write(store, table, A, finer).effects == []


def test_rows_are_found_by_partition_and_filters(store: Store) -> None:
    table = _create(store)
    change = _write(store, table, None, A)
    assert _rows(table, partition=b"x") == _rows(table) == [change.key]
    assert _rows(table, partition=b"y") == []
    without = _write(store, table, A, {name: value for name, value in A.items() if name != "f"})
    assert without.effects
    assert _rows(table, partition=b"x", filter_0=b"\xc1\x02") == []


def test_a_block_that_is_undone_leaves_nothing(tmp_path: Path) -> None:
    database = Database(tmp_path)
    store = Store(database)
    table = _create(store)

    def fail() -> None:
        with database.write():
            _write(store, table, None, A)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert _rows(table) == []
    database.close()


def test_entries_are_there_after_a_restart(tmp_path: Path) -> None:
    database = Database(tmp_path)
    store = Store(database)
    _write(store, _create(store), None, A)
    database.close()
    database = Database(tmp_path)
    table = Store(database).table("000000000000", "us-east-1", "t")
    assert table is not None
    assert table.vector_indexes["near"].definition.search_schema == SCHEMA
    assert len(_rows(table)) == 1
    database.close()


def test_a_table_takes_its_vectors_with_it(store: Store) -> None:
    table = _create(store)
    with store.database.write():
        store.drop_table(table)
    names = store.database.connection.execute("SELECT name FROM sqlite_master WHERE name LIKE 'vectors%'").fetchall()
    assert names == []
