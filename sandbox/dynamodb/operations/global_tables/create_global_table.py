"""CreateGlobalTable: AWS makes no more global tables of 2017."""

from sandbox.dynamodb.operations.tables.wording import invalid
from sandbox.dynamodb.parameters import TargetTableName
from sandbox.dynamodb.scope import Scope
from sandbox.dynamodb.structure import Structure
from sandbox.wire.operation import RequestShape, operation

__all__ = ["OUT_OF_USE", "create_global_table"]

OUT_OF_USE = (
    "DynamoDB global tables version 2017.11.29 is not supported. We recommend using DynamoDB global tables version "
    "2019.11.21, instead of version 2017.11.29 (Legacy)."
)


class Replica(Structure):
    """A region that would hold the table."""

    region_name: str | None = None


class Request(RequestShape):
    """CreateGlobalTable as it is sent."""

    global_table_name: TargetTableName
    replication_group: list[Replica]


@operation("CreateGlobalTable", Request)
def create_global_table(_scope: Scope, _request: Request) -> None:
    """Refuse, as AWS does everywhere and before it looks for tables. Source: ack-api-quirks DDB-TABLE-442.

    Raises:
        ValidationException: always.
    """
    raise invalid(OUT_OF_USE)
