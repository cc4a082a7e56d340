"""What is kept of rows that were read is never anything but what is stored.

A row out of date is the worst a database can answer: so every way in which rows change is played here at random, those
that are undone included, and each answer is held against the stored rows themselves.
"""

import contextlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sandbox.dynamodb.storage.commit import Change
from sandbox.dynamodb.storage.database import Database
from sandbox.dynamodb.storage.rows import StoredItem
from sandbox.dynamodb.storage.store import Store
from sandbox.dynamodb.storage.table import Table, TableDefinition

KEYS = [bytes([number]) * 8 for number in range(6)]
_KEY = st.integers(0, len(KEYS) - 1)
_WRITES = st.lists(st.tuples(_KEY, st.sampled_from([None, b"{}", b"[1]", b"x" * 3_000])), min_size=1, max_size=4)
_STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("write"), _WRITES, st.booleans()),
        st.tuples(st.just("get"), _KEY),
        st.tuples(st.just("get_many"), st.lists(_KEY, unique=True)),
        st.tuples(st.just("save")),
    ),
    max_size=40,
)


def _table(store: Store) -> Table:
    definition = TableDefinition(
        id=0,
        account_id="0" * 12,
        region="us-east-1",
        name="orders",
        table_id="t",
        created=0.0,
        key_schema=[("a", "HASH")],
        attribute_types={"a": "S"},
    )
    with store.database.write():
        return store.create_table(definition)


def _change(table: Table, key: bytes, json: bytes | None) -> Change:
    """A change of one row to *json*; a table without stream and indexes needs to know no more."""
    before = table.items.get(key) if json is None else None
    return Change(table, key, before, None if json is None else StoredItem(len(json), json))


class _Undone(Exception):  # noqa: N818 - no error, but what undoes a block
    """Raised in a block of changes."""


def _write(store: Store, table: Table, writes: list[tuple[int, bytes | None]], *, undo: bool) -> None:
    changes = [_change(table, KEYS[number], json) for number, json in dict(writes).items()]
    with contextlib.suppress(_Undone), store.database.write():
        store.commit(changes, now=0.0)
        for change in changes:
            table.items.get(change.key)  # what a block reads of its own changes must not outlive them
        if undo:
            raise _Undone


@pytest.fixture(params=["memory", "folder"])
def open_store(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[], Store]:
    """Opens an empty store, a new one each time."""
    folders = (tmp_path / str(number) for number in range(1_000_000))
    return lambda: Store(Database(next(folders) if request.param == "folder" else None))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], deadline=None)
@given(steps=_STEPS)
def test_reads_are_what_is_stored(open_store: Callable[[], Store], steps: list[tuple[Any, ...]]) -> None:
    store = open_store()
    table = _table(store)
    select = f"SELECT key, size, item FROM {table.items.name} WHERE key = ?"
    run = store.database.connection.execute
    for step in steps:
        if step[0] == "write":
            _write(store, table, step[1], undo=step[2])
        elif step[0] == "get":
            row = run(select, (KEYS[step[1]],)).fetchone()
            assert table.items.get(KEYS[step[1]]) == (None if row is None else StoredItem(row[1], row[2]))
        elif step[0] == "get_many":
            keys = [KEYS[number] for number in step[1]]
            rows = [run(select, (key,)).fetchone() for key in keys]
            assert table.items.get_many(keys) == {row[0]: row for row in rows if row is not None}
        else:
            with store.database.write():
                table = store.save(table.definition)
    store.database.close()


def test_many_rows_are_not_kept_for_ever() -> None:
    """A table of any size is read through in a few megabytes."""
    store = Store(Database())
    table = _table(store)
    keys = [number.to_bytes(4, "big") for number in range(5_000)]
    store.commit([_change(table, key, b"{}") for key in keys], now=0.0)
    for key in keys:
        assert table.items.get(key) is not None
    (cache,) = store._caches.values()
    assert 0 < len(cache) <= 2_048


def test_a_dropped_table_keeps_nothing() -> None:
    store = Store(Database())
    table = _table(store)
    store.commit([_change(table, KEYS[0], b"{}")], now=0.0)
    assert table.items.get(KEYS[0]) is not None
    with store.database.write():
        store.drop_table(table)
    again = _table(store)
    assert again.items.get(KEYS[0]) is None
    assert len(store._caches) == 1
