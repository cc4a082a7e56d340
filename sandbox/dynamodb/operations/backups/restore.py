"""Making a table of a backup, or of another table: what both restores share.

Items, keys and indexes come along, as AWS's documentation has it; streams, TTL, tags, policies, deletion protection and
point-in-time recovery must be set up anew.
"""

import dataclasses
from collections.abc import Callable, Hashable, Sequence

from msgspec import field
from msgspec.structs import replace

from sandbox.dynamodb.describe import describe_table
from sandbox.dynamodb.descriptions import TableDescription
from sandbox.dynamodb.faults import ValidationException
from sandbox.dynamodb.lifecycle.backfill import FILL_STEP_ITEMS, fill_index
from sandbox.dynamodb.lifecycle.table_status import settle
from sandbox.dynamodb.operations.backups.under_way import check_backup_is_free, check_name_is_free
from sandbox.dynamodb.operations.tables.encryption import asks_for_encryption, check_encryption, encryption_of
from sandbox.dynamodb.operations.tables.indexes import on_demand_limits, stored_throughput
from sandbox.dynamodb.operations.tables.throughput_rules import first_on_demand_member
from sandbox.dynamodb.operations.tables.vector_rules import check_vector_billing, new_vector_index
from sandbox.dynamodb.operations.tables.wording import invalid
from sandbox.dynamodb.parameters import (
    BillingMode,
    GlobalSecondaryIndex,
    LocalSecondaryIndex,
    OnDemandThroughput,
    ProvisionedThroughput,
    SSESpecification,
    VectorIndex,
)
from sandbox.dynamodb.scope import Scope
from sandbox.dynamodb.storage.table import IndexDefinition, RestoreSource, Table, TableDefinition, Throughput
from sandbox.dynamodb.storage.vector_index import VectorIndexDefinition
from sandbox.wire.operation import RequestShape, ResponseShape

__all__ = ["Overrides", "Response", "restore", "source_scope"]


class Overrides(RequestShape):
    """What the restored table may have otherwise than its source; both restores have these members."""

    billing_mode_override: BillingMode | None = None
    global_secondary_index_override: list[GlobalSecondaryIndex] | None = None
    local_secondary_index_override: list[LocalSecondaryIndex] | None = None
    provisioned_throughput_override: ProvisionedThroughput | None = None
    on_demand_throughput_override: OnDemandThroughput | None = None
    sse_specification_override: SSESpecification | None = field(default=None, name="SSESpecificationOverride")
    vector_index_override: list[VectorIndex] | None = None


class Response(ResponseShape):
    """The table, CREATING and still empty."""

    table_description: TableDescription


def source_scope(scope: Scope, arn: str, encryption: SSESpecification | None) -> Scope:
    """The account and region in which to look for the table or backup at *arn*, be it another region than the target's.

    Source: ack-api-quirks DDB-TABLE-274.

    Raises:
        ValidationException: it is another region, and nothing is said of the encryption there.
    """
    parts = arn.split(":", 5)
    region = parts[3] if len(parts) == 6 else scope.region
    if region == scope.region:
        return scope
    if encryption is None:
        raise ValidationException(
            "Invalid Request: sseSpecificationOverride must be provided for cross-region restores"
        )
    return dataclasses.replace(scope, region=region)


def restore(
    scope: Scope,
    name: str,
    source: TableDefinition,
    origin: RestoreSource,
    overrides: Overrides,
    copy_into: Callable[[Table], None],
) -> Response:
    """Make a table of *source*, whose rows *copy_into* copies.

    Raises:
        TableAlreadyExistsException, TableInUseException: there is a table of that name, or will be.
        BackupInUseException: another table is being restored from the backup.
        ValidationException: an override does not fit the source.
    """
    check_encryption(overrides.sse_specification_override)
    check_name_is_free(scope, name)
    if origin.backup_arn is not None:
        check_backup_is_free(scope, origin.backup_arn, to_restore=True)
    definition = _definition(scope, name, source, origin, overrides)
    now = scope.clock.now()
    with scope.store.database.write():
        table = scope.store.create_table(definition)
        response = Response(table_description=describe_table(scope.store, table, now))
        copy_into(table)
        for index in definition.indexes:
            if not index.is_global:
                _fill(table, index)
        settle(scope.store, table, now)
    scope.wake_lifecycle()
    return response


