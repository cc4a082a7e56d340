"""CreateBackup: a copy of a table that outlives it."""

from sandbox.dynamodb.faults import ContinuousBackupsUnavailableException
from sandbox.dynamodb.lifecycle.table_status import current_table
from sandbox.dynamodb.operations.backups.copying import back_up
from sandbox.dynamodb.operations.backups.descriptions import BackupDetails, details_of
from sandbox.dynamodb.operations.tables.wording import source_not_found
from sandbox.dynamodb.parameters import BackupName, TableName
from sandbox.dynamodb.scope import Scope
from sandbox.wire.operation import RequestShape, ResponseShape, operation

__all__ = ["create_backup"]


class Request(RequestShape):
    """CreateBackup as it is sent."""

    is_hash_listed = True
    table_name: TableName
    backup_name: BackupName


class Response(ResponseShape):
    """The backup, CREATING."""

    backup_details: BackupDetails


@operation("CreateBackup", Request)
def create_backup(scope: Scope, request: Request) -> Response:
    """Copy a table as it is at this moment; names of backups need not differ. It is available at once.

    A table that is being deleted can still be copied. Source: ack-api-quirks DDB-BACKUP-001, 003, 011.

    Raises:
        TableNotFoundException: there is no such table.
        ContinuousBackupsUnavailableException: it is being created. Source: ack-api-quirks DDB-TABLE-115.
    """
    table = current_table(scope, request.table_name)
    if table is None:
        raise source_not_found(request.table_name)
    if table.definition.status == "CREATING":
        raise ContinuousBackupsUnavailableException(
            f"Backups are being enabled for the table: {table.name}. Please retry later"
        )
    return Response(backup_details=details_of(back_up(scope, table, request.backup_name), "CREATING"))
