"""The parts of UpdateTable: what each member makes of the stored table, and when it is refused.

Nothing is stored here; each function gives the definition as it would be. Source: dynamodb-exact §19.3.
"""

from collections.abc import Sequence

from msgspec.structs import replace

from sandbox.dynamodb.describe import warm_units_of
from sandbox.dynamodb.faults import LimitExceededException, ValidationException
from sandbox.dynamodb.operations.tables.encryption import asks_for_encryption, encryption_of
from sandbox.dynamodb.operations.tables.indexes import on_demand_limits, warm_units
from sandbox.dynamodb.operations.tables.throughput_changes import (
    changed_throughput,
    check_changes,
    switched_to_on_demand,
    switched_to_provisioned,
)
from sandbox.dynamodb.operations.tables.throughput_rules import check_on_demand_range, first_on_demand_member
from sandbox.dynamodb.operations.tables.wording import invalid, still_in_use
from sandbox.dynamodb.parameters import (
    GlobalSecondaryIndexUpdate,
    OnDemandThroughput,
    ProvisionedThroughput,
    SSESpecification,
    StreamSpecification,
    WarmThroughput,
)
from sandbox.dynamodb.scope import Scope
from sandbox.dynamodb.storage.table import TableDefinition, Throughput

__all__ = [
    "changed_billing",
    "changed_settings",
    "check_stream_change",
    "check_stream_specification",
    "check_warm_increase",
]

_CLASS_CHANGES_MAX = 2
_CLASS_PERIOD_SECONDS = 30 * 86_400


def changed_billing(
    scope: Scope,
    definition: TableDefinition,
    billing_mode: str | None,
    throughput: ProvisionedThroughput | None,
    updates: Sequence[GlobalSecondaryIndexUpdate],
) -> TableDefinition:
    """The table with its billing mode and throughput.

    Limits of what is on demand are gone for good once it is provisioned, those of indexes too: go-to-k/cdkd issue 3403,
    probed in us-east-1 in September 2026.

    Raises:
        ValidationException: units on demand, units that are in force already, or an index left without units.
        LimitExceededException: too many decreases or switches.
    """
    now = scope.clock.now()
    if billing_mode is not None or throughput is not None:
        definition = _remembering_warmth(definition)
    if billing_mode == "PAY_PER_REQUEST":
        seconds = max(scope.delays.update_seconds, scope.delays.index_seconds)
        return switched_to_on_demand(definition, now, index_seconds=seconds)
    if throughput is None:
        return definition
    if definition.billing_mode == "PAY_PER_REQUEST":
        if billing_mode is None:
            raise invalid(
                "Neither ReadCapacityUnits nor WriteCapacityUnits can be specified when BillingMode is PAY_PER_REQUEST"
            )
        _check_every_index_has_units(definition, updates)
        return switched_to_provisioned(definition, throughput)
    check_changes(definition.throughput, throughput, "the table")
    return changed_throughput(definition, throughput, now)


def _remembering_warmth(definition: TableDefinition) -> TableDefinition:
    """What table and indexes can take at once does not shrink with their units. Source: ack-api-quirks DDB-TABLE-058."""
    mode = definition.billing_mode
    indexes = [
        replace(index, warm_throughput=_warmth(mode, index.throughput, index.warm_throughput))
        for index in definition.indexes
    ]
    warmth = _warmth(mode, definition.throughput, definition.warm_throughput)
    return replace(definition, warm_throughput=warmth, indexes=indexes)


def _warmth(billing_mode: str, throughput: Throughput, asked: dict[str, int] | None) -> dict[str, int]:
    return dict(zip(("read", "write"), warm_units_of(billing_mode, throughput, asked), strict=True))


def _check_every_index_has_units(definition: TableDefinition, updates: Sequence[GlobalSecondaryIndexUpdate]) -> None:
    """Source of how several indexes are named: dynalite 4.0.0, asked 2026-11."""
    given = {
        update.update.index_name
        for update in updates
        if update.update is not None and update.update.provisioned_throughput
    }
    deleted = {update.delete.index_name for update in updates if update.delete is not None}
    lacking = [index.name for index in definition.indexes if index.is_global and index.name not in given | deleted]
    if lacking:
        raise invalid(f"ProvisionedThroughput must be specified for index: {','.join(lacking)}")


def check_stream_change(definition: TableDefinition, specification: StreamSpecification | None) -> None:
    """Check that a stream can be switched on or off; its view type cannot change while it is on.

    Source: ack-api-quirks DDB-TABLE-050.

    Raises:
        ValidationException: it is on or off already.
    """
    if specification is None:
        return
    if specification.stream_enabled and definition.stream_enabled:
        raise ValidationException(f"Table already has an enabled stream: TableName: {definition.name}")
    if not specification.stream_enabled and not definition.stream_enabled:
        raise ValidationException(f"Table has no stream to disable: TableName: {definition.name}")


