"""Replicas in other regions, which are not written yet: what AWS would refuse is refused in its words, the rest in ours.

Source: ack-api-quirks DDB-TABLE-223, 265, 307. The order of the refusals among each other is an assumption.
"""

from collections.abc import Sequence
from typing import Annotated, Literal

from msgspec import Meta, field

from sandbox.dynamodb.faults import ValidationException
from sandbox.dynamodb.members import DefinedIndexName, Long, PositiveLong, TableClass
from sandbox.dynamodb.structure import Structure
from sandbox.dynamodb.table_structures import KmsKeyId

__all__ = ["ReplicaUpdates", "check_replica_updates", "refuse_replicas"]


class ProvisionedThroughputOverride(Structure):
    """Reads per second of a replica."""

    read_capacity_units: PositiveLong | None = None


class OnDemandThroughputOverride(Structure):
    """Upper limit of the reads of a replica."""

    max_read_request_units: Long | None = None


class ReplicaGlobalSecondaryIndex(Structure):
    """What differs in an index of a replica."""

    index_name: DefinedIndexName
    provisioned_throughput_override: ProvisionedThroughputOverride | None = None
    on_demand_throughput_override: OnDemandThroughputOverride | None = None


class CreateReplicationGroupMemberAction(Structure):
    """A region to add, and what differs there. The region is missed in a sentence of its own: DDB-TABLE-457."""

    region_name: str | None = None
    kms_master_key_id: KmsKeyId | None = field(default=None, name="KMSMasterKeyId")
    provisioned_throughput_override: ProvisionedThroughputOverride | None = None
    on_demand_throughput_override: OnDemandThroughputOverride | None = None
    global_secondary_indexes: Annotated[list[ReplicaGlobalSecondaryIndex], Meta(min_length=1)] | None = None
    table_class_override: TableClass | None = None


class UpdateReplicationGroupMemberAction(Structure):
    """A region whose differences change. The shortest key: hashicorp/terraform-provider-aws 31153."""

    region_name: str
    kms_master_key_id: KmsKeyId | None = field(default=None, name="KMSMasterKeyId")
    provisioned_throughput_override: ProvisionedThroughputOverride | None = None
    on_demand_throughput_override: OnDemandThroughputOverride | None = None
    global_secondary_indexes: Annotated[list[ReplicaGlobalSecondaryIndex], Meta(min_length=1)] | None = None
    table_class_override: TableClass | None = None


class DeleteReplicationGroupMemberAction(Structure):
    """A region to leave."""

    region_name: str


class DisassociateReplicationGroupMemberAction(Structure):
    """A region to let go."""

    region_name: str
    disassociation_mode: Literal["WAIT_FOR_REPLICATION"]


class ReplicationGroupUpdate(Structure):
    """One change to the regions of a table."""

    create: CreateReplicationGroupMemberAction | None = None
    update: UpdateReplicationGroupMemberAction | None = None
    delete: DeleteReplicationGroupMemberAction | None = None
    disassociate: DisassociateReplicationGroupMemberAction | None = None


ReplicaUpdates = Annotated[list[ReplicationGroupUpdate], Meta(min_length=1)]


def check_replica_updates(updates: Sequence[ReplicationGroupUpdate]) -> None:
    """Check the updates in themselves, before the table is looked at.

    Raises:
        ValidationException: an update does nothing, or there are several actions, or a new replica has no region.
    """
    kinds = [kind for update in updates for kind in _kinds(update)]
    if len(set(kinds)) > 1:
        raise ValidationException("Update table operation with more than one type of replica actions not allowed.")
    if any(not _kinds(update) or (update.update is not None and _changes_nothing(update.update)) for update in updates):
        raise ValidationException("There are no actions specified in the Replica Update Action of the request.")
    if len(_regions(updates)) > 1 and kinds[0] != "update":
        raise ValidationException(
            "Update table operation with more than one create or delete replica actions not allowed"
        )
    if any(update.create is not None and update.create.region_name is None for update in updates):
        raise ValidationException("One or more parameter values were invalid")


def refuse_replicas(updates: Sequence[ReplicationGroupUpdate], region: str) -> None:
    """Refuse to replicate a table that lives in *region* alone.

    Raises:
        ValidationException: always; only of a replica that could be created not in AWS's words.
    """
    regions = _regions(updates)
    if region in regions:
        raise ValidationException(
            "Cannot add or delete the local region through ReplicaUpdates. "
            "Use CreateTable, DeleteTable, or UpdateTable as required."
        )
    if all(update.create is None for update in updates):
        raise ValidationException(
            "Update global table operation failed because one or more replicas were not part of the global table. "
            f"Please retry the request without these replicas: [{', '.join(regions)}]."
        )
    # Not AWS's words: replicas are not written yet, and pretending would be worse than saying so.
    raise ValidationException("ReplicaUpdates are not supported by this sandbox")


def _kinds(update: ReplicationGroupUpdate) -> list[str]:
    actions = {
        "create": update.create,
        "update": update.update,
        "delete": update.delete,
        "disassociate": update.disassociate,
    }
    return [kind for kind, action in actions.items() if action is not None]


def _changes_nothing(action: UpdateReplicationGroupMemberAction) -> bool:
    return action == UpdateReplicationGroupMemberAction(region_name=action.region_name)


def _regions(updates: Sequence[ReplicationGroupUpdate]) -> list[str]:
    """The regions that are named, each once."""
    actions = (update.create or update.update or update.delete or update.disassociate for update in updates)
    return list(dict.fromkeys(action.region_name or "" for action in actions if action is not None))
