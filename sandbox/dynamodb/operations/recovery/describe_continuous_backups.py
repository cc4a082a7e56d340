"""DescribeContinuousBackups: whether a table can be restored to a moment."""

from sandbox.dynamodb.lifecycle.table_status import current_table
from sandbox.dynamodb.operations.recovery.continuous_backups import Response, describe_recovery
from sandbox.dynamodb.operations.tables.wording import source_not_found
from sandbox.dynamodb.parameters import TableName
from sandbox.dynamodb.scope import Scope
from sandbox.wire.operation import RequestShape, operation

__all__ = ["describe_continuous_backups"]


class Request(RequestShape):
    """DescribeContinuousBackups as it is sent."""

    table_name: TableName


@operation("DescribeContinuousBackups", Request)
def describe_continuous_backups(scope: Scope, request: Request) -> Response:
    """Describe a table's continuous backups.

    Raises:
        TableNotFoundException: there is no such table.
    """
    table = current_table(scope, request.table_name)
    if table is None:
        raise source_not_found(request.table_name)
    return describe_recovery(scope, table.definition)