def check_stream_specification(specification: StreamSpecification | None) -> None:
    """Check that a view type comes with a stream that is switched on, and with no other. Source: DDB-TABLE-050.

    Raises:
        ValidationException: it is missing or too much.
    """
    if specification is None:
        return
    if specification.stream_enabled and specification.stream_view_type is None:
        raise invalid("If stream is being enabled then UpdateViewType is required")
    if not specification.stream_enabled and specification.stream_view_type is not None:
        raise invalid("If stream is being disabled, then UpdateViewType must not be specified")


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
        ValidationException: a limit of an on-demand table does not fit, encryption is as asked already, or warm throughput
            would shrink.
        LimitExceededException: the class changed twice within 30 days.
    """
    if on_demand is not None:
        definition = _limited(definition, on_demand)
    if encryption is not None:
        definition = _encrypted(scope, definition, encryption)
    if table_class is not None and table_class != (definition.table_class or "STANDARD"):
        definition = _classed(definition, table_class, scope.clock.now())
    if deletion_protection is not None:
        definition = replace(definition, deletion_protection=deletion_protection)
    units = warm_units(warm)
    if units is not None:
        definition = _warmed(definition, units)
    return definition


def _classed(definition: TableDefinition, table_class: str, now: float) -> TableDefinition:
    """The answer shows the class that was, with its date: DDB-TABLE-180, 284.

    Source: of the limit the README of awslabs/dynamodb-shell, which quotes AWS.
    """
    recent = [instant for instant in definition.table_class_changes if instant > now - _CLASS_PERIOD_SECONDS]
    if len(recent) >= _CLASS_CHANGES_MAX:
        raise LimitExceededException(
            f"Subscriber limit exceeded: Updates to TableClass are limited to {_CLASS_CHANGES_MAX} times in 30 day(s)."
        )
    return replace(definition, pending_table_class=table_class, table_class_changes=[*recent, now])


def _limited(definition: TableDefinition, on_demand: OnDemandThroughput) -> TableDefinition:
    """Limits are merged one by one; the answer shows a -1, and once settled the limit is gone."""
    member = first_on_demand_member(on_demand)
    if member is None:
        return definition
    if definition.billing_mode == "PROVISIONED":
        raise invalid(f"{member} for OnDemandThroughput cannot be specified when the table BillingMode is PROVISIONED")
    check_on_demand_range(on_demand, removal=True)
    return replace(
        definition, on_demand_throughput=(definition.on_demand_throughput or {}) | (on_demand_limits(on_demand) or {})
    )


def _encrypted(scope: Scope, definition: TableDefinition, specification: SSESpecification) -> TableDefinition:
    """Only the very key that is in use, by its ARN, is no change, and no change is begun while one is under way.

    Source: ack-api-quirks DDB-TABLE-437, 442, 444.
    """
    present = definition.sse
    if present is not None and present["status"] != "ENABLED":
        raise still_in_use("Server-Side Encryption is still being updated")
    if not asks_for_encryption(specification):
        if present is None:
            raise invalid("Table is already encrypted by default")
        return replace(definition, sse={**present, "status": "UPDATING", "next": "DISABLED"})
    if present is not None and present["key_arn"] == specification.kms_master_key_id:
        raise invalid(
            "Table is already encrypted with given KMSMasterKeyId. "
            "Use KMSMasterKeyId parameter if you want to change Master Key"
        )
    wanted = encryption_of(scope, specification)["key_arn"]
    return replace(definition, sse={**(present or {}), "status": "UPDATING", "next": wanted})


def _warmed(definition: TableDefinition, units: dict[str, int]) -> TableDefinition:
    read, write = warm_units_of(definition.billing_mode, definition.throughput, definition.warm_throughput)
    check_warm_increase(units, read, write, "table")
    return replace(definition, pending_warm_throughput=units)


def check_warm_increase(units: dict[str, int], read: int, write: int, place: str) -> None:
    """Check that warm throughput, now *read* and *write*, does not shrink. Source: ack-api-quirks DDB-TABLE-179.

    Raises:
        ValidationException: it would.
    """
    for name, member, present in (("read", "ReadUnitsPerSecond", read), ("write", "WriteUnitsPerSecond", write)):
        if units.get(name, present) < present:
            raise invalid(
                f"Requested {member} for WarmThroughput for {place} is lower than current WarmThroughput, "
                "decreasing WarmThroughput is not supported"
            )
