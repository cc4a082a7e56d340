"""DescribeKinesisStreamingDestination: a table has none."""

from typing import Any

from sandbox.dynamodb.lifecycle.table_status import current_table
from sandbox.dynamodb.operations.tables.wording import table_not_found
from sandbox.dynamodb.parameters import TableName
from sandbox.dynamodb.scope import Scope
from sandbox.wire.operation import RequestShape, ResponseShape, operation

__all__ = ["describe_kinesis_streaming_destination"]


class Request(RequestShape):
    """DescribeKinesisStreamingDestination as it is sent."""

    table_name: TableName


class Response(ResponseShape):
    """The table's destinations."""

    table_name: str
    kinesis_data_stream_destinations: list[Any]


@operation("DescribeKinesisStreamingDestination", Request)
def describe_kinesis_streaming_destination(scope: Scope, request: Request) -> Response:
    """Answer that a table writes to no Kinesis stream.

    Raises:
        ResourceNotFoundException: there is no such table.
    """
    table = current_table(scope, request.table_name)
    if table is None:
        raise table_not_found(request.table_name)
    return Response(table_name=table.name, kinesis_data_stream_destinations=[])
