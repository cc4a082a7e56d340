"""DescribeBackup: a backup and the table it was made of."""

from sandbox.dynamodb.operations.backups.descriptions import BackupDescription, describe, found
from sandbox.dynamodb.scope import Scope
from sandbox.wire.operation import RequestShape, ResponseShape, operation

__all__ = ["describe_backup"]


class Request(RequestShape):
    """DescribeBackup as it is sent."""

    backup_arn: str


class Response(ResponseShape):
    """The backup."""

    backup_description: BackupDescription


@operation("DescribeBackup", Request)
def describe_backup(scope: Scope, request: Request) -> Response:
    """Describe a backup.

    Raises:
        BackupNotFoundException: there is no such backup.
    """
    return Response(backup_description=describe(found(scope, request.backup_arn), "AVAILABLE"))
