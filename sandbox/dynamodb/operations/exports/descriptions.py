"""Exports as they are described. Source: ack-api-quirks DDB-EXPORT-008, 010, 016, 017."""

from typing import Any

from msgspec import field

from sandbox.dynamodb.lifecycle.jobs import status_of
from sandbox.dynamodb.storage.exports import Export
from sandbox.wire.operation import ResponseShape

__all__ = ["ExportDescription", "Response", "describe"]


class IncrementalExportSpecification(ResponseShape):
    """The stretch of time of an incremental export, and which images it has."""

    export_from_time: float
    export_to_time: float
    export_view_type: str


class ExportDescription(ResponseShape):
    """One export. AWS does not repeat its type."""

    export_arn: str
    export_status: str
    start_time: float
    end_time: float | None = None
    table_arn: str
    table_id: str
    export_time: float | None = None
    export_manifest: str | None = None
    client_token: str
    s3_bucket: str = field(name="S3Bucket")
    s3_bucket_owner: str | None = field(default=None, name="S3BucketOwner")
    s3_prefix: str | None = field(default=None, name="S3Prefix")
    s3_sse_algorithm: str = field(name="S3SseAlgorithm")
    s3_sse_kms_key_id: str | None = field(default=None, name="S3SseKmsKeyId")
    failure_code: str | None = None
    failure_message: str | None = None
    export_format: str
    billed_size_bytes: int | None = None
    item_count: int | None = None
    incremental_export_specification: IncrementalExportSpecification | None = None
    filter_specification: dict[str, Any] | None = None
    destination_type: str


class Response(ResponseShape):
    """What ExportTableToPointInTime and DescribeExport answer."""

    export_description: ExportDescription


def describe(export: Export) -> ExportDescription:
    """Describe an export as it stands."""
    asked, failure = export.parameters, export.failure
    return ExportDescription(
        export_arn=export.arn,
        export_status=status_of(export),
        start_time=round(export.started, 3),
        end_time=None if export.ended is None else round(export.ended, 3),
        table_arn=asked.table_arn,
        table_id=export.table_id,
        export_time=None if export.is_incremental else round(export.instant, 3),
        export_manifest=export.manifest,
        client_token=export.token,
        s3_bucket=asked.bucket,
        s3_bucket_owner=asked.bucket_owner,
        s3_prefix=asked.prefix,
        s3_sse_algorithm=asked.sse_algorithm or "AES256",
        s3_sse_kms_key_id=asked.sse_key,
        failure_code=None if failure is None else failure.code,
        failure_message=None if failure is None else failure.message,
        export_format=asked.format or "DYNAMODB_JSON",
        billed_size_bytes=export.billed_size_bytes,
        item_count=export.item_count,
        incremental_export_specification=_incremental(export),
        filter_specification=asked.filter,
        destination_type="S3",
    )


def _incremental(export: Export) -> IncrementalExportSpecification | None:
    period = export.parameters.period
    if period is None:
        return None
    return IncrementalExportSpecification(
        export_from_time=period.begin,
        export_to_time=round(export.period_end, 3),
        export_view_type=period.view_type or "NEW_AND_OLD_IMAGES",
    )
