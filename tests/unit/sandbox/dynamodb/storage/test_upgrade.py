"""Nobody loses a data folder to a newer sandbox: what an earlier one wrote is brought to today's form."""

from pathlib import Path

import pytest

from sandbox.dynamodb.storage.commit import Change, decode_item, encode_item
from sandbox.dynamodb.storage.database import SCHEMA_VERSION, Database
from sandbox.dynamodb.storage.keys import Range
from sandbox.dynamodb.storage.rows import StoredItem
from sandbox.dynamodb.storage.store import Store
from sandbox.dynamodb.storage.table import Index, IndexDefinition, Table, TableDefinition
from sandbox.values.key_bytes import partition_hash
from sandbox.values.size import item_bytes

NOW = 1_700_000_000.25
ALL_ROWS = Range(b"", None)
ITEMS = 2_500  # more than are renewed in one go


def _definition() -> TableDefinition:
    return TableDefinition(
        id=0,
        account_id="000000000000",
        region="us-east-1",
        name="t",
        table_id="id",
        created=NOW,
        attribute_types={"pk": "S", "sk": "N", "g": "S"},
        key_schema=[("pk", "HASH"), ("sk", "RANGE")],
        indexes=[
            IndexDefinition(name="global", number=1, is_global=True, key_schema=[("g", "HASH")], projection_type="ALL"),
            IndexDefinition(
                name="local",
                number=2,
                is_global=False,
                key_schema=[("pk", "HASH"), ("g", "RANGE")],
                projection_type="KEYS_ONLY",
            ),
        ],
    )


def _old_key(index: Index, entry_key: bytes, table_key: bytes) -> bytes:
    """As format 1 had it: a hash of the whole row key in global indexes, none in local ones."""
    own = entry_key[: -len(table_key) - len(partition_hash(b""))]
    return own + (partition_hash(table_key) if index.is_global else b"") + table_key


Entries = dict[str, list[tuple[bytes, int, bytes]]]


def _entries(table: Table) -> Entries:
    return {
        index.name: [(row.key, row.size, row.json) for row in index.entries.between(ALL_ROWS)]
        for index in table.indexes.values()
    }


@pytest.fixture
def expected(tmp_path: Path) -> Entries:
    """A data folder of format 1; what the entries of its indexes have to become."""
    database = Database(tmp_path)
    store = Store(database)
    with database.write():
        table = store.create_table(_definition())
    changes = []
    for number in range(ITEMS):
        item = {"pk": {"S": f"p{number % 3}"}, "sk": {"N": str(number)}, "g": {"S": f"g{number % 2}"}, "x": {"S": "x"}}
        changes.append(Change(table, table.keys.of(item), None, StoredItem(item_bytes(item), encode_item(item))))
    store.commit(changes, now=NOW)
    entries = _entries(table)
    with database.write():
        for index in table.indexes.values():
            for key, size, json in entries[index.name]:
                index.entries.delete(key)
                index.entries.put_many([(_old_key(index, key, table.keys.of(decode_item(json))), size, json)])
        database.connection.execute("UPDATE meta SET value = 1 WHERE name = 'schema_version'")
    assert _entries(table) != entries
    database.close()
    return entries


def test_index_entries_are_renewed_once(expected: Entries, tmp_path: Path) -> None:
    assert len(expected["local"]) == ITEMS
    for found_version in (1, SCHEMA_VERSION):
        database = Database(tmp_path)
        assert database.found_version == found_version
        table = Store(database).table("000000000000", "us-east-1", "t")
        assert table is not None
        assert _entries(table) == expected
        database.close()


def test_an_upgrade_that_is_cut_short_begins_again(
    expected: Entries, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A kill in the middle leaves the folder as it was."""
    database = Database(tmp_path)
    monkeypatch.setattr(Database, "upgraded", lambda _: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        Store(database)
    database.close()
    monkeypatch.undo()
    database = Database(tmp_path)
    assert database.found_version == 1
    table = Store(database).table("000000000000", "us-east-1", "t")
    assert table is not None
    assert _entries(table) == expected
    database.close()
