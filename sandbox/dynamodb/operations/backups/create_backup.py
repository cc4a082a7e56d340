"""CreateBackup: a copy of a table that outlives it."""

from sandbox.dynamodb.faults import ContinuousBackupsUnavailableException, TableInUseException
from sandbox.dynamodb.lifecycle.table_status import current_table
from sandbox.dynamodb.operations.backups.descriptions import BackupDetails, details_of
from sandbox.dynamodb.operations.tables.wording import source_not_found
from sandbox.dynamodb.parameters import BackupName, TableName
from sandbox.dynamodb.scope import Scope
from sandbox.dynamodb.storage.backups import Backup
from sandbox.wire.operation import RequestShape, ResponseShape, operation

__all__ = ["create_backup"]


class Request(RequestShape):
    """CreateBackup as it is sent."""

    table_name: TableName
    backup_name: BackupName


class Response(ResponseShape):
    """The backup, CREATING."""

    backup_details: BackupDetails


@operation("CreateBackup", Request)
def create_backup(scope: Scope, request: Request) -> Response:
    """Copy a table as it is at this moment; names of backups need not differ. It is available at once.

    Raises:
        TableNotFoundException: there is no such table.
        ContinuousBackupsUnavailableException: it is being created. The end of the sentence is recalled.
        TableInUseException: it is being deleted. The wording is an assumption.
    """
    table = current_table(scope, request.table_name)
    if table is None:
        raise source_not_found(request.table_name)
    definition = table.definition
    if definition.status == "CREATING":
        raise ContinuousBackupsUnavailableException(
            f"Backups are being enabled for the table: {table.name}. Please retry later"
        )
    if definition.status == "DELETING":
        raise TableInUseException(f"Table is being deleted: {table.name}")
    now = scope.clock.now()
    item_count, size_bytes = table.items.totals()
    backup = Backup(
        arn=f"{definition.arn}/backup/{int(now * 1000):014d}-{scope.ids.hex(8)}",
        name=request.backup_name,
        created=now,
        item_count=item_count,
        size_bytes=size_bytes,
        table=definition,
        view_type=table.stream.view_type if table.stream is not None else None,
    )
    with scope.store.database.write():
        scope.store.backups.create(backup, table)
    return Response(backup_details=details_of(backup, "CREATING"))
