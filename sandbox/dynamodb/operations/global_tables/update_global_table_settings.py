"""UpdateGlobalTableSettings: there is no global table of any name."""

from typing import Annotated

from msgspec import Meta

from sandbox.dynamodb.faults import GlobalTableNotFoundException
from sandbox.dynamodb.operations.global_tables.auto_scaling import AutoScalingSettingsUpdate
from sandbox.dynamodb.operations.global_tables.find import no_global_table
from sandbox.dynamodb.parameters import BillingMode, IndexName, PositiveLong, TableClass, TargetTableName
from sandbox.dynamodb.scope import Scope
from sandbox.dynamodb.structure import Structure
from sandbox.wire.operation import RequestShape, operation

__all__ = ["update_global_table_settings"]


class GlobalTableGlobalSecondaryIndexSettingsUpdate(Structure):
    """Writes of an index, in all regions."""

    index_name: IndexName
    provisioned_write_capacity_units: PositiveLong | None = None
    provisioned_write_capacity_auto_scaling_settings_update: AutoScalingSettingsUpdate | None = None


class ReplicaGlobalSecondaryIndexSettingsUpdate(Structure):
    """Reads of an index, in one region."""

    index_name: IndexName
    provisioned_read_capacity_units: PositiveLong | None = None
    provisioned_read_capacity_auto_scaling_settings_update: AutoScalingSettingsUpdate | None = None


class ReplicaSettingsUpdate(Structure):
    """One region."""

    region_name: str
    replica_provisioned_read_capacity_units: PositiveLong | None = None
    replica_provisioned_read_capacity_auto_scaling_settings_update: AutoScalingSettingsUpdate | None = None
    replica_global_secondary_index_settings_update: (
        Annotated[list[ReplicaGlobalSecondaryIndexSettingsUpdate], Meta(min_length=1, max_length=20)] | None
    ) = None
    replica_table_class: TableClass | None = None


class Request(RequestShape):
    """UpdateGlobalTableSettings as it is sent."""

    global_table_name: TargetTableName
    global_table_billing_mode: BillingMode | None = None
    global_table_provisioned_write_capacity_units: PositiveLong | None = None
    global_table_provisioned_write_capacity_auto_scaling_settings_update: AutoScalingSettingsUpdate | None = None
    global_table_global_secondary_index_settings_update: (
        Annotated[list[GlobalTableGlobalSecondaryIndexSettingsUpdate], Meta(min_length=1, max_length=20)] | None
    ) = None
    replica_settings_update: Annotated[list[ReplicaSettingsUpdate], Meta(min_length=1, max_length=50)] | None = None


@operation("UpdateGlobalTableSettings", Request)
def update_global_table_settings(_scope: Scope, request: Request) -> None:
    """Refuse, as AWS does since no more global tables of 2017 are made. Source: ack-api-quirks DDB-GLOBALTABLE-004.

    Raises:
        GlobalTableNotFoundException: always.
    """
    raise GlobalTableNotFoundException(no_global_table(request.global_table_name))
