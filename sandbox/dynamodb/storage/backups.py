"""Backups: a table's definition and a copy of its rows, kept when the table has gone.

Index entries are not copied: a restored table fills its indexes from its items, as a new index does.
"""

from typing import cast

import apsw
import msgspec

from sandbox.dynamodb.storage.rows import Rows
from sandbox.dynamodb.storage.table import Table, TableDefinition

__all__ = ["Backup", "Backups"]

_SCHEMA = """
CREATE TABLE IF NOT EXISTS backups (
    id INTEGER PRIMARY KEY AUTOINCREMENT, account_id TEXT, region TEXT, arn TEXT UNIQUE, document BLOB);
"""


class Backup(msgspec.Struct, kw_only=True, frozen=True):
    """What is known of a backup besides its items.

    Attributes:
        created: epoch seconds.
        table: the table as it was then.
        view_type: of the stream it had enabled; ``None`` where it had none.
        kind: USER, or SYSTEM where it was made without being asked for.
        expires: when it is forgotten; ``None`` for never.
    """

    arn: str
    name: str
    created: float
    item_count: int
    size_bytes: int
    table: TableDefinition
    view_type: str | None = None
    kind: str = "USER"
    expires: float | None = None

    def has_expired(self, now: float) -> bool:
        """Whether it is to be forgotten at *now*."""
        return self.expires is not None and self.expires <= now


def _read(rows: object) -> list[Backup]:
    documents = cast("list[tuple[bytes]]", rows)  # the types of the columns, which the driver does not know
    return [msgspec.json.decode(document, type=Backup) for (document,) in documents]


class Backups:
    """All backups of the store."""

    def __init__(self, connection: apsw.Connection) -> None:
        self._connection = connection
        connection.execute(_SCHEMA)

    def create(self, backup: Backup, table: Table) -> None:
        """Keep *backup* with a copy of the table's rows. Inside a transaction."""
        self._connection.execute(
            "INSERT INTO backups (account_id, region, arn, document) VALUES (?, ?, ?, ?)",
            (backup.table.account_id, backup.table.region, backup.arn, msgspec.json.encode(backup)),
        )
        kept = self._rows(self._connection.last_insert_rowid())
        kept.create()
        self._copy(table.items, kept)

    def find(self, scope: tuple[str, str], arn: str, *, now: float) -> Backup | None:
        """The backup with that ARN, unless it has expired; *scope* is account and region."""
        row = self._connection.execute(
            "SELECT document FROM backups WHERE account_id = ? AND region = ? AND arn = ?", (*scope, arn)
        ).fetchone()
        backup = None if row is None else msgspec.json.decode(row[0], type=Backup)
        return None if backup is None or backup.has_expired(now) else backup

    def all(self, scope: tuple[str, str], *, now: float) -> list[Backup]:
        """Every backup of an account and region that has not expired, oldest first."""
        rows = self._connection.execute(
            "SELECT document FROM backups WHERE account_id = ? AND region = ? ORDER BY id", scope
        ).fetchall()
        return [backup for backup in _read(rows) if not backup.has_expired(now)]

    def forget_expired(self, now: float) -> None:
        """Delete what has expired, of all accounts. Inside a transaction."""
        for backup in _read(self._connection.execute("SELECT document FROM backups").fetchall()):
            if backup.has_expired(now):
                self.delete(backup)

    def restore(self, backup: Backup, table: Table) -> None:
        """Copy the rows of *backup* into an empty table. Inside a transaction."""
        self._copy(self._rows(self._number(backup)), table.items)

    def _copy(self, source: Rows, target: Rows) -> None:
        self._connection.execute(f"INSERT INTO {target.name} SELECT * FROM {source.name}")  # noqa: S608 - names of ours

    def delete(self, backup: Backup) -> None:
        """Forget a backup and its rows. Inside a transaction."""
        self._rows(self._number(backup)).drop()
        self._connection.execute("DELETE FROM backups WHERE arn = ?", (backup.arn,))

    def _number(self, backup: Backup) -> int:
        row = self._connection.execute("SELECT id FROM backups WHERE arn = ?", (backup.arn,)).fetchone()
        assert row is not None, "whoever holds a backup has found it"
        number: int = row[0]
        return number

    def _rows(self, number: int) -> Rows:
        return Rows(self._connection, f"backup_{number}")
