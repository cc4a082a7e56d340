"""DescribeTable: the table as it is now, counts and sizes included."""

from sandbox.dynamodb.describe import describe_table as description_of
from sandbox.dynamodb.descriptions import TableDescription
from sandbox.dynamodb.lifecycle.table_status import current_table
from sandbox.dynamodb.operations.tables.wording import table_not_found
from sandbox.dynamodb.parameters import ControlTableName
from sandbox.dynamodb.scope import Scope
from sandbox.wire.operation import RequestShape, ResponseShape, operation

__all__ = ["describe_table"]


class Request(RequestShape):
    """DescribeTable as it is sent."""

    table_name: ControlTableName


class Response(ResponseShape):
    """The table."""

    table: TableDescription


@operation("DescribeTable", Request)
def describe_table(scope: Scope, request: Request) -> Response:
    """Describe a table in whatever status it is.

    Raises:
        ResourceNotFoundException: there is no such table.
    """
    table = current_table(scope, request.table_name)
    if table is None:
        raise table_not_found(request.table_name)
    return Response(table=description_of(scope.store, table, scope.clock.now()))
