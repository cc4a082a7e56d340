"""From a stored table to its description, as CreateTable, DescribeTable, UpdateTable and DeleteTable answer it.

The description is a function of what is stored: a table that is CREATING is described alike by both operations that
can show it. Source: dynamodb-exact §19.2, aws-recorded-answers §9.
"""

from typing import Any, cast

from msgspec.structs import replace

from sandbox.dynamodb.descriptions import (
    BillingModeSummary,
    GlobalSecondaryIndexDescription,
    LocalSecondaryIndexDescription,
    OnDemandThroughputDescription,
    ProvisionedThroughputDescription,
    RestoreSummary,
    SSEDescription,
    TableClassSummary,
    TableDescription,
    TableThroughputModeSummary,
    VectorIndexDescription,
    WarmThroughputDescription,
)
from sandbox.dynamodb.lifecycle.throughput import decreases_on, switch_under_way
from sandbox.dynamodb.limits import ON_DEMAND_READ_UNITS, ON_DEMAND_WRITE_UNITS
from sandbox.dynamodb.parameters import (
    AttributeDefinition,
    KeySchemaElement,
    Projection,
    SearchSchemaElement,
    StreamSpecification,
    VectorAttributeDefinition,
)
from sandbox.dynamodb.storage.store import Store
from sandbox.dynamodb.storage.table import (
    AnyIndexDefinition,
    Index,
    IndexDefinition,
    Table,
    TableDefinition,
    Throughput,
)
from sandbox.dynamodb.storage.vector_index import VectorIndexDefinition

__all__ = [
    "describe_deleted_table",
    "describe_encryption",
    "describe_key_schema",
    "describe_on_demand",
    "describe_projection",
    "describe_search_schema",
    "describe_table",
    "warm_units_of",
]


def describe_table(store: Store, table: Table, now: float) -> TableDescription:
    """Describe *table* with its counts and sizes as they are now."""
    definition = table.definition
    item_count, size_bytes = table.items.totals()
    stream = store.log.by_id(definition.stream_id)
    billing = _billing(definition)
    return TableDescription(
        attribute_definitions=[
            AttributeDefinition(attribute_name=name, attribute_type=cast("Any", kind))
            for name, kind in sorted(definition.attribute_types.items())
        ],
        billing_mode_summary=billing,
        creation_date_time=_instant(definition.created),
        deletion_protection_enabled=definition.deletion_protection,
        global_secondary_indexes=[_global_index(table, index, now) for index in definition.indexes if index.is_global]
        or None,
        item_count=item_count,
        key_schema=describe_key_schema(definition.key_schema),
        latest_stream_arn=stream.arn if stream is not None else None,
        latest_stream_label=stream.label if stream is not None else None,
        local_secondary_indexes=[_local_index(table, index) for index in definition.indexes if not index.is_global]
        or None,
        on_demand_throughput=describe_on_demand(definition.on_demand_throughput),
        provisioned_throughput=_table_throughput(definition, now),
        restore_summary=_restore(definition),
        sse_description=describe_encryption(definition),
        stream_specification=(
            StreamSpecification(stream_enabled=True, stream_view_type=cast("Any", stream.view_type))
            if stream is not None and definition.stream_enabled
            else None
        ),
        table_arn=definition.arn,
        table_class_summary=_table_class(definition),
        table_id=definition.table_id,
        table_name=definition.name,
        table_size_bytes=size_bytes,
        table_status=definition.status,
        table_throughput_mode_summary=_throughput_mode(billing),
        vector_indexes=[_vector_index(table, index) for index in definition.vector_indexes] or None,
        warm_throughput=_warm(
            definition,
            definition.throughput,
            definition.warm_throughput,
            is_new=definition.status == "CREATING",
            is_changing=definition.pending_warm_throughput is not None,
        ),
    )


def describe_deleted_table(table: Table, now: float) -> TableDescription:
    """Describe *table* as DeleteTable does: without keys, definitions and creation date.

    Encryption is told: ack-api-quirks DDB-TABLE-334.
    """
    definition = table.definition
    item_count, size_bytes = table.items.totals()
    return TableDescription(
        deletion_protection_enabled=definition.deletion_protection,
        item_count=item_count,
        provisioned_throughput=_throughput(definition.throughput, now),
        sse_description=describe_encryption(definition),
        table_arn=definition.arn,
        table_id=definition.table_id,
        table_name=definition.name,
        table_size_bytes=size_bytes,
        table_status=definition.status,
    )


