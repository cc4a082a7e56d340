"""DeleteBackup: forget a backup."""

from sandbox.dynamodb.operations.backups.descriptions import BackupDescription, describe, found
from sandbox.dynamodb.parameters import BackupArn
from sandbox.dynamodb.scope import Scope
from sandbox.wire.operation import RequestShape, ResponseShape, operation

__all__ = ["delete_backup"]


class Request(RequestShape):
    """DeleteBackup as it is sent."""

    backup_arn: BackupArn


class Response(ResponseShape):
    """The backup, DELETED."""

    backup_description: BackupDescription


@operation("DeleteBackup", Request)
def delete_backup(scope: Scope, request: Request) -> Response:
    """Delete a backup with its items; tables restored from it stay as they are.

    Raises:
        BackupNotFoundException: there is no such backup.
    """
    backup = found(scope, request.backup_arn)
    with scope.store.database.write():
        scope.store.backups.delete(backup)
    return Response(backup_description=describe(backup, "DELETED"))
