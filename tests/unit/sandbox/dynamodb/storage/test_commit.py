"""The one function every write ends in."""

from typing import Any

import msgspec
import pytest

import sandbox.dynamodb.storage.commit
from sandbox.dynamodb.storage.commit import Change, encode_item
from sandbox.dynamodb.storage.database import Database
from sandbox.dynamodb.storage.keys import Range
from sandbox.dynamodb.storage.rows import StoredItem
from sandbox.dynamodb.storage.store import Store
from sandbox.dynamodb.storage.table import IndexDefinition, Table, TableDefinition
from sandbox.values.size import item_bytes

NOW = 1_700_000_000.25
ALL_ROWS = Range(b"", None)


def _definition(**more: Any) -> TableDefinition:
    return TableDefinition(
        id=0,
        account_id="000000000000",
        region="us-east-1",
        name="t",
        table_id="id",
        created=NOW,
        attribute_types={"pk": "S", "g": "S"},
        key_schema=[("pk", "HASH")],
        **more,
    )


def _index(projection_type: str = "ALL", non_key: list[str] | None = None) -> IndexDefinition:
    return IndexDefinition(
        name="by-g",
        number=1,
        is_global=True,
        key_schema=[("g", "HASH")],
        projection_type=projection_type,
        non_key_attributes=non_key,
    )


def _table(store: Store, *, stream: str | None = None, **more: Any) -> Table:
    definition = _definition(**more)
    with store.database.write():
        if stream is not None:
            created = store.log.create(
                account_id="000000000000",
                region="us-east-1",
                table_name="t",
                view_type=stream,
                key_schema=[("pk", "HASH")],
                label="2026-01-01T00:00:00.000",
                shard_count=1,
                now=NOW,
                ids_hex=lambda digits: "0" * digits,
            )
            definition.stream_id, definition.stream_enabled = created.id, True
        return store.create_table(definition)


def _stored(item: dict[str, Any] | None) -> StoredItem | None:
    return None if item is None else StoredItem(item_bytes(item), encode_item(item))


def _write(store: Store, table: Table, before: dict[str, Any] | None, after: dict[str, Any] | None) -> Change:
    item = after if after is not None else before
    assert item is not None
    change = Change(table, table.keys.of(item), _stored(before), _stored(after))
    store.commit((change,), now=NOW)
    return change


def _records(store: Store, table: Table) -> list[tuple[str, dict[str, Any]]]:
    assert table.stream is not None
    [shard] = table.stream.shards
    found = store.log.read(table.stream, shard, behind=0, limit=1000)
    return [(record.event_name, msgspec.json.decode(record.body)) for record in found]


@pytest.fixture
def store() -> Store:
    """An empty store in memory."""
    return Store(Database())


A = {"pk": {"S": "k"}, "v": {"N": "1"}, "tags": {"SS": ["a", "b"]}}
B = {"pk": {"S": "k"}, "v": {"N": "2"}}


def test_insert_modify_and_remove_leave_one_record_each(store: Store) -> None:
    """A change appears exactly once, in the order made, with the images of its view type."""
    table = _table(store, stream="NEW_AND_OLD_IMAGES")
    _write(store, table, None, A)
    _write(store, table, A, B)
    _write(store, table, B, None)
    records = _records(store, table)
    assert [name for name, _ in records] == ["INSERT", "MODIFY", "REMOVE"]
    assert records[1][1]["OldImage"] == A
    assert records[1][1]["NewImage"] == B
    assert "NewImage" not in records[2][1]
    sequences = [int(body["SequenceNumber"]) for _, body in records]
    assert sequences == sorted(set(sequences))
    assert all(len(body["SequenceNumber"]) >= 21 for _, body in records)


@pytest.mark.parametrize(
    ("view", "images"),
    [
        ("KEYS_ONLY", set()),
        ("NEW_IMAGE", {"NewImage"}),
        ("OLD_IMAGE", {"OldImage"}),
        ("NEW_AND_OLD_IMAGES", {"NewImage", "OldImage"}),
    ],
)
def test_a_view_type_decides_the_images_and_the_size(store: Store, view: str, images: set[str]) -> None:
    """SizeBytes is the keys and the images that are there. Source: aws-recorded-answers §4."""
    table = _table(store, stream=view)
    _write(store, table, A, B)
    [(_, body)] = _records(store, table)
    assert {name for name in body if name.endswith("Image")} == images
    expected = item_bytes(body["Keys"]) + sum(item_bytes(body[name]) for name in images)
    assert body["SizeBytes"] == expected
    assert body["StreamViewType"] == view


def test_a_recorded_size_fits(store: Store) -> None:
    """``id``=``id_value_1`` and ``numericFilter``=42 weigh 39 in a record. Source: aws-recorded-answers §4."""
    table = _table(store, stream="NEW_AND_OLD_IMAGES")
    item = {"pk": {"S": "id_value_1"}, "numericFilter": {"N": "42"}}
    _write(store, table, None, item)
    [(_, body)] = _records(store, table)
    assert body["SizeBytes"] == 39


def test_a_write_that_changes_nothing_leaves_nothing(store: Store) -> None:
    """Sets and maps have no order: the same item in another spelling is the same item."""
    table = _table(store, stream="NEW_AND_OLD_IMAGES")
    _write(store, table, None, A)
    same = {"tags": {"SS": ["b", "a"]}, "v": {"N": "1"}, "pk": {"S": "k"}}
    change = _write(store, table, A, same)
    assert not change.is_effective
    assert len(_records(store, table)) == 1