# -- parts -----------------------------------------------------------------------------------------------------------


def _instant(seconds: float) -> float:
    """Epoch seconds with milliseconds, as AWS's answers have them."""
    return round(seconds, 3)


def _instant_or_none(seconds: float | None) -> float | None:
    return None if seconds is None else _instant(seconds)


def describe_key_schema(schema: list[tuple[str, str]]) -> list[KeySchemaElement]:
    """A key in the order in which it was given."""
    return [KeySchemaElement(attribute_name=name, key_type=cast("Any", kind)) for name, kind in schema]


def _billing(definition: TableDefinition) -> BillingModeSummary | None:
    """Only a table that is on demand, or once was, shows how it is billed."""
    is_on_demand = definition.billing_mode == "PAY_PER_REQUEST"
    if not is_on_demand and definition.on_demand_since is None:
        return None
    since = None if definition.status == "CREATING" else _instant_or_none(definition.on_demand_since)
    return BillingModeSummary(billing_mode=definition.billing_mode, last_update_to_pay_per_request_date_time=since)


def _throughput_mode(billing: BillingModeSummary | None) -> TableThroughputModeSummary | None:
    if billing is None:
        return None
    return TableThroughputModeSummary(
        table_throughput_mode=billing.billing_mode,
        last_update_to_pay_per_request_date_time=billing.last_update_to_pay_per_request_date_time,
    )


def _table_throughput(definition: TableDefinition, now: float) -> ProvisionedThroughputDescription:
    """While a table goes to on-demand, the loss of its units is dated; then it is forgotten: ack-api-quirks DDB-TABLE-064."""
    switched = switch_under_way(definition)
    throughput = definition.throughput
    return _throughput(throughput if switched is None else replace(throughput, last_decrease=switched), now)


def _throughput(throughput: Throughput, now: float) -> ProvisionedThroughputDescription:
    return ProvisionedThroughputDescription(
        number_of_decreases_today=decreases_on(throughput, now),
        read_capacity_units=throughput.read_capacity_units,
        write_capacity_units=throughput.write_capacity_units,
        last_increase_date_time=_instant_or_none(throughput.last_increase),
        last_decrease_date_time=_instant_or_none(throughput.last_decrease),
    )


def describe_on_demand(limits: dict[str, int] | None) -> OnDemandThroughputDescription | None:
    """Upper limits; ``None`` where there are none."""
    if not limits:
        return None
    return OnDemandThroughputDescription(
        max_read_request_units=limits.get("read"), max_write_request_units=limits.get("write")
    )


def _warm(
    definition: TableDefinition,
    throughput: Throughput,
    asked: dict[str, int] | None,
    *,
    is_new: bool,
    is_changing: bool,
) -> WarmThroughputDescription | None:
    if is_new and not asked:
        return None
    # Until a table is on demand, it takes what it took before: ack-api-quirks DDB-TABLE-064.
    mode = definition.billing_mode if switch_under_way(definition) is None else "PROVISIONED"
    read, write = warm_units_of(mode, throughput, asked)
    return WarmThroughputDescription(
        read_units_per_second=read,
        write_units_per_second=write,
        status="UPDATING" if is_new or is_changing else "ACTIVE",
    )


def warm_units_of(billing_mode: str, throughput: Throughput, asked: dict[str, int] | None) -> tuple[int, int]:
    """The reads and writes a table or index can take at once: what it was made to take, and never less than its mode."""
    if billing_mode == "PAY_PER_REQUEST":
        read, write = ON_DEMAND_READ_UNITS, ON_DEMAND_WRITE_UNITS
    else:
        read, write = throughput.read_capacity_units, throughput.write_capacity_units
    asked = asked or {}
    return max(read, asked.get("read", 0)), max(write, asked.get("write", 0))


def describe_encryption(definition: TableDefinition) -> SSEDescription | None:
    """Encryption with a key of the account; ``None`` with AWS's own."""
    if definition.sse is None:
        return None
    return SSEDescription(
        status=definition.sse["status"],
        sse_type=definition.sse.get("type"),
        kms_master_key_arn=definition.sse.get("key_arn"),
    )


