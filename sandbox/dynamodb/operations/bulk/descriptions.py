"""Bulk operations as they are described. Source: the service model (``BulkOperationDescription``)."""

from typing import Any

from msgspec import field

from sandbox.dynamodb.storage.bulk_operations import BulkOperation
from sandbox.wire.operation import ResponseShape

__all__ = ["BulkOperationDescription", "Response", "describe", "status_of"]


class BulkOperationTableDetail(ResponseShape):
    """The table, as it was named."""

    table_name: str
    table_id: str


class BulkOperationBytes(ResponseShape):
    """Bytes that were put."""

    bulk_put_bytes: int


class BulkOperationVectorBytes(ResponseShape):
    """Bytes that were put into a vector index."""

    bulk_put_vector_bytes: int


class BulkOperationUsage(ResponseShape):
    """What was put: in all but into vector indexes, into the table alone, and into each index."""

    table_name: str
    bulk_put_bytes: int
    table: BulkOperationBytes
    local_secondary_indexes: dict[str, BulkOperationBytes] | None = None
    global_secondary_indexes: dict[str, BulkOperationBytes] | None = None
    vector_indexes: dict[str, BulkOperationVectorBytes] | None = None


class BulkOperationDescription(ResponseShape):
    """One bulk operation; what was asked for stands there with its defaults."""

    bulk_operation_arn: str
    bulk_operation_status: str
    table_details: list[BulkOperationTableDetail]
    client_token: str
    input_s3_configuration: dict[str, Any] = field(name="InputS3Configuration")
    output_s3_configuration: dict[str, Any] = field(name="OutputS3Configuration")
    start_time: float
    end_time: float | None = None
    processed_item_count: int
    processed_input_bytes: int
    total_input_bytes: int | None = None
    bulk_operation_usage: list[BulkOperationUsage]
    failed_item_count: int
    failure_code: str | None = None
    failure_message: str | None = None
    max_write_request_units: int | None = None
    performance_tier: str


class Response(ResponseShape):
    """What StartBulkPutItems and DescribeBulkOperation answer."""

    bulk_operation_description: BulkOperationDescription


def status_of(operation: BulkOperation) -> str:
    """How far a bulk operation is; unmet conditions are no errors."""
    if operation.is_cancelled:
        return "CANCELLING" if operation.ended is None else "CANCELLED"
    if operation.ended is None:
        return "IN_PROGRESS"
    if operation.failure is not None:
        return "FAILED"
    return "COMPLETED_WITH_ERRORS" if operation.failed_item_count else "COMPLETED"


def describe(operation: BulkOperation) -> BulkOperationDescription:
    """Describe a bulk operation as it stands."""
    asked, failure = operation.asked, operation.failure
    return BulkOperationDescription(
        bulk_operation_arn=operation.arn,
        bulk_operation_status=status_of(operation),
        table_details=[BulkOperationTableDetail(table_name=operation.table_name, table_id=operation.table_id)],
        client_token=operation.token,
        input_s3_configuration=asked["InputS3Configuration"],
        output_s3_configuration=asked["OutputS3Configuration"],
        start_time=round(operation.started, 3),
        end_time=None if operation.ended is None else round(operation.ended, 3),
        processed_item_count=operation.processed_item_count,
        processed_input_bytes=operation.processed_input_bytes,
        total_input_bytes=operation.total_input_bytes,
        bulk_operation_usage=[_usage(operation)],
        failed_item_count=operation.failed_item_count,
        failure_code=None if failure is None else failure.code,
        failure_message=None if failure is None else failure.message,
        max_write_request_units=asked.get("MaxWriteRequestUnits"),
        performance_tier=asked["PerformanceTier"],
    )


def _usage(operation: BulkOperation) -> BulkOperationUsage:
    usage = operation.usage
    in_indexes = sum(usage.local_index_bytes.values()) + sum(usage.global_index_bytes.values())
    return BulkOperationUsage(
        table_name=operation.table_name,
        bulk_put_bytes=usage.table_bytes + in_indexes,
        table=BulkOperationBytes(bulk_put_bytes=usage.table_bytes),
        local_secondary_indexes=_by_index(usage.local_index_bytes),
        global_secondary_indexes=_by_index(usage.global_index_bytes),
        vector_indexes={
            name: BulkOperationVectorBytes(bulk_put_vector_bytes=size)
            for name, size in usage.vector_index_bytes.items()
        }
        or None,
    )


def _by_index(sizes: dict[str, int]) -> dict[str, BulkOperationBytes] | None:
    return {name: BulkOperationBytes(bulk_put_bytes=size) for name, size in sizes.items()} or None
