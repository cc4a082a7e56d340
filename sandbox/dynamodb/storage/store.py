"""All tables of all accounts and regions, over one database and one stream log."""

import asyncio
from collections.abc import Iterator, Sequence
from typing import assert_never

import msgspec

from sandbox.dynamodb.storage.backups import Backups
from sandbox.dynamodb.storage.bulk_operations import BulkOperation
from sandbox.dynamodb.storage.commit import Change, commit
from sandbox.dynamodb.storage.database import SCHEMA_VERSION, Database
from sandbox.dynamodb.storage.expiry import NextExpiry
from sandbox.dynamodb.storage.exports import Export
from sandbox.dynamodb.storage.history import NOW_FUNCTION, History
from sandbox.dynamodb.storage.imports import Import
from sandbox.dynamodb.storage.jobs import Jobs
from sandbox.dynamodb.storage.outgoing import LEAVES_FUNCTION, Outgoing
from sandbox.dynamodb.storage.rows import RowCache
from sandbox.dynamodb.storage.table import AnyIndexDefinition, Index, IndexDefinition, Table, TableDefinition
from sandbox.dynamodb.storage.tokens import Tokens
from sandbox.dynamodb.storage.upgrade import renew_index_entries
from sandbox.dynamodb.storage.vector_index import VectorIndex, VectorIndexDefinition
from sandbox.streams.log import StreamLog
from sandbox.streams.records import RecordsInMemory, StoredRecords

__all__ = ["Store"]

_SCHEMA = """
CREATE TABLE IF NOT EXISTS tables (
    id INTEGER PRIMARY KEY AUTOINCREMENT, account_id TEXT, region TEXT, name TEXT, definition BLOB, UNIQUE (account_id, region, name));
"""


