"""EnableKinesisStreamingDestination: let a table's changes go to a Kinesis stream."""

from sandbox.dynamodb.faults import ValidationException
from sandbox.dynamodb.operations.kinesis.destinations import (
    EnableKinesisStreamingConfiguration,
    Request,
    Response,
    save_destination,
    table_with_destinations,
)
from sandbox.dynamodb.operations.tables.wording import in_use
from sandbox.dynamodb.scope import Scope
from sandbox.dynamodb.storage.table import KinesisDestination
from sandbox.wire.operation import operation

__all__ = ["enable_kinesis_streaming_destination"]


@operation("EnableKinesisStreamingDestination", Request)
def enable_kinesis_streaming_destination(scope: Scope, request: Request) -> Response:
    """Enable a destination. What it is told of a stream that does not exist, it finds out when it delivers.

    A table has one active destination at most. Source: ack-api-quirks DDB-TABLE-299.

    Raises:
        ResourceNotFoundException: there is no such table.
        ResourceInUseException: it is being created or deleted.
        ValidationException: it is enabled already, or another one is.
    """
    table = table_with_destinations(scope, request.table_name)
    if any(destination.is_active for destination in table.definition.kinesis_destinations.values()):
        raise ValidationException(
            "Table is not in a valid state to enable Kinesis Streaming Destination: "
            "EnableKinesisStreamingDestination must be DISABLED or ENABLE_FAILED to perform ENABLE operation."
        )
    if table.definition.status == "DELETING":
        raise in_use(table)
    asked = request.enable_kinesis_streaming_configuration or EnableKinesisStreamingConfiguration()
    precision = asked.approximate_creation_date_time_precision
    save_destination(scope, table, request.stream_arn, KinesisDestination(is_active=True, precision=precision))
    return Response(
        table_name=table.name,
        stream_arn=request.stream_arn,
        destination_status="ENABLING",
        enable_kinesis_streaming_configuration=asked,
    )
