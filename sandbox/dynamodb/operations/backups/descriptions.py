"""Backups as they are described. Source: the service model; examples of the AWS CLI's reference."""

from typing import Any, cast

from msgspec import field

from sandbox.arn import parse_table_arn
from sandbox.dynamodb.describe import (
    describe_encryption,
    describe_key_schema,
    describe_on_demand,
    describe_projection,
    describe_search_schema,
)
from sandbox.dynamodb.descriptions import OnDemandThroughputDescription, SSEDescription
from sandbox.dynamodb.faults import AccessDeniedException, BackupNotFoundException, ValidationException
from sandbox.dynamodb.parameters import (
    KeySchemaElement,
    Projection,
    ProvisionedThroughput,
    SearchSchemaElement,
    StreamSpecification,
    VectorAttributeDefinition,
)
from sandbox.dynamodb.scope import Scope
from sandbox.dynamodb.storage.backups import Backup
from sandbox.dynamodb.storage.table import IndexDefinition, TableDefinition, Throughput
from sandbox.dynamodb.storage.vector_index import VectorIndexDefinition
from sandbox.wire.operation import ResponseShape

__all__ = ["BackupDescription", "BackupDetails", "describe", "details_of", "found"]


class BackupDetails(ResponseShape):
    """The backup itself."""

    backup_arn: str
    backup_name: str
    backup_size_bytes: int
    backup_status: str
    backup_type: str
    backup_creation_date_time: float
    backup_expiry_date_time: float | None = None


class SourceTableDetails(ResponseShape):
    """The table as it was."""

    table_name: str
    table_id: str
    table_arn: str
    table_size_bytes: int
    key_schema: list[KeySchemaElement]
    table_creation_date_time: float
    provisioned_throughput: ProvisionedThroughput
    item_count: int
    billing_mode: str
    on_demand_throughput: OnDemandThroughputDescription | None = None


class IndexInfo(ResponseShape):
    """An index as it was; throughput for global ones."""

    index_name: str
    key_schema: list[KeySchemaElement]
    projection: Projection
    provisioned_throughput: ProvisionedThroughput | None = None
    on_demand_throughput: OnDemandThroughputDescription | None = None


class VectorIndexInfo(ResponseShape):
    """A vector index as it was."""

    index_name: str
    vector_attribute: VectorAttributeDefinition
    projection: Projection
    dimensions: int
    distance_function: str
    search_schema: list[SearchSchemaElement] | None = None


class TimeToLiveDescription(ResponseShape):
    """TTL as it was set up."""

    time_to_live_status: str
    attribute_name: str


class SourceTableFeatureDetails(ResponseShape):
    """What the table had besides its items; what it had not is left out."""

    local_secondary_indexes: list[IndexInfo] | None = None
    global_secondary_indexes: list[IndexInfo] | None = None
    stream_description: StreamSpecification | None = None
    time_to_live_description: TimeToLiveDescription | None = None
    sse_description: SSEDescription | None = field(default=None, name="SSEDescription")
    vector_indexes: list[VectorIndexInfo] | None = None


class BackupDescription(ResponseShape):
    """A backup and the table it was made of."""

    backup_details: BackupDetails
    source_table_details: SourceTableDetails
    source_table_feature_details: SourceTableFeatureDetails


def found(scope: Scope, arn: str) -> Backup:
    """Find a backup of the caller's account and region.

    Source: turbot/steampipe-plugin-aws 1913; ack-api-quirks DDB-BACKUP-012.

    Raises:
        ValidationException: *arn* is no backup's.
        AccessDeniedException: it is one of another account.
        BackupNotFoundException: there is none with that ARN.
    """
    own, _, identity = arn.partition("/backup/")
    service = own.split(":")[1:3]
    if identity and own.startswith("arn:") and service != ["aws", "dynamodb"]:
        raise ValidationException("Invalid Request: BackupArn is not valid")
    named = parse_table_arn(own)
    if named is None or not identity:
        raise ValidationException("Invalid Backup ARN")
    if named.account_id != scope.account_id:
        raise AccessDeniedException("Access is denied")
    backup = scope.store.backups.find((scope.account_id, scope.region), arn, now=scope.clock.now())
    if backup is None:
        raise BackupNotFoundException(f"Backup not found: {arn}")
    return backup


def details_of(backup: Backup, status: str) -> BackupDetails:
    """The backup itself; *status* is CREATING, AVAILABLE or DELETED."""
    return BackupDetails(
        backup_arn=backup.arn,
        backup_name=backup.name,
        backup_size_bytes=backup.size_bytes,
        backup_status=status,
        backup_type=backup.kind,
        backup_creation_date_time=round(backup.created, 3),
        backup_expiry_date_time=None if backup.expires is None else round(backup.expires, 3),
    )


def describe(backup: Backup, status: str) -> BackupDescription:
    """The backup, its table and what that had."""
    table = backup.table
    return BackupDescription(
        backup_details=details_of(backup, status),
        source_table_details=SourceTableDetails(
            table_name=table.name,
            table_id=table.table_id,
            table_arn=table.arn,
            table_size_bytes=backup.size_bytes,
            key_schema=describe_key_schema(table.key_schema),
            table_creation_date_time=round(table.created, 3),
            provisioned_throughput=_units(table.throughput),
            item_count=backup.item_count,
            billing_mode=table.billing_mode,
            on_demand_throughput=describe_on_demand(table.on_demand_throughput),
        ),
        source_table_feature_details=_features(backup, table),
    )


def _features(backup: Backup, table: TableDefinition) -> SourceTableFeatureDetails:
    attribute = table.expiry_attribute
    return SourceTableFeatureDetails(
        local_secondary_indexes=[_index(index) for index in table.indexes if not index.is_global] or None,
        global_secondary_indexes=[_index(index) for index in table.indexes if index.is_global] or None,
        stream_description=(
            StreamSpecification(stream_enabled=True, stream_view_type=cast("Any", backup.view_type))
            if backup.view_type
            else None
        ),
        time_to_live_description=(
            TimeToLiveDescription(time_to_live_status="ENABLED", attribute_name=attribute) if attribute else None
        ),
        sse_description=describe_encryption(table),
        vector_indexes=[_vector_index(index) for index in table.vector_indexes] or None,
    )


def _index(index: IndexDefinition) -> IndexInfo:
    return IndexInfo(
        index_name=index.name,
        key_schema=describe_key_schema(index.key_schema),
        projection=describe_projection(index),
        provisioned_throughput=_units(index.throughput) if index.is_global else None,
        on_demand_throughput=describe_on_demand(index.on_demand_throughput),
    )


def _vector_index(index: VectorIndexDefinition) -> VectorIndexInfo:
    return VectorIndexInfo(
        index_name=index.name,
        vector_attribute=VectorAttributeDefinition(attribute_name=index.attribute),
        projection=describe_projection(index),
        dimensions=index.dimensions,
        distance_function=index.distance_function,
        search_schema=describe_search_schema(index),
    )


def _units(throughput: Throughput) -> ProvisionedThroughput:
    return ProvisionedThroughput(
        read_capacity_units=throughput.read_capacity_units, write_capacity_units=throughput.write_capacity_units
    )
