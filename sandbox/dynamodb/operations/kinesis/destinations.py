"""What the operations about Kinesis destinations share: members, answers, the change of a table.

Source: dynamodb-exact §20.
"""

from msgspec.structs import replace

from sandbox.dynamodb.lifecycle.table_status import current_table
from sandbox.dynamodb.operations.tables.wording import in_use, table_not_found
from sandbox.dynamodb.parameters import CreationDateTimePrecision, StreamArn, TableName
from sandbox.dynamodb.scope import Scope
from sandbox.dynamodb.storage.table import KinesisDestination, Table
from sandbox.dynamodb.structure import Structure
from sandbox.wire.operation import RequestShape, ResponseShape

__all__ = ["EnableKinesisStreamingConfiguration", "Request", "Response", "save_destination", "table_with_destinations"]


class EnableKinesisStreamingConfiguration(Structure):
    """How finely records tell their time."""

    approximate_creation_date_time_precision: CreationDateTimePrecision | None = None


class Request(RequestShape):
    """EnableKinesisStreamingDestination and DisableKinesisStreamingDestination as they are sent."""

    table_name: TableName
    stream_arn: StreamArn
    enable_kinesis_streaming_configuration: EnableKinesisStreamingConfiguration | None = None


class Response(ResponseShape):
    """The destination, ENABLING or DISABLING; it is done when the answer leaves."""

    table_name: str
    stream_arn: str
    destination_status: str
    enable_kinesis_streaming_configuration: EnableKinesisStreamingConfiguration


def table_with_destinations(scope: Scope, name: str) -> Table:
    """Find a table that can have destinations. Source: ack-api-quirks DDB-TABLE-234, 236.

    Raises:
        ResourceNotFoundException: there is no such table.
        ResourceInUseException: it is being created.
    """
    table = current_table(scope, name)
    if table is None:
        raise table_not_found(name)
    if table.definition.status == "CREATING":
        raise in_use(table)
    return table


def save_destination(scope: Scope, table: Table, stream_arn: str, destination: KinesisDestination) -> None:
    """Store a destination; changes are kept while at least one is active."""
    destinations = table.definition.kinesis_destinations | {stream_arn: destination}
    with scope.store.database.write():
        if any(other.is_active for other in destinations.values()):
            scope.store.outgoing.start(table.definition.id)
        else:
            scope.store.outgoing.stop(table.definition.id)
        scope.store.save(replace(table.definition, kinesis_destinations=destinations))