def _restore(definition: TableDefinition) -> RestoreSummary | None:
    """What a table is being restored from; nothing tells it afterwards. Source: ack-api-quirks DDB-TABLE-216."""
    source = definition.restored
    if source is None or definition.status != "CREATING":
        return None
    return RestoreSummary(
        source_backup_arn=source.backup_arn,
        source_table_arn=source.table_arn,
        restore_date_time=_instant(source.instant),
        restore_in_progress=True,
    )


def _table_class(definition: TableDefinition) -> TableClassSummary | None:
    if definition.table_class is None:
        return None
    return TableClassSummary(
        table_class=definition.table_class, last_update_date_time=_instant_or_none(definition.table_class_changed)
    )


def _index_totals(table: Table, definition: IndexDefinition) -> tuple[int, int]:
    index: Index | None = table.indexes.get(definition.name)
    return index.entries.totals() if index is not None else (0, 0)


def describe_projection(definition: AnyIndexDefinition) -> Projection:
    """What an index carries besides its keys; names are sorted, as AWS has them (ack-api-quirks DDB-TABLE-125).

    go-to-k/cdk-real-drift pull request 328 saw three lists on AWS, in June 2026, in an order that no rule was found for.
    """
    names = definition.non_key_attributes
    return Projection(
        projection_type=cast("Any", definition.projection_type), non_key_attributes=sorted(names) if names else None
    )


def describe_search_schema(definition: VectorIndexDefinition) -> list[SearchSchemaElement] | None:
    """What searches of a vector index may name, in the order in which it was given; ``None`` where it is nothing."""
    return [
        SearchSchemaElement(attribute_name=name, search_schema_element_type=cast("Any", kind))
        for name, kind in definition.search_schema
    ] or None


def _is_backfilling(table: Table, definition: AnyIndexDefinition) -> bool | None:
    """While the table itself is UPDATING, AWS allots what the index needs: ack-api-quirks DDB-TABLE-458."""
    return table.definition.status != "UPDATING" if definition.backfilling else None


def _local_index(table: Table, definition: IndexDefinition) -> LocalSecondaryIndexDescription:
    count, size_bytes = _index_totals(table, definition)
    return LocalSecondaryIndexDescription(
        index_arn=f"{table.definition.arn}/index/{definition.name}",
        index_name=definition.name,
        index_size_bytes=size_bytes,
        item_count=count,
        key_schema=describe_key_schema(definition.key_schema),
        projection=describe_projection(definition),
    )


def _global_index(table: Table, definition: IndexDefinition, now: float) -> GlobalSecondaryIndexDescription:
    count, size_bytes = _index_totals(table, definition)
    return GlobalSecondaryIndexDescription(
        backfilling=_is_backfilling(table, definition),
        index_arn=f"{table.definition.arn}/index/{definition.name}",
        index_name=definition.name,
        index_size_bytes=size_bytes,
        index_status=definition.status,
        item_count=count,
        key_schema=describe_key_schema(definition.key_schema),
        on_demand_throughput=describe_on_demand(definition.on_demand_throughput),
        projection=describe_projection(definition),
        provisioned_throughput=_throughput(definition.throughput, now),
        warm_throughput=_warm(
            table.definition,
            definition.throughput,
            definition.warm_throughput,
            is_new=definition.status == "CREATING",
            is_changing=definition.pending_warm_throughput is not None,
        ),
    )


def _vector_index(table: Table, definition: VectorIndexDefinition) -> VectorIndexDescription:
    """Source of what shows when: ExtendDB/extenddb (``VectorIndexDescription``), as measured in 2026-08."""
    index = table.vector_indexes.get(definition.name)
    count, size_bytes = index.entries.totals() if index is not None else (0, 0)
    return VectorIndexDescription(
        backfilling=_is_backfilling(table, definition),
        dimensions=definition.dimensions,
        distance_function=definition.distance_function,
        index_arn=f"{table.definition.arn}/index/{definition.name}",
        index_name=definition.name,
        index_size_bytes=size_bytes,
        index_status=definition.status,
        item_count=count,
        projection=describe_projection(definition),
        search_schema=describe_search_schema(definition),
        vector_attribute=VectorAttributeDefinition(attribute_name=definition.attribute),
    )
