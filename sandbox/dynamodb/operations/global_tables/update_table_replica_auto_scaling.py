"""UpdateTableReplicaAutoScaling: no table here has replicas."""

from typing import Annotated

from msgspec import Meta

from sandbox.dynamodb.faults import ResourceNotFoundException
from sandbox.dynamodb.operations.global_tables.auto_scaling import AutoScalingSettingsUpdate
from sandbox.dynamodb.operations.global_tables.find import no_global_table
from sandbox.dynamodb.parameters import IndexName, TableName
from sandbox.dynamodb.scope import Scope
from sandbox.dynamodb.structure import Structure
from sandbox.wire.operation import RequestShape, operation

__all__ = ["update_table_replica_auto_scaling"]


class GlobalSecondaryIndexAutoScalingUpdate(Structure):
    """Writes of an index, in all regions."""

    index_name: IndexName | None = None
    provisioned_write_capacity_auto_scaling_update: AutoScalingSettingsUpdate | None = None


class ReplicaGlobalSecondaryIndexAutoScalingUpdate(Structure):
    """Reads of an index, in one region."""

    index_name: IndexName | None = None
    provisioned_read_capacity_auto_scaling_update: AutoScalingSettingsUpdate | None = None


class ReplicaAutoScalingUpdate(Structure):
    """One region."""

    region_name: str
    replica_global_secondary_index_updates: list[ReplicaGlobalSecondaryIndexAutoScalingUpdate] | None = None
    replica_provisioned_read_capacity_auto_scaling_update: AutoScalingSettingsUpdate | None = None


class Request(RequestShape):
    """UpdateTableReplicaAutoScaling as it is sent."""

    global_secondary_index_updates: (
        Annotated[list[GlobalSecondaryIndexAutoScalingUpdate], Meta(min_length=1)] | None
    ) = None
    table_name: TableName
    provisioned_write_capacity_auto_scaling_update: AutoScalingSettingsUpdate | None = None
    replica_updates: Annotated[list[ReplicaAutoScalingUpdate], Meta(min_length=1)] | None = None


@operation("UpdateTableReplicaAutoScaling", Request)
def update_table_replica_auto_scaling(_scope: Scope, request: Request) -> None:
    """Refuse, as AWS does for a table without replicas and for none. Source: ack-api-quirks DDB-TABLE-187.

    Raises:
        ResourceNotFoundException: always.
    """
    raise ResourceNotFoundException(no_global_table(request.table_name.rpartition("/")[2]))
