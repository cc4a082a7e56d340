"""Imports as they are described. Source: ack-api-quirks DDB-IMPORT-001, 003, 004, 012."""

from typing import Any

from msgspec import field

from sandbox.dynamodb.lifecycle.jobs import status_of
from sandbox.dynamodb.storage.imports import Import
from sandbox.wire.operation import ResponseShape

__all__ = ["LOG_GROUP", "ImportTableDescription", "Response", "describe", "log_group_arn"]

LOG_GROUP = "/aws-dynamodb/imports"


class ImportTableDescription(ResponseShape):
    """One import; what was asked for stands there as it was sent. The counts show once it has ended."""

    import_arn: str
    import_status: str
    table_arn: str
    table_id: str
    client_token: str
    s3_bucket_source: dict[str, Any] = field(name="S3BucketSource")
    error_count: int | None = None
    cloud_watch_log_group_arn: str
    input_format: str
    input_format_options: dict[str, Any] | None = None
    input_compression_type: str
    table_creation_parameters: dict[str, Any]
    start_time: float
    end_time: float | None = None
    processed_size_bytes: int | None = None
    processed_item_count: int | None = None
    imported_item_count: int | None = None
    failure_code: str | None = None
    failure_message: str | None = None


class Response(ResponseShape):
    """What ImportTable and DescribeImport answer."""

    import_table_description: ImportTableDescription


def log_group_arn(made: Import) -> str:
    """Where it is logged what could not be imported."""
    _, partition, _, region, account_id, _ = made.table_arn.split(":", 5)
    return f"arn:{partition}:logs:{region}:{account_id}:log-group:{LOG_GROUP}:*"


def describe(made: Import) -> ImportTableDescription:
    """Describe an import as it stands."""
    failure, has_ended = made.failure, made.ended is not None
    return ImportTableDescription(
        import_arn=made.arn,
        import_status=status_of(made),
        table_arn=made.table_arn,
        table_id=made.table_id,
        client_token=made.token,
        s3_bucket_source=made.asked["S3BucketSource"],
        error_count=made.error_count if has_ended else None,
        cloud_watch_log_group_arn=log_group_arn(made),
        input_format=made.asked["InputFormat"],
        input_format_options=made.asked.get("InputFormatOptions"),
        input_compression_type=made.asked.get("InputCompressionType", "NONE"),
        table_creation_parameters=made.asked["TableCreationParameters"],
        start_time=round(made.started, 3),
        end_time=None if made.ended is None else round(made.ended, 3),
        processed_size_bytes=made.processed_size_bytes if has_ended else None,
        processed_item_count=made.processed_item_count if has_ended else None,
        imported_item_count=made.imported_item_count if has_ended else None,
        failure_code=None if failure is None else failure.code,
        failure_message=None if failure is None else failure.message,
    )
