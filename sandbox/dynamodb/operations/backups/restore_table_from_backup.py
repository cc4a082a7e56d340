"""RestoreTableFromBackup: a new table with the items of a backup."""

from sandbox.dynamodb.operations.backups.descriptions import found
from sandbox.dynamodb.operations.backups.restore import Overrides, Response, restore, source_scope
from sandbox.dynamodb.parameters import TargetTableName
from sandbox.dynamodb.scope import Scope
from sandbox.dynamodb.storage.table import RestoreSource
from sandbox.wire.operation import operation

__all__ = ["restore_table_from_backup"]


class Request(Overrides):
    """RestoreTableFromBackup as it is sent."""

    target_table_name: TargetTableName
    backup_arn: str


@operation("RestoreTableFromBackup", Request)
def restore_table_from_backup(scope: Scope, request: Request) -> Response:
    """Make a table of a backup, which may lie in another region.

    Raises:
        TableAlreadyExistsException, TableInUseException: there is a table of that name, or will be.
        BackupNotFoundException: there is no such backup.
        BackupInUseException: another table is being restored from it.
        ValidationException: an override does not fit, or one of the encryption lacks for a backup of another region.
    """
    backup = found(source_scope(scope, request.backup_arn, request.sse_specification_override), request.backup_arn)
    origin = RestoreSource(table_arn=backup.table.arn, instant=backup.created, backup_arn=backup.arn)
    return restore(
        scope,
        request.target_table_name,
        backup.table,
        origin,
        request,
        lambda table: scope.store.backups.restore(backup, table),
    )