def _fill(table: Table, index: IndexDefinition) -> None:
    """A local index has no status of its own to wait for, so it is complete when its table is there."""
    behind: bytes | None = b""
    while behind is not None:
        behind = fill_index(table, index, behind=behind, items_max=FILL_STEP_ITEMS)


def _definition(
    scope: Scope, name: str, source: TableDefinition, origin: RestoreSource, overrides: Overrides
) -> TableDefinition:
    now = scope.clock.now()
    settles_at = now + scope.delays.create_seconds
    billing_mode = overrides.billing_mode_override or source.billing_mode
    _check(source, billing_mode, overrides)
    throughput = _throughput(source, billing_mode, overrides.provisioned_throughput_override)
    encryption = overrides.sse_specification_override
    limits = on_demand_limits(overrides.on_demand_throughput_override) or source.on_demand_throughput
    indexes = _indexes(source, billing_mode, overrides, settles_at)
    vector_indexes = [
        replace(index, number=number, status="CREATING", settles_at=settles_at, backfilling=True)
        for number, index in enumerate(_kept_vectors(source, overrides.vector_index_override), start=len(indexes) + 1)
    ]
    _check_names([index.name for index in indexes] + [index.name for index in vector_indexes])
    if vector_indexes:
        check_vector_billing(billing_mode)
    schemas = [source.key_schema, *(index.key_schema for index in indexes)]
    schemas += [index.search_schema for index in vector_indexes]
    used = {key for schema in schemas for key, _ in schema}
    return TableDefinition(
        id=0,  # the store numbers it
        account_id=scope.account_id,
        region=scope.region,
        name=name,
        table_id=scope.ids.uuid(),
        created=now,
        attribute_types={key: kind for key, kind in source.attribute_types.items() if key in used},
        key_schema=source.key_schema,
        indexes=indexes,
        vector_indexes=vector_indexes,
        next_index_number=len(indexes) + len(vector_indexes) + 1,
        status="CREATING",
        settles_at=settles_at,
        billing_mode=billing_mode,
        on_demand_since=now if billing_mode == "PAY_PER_REQUEST" else None,
        throughput=throughput,
        on_demand_throughput=limits if billing_mode == "PAY_PER_REQUEST" else None,
        table_class=source.table_class,
        sse=source.sse
        if encryption is None
        else encryption_of(scope, encryption)
        if asks_for_encryption(encryption)
        else None,
        restored=origin,
    )


def _check(source: TableDefinition, billing_mode: str, overrides: Overrides) -> None:
    """Check the overrides of units against the billing mode that results. Source: ack-api-quirks DDB-TABLE-280, 442."""
    if billing_mode == "PAY_PER_REQUEST":
        ending = (
            "if BillingMode is overridden to PAY_PER_REQUEST"
            if overrides.billing_mode_override is not None
            else "unless BillingMode is PROVISIONED"
        )
        if overrides.provisioned_throughput_override is not None:
            raise _invalid(f"Cannot override ProvisionedThroughput {ending}")
        for index in overrides.global_secondary_index_override or ():
            if index.provisioned_throughput is not None:
                raise _invalid(f"Cannot override ProvisionedThroughput {ending} for index {index.index_name}")
    else:
        if source.billing_mode == "PAY_PER_REQUEST" and overrides.provisioned_throughput_override is None:
            raise _invalid("Must override ProvisionedThroughput if BillingMode is overridden to PROVISIONED")
        for index in overrides.global_secondary_index_override or ():
            if index.provisioned_throughput is None:
                raise _invalid(f"Must specify provisioned throughput for index {index.index_name}")
    _check_limits(billing_mode, overrides.on_demand_throughput_override)


def _check_limits(billing_mode: str, limits: OnDemandThroughput | None) -> None:
    member = first_on_demand_member(limits) if limits is not None else None
    if limits is None or member is None:
        return
    if billing_mode == "PROVISIONED":
        raise _invalid(f"Cannot override {member} for OnDemandThroughput unless BillingModeOverride is PAY_PER_REQUEST")
    for name, units in (
        ("MaxReadRequestUnits", limits.max_read_request_units),
        ("MaxWriteRequestUnits", limits.max_write_request_units),
    ):
        if units is not None and units < 1:
            raise _invalid(f"Requested {name} for OnDemandThroughput is outside of valid range")