def test_one_change_of_many_fails_and_none_happens(store: Store) -> None:
    """A transaction is all or nothing in the store too."""
    table = _table(store, stream="KEYS_ONLY")
    good = Change(table, b"k1", None, _stored({"pk": {"S": "1"}}))
    broken = Change(table, b"k2", None, StoredItem(1, b"not json"))
    with pytest.raises(msgspec.DecodeError):
        store.commit((good, broken), now=NOW)
    assert table.items.totals() == (0, 0)
    assert _records(store, table) == []


@pytest.mark.parametrize("step", ["_entry", "expiry_of", "_record"])
def test_what_cannot_be_worked_out_leaves_nothing_without_a_journal(
    store: Store, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    """Index entries, expiry times and records come before the first row, the last one's too: see decision 0013."""
    table = _table(store, stream="NEW_AND_OLD_IMAGES", indexes=[_index("KEYS_ONLY")], expiry_attribute="ttl")
    index = table.indexes["by-g"]
    with store.database.write():
        table.expiry.create()
    old = [{"pk": {"S": str(number)}, "g": {"S": "a"}, "ttl": {"N": "100"}} for number in range(3)]
    for item in old:
        _write(store, table, None, item)
    new: list[dict[str, Any] | None] = [item | {"g": {"S": "b"}, "ttl": {"N": "150"}} for item in old[:2]]

    def seen() -> tuple[Any, ...]:
        return (
            list(table.items.between(ALL_ROWS)),
            list(index.entries.between(ALL_ROWS)),
            table.expiry.due(earliest=0, latest=200, limit=10),
            _records(store, table),
            store.log.committed_sequence,
        )

    work_out = getattr(sandbox.dynamodb.storage.commit, step)

    def fail_at_the_last(*arguments: Any, **more: Any) -> Any:
        concerned = arguments[2].before_item if step == "_record" else arguments[1]
        if concerned == old[2]:
            raise ZeroDivisionError
        return work_out(*arguments, **more)

    before = seen()
    changes = [
        Change(table, table.keys.of(one), _stored(one), _stored(after))
        for one, after in zip(old, [*new, None], strict=True)
    ]
    with monkeypatch.context() as patch:
        patch.setattr(sandbox.dynamodb.storage.commit, step, fail_at_the_last)
        with pytest.raises(ZeroDivisionError):
            store.commit(changes, now=NOW)
    assert seen() == before
    store.commit(changes, now=NOW)
    assert [name for name, _ in _records(store, table)] == ["INSERT"] * 3 + ["MODIFY"] * 2 + ["REMOVE"]
    sequences = [int(body["SequenceNumber"]) for _, body in _records(store, table)]
    assert sequences == sorted(set(sequences))


def test_an_index_follows_its_items(store: Store) -> None:
    """Entries appear, move, change and go with the item; the bill learns what happened."""
    table = _table(store, indexes=[_index("INCLUDE", ["x"])])
    index = table.indexes["by-g"]
    outside = {"pk": {"S": "k"}, "x": {"S": "1"}}
    inside = {"pk": {"S": "k"}, "g": {"S": "a"}, "x": {"S": "1"}, "y": {"S": "hidden"}}
    moved = inside | {"g": {"S": "b"}}
    assert _write(store, table, None, outside).effects == []
    [entered] = _write(store, table, outside, inside).effects
    assert (entered.size_before, entered.is_moved) == (None, False)
    [row] = index.entries.between(ALL_ROWS)
    assert msgspec.json.decode(row.json) == {"pk": {"S": "k"}, "g": {"S": "a"}, "x": {"S": "1"}}
    assert _write(store, table, inside, inside | {"y": {"S": "other"}}).effects == []
    [effect] = _write(store, table, inside, moved).effects
    assert effect.is_moved
    assert len(list(index.entries.between(ALL_ROWS))) == 1
    _write(store, table, moved, None)
    assert list(index.entries.between(ALL_ROWS)) == []


def test_an_expiry_time_follows_its_item(store: Store) -> None:
    """Only numbers count; the time moves and goes with the item."""
    table = _table(store, expiry_attribute="ttl")
    with store.database.write():
        table.expiry.create()
    item = {"pk": {"S": "k"}, "ttl": {"N": "100"}}
    _write(store, table, None, item)
    key = table.keys.of(item)
    assert table.expiry.due(earliest=0, latest=200, limit=10) == [(100, key)]
    later = item | {"ttl": {"N": "150"}}
    _write(store, table, item, later)
    assert table.expiry.due(earliest=0, latest=200, limit=10) == [(150, key)]
    _write(store, table, later, item | {"ttl": {"S": "soon"}})
    assert table.expiry.due(earliest=0, latest=200, limit=10) == []


def test_listeners_hear_of_their_stream_after_the_commit(store: Store) -> None:
    """The poller is woken by the commit, once, and only where something was recorded."""
    table = _table(store, stream="KEYS_ONLY")
    assert table.stream is not None
    heard: list[int] = []
    stop = store.log.listen(table.stream.arn, lambda: heard.append(len(_records(store, table))))
    _write(store, table, None, A)
    _write(store, table, A, A)
    assert heard == [1]
    stop()
    _write(store, table, A, None)
    assert heard == [1]


def test_a_block_that_raises_leaves_no_table_behind_in_memory(store: Store) -> None:
    """What is cached must not run ahead of what is stored: a table that was never made cannot be written to."""

    def make_and_fail() -> None:
        with store.database.write():
            _table(store, stream="KEYS_ONLY")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        make_and_fail()
    assert store.table("000000000000", "us-east-1", "t") is None
    assert list(store.log.all_streams()) == []
    table = _table(store, stream="KEYS_ONLY")
    _write(store, table, None, A)
    assert len(_records(store, table)) == 1
