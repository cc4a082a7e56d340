"""What a restore that is under way keeps from being done. Source: ack-api-quirks DDB-BACKUP-010, DDB-TABLE-219, 275."""

from sandbox.dynamodb.faults import BackupInUseException, TableAlreadyExistsException, TableInUseException
from sandbox.dynamodb.lifecycle.table_status import current_table, settle
from sandbox.dynamodb.scope import Scope
from sandbox.dynamodb.storage.table import RestoreSource, Table

__all__ = ["check_backup_is_free", "check_name_is_free"]


def check_name_is_free(scope: Scope, name: str) -> None:
    """Check that a table may be restored to *name*.

    Raises:
        TableInUseException: one is being restored to it from a backup.
        TableAlreadyExistsException: there is another table of that name, even if it is being deleted.
    """
    present = current_table(scope, name)
    if present is None:
        return
    origin = _under_way(present)
    if origin is not None and origin.backup_arn is not None:
        raise TableInUseException(f"Table: {name} is already being restored from backup: {origin.backup_arn}")
    raise TableAlreadyExistsException(f"Table already exists: {name}")


def check_backup_is_free(scope: Scope, arn: str, *, to_restore: bool) -> None:
    """Check that no table is being restored from the backup at *arn*, in whatever region.

    Raises:
        BackupInUseException: one is.
    """
    now = scope.clock.now()
    for table in scope.store.all_tables():
        settled = settle(scope.store, table, now) if table.definition.restored is not None else None
        origin = None if settled is None else _under_way(settled)
        if origin is not None and origin.backup_arn == arn:
            what = "another table" if to_restore else "table"
            raise BackupInUseException(f"Backup is being used to restore {what}: {arn}")


def _under_way(table: Table) -> RestoreSource | None:
    return table.definition.restored if table.definition.status == "CREATING" else None
