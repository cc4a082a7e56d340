"""DescribeKinesisStreamingDestination: the Kinesis streams a table writes to, or once did."""

from sandbox.dynamodb.lifecycle.table_status import current_table
from sandbox.dynamodb.operations.tables.wording import table_not_found
from sandbox.dynamodb.parameters import TableName
from sandbox.dynamodb.scope import Scope
from sandbox.wire.operation import RequestShape, ResponseShape, operation

__all__ = ["describe_kinesis_streaming_destination"]


class Request(RequestShape):
    """DescribeKinesisStreamingDestination as it is sent."""

    table_name: TableName


class KinesisDataStreamDestination(ResponseShape):
    """One stream; the precision only where one was asked for."""

    stream_arn: str
    destination_status: str
    approximate_creation_date_time_precision: str | None = None


class Response(ResponseShape):
    """The table's destinations."""

    table_name: str
    kinesis_data_stream_destinations: list[KinesisDataStreamDestination]


@operation("DescribeKinesisStreamingDestination", Request)
def describe_kinesis_streaming_destination(scope: Scope, request: Request) -> Response:
    """Describe a table's destinations, ACTIVE or DISABLED.

    Raises:
        ResourceNotFoundException: there is no such table.
    """
    table = current_table(scope, request.table_name)
    if table is None:
        raise table_not_found(request.table_name)
    return Response(
        table_name=table.name,
        kinesis_data_stream_destinations=[
            KinesisDataStreamDestination(
                stream_arn=arn,
                destination_status="ACTIVE" if destination.is_active else "DISABLED",
                approximate_creation_date_time_precision=destination.precision,
            )
            for arn, destination in table.definition.kinesis_destinations.items()
        ],
    )
