"""Which changes one UpdateTable may ask for together: hardly any.

Source: ack-api-quirks DDB-TABLE-015, 174, 359, 382, 433, 456, which sent every pair. The place of ReplicaUpdates in the
order is an assumption.
"""

from sandbox.dynamodb.faults import ValidationException
from sandbox.dynamodb.operations.tables.wording import invalid

__all__ = ["check_combination"]

_ALONE = (
    ("SSESpecification", "Server-Side Encryption modification"),
    ("TableClass", "TableClass modification"),
    ("DeletionProtectionEnabled", "DeletionProtection modification"),
    ("WarmThroughput", "WarmThroughput"),
    ("ReplicaUpdates", "Replica modification"),
)


def check_combination(
    asked: frozenset[str],
    billing_mode: str | None,
    *,
    creates_index: bool,
    drops_index: bool,
    names_consistency: bool = False,
) -> None:
    """Check what is *asked* for, by the names of members; an empty structure or list asks for nothing.

    MultiRegionConsistency asks for nothing either, but is not asked for in turn where it is there: DDB-TABLE-442.

    Raises:
        ValidationException: nothing is asked for, or what AWS does not do in one request.
    """
    if not asked:
        consistency = "" if names_consistency else "MultiRegionConsistency, "
        raise ValidationException(
            "At least one of ProvisionedThroughput, BillingMode, UpdateStreamEnabled, GlobalSecondaryIndexUpdates, "
            f"SSESpecification, ReplicaUpdates, MultiAccountReplicaReady, ReplicaTransitRoleArn, {consistency}"
            "DeletionProtectionEnabled, OnDemandThroughput, WarmThroughput or TableClass is required"
        )
    for member, change in _ALONE:
        if member in asked and len(asked) > 1:
            if member == "WarmThroughput" and "OnDemandThroughput" in asked:
                break
            if member == "WarmThroughput" and creates_index:
                raise invalid("Create global secondary index cannot be specified when updating WarmThroughput")
            raise invalid(f"{change} must be the only operation in the request")
    if "OnDemandThroughput" in asked and not asked <= {"OnDemandThroughput", "BillingMode"}:
        raise invalid("OnDemandThroughput can only be combined with BillingMode in an UpdateTable request")
    changes_units = "ProvisionedThroughput" in asked or billing_mode == "PROVISIONED"
    if changes_units and "StreamSpecification" in asked:
        raise invalid("You cannot modify stream status while updating table IOPS")
    if creates_index or drops_index:
        if "ProvisionedThroughput" in asked:
            raise invalid("You cannot create or delete index while updating table IOPS")
        if "StreamSpecification" in asked:
            raise invalid("You cannot create or delete index while changing stream status")
