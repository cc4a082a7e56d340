"""Transactions, group commit and the data folder."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from sandbox.dynamodb.storage.database import Database, DatabaseUnusable


def _count(database: Database) -> int:
    row = database.connection.execute("SELECT count(*) FROM t").fetchone()
    assert row is not None
    return int(row[0])


def _insert(database: Database, *, fail: bool = False) -> None:
    with database.write():
        database.connection.execute("INSERT INTO t VALUES (1)")
        if fail:
            raise ZeroDivisionError


@pytest.fixture(params=["memory", "folder"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Database:
    """Both ways to keep data behave alike."""
    made = Database(tmp_path if request.param == "folder" else None)
    with made.write():
        made.connection.execute("CREATE TABLE t (x)")
    return made


def test_a_block_that_raises_leaves_nothing(database: Database) -> None:
    """Half of a write must never be seen."""
    with pytest.raises(ZeroDivisionError):
        _insert(database, fail=True)
    assert _count(database) == 0
    _insert(database)
    assert _count(database) == 1


def test_a_block_with_a_journal_follows_one_without(database: Database) -> None:
    """In memory the journal is switched on and off between blocks: one that needs it must find it on."""
    undone: list[int] = []
    database.on_rollback(lambda: undone.append(1))
    for count in range(1, 4):
        with database.write(journaled=False):
            database.connection.execute("INSERT INTO t VALUES (1)")
        with pytest.raises(ZeroDivisionError):
            _insert(database, fail=True)
        assert _count(database) == count
        assert len(undone) == count


def test_a_block_without_a_journal_inside_of_one_with_it_is_undone_with_it(database: Database) -> None:
    def write_and_fail() -> None:
        with database.write():
            with database.write(journaled=False):
                database.connection.execute("INSERT INTO t VALUES (1)")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        write_and_fail()
    assert _count(database) == 0


def test_the_journal_changes_while_rows_are_being_read(database: Database) -> None:
    """A page may still be open when a write comes."""
    for _ in range(3):
        _insert(database)
    reading = database.connection.execute("SELECT x FROM t")
    assert reading.fetchone() == (1,)
    with database.write(journaled=False):
        database.connection.execute("INSERT INTO t VALUES (2)")
    _insert(database)
    assert len(reading.fetchall()) >= 2
    with pytest.raises(ZeroDivisionError):
        _insert(database, fail=True)
    assert _count(database) == 5


def test_what_a_block_without_a_journal_raises_is_told(database: Database) -> None:
    """It should not; everybody then reloads what they cache, and the store goes on."""
    undone: list[int] = []
    database.on_rollback(lambda: undone.append(1))
    with pytest.raises(ZeroDivisionError), database.write(journaled=False):
        raise ZeroDivisionError
    assert undone == [1]
    _insert(database)
    assert _count(database) == 1


def test_blocks_of_one_turn_share_one_commit(tmp_path: Path) -> None:
    """One fsync for all requests that arrive together; a failing one among them takes nothing of the others."""
    database = Database(tmp_path)
    with database.write():
        database.connection.execute("CREATE TABLE t (x)")
    commits: list[int] = []
    database.on_commit(lambda: commits.append(1))

    async def requests() -> None:
        _insert(database)
        with pytest.raises(ZeroDivisionError):
            _insert(database, fail=True)
        _insert(database)
        assert commits == []
        pending = database.pending()
        assert pending is not None
        await pending
        assert commits == [1]
        assert database.pending() is None

    asyncio.run(requests())
    assert _count(database) == 2
    database.close()


def test_what_was_committed_is_there_after_opening_again(tmp_path: Path) -> None:
    """The data folder is the point of having one."""
    first = Database(tmp_path)
    with first.write():
        first.connection.execute("CREATE TABLE t (x)")
    _insert(first)
    first.close()
    second = Database(tmp_path)
    assert _count(second) == 1
    second.close()


def test_a_store_may_be_closed_in_the_turn_of_a_write(tmp_path: Path) -> None:
    """What closes it commits the write; the end of the turn must not try once more."""
    first = Database(tmp_path)
    with first.write():
        first.connection.execute("CREATE TABLE t (x)")
    unexpected: list[dict[str, Any]] = []

    async def write_and_close() -> None:
        asyncio.get_running_loop().set_exception_handler(lambda _, context: unexpected.append(context))
        _insert(first)
        first.close()
        await asyncio.sleep(0)

    asyncio.run(write_and_close())
    assert unexpected == []
    second = Database(tmp_path)
    assert _count(second) == 1
    second.close()


def test_a_newer_format_and_a_broken_file_are_refused_clearly(tmp_path: Path) -> None:
    """Never a traceback, never silent loss."""
    database = Database(tmp_path)
    database.connection.execute("UPDATE meta SET value = 99 WHERE name = 'schema_version'")
    database.close()
    with pytest.raises(DatabaseUnusable, match="another version"):
        Database(tmp_path)
    (tmp_path / "sandbox.db").write_bytes(b"not a database" * 1000)
    with pytest.raises(DatabaseUnusable, match="cannot be opened"):
        Database(tmp_path)
