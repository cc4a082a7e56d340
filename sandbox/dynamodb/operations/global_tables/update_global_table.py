"""UpdateGlobalTable: AWS adds no more replicas to global tables of 2017, and there is none to take one from."""

from sandbox.dynamodb.faults import GlobalTableNotFoundException, ValidationException
from sandbox.dynamodb.operations.global_tables.create_global_table import OUT_OF_USE
from sandbox.dynamodb.operations.global_tables.find import no_global_table
from sandbox.dynamodb.operations.tables.wording import invalid
from sandbox.dynamodb.parameters import TargetTableName
from sandbox.dynamodb.scope import Scope
from sandbox.dynamodb.structure import Structure
from sandbox.wire.operation import RequestShape, operation

__all__ = ["update_global_table"]


class CreateReplicaAction(Structure):
    """A region to add."""

    region_name: str


class DeleteReplicaAction(Structure):
    """A region to leave."""

    region_name: str


class ReplicaUpdate(Structure):
    """One change."""

    create: CreateReplicaAction | None = None
    delete: DeleteReplicaAction | None = None


class Request(RequestShape):
    """UpdateGlobalTable as it is sent."""

    global_table_name: TargetTableName
    replica_updates: list[ReplicaUpdate]


@operation("UpdateGlobalTable", Request)
def update_global_table(_scope: Scope, request: Request) -> None:
    """Refuse, as AWS does. Source: ack-api-quirks DDB-GLOBALTABLE-004, DDB-TABLE-457.

    The words about a replica to delete are those of DescribeGlobalTable, an assumption.

    Raises:
        ValidationException: nothing is asked for, or a replica to be created.
        GlobalTableNotFoundException: one to be deleted.
    """
    updates = request.replica_updates
    if not updates or any(update.create is None and update.delete is None for update in updates):
        raise ValidationException("One or more parameter values were invalid")
    if any(update.create is not None for update in updates):
        raise invalid(OUT_OF_USE)
    raise GlobalTableNotFoundException(f"Global table not found: {no_global_table(request.global_table_name)}")
