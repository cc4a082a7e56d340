"""DeleteBackup: forget a backup."""

from datetime import UTC, datetime

from sandbox.dynamodb.faults import ValidationException
from sandbox.dynamodb.operations.backups.descriptions import BackupDescription, describe, found
from sandbox.dynamodb.operations.backups.under_way import check_backup_is_free
from sandbox.dynamodb.scope import Scope
from sandbox.wire.operation import RequestShape, ResponseShape, operation

__all__ = ["delete_backup"]


class Request(RequestShape):
    """DeleteBackup as it is sent."""

    backup_arn: str


class Response(ResponseShape):
    """The backup, DELETED."""

    backup_description: BackupDescription


@operation("DeleteBackup", Request)
def delete_backup(scope: Scope, request: Request) -> Response:
    """Delete a backup with its items; tables restored from it stay as they are.

    Raises:
        BackupNotFoundException: there is no such backup.
        BackupInUseException: a table is being restored from it.
        ValidationException: AWS's service made it. Source: ack-api-quirks DDB-BACKUP-015; how the time is written, is an
            assumption.
    """
    backup = found(scope, request.backup_arn)
    if backup.kind == "SYSTEM" and backup.expires is not None:
        expires = (
            datetime.fromtimestamp(backup.expires, tz=UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        )
        raise ValidationException(
            f"Invalid Request: User is not allowed to delete the system backup with arn {backup.arn}. "
            f"It will automatically expire on {expires}"
        )
    check_backup_is_free(scope, backup.arn, to_restore=False)
    with scope.store.database.write():
        scope.store.backups.delete(backup)
    return Response(backup_description=describe(backup, "DELETED"))
