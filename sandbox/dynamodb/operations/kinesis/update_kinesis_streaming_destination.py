"""UpdateKinesisStreamingDestination: change how finely records tell their time."""

from msgspec.structs import replace

from sandbox.dynamodb.faults import ValidationException
from sandbox.dynamodb.operations.kinesis.destinations import save_destination, table_with_destinations
from sandbox.dynamodb.parameters import CreationDateTimePrecision, StreamArn, TableName
from sandbox.dynamodb.scope import Scope
from sandbox.dynamodb.structure import Structure
from sandbox.wire.operation import RequestShape, ResponseShape, operation

__all__ = ["update_kinesis_streaming_destination"]


class UpdateKinesisStreamingConfiguration(Structure):
    """How finely records tell their time."""

    approximate_creation_date_time_precision: CreationDateTimePrecision | None = None


class Request(RequestShape):
    """UpdateKinesisStreamingDestination as it is sent."""

    table_name: TableName
    stream_arn: StreamArn
    update_kinesis_streaming_configuration: UpdateKinesisStreamingConfiguration | None = None


class Response(ResponseShape):
    """The destination, UPDATING; it is done when the answer leaves."""

    table_name: str
    stream_arn: str
    destination_status: str
    update_kinesis_streaming_configuration: UpdateKinesisStreamingConfiguration


@operation("UpdateKinesisStreamingDestination", Request)
def update_kinesis_streaming_destination(scope: Scope, request: Request) -> Response:
    """Change a destination. Source of the sentences: dynamodb-exact §20, recorded on AWS; ack-api-quirks DDB-TABLE-442.

    Raises:
        ResourceNotFoundException: there is no such table.
        ResourceInUseException: it is being created.
        ValidationException: nothing is to change, or there is no such destination.
    """
    asked = request.update_kinesis_streaming_configuration
    precision = asked.approximate_creation_date_time_precision if asked is not None else None
    if asked is None or precision is None:
        raise ValidationException(
            "Streaming destination cannot be updated with given parameters: "
            "UpdateKinesisStreamingConfiguration cannot be null or contain only null values"
        )
    table = table_with_destinations(scope, request.table_name)
    present = table.definition.kinesis_destinations.get(request.stream_arn)
    if present is not None and not present.is_active:
        raise ValidationException(
            "Table is not in a valid state to enable Kinesis Streaming Destination: Kinesis streaming is not in ACTIVE state. "
            f"Updates are only allowed in ACTIVE state. TableName: {table.name}, kdsArn: {request.stream_arn}"
        )
    if present is None:
        raise ValidationException(
            "Table is not in a valid state to enable Kinesis Streaming Destination: "
            f"No streaming destination with streamArn: {request.stream_arn} found for table with tableName: {table.name}"
        )
    if (present.precision or "MILLISECOND") == precision:
        raise ValidationException(
            f"Invalid Request: Precision is already set to the desired value of {precision} "
            f"for tableId: {table.definition.table_id}, kdsArn: {request.stream_arn}"
        )
    save_destination(scope, table, request.stream_arn, replace(present, precision=precision))
    return Response(
        table_name=table.name,
        stream_arn=request.stream_arn,
        destination_status="UPDATING",
        update_kinesis_streaming_configuration=asked,
    )
