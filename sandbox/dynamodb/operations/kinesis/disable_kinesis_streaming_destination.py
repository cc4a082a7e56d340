"""DisableKinesisStreamingDestination: let a table's changes no longer go to a Kinesis stream."""

from msgspec.structs import replace

from sandbox.dynamodb.faults import ValidationException
from sandbox.dynamodb.operations.kinesis.destinations import (
    EnableKinesisStreamingConfiguration,
    Request,
    Response,
    save_destination,
    table_with_destinations,
)
from sandbox.dynamodb.scope import Scope
from sandbox.wire.operation import operation

__all__ = ["disable_kinesis_streaming_destination"]


@operation("DisableKinesisStreamingDestination", Request)
def disable_kinesis_streaming_destination(scope: Scope, request: Request) -> Response:
    """Disable a destination; it is described as DISABLED from then on. Source: ack-api-quirks DDB-TABLE-442.

    Raises:
        ResourceNotFoundException: there is no such table.
        ResourceInUseException: it is being created.
        ValidationException: it is not enabled, its table is being deleted, or a configuration comes with the request.
    """
    if request.enable_kinesis_streaming_configuration is not None:
        raise ValidationException("Stream cannot be disabled using EnableKinesisStreamingConfiguration parameters")
    table = table_with_destinations(scope, request.table_name)
    present = table.definition.kinesis_destinations.get(request.stream_arn)
    if present is None or not present.is_active or table.definition.status == "DELETING":
        raise ValidationException(
            "Table is not in a valid state to enable Kinesis Streaming Destination: "
            "KinesisStreamingDestination must be ACTIVE to perform DISABLE operation."
        )
    save_destination(scope, table, request.stream_arn, replace(present, is_active=False))
    return Response(
        table_name=table.name,
        stream_arn=request.stream_arn,
        destination_status="DISABLING",
        enable_kinesis_streaming_configuration=EnableKinesisStreamingConfiguration(),
    )