def _invalid(text: str) -> ValidationException:
    return ValidationException(f"Invalid Request: {text}")


def _throughput(source: TableDefinition, billing_mode: str, override: ProvisionedThroughput | None) -> Throughput:
    """Units as asked for, else those of the source; none on demand."""
    if billing_mode == "PAY_PER_REQUEST":
        return Throughput()
    return stored_throughput(override) if override is not None else _units_of(source.throughput)


def _units_of(throughput: Throughput) -> Throughput:
    return Throughput(
        read_capacity_units=throughput.read_capacity_units, write_capacity_units=throughput.write_capacity_units
    )


def _indexes(
    source: TableDefinition, billing_mode: str, overrides: Overrides, settles_at: float
) -> list[IndexDefinition]:
    """The indexes of the source that are wanted, numbered anew, to be filled."""
    asked_global, asked_local = overrides.global_secondary_index_override, overrides.local_secondary_index_override
    kept = _kept(source, asked_local, is_global=False) + _kept(source, asked_global, is_global=True)
    units = {index.index_name: index.provisioned_throughput for index in asked_global or ()}
    indexes = []
    for number, index in enumerate(kept, start=1):
        asked = units.get(index.name)
        indexes.append(
            IndexDefinition(
                name=index.name,
                number=number,
                is_global=index.is_global,
                key_schema=index.key_schema,
                projection_type=index.projection_type,
                non_key_attributes=index.non_key_attributes,
                status="CREATING" if index.is_global else "ACTIVE",
                settles_at=settles_at if index.is_global else None,
                backfilling=index.is_global,
                throughput=(
                    Throughput()
                    if billing_mode == "PAY_PER_REQUEST"
                    else stored_throughput(asked)
                    if asked is not None
                    else _units_of(index.throughput)
                ),
                on_demand_throughput=index.on_demand_throughput if billing_mode == "PAY_PER_REQUEST" else None,
            )
        )
    return indexes


def _kept(
    source: TableDefinition,
    asked: Sequence[GlobalSecondaryIndex | LocalSecondaryIndex] | None,
    *,
    is_global: bool,
) -> list[IndexDefinition]:
    """All indexes of a kind, or those that are *asked* for, which may have other names.

    AWS restores no others, and knows them by their keys and what they carry. Source: ack-api-quirks DDB-TABLE-280.
    """
    present = [index for index in source.indexes if index.is_global == is_global]
    if asked is None:
        return present
    by_form = {_form(index.key_schema, index.projection_type, index.non_key_attributes): index for index in present}
    kept = []
    for index in asked:
        keys = [(element.attribute_name, element.key_type) for element in index.key_schema]
        match = by_form.get(_form(keys, index.projection.projection_type, index.projection.non_key_attributes))
        if match is None:
            raise _no_match(index.index_name)
        kept.append(replace(match, name=index.index_name))
    return kept


def _check_names(names: Sequence[str]) -> None:
    """That two indexes of one name are refused in the words of CreateTable is an assumption."""
    for name in names:
        if names.count(name) > 1:
            raise invalid(f"Duplicate index name: {name}")


def _no_match(name: str) -> ValidationException:
    return _invalid(
        f"Index {name} does not match a secondary index that existed in the source table "
        "and cannot be created during the restore operation"
    )


def _kept_vectors(source: TableDefinition, asked: Sequence[VectorIndex] | None) -> list[VectorIndexDefinition]:
    """All vector indexes, or those that are *asked* for; that they may have other names, and the refusal, are assumptions."""
    if asked is None:
        return source.vector_indexes
    by_form = {_vector_form(index): index for index in source.vector_indexes}
    kept = []
    for index in asked:
        match = by_form.get(_vector_form(new_vector_index(index, 0.0, number=0)))
        if match is None:
            raise _no_match(index.index_name)
        kept.append(replace(match, name=index.index_name))
    return kept


def _vector_form(index: VectorIndexDefinition) -> Hashable:
    return (
        index.attribute,
        index.dimensions,
        index.distance_function,
        tuple(index.search_schema),
        index.projection_type,
        frozenset(index.non_key_attributes or ()),
    )


def _form(keys: Sequence[tuple[str, str]], projection_type: str | None, names: Sequence[str] | None) -> Hashable:
    return tuple(keys), projection_type, frozenset(names or ())
