"""The parts of UpdateTable: what each member makes of the stored table, and when it is refused.

Nothing is stored here; each function gives the definition as it would be. Source: dynamodb-exact §19.3.
"""

from collections.abc import Sequence

from msgspec.structs import replace

from sandbox.dynamodb.faults import InternalFailure, ValidationException
from sandbox.dynamodb.operations.tables.encryption import encryption_of
from sandbox.dynamodb.operations.tables.indexes import on_demand_limits, warm_units
from sandbox.dynamodb.operations.tables.throughput_changes import (
    changed_throughput,
    check_changes,
    switched_to_on_demand,
)
from sandbox.dynamodb.operations.tables.throughput_rules import check_on_demand_range, first_on_demand_member
from sandbox.dynamodb.operations.tables.wording import invalid
from sandbox.dynamodb.parameters import (
    GlobalSecondaryIndexUpdate,
    OnDemandThroughput,
    ProvisionedThroughput,
    SSESpecification,
    StreamSpecification,
    WarmThroughput,
)
from sandbox.dynamodb.scope import Scope
from sandbox.dynamodb.storage.table import TableDefinition

__all__ = ["changed_billing", "changed_settings", "check_stream_change"]


def changed_billing(
    scope: Scope,
    definition: TableDefinition,
    billing_mode: str | None,
    throughput: ProvisionedThroughput | None,
    updates: Sequence[GlobalSecondaryIndexUpdate],
) -> TableDefinition:
    """The table UPDATING, with its billing mode and throughput.

    Raises:
        ValidationException: units on demand, units that are in force already, or an index left without units.
        LimitExceededException: too many decreases or switches.
    """
    now = scope.clock.now()
    definition = replace(definition, status="UPDATING", settles_at=now + scope.delays.update_seconds)
    if billing_mode == "PAY_PER_REQUEST":
        return switched_to_on_demand(definition, now)
    was_on_demand = definition.billing_mode == "PAY_PER_REQUEST"
    if billing_mode is None and was_on_demand:
        if throughput is not None:
            raise invalid(
                "Neither ReadCapacityUnits nor WriteCapacityUnits can be specified when BillingMode is PAY_PER_REQUEST"
            )
        return definition
    if was_on_demand:
        _check_every_index_has_units(definition, updates)
        definition = replace(definition, billing_mode="PROVISIONED", on_demand_throughput=None)
    if throughput is None:
        return definition
    if not was_on_demand:
        check_changes(definition.throughput, throughput, "table")
    return changed_throughput(definition, throughput, now)


def _check_every_index_has_units(definition: TableDefinition, updates: Sequence[GlobalSecondaryIndexUpdate]) -> None:
    given = {
        update.update.index_name
        for update in updates
        if update.update is not None and update.update.provisioned_throughput
    }
    deleted = {update.delete.index_name for update in updates if update.delete is not None}
    for index in definition.indexes:
        if index.is_global and index.name not in given | deleted:
            raise invalid(f"ProvisionedThroughput must be specified for index: {index.name}")


def check_stream_change(definition: TableDefinition, specification: StreamSpecification | None) -> None:
    """Check that a stream can be switched on or off; its view type cannot change while it is on.

    Source: public reports of AWS's answers (aws-controllers-k8s/community 1000 and 2782, hashicorp/terraform-provider-aws
    1134). Only the sentence about a lacking view type, the mirror of the one about a superfluous one, is an assumption.

    Raises:
        ValidationException: it is on or off already, or a view type is missing or too much.
    """
    if specification is None:
        return
    if specification.stream_enabled:
        if definition.stream_enabled:
            raise ValidationException(f"Table already has an enabled stream: TableName: {definition.name}")
        if specification.stream_view_type is None:
            raise invalid("If stream is being enabled, then UpdateViewType must be specified")
    elif specification.stream_view_type is not None:
        raise invalid("If stream is being disabled, then UpdateViewType must not be specified")
    elif not definition.stream_enabled:
        raise ValidationException(f"Table has no stream to disable: TableName: {definition.name}")


def changed_settings(
    scope: Scope,
    definition: TableDefinition,
    *,
    table_class: str | None,
    deletion_protection: bool | None,
    encryption: SSESpecification | None,
    on_demand: OnDemandThroughput | None,
    warm: WarmThroughput | None,
) -> TableDefinition:
    """The table with its smaller settings; ``None`` leaves one as it is.

    Raises:
        ValidationException: a limit of an on-demand table does not fit, or encryption is as asked already.
        InternalFailure: the on-demand limits are an empty object; so AWS answers.
    """
    if on_demand is not None:
        definition = _limited(definition, on_demand)
    if encryption is not None:
        definition = _encrypted(scope, definition, encryption)
    if table_class is not None:
        definition = replace(definition, table_class=table_class, table_class_changed=scope.clock.now())
    if deletion_protection is not None:
        definition = replace(definition, deletion_protection=deletion_protection)
    units = warm_units(warm)
    if units is not None:
        definition = _warmed(definition, units)
    return definition


def _limited(definition: TableDefinition, on_demand: OnDemandThroughput) -> TableDefinition:
    """Limits are merged one by one; the answer shows a -1, and once settled the limit is gone."""
    member = first_on_demand_member(on_demand)
    if member is None:
        raise InternalFailure
    if definition.billing_mode == "PROVISIONED":
        raise invalid(f"{member} for OnDemandThroughput cannot be specified when the table BillingMode is PROVISIONED")
    check_on_demand_range(on_demand, removal=True)
    return replace(
        definition, on_demand_throughput=(definition.on_demand_throughput or {}) | (on_demand_limits(on_demand) or {})
    )


def _encrypted(scope: Scope, definition: TableDefinition, specification: SSESpecification) -> TableDefinition:
    """The two refusals are recalled from public reports, not recorded."""
    present = definition.sse
    if specification.enabled is False:
        if present is None:
            raise invalid("Table is already encrypted by default")
        return replace(definition, sse={**present, "status": "UPDATING", "next": "DISABLED"})
    wanted = encryption_of(scope, specification)
    if present is not None and present["key_arn"] == wanted["key_arn"]:
        raise invalid("Table is already encrypted by given KMSMasterKeyId")
    return replace(definition, sse={**wanted, "status": "ENABLING" if present is None else "UPDATING"})


def _warmed(definition: TableDefinition, units: dict[str, int]) -> TableDefinition:
    """Warm throughput only grows. The wording is recalled, not recorded."""
    present = definition.warm_throughput or {}
    for name, member in (("read", "ReadUnitsPerSecond"), ("write", "WriteUnitsPerSecond")):
        if units.get(name, present.get(name, 0)) < present.get(name, 0):
            raise invalid(
                f"Requested {member} for WarmThroughput for table is lower than current WarmThroughput, "
                "decreasing WarmThroughput is not supported"
            )
    return replace(definition, warm_throughput=present | units, warm_throughput_is_changing=True)
