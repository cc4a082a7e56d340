"""One SQLite connection: in memory, or a write-ahead log in a folder, with group commit.

``with database.write():`` is the only way to change anything. Without a folder each block is its own transaction.
With one, the blocks that run in the same turn of the event loop share one transaction: the first opens it, and a
callback at the end of the turn commits it (one fsync for all). ``pending()`` is what an answer waits for; nothing that
has seen an uncommitted write leaves before it.

There is exactly one connection. SQLite's WAL-reset defect needs two, and nothing here wants a second.
Source: reliability study §3.
"""

import asyncio
import os
from collections.abc import Callable
from pathlib import Path
from types import TracebackType

import apsw

from sandbox.dynamodb.storage.data_folder import DatabaseInUse, DatabaseUnusable, make_file, take_folder

__all__ = ["Database", "DatabaseInUse", "DatabaseUnusable", "StoreFailed"]

StoreFailed = apsw.Error
"""What a failing disk raises from statements and commits; nothing of the block or group it hits has happened."""

SCHEMA_VERSION = 2
"""The form of what is stored; ``upgrade`` brings earlier ones to it."""
_WAL_AUTOCHECKPOINT_PAGES = 4_000
_CACHE_KIB = 64_000
_FILE_NAME = "sandbox.db"
_FLAGS = apsw.SQLITE_OPEN_READWRITE | apsw.SQLITE_OPEN_CREATE | apsw.SQLITE_OPEN_NOMUTEX
"""Without mutexes: the connection belongs to the event loop's thread."""
_PAGE_BYTES_IN_MEMORY = 16_384
"""Larger pages are split less often, and hold rows of up to a quarter of their size in one piece; a row in several is
put together whenever a key is compared with its own. 32 KB fill faster still, but cost more where there is a journal."""
_PAGE_BYTES_IN_FOLDER = 8_192
"""A commit writes every page it has touched, all of it."""
_STATEMENTS_MAX = 512
"""Prepared statements kept: a dozen per table, and one for each number of keys read at once."""