class Store:
    """Tables by account, region and name; every change of an item goes through ``commit``.

    Attributes:
        asked_in_vain: account, region and name of tables that were asked for where they are not, as far as that was told.
        long_search: held by the search that goes on in steps; others wait for their turn, so that whoever else asks waits
            for one step only.
    """

    def __init__(self, database: Database) -> None:
        self.database = database
        database.connection.execute(_SCHEMA)
        records = RecordsInMemory() if database.folder is None else StoredRecords(database.connection)
        self.log = StreamLog(database.connection, records)
        self.next_expiry = NextExpiry()
        self.tokens = Tokens(database.connection)
        self.backups = Backups(database.connection)
        self.exports = Jobs(database.connection, "exports", Export)
        self.imports = Jobs(database.connection, "imports", Import)
        self.bulk_operations = Jobs(database.connection, "bulk_operations", BulkOperation)
        self.outgoing = Outgoing(database.connection)
        self.asked_in_vain: set[tuple[str, str, str]] = set()
        self.long_search = asyncio.Lock()
        self._now = 0.0  # of the commit under way, for the triggers of history and outgoing changes
        database.connection.create_scalar_function(NOW_FUNCTION, lambda *_: self._now, 0)
        database.connection.create_scalar_function(LEAVES_FUNCTION, self._change_leaves, 0)
        self._tables: dict[tuple[str, str], dict[str, Table]] = {}
        self._is_reshaped = False
        self._caches: dict[int, RowCache] = {}  # by table id: a table that is made anew goes on with the same
        self._load()
        if database.found_version != SCHEMA_VERSION:
            with database.write():
                renew_index_entries(database.connection, self.all_tables())
                database.upgraded()
        database.on_commit(self._committed)
        database.on_rollback(self._undone)

    def _load(self) -> None:
        self._tables.clear()
        for (definition,) in self.database.connection.execute("SELECT definition FROM tables"):
            self._remember(msgspec.json.decode(definition, type=TableDefinition))
        self._is_reshaped = False

    def _committed(self) -> None:
        self._is_reshaped = False
        self.log.committed()

    def _undone(self) -> None:
        """Read tables and streams anew where what was undone had changed them: the cached ones are ahead of the stored."""
        self.log.undone()
        for cache in self._caches.values():
            cache.clear()
        if self._is_reshaped or self.log.is_reshaped:
            self.log.load()
            self._load()

    def _remember(self, definition: TableDefinition) -> Table:
        table = Table(
            self.database.connection,
            definition,
            self.log.by_id(definition.stream_id),
            self.next_expiry,
            self._caches.setdefault(definition.id, {}),
        )
        self._is_reshaped = True
        self._tables.setdefault((definition.account_id, definition.region), {})[definition.name] = table
        return table

    # -- tables ------------------------------------------------------------------------------------------------------

    def table(self, account_id: str, region: str, name: str) -> Table | None:
        """The table of that name, whatever its status."""
        tables = self._tables.get((account_id, region))
        return tables.get(name) if tables is not None else None

    def table_names(self, account_id: str, region: str) -> list[str]:
        """The names of all tables, in UTF-8 order."""
        return sorted(self._tables.get((account_id, region), ()), key=str.encode)

    def all_tables(self) -> Iterator[Table]:
        """Every table of the store."""
        return iter([table for tables in self._tables.values() for table in tables.values()])

    def create_table(self, definition: TableDefinition) -> Table:
        """Store a new table, empty, with its indexes; ``definition.id`` is set here. Inside a transaction."""
        run = self.database.connection.execute
        run(
            "INSERT INTO tables (account_id, region, name, definition) VALUES (?, ?, ?, x'')",
            (definition.account_id, definition.region, definition.name),
        )
        definition.id = self.database.connection.last_insert_rowid()
        table = self.save(definition)
        table.items.create()
        for index in table.indexes.values():
            index.entries.create()
        for vector_index in table.vector_indexes.values():
            vector_index.entries.create()
        return table

    def save(self, definition: TableDefinition) -> Table:
        """Store a changed definition and make the table anew from it. Inside a transaction."""
        self.database.connection.execute(
            "UPDATE tables SET definition = ? WHERE id = ?", (msgspec.json.encode(definition), definition.id)
        )
        return self._remember(definition)

    def drop_table(self, table: Table) -> None:
        """Drop a table with its items, index entries and expiry times; its streams stay readable. Inside a transaction."""
        definition = table.definition
        table.items.drop()
        table.expiry.drop()
        self.history(table).stop()
        for index in definition.all_indexes():
            self.drop_index(definition, index)
        self.database.connection.execute("DELETE FROM tables WHERE id = ?", (definition.id,))
        self._caches.pop(definition.id, None)
        self._is_reshaped = True
        del self._tables[(definition.account_id, definition.region)][definition.name]

    def history(self, table: Table) -> History:
        """What *table* was before: kept while point-in-time recovery is enabled."""
        return History(self.database.connection, table.definition.id)

    def drop_index(self, definition: TableDefinition, index: AnyIndexDefinition) -> None:
        """Drop the entries of an index that is being deleted. Inside a transaction."""
        match index:
            case IndexDefinition():
                Index.rows(self.database.connection, definition, index).drop()
            case VectorIndexDefinition():
                VectorIndex.rows(self.database.connection, definition.id, index).drop()
            case _:
                assert_never(index)

    def has_functions(self) -> bool:
        """Whether an earlier sandbox on this data folder left functions or mappings behind."""
        run = self.database.connection.execute
        kept = [
            name
            for (name,) in run("SELECT name FROM sqlite_master WHERE name IN ('lambda_functions', 'lambda_mappings')")
        ]
        return any(run(f"SELECT 1 FROM {name} LIMIT 1").fetchone() for name in kept)  # noqa: S608 - the two names above

    def _change_leaves(self, *_: object) -> float:
        self.outgoing.wake()
        return self._now

    # -- items -------------------------------------------------------------------------------------------------------

    def commit(self, changes: Sequence[Change], *, now: float, by_service: bool = False) -> None:
        """Apply changes in one transaction, and wake whoever listens to the streams they touched."""
        self._now = now
        with self.database.write(journaled=False):
            commit(self.log, changes, now=now, by_service=by_service)
