"""The shapes in which tables, indexes and their parts are described.

A member that is ``None`` is not sent; what AWS always sends has no default. Source: dynamodb-exact §19.2.
"""

from msgspec import field

from sandbox.dynamodb.parameters import (
    AttributeDefinition,
    KeySchemaElement,
    Projection,
    SearchSchemaElement,
    StreamSpecification,
    VectorAttributeDefinition,
)
from sandbox.wire.operation import ResponseShape

__all__ = [
    "BillingModeSummary",
    "GlobalSecondaryIndexDescription",
    "LocalSecondaryIndexDescription",
    "OnDemandThroughputDescription",
    "ProvisionedThroughputDescription",
    "RestoreSummary",
    "SSEDescription",
    "TableClassSummary",
    "TableDescription",
    "TableThroughputModeSummary",
    "VectorIndexDescription",
    "WarmThroughputDescription",
]


class BillingModeSummary(ResponseShape):
    """How the table is billed; only tables that are or were on demand have one."""

    billing_mode: str
    last_update_to_pay_per_request_date_time: float | None = None


class TableThroughputModeSummary(ResponseShape):
    """What ``BillingModeSummary`` says, by a name that no model has.

    Source: dynamodb-exact §19.2; ExtendDB/extenddb pull request 320 (AWS's answers of 2026-08-21).
    """

    table_throughput_mode: str
    last_update_to_pay_per_request_date_time: float | None = None


class ProvisionedThroughputDescription(ResponseShape):
    """Capacity units per second, zeros on demand."""

    number_of_decreases_today: int
    read_capacity_units: int
    write_capacity_units: int
    last_increase_date_time: float | None = None
    last_decrease_date_time: float | None = None


class OnDemandThroughputDescription(ResponseShape):
    """Upper limits of an on-demand table or index."""

    max_read_request_units: int | None = None
    max_write_request_units: int | None = None


class WarmThroughputDescription(ResponseShape):
    """What the table or index can take at once."""

    read_units_per_second: int
    write_units_per_second: int
    status: str


class LocalSecondaryIndexDescription(ResponseShape):
    """An index with the table's partition key."""

    index_arn: str
    index_name: str
    index_size_bytes: int
    item_count: int
    key_schema: list[KeySchemaElement]
    projection: Projection


class GlobalSecondaryIndexDescription(ResponseShape):
    """An index with keys of its own; ``backfilling`` only while existing items are being entered."""

    index_arn: str
    index_name: str
    index_size_bytes: int
    index_status: str
    item_count: int
    key_schema: list[KeySchemaElement]
    projection: Projection
    provisioned_throughput: ProvisionedThroughputDescription
    backfilling: bool | None = None
    on_demand_throughput: OnDemandThroughputDescription | None = None
    warm_throughput: WarmThroughputDescription | None = None


class VectorIndexDescription(ResponseShape):
    """An index of vectors; ``backfilling`` only while existing items are being entered."""

    dimensions: int
    distance_function: str
    index_arn: str
    index_name: str
    index_size_bytes: int
    index_status: str
    item_count: int
    projection: Projection
    vector_attribute: VectorAttributeDefinition
    backfilling: bool | None = None
    search_schema: list[SearchSchemaElement] | None = None


class SSEDescription(ResponseShape):
    """Encryption with a key of the account; absent with AWS's own. While it comes there is no key to tell yet."""

    status: str
    sse_type: str | None = field(default=None, name="SSEType")
    kms_master_key_arn: str | None = field(default=None, name="KMSMasterKeyArn")


class TableClassSummary(ResponseShape):
    """The storage class, once one was asked for."""

    table_class: str
    last_update_date_time: float | None = None


class RestoreSummary(ResponseShape):
    """What a restored table was restored from, and to which moment."""

    restore_date_time: float
    restore_in_progress: bool
    source_backup_arn: str | None = None
    source_table_arn: str | None = None


class TableDescription(ResponseShape):
    """A table. The answer of DeleteTable has no keys, definitions and creation date."""

    deletion_protection_enabled: bool
    item_count: int
    provisioned_throughput: ProvisionedThroughputDescription
    table_arn: str
    table_id: str
    table_name: str
    table_size_bytes: int
    table_status: str
    attribute_definitions: list[AttributeDefinition] | None = None
    billing_mode_summary: BillingModeSummary | None = None
    creation_date_time: float | None = None
    global_secondary_indexes: list[GlobalSecondaryIndexDescription] | None = None
    key_schema: list[KeySchemaElement] | None = None
    latest_stream_arn: str | None = None
    latest_stream_label: str | None = None
    local_secondary_indexes: list[LocalSecondaryIndexDescription] | None = None
    on_demand_throughput: OnDemandThroughputDescription | None = None
    restore_summary: RestoreSummary | None = None
    sse_description: SSEDescription | None = field(default=None, name="SSEDescription")
    stream_specification: StreamSpecification | None = None
    table_class_summary: TableClassSummary | None = None
    table_throughput_mode_summary: TableThroughputModeSummary | None = None
    vector_indexes: list[VectorIndexDescription] | None = None
    warm_throughput: WarmThroughputDescription | None = None