class Database:
    """The connection, its transactions and its group commit.

    Attributes:
        connection: for statements; changes only inside ``with write():``.
        folder: where the files are, ``None`` in memory.
        found_version: the form in which the folder was found; today's in memory and for a new one.
    """

    def __init__(self, folder: Path | None = None, *, durability: str = "full") -> None:
        """Open or create the database.

        Raises:
            DatabaseInUse: another process holds *folder*.
            DatabaseUnusable: *folder* cannot be made, read, written or trusted, or holds a newer format.
        """
        self.folder = folder
        self._lock_file: int | None = None
        self._depth = 0
        self._wants_journal = self._has_journal = True
        self._group: asyncio.Future[None] | None = None
        self._end_of_turn: asyncio.Handle | None = None
        self._listeners: list[Callable[[], None]] = []
        self._rollback_listeners: list[Callable[[], None]] = []
        if folder is None:
            self.connection = apsw.Connection(":memory:", flags=_FLAGS, statementcachesize=_STATEMENTS_MAX)
            self._configure("MEMORY", "OFF", _PAGE_BYTES_IN_MEMORY)
        else:
            self._lock_file = take_folder(folder)
            try:
                make_file(folder, _FILE_NAME)
                self.connection = apsw.Connection(
                    str(folder / _FILE_NAME), flags=_FLAGS, statementcachesize=_STATEMENTS_MAX
                )
                self._configure("WAL", "FULL" if durability == "full" else "NORMAL", _PAGE_BYTES_IN_FOLDER)
            except DatabaseUnusable:
                self._unlock()
                raise
            except apsw.Error as error:
                self._unlock()
                raise DatabaseUnusable(
                    f"The data folder {folder} cannot be opened: {error}. Use another --data folder, or move this one away."
                ) from error
        self.found_version = self._check_version()

    def _configure(self, journal_mode: str, synchronous: str, page_bytes: int) -> None:
        # Without this, SQLite prepares a range query anew each time its bounds are bound: half of what a page costs.
        self.connection.config(apsw.SQLITE_DBCONFIG_ENABLE_QPSG, 1)
        run = self.connection.execute
        run(f"PRAGMA page_size = {page_bytes}")
        run("PRAGMA locking_mode = EXCLUSIVE")
        run(f"PRAGMA journal_mode = {journal_mode}")
        run(f"PRAGMA synchronous = {synchronous}")
        run(f"PRAGMA cache_size = -{_CACHE_KIB}")
        run("PRAGMA temp_store = MEMORY")
        run(f"PRAGMA wal_autocheckpoint = {_WAL_AUTOCHECKPOINT_PAGES}")
        run("CREATE TABLE IF NOT EXISTS meta (name TEXT PRIMARY KEY, value) WITHOUT ROWID")

    def _check_version(self) -> int:
        row = self.connection.execute("SELECT value FROM meta WHERE name = 'schema_version'").fetchone()
        if row is None:
            self.connection.execute("INSERT INTO meta VALUES ('schema_version', ?)", (SCHEMA_VERSION,))
            return SCHEMA_VERSION
        version = row[0]
        if not (isinstance(version, int) and 1 <= version <= SCHEMA_VERSION):
            self.close()
            raise DatabaseUnusable(
                f"The data folder {self.folder} was written by another version of the sandbox (format {version}, this one "
                f"reads {SCHEMA_VERSION}). Use the version that wrote it, or another --data folder."
            )
        return version

    def upgraded(self) -> None:
        """Note that what is stored has today's form; inside the transaction that gave it."""
        self.connection.execute("UPDATE meta SET value = ? WHERE name = 'schema_version'", (SCHEMA_VERSION,))

    # -- transactions ------------------------------------------------------------------------------------------------

    def write(self, *, journaled: bool = True) -> "Database":
        """Open a block of changes: all of it happens, or, when the block raises, none.

        In memory SQLite's journal, from which it would undo a block, costs as much as the changes themselves. A block
        that has worked out everything before its first statement does without: *journaled* false. Should it raise all
        the same, what it has done stays done.
        """
        self._wants_journal = journaled
        return self

    def __enter__(self) -> None:
        if self._depth == 0:
            if self.folder is None:
                if self._has_journal is not self._wants_journal:
                    self._has_journal = self._wants_journal
                    self.connection.execute(f"PRAGMA journal_mode = {'MEMORY' if self._has_journal else 'OFF'}")
                self.connection.execute("BEGIN")
            else:
                self._join_group()
                self.connection.execute("SAVEPOINT block")
        self._depth += 1

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._depth -= 1
        if self._depth:
            return
        if self.folder is None:
            self.connection.execute("COMMIT" if error is None or not self._has_journal else "ROLLBACK")
            self._tell(self._listeners if error is None else self._rollback_listeners)
            return
        if error is not None:
            self.connection.execute("ROLLBACK TO block")
        self.connection.execute("RELEASE block")
        if error is not None:
            self._tell(self._rollback_listeners)
        if self._group is None:
            self._commit_group()

    def _join_group(self) -> None:
        if not self.connection.in_transaction:
            self.connection.execute("BEGIN IMMEDIATE")
        if self._group is None:
            try:
                loop = asyncio.get_running_loop()
            except RuntimeError:  # start-up and tools: no loop, no company to wait for
                return
            self._group = loop.create_future()
            self._end_of_turn = loop.call_soon(self._commit_group)

    def _commit_group(self) -> None:
        group, self._group = self._group, None
        try:
            self.connection.execute("COMMIT")
        except apsw.Error as error:
            # Disk full or failing: nothing of this group is acknowledged, and what was there before stays readable.
            if self.connection.in_transaction:
                self.connection.execute("ROLLBACK")
            self._tell(self._rollback_listeners)
            if group is None:
                raise
            group.set_exception(error)
            group.exception()  # taken here, so that a group nobody waits for does not warn
            return
        if group is not None:
            group.set_result(None)
        self._tell(self._listeners)

    def pending(self) -> "asyncio.Future[None] | None":
        """What an answer must wait for before it leaves; ``None`` when nothing is uncommitted."""
        return self._group

    async def committed(self) -> None:
        """Return once what was written so far is committed, and others have had their turn.

        Raises:
            apsw.Error: it could not be; nothing of it is there any more.
        """
        if self._group is None:
            await asyncio.sleep(0)
        else:
            await asyncio.shield(
                self._group
            )  # the group belongs to all its writers: one that is cancelled leaves it alone

    # -- listeners ---------------------------------------------------------------------------------------------------

    def on_commit(self, listener: Callable[[], None]) -> None:
        """Call *listener* after every commit; it must be cheap and must not write."""
        self._listeners.append(listener)

    def on_rollback(self, listener: Callable[[], None]) -> None:
        """Call *listener* when a block or a whole group is undone, to reload what it cached of it."""
        self._rollback_listeners.append(listener)

    @staticmethod
    def _tell(listeners: list[Callable[[], None]]) -> None:
        for listener in listeners:
            listener()

    # -- end ---------------------------------------------------------------------------------------------------------

    def close(self) -> None:
        """Commit what is open and let the folder go."""
        if self._group is not None:
            if self._end_of_turn is not None:
                self._end_of_turn.cancel()
            self._commit_group()
        self.connection.close()
        self._unlock()

    def _unlock(self) -> None:
        if self._lock_file is not None:
            os.close(self._lock_file)
            self._lock_file = None
