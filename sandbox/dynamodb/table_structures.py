"""Keys, indexes, throughput, streams, encryption and tags as they stand in the requests of table operations.

The same structures are sent back in descriptions: written out, a member that is ``None`` is left out.

Source: dynamodb-exact §2 (Java names), §3.3 (order), §23 (bounds).
"""

from typing import Annotated

from msgspec import Meta, field

from sandbox.dynamodb.members import (
    DefinedIndexName,
    KeyAttributeName,
    KeyType,
    Long,
    PositiveLong,
    ProjectionType,
    ScalarAttributeType,
    SearchSchemaElementType,
    SSEType,
    StreamViewType,
    TimeToLiveAttributeName,
    VectorAttributeName,
    VectorDistanceFunction,
)
from sandbox.dynamodb.structure import Structure

__all__ = [
    "AttributeDefinition",
    "AttributeDefinitions",
    "CreateGlobalSecondaryIndexAction",
    "CreateVectorIndexAction",
    "DeleteGlobalSecondaryIndexAction",
    "DeleteVectorIndexAction",
    "GlobalSecondaryIndex",
    "GlobalSecondaryIndexUpdate",
    "KeySchema",
    "KeySchemaElement",
    "LocalSecondaryIndex",
    "NonKeyAttributes",
    "OnDemandThroughput",
    "PointInTimeRecoverySpecification",
    "Projection",
    "ProvisionedThroughput",
    "SSESpecification",
    "SearchSchemaElement",
    "StreamSpecification",
    "TableKeySchema",
    "Tag",
    "TagList",
    "TimeToLiveSpecification",
    "UpdateGlobalSecondaryIndexAction",
    "VectorAttributeDefinition",
    "VectorIndex",
    "VectorIndexUpdate",
    "WarmThroughput",
]


class AttributeDefinition(Structure):
    """The type of a key attribute."""

    attribute_type: ScalarAttributeType
    attribute_name: KeyAttributeName


class KeySchemaElement(Structure):
    """An attribute's part in a key."""

    attribute_name: KeyAttributeName
    key_type: KeyType


AttributeDefinitions = list[AttributeDefinition]
KeySchema = Annotated[list[KeySchemaElement], Meta(min_length=1)]
"""The key of an index; a global one may have up to eight elements."""
TableKeySchema = Annotated[list[KeySchemaElement], Meta(min_length=1, max_length=2)]
"""The key of a table. The model has no maximum since 2025-11, the server still has. Source: dynamodb-exact §3.6."""
KmsKeyId = Annotated[str, Meta(min_length=1)]
NonKeyAttributes = Annotated[list[KeyAttributeName], Meta(min_length=1, max_length=20)]


class Projection(Structure):
    """What an index carries besides its keys."""

    projection_type: ProjectionType | None = None
    non_key_attributes: NonKeyAttributes | None = None


class ProvisionedThroughput(Structure):
    """Capacity units per second."""

    write_capacity_units: PositiveLong
    read_capacity_units: PositiveLong


class OnDemandThroughput(Structure):
    """Upper limits of an on-demand table; -1 removes one."""

    max_read_request_units: Long | None = None
    max_write_request_units: Long | None = None


class WarmThroughput(Structure):
    """What the table must take at once."""

    read_units_per_second: Long | None = None
    write_units_per_second: Long | None = None


class LocalSecondaryIndex(Structure):
    """An index with the table's partition key."""

    index_name: DefinedIndexName
    key_schema: TableKeySchema
    projection: Projection


class GlobalSecondaryIndex(Structure):
    """An index with keys of its own. The order is that of an override of a restore: ack-api-quirks DDB-TABLE-457."""

    index_name: DefinedIndexName
    key_schema: KeySchema
    projection: Projection
    provisioned_throughput: ProvisionedThroughput | None = None
    on_demand_throughput: OnDemandThroughput | None = None
    warm_throughput: WarmThroughput | None = None


class UpdateGlobalSecondaryIndexAction(Structure):
    """New throughput of an existing index."""

    index_name: DefinedIndexName
    provisioned_throughput: ProvisionedThroughput | None = None
    on_demand_throughput: OnDemandThroughput | None = None
    warm_throughput: WarmThroughput | None = None


class CreateGlobalSecondaryIndexAction(Structure):
    """An index to build on an existing table. Source of the order: dynalite 4.0.0, asked 2026-11."""

    projection: Projection
    index_name: DefinedIndexName
    provisioned_throughput: ProvisionedThroughput | None = None
    key_schema: KeySchema
    on_demand_throughput: OnDemandThroughput | None = None
    warm_throughput: WarmThroughput | None = None


class DeleteGlobalSecondaryIndexAction(Structure):
    """An index to drop."""

    index_name: DefinedIndexName


class GlobalSecondaryIndexUpdate(Structure):
    """One change to the indexes; AWS wants exactly one member."""

    update: UpdateGlobalSecondaryIndexAction | None = None
    create: CreateGlobalSecondaryIndexAction | None = None
    delete: DeleteGlobalSecondaryIndexAction | None = None


class VectorAttributeDefinition(Structure):
    """The attribute that holds the vectors of an index."""

    attribute_name: VectorAttributeName


class SearchSchemaElement(Structure):
    """An attribute's part in the searches of a vector index."""

    attribute_name: KeyAttributeName
    search_schema_element_type: SearchSchemaElementType


class VectorIndex(Structure):
    """A vector index. The order is that of dynoxide, the only witness."""

    index_name: DefinedIndexName
    vector_attribute: VectorAttributeDefinition
    search_schema: Annotated[list[SearchSchemaElement], Meta(min_length=1)] | None = None
    projection: Projection
    dimensions: PositiveLong
    distance_function: VectorDistanceFunction


class CreateVectorIndexAction(VectorIndex):
    """A vector index to build on an existing table."""


class DeleteVectorIndexAction(Structure):
    """A vector index to drop."""

    index_name: DefinedIndexName


class VectorIndexUpdate(Structure):
    """One change to the vector indexes; AWS wants exactly one member."""

    create: CreateVectorIndexAction | None = None
    delete: DeleteVectorIndexAction | None = None


class StreamSpecification(Structure):
    """Whether the table has a stream, and what its records show."""

    stream_enabled: bool
    stream_view_type: StreamViewType | None = None


class SSESpecification(Structure):
    """Encryption at rest; accepted and described, never applied."""

    enabled: bool | None = None
    sse_type: SSEType | None = field(default=None, name="SSEType")
    kms_master_key_id: KmsKeyId | None = field(default=None, name="KMSMasterKeyId")


class Tag(Structure):
    """A label on a resource. Nothing is declared of it: AWS refuses tags in sentences of their own, the absence too."""

    key: str | None = None
    value: str | None = None


TagList = list[Tag]


class TimeToLiveSpecification(Structure):
    """Which attribute holds the expiry time, and whether items expire."""

    attribute_name: TimeToLiveAttributeName
    enabled: bool


class PointInTimeRecoverySpecification(Structure):
    """Whether the table can be restored to a moment, and how far back."""

    point_in_time_recovery_enabled: bool
    recovery_period_in_days: Annotated[int, Meta(ge=1, le=35)] | None = None
