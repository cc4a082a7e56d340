"""Making a backup of a table as it is."""

from typing import Literal

from sandbox.dynamodb.scope import Scope
from sandbox.dynamodb.storage.backups import Backup
from sandbox.dynamodb.storage.table import Table

__all__ = ["back_up", "back_up_deleted"]

_SYSTEM_BACKUP_SECONDS = 35 * 86_400


def back_up(
    scope: Scope,
    table: Table,
    name: str,
    *,
    kind: Literal["USER", "SYSTEM"] = "USER",
    expires: float | None = None,
) -> Backup:
    """Copy *table*, to be forgotten at *expires* (epoch seconds, ``None`` for never).

    Backups are told, listed and numbered by one millisecond. Source: ack-api-quirks DDB-BACKUP-006, 014.
    """
    now = scope.clock.now()
    milliseconds = int(now * 1000)
    item_count, size_bytes = table.items.totals()
    backup = Backup(
        # AWS's own are told by their number: ack-api-quirks DDB-BACKUP-015.
        arn=f"{table.definition.arn}/backup/{milliseconds:014d}-{'0' * 8 if kind == 'SYSTEM' else scope.ids.hex(8)}",
        name=name,
        created=milliseconds / 1000,
        item_count=item_count,
        size_bytes=size_bytes,
        table=table.definition,
        view_type=table.stream.view_type if table.stream is not None else None,
        kind=kind,
        expires=expires,
    )
    with scope.store.database.write():
        scope.store.backups.forget_expired(now)
        scope.store.backups.create(backup, table)
    return backup


def back_up_deleted(scope: Scope, table: Table) -> None:
    """Keep a table with point-in-time recovery for 35 days when it is deleted, as AWS does by itself.

    Source: the developer guide's page on point-in-time recovery (name and period).
    """
    if table.definition.recovery_since is not None:
        expires = scope.clock.now() + _SYSTEM_BACKUP_SECONDS
        back_up(scope, table, f"{table.name}$DeletedTableBackup", kind="SYSTEM", expires=expires)
