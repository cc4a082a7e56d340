"""StartBulkPutItems: check what is asked for and remember it; the items follow behind the answer."""

from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta, field

from sandbox.dynamodb.faults import (
    IdempotentParameterMismatchException,
    LimitExceededException,
    ValidationException,
)
from sandbox.dynamodb.lifecycle.jobs import new_arn
from sandbox.dynamodb.lifecycle.table_status import current_table
from sandbox.dynamodb.operations.bulk.descriptions import Response, describe
from sandbox.dynamodb.operations.tables.wording import in_use, table_not_found
from sandbox.dynamodb.parameters import ControlTableName
from sandbox.dynamodb.s3_members import (
    JobToken,
    S3Bucket,
    S3BucketOwner,
    S3Prefix,
    S3SseAlgorithm,
    S3SseKmsKeyId,
)
from sandbox.dynamodb.scope import Scope
from sandbox.dynamodb.storage.bulk_operations import BulkOperation
from sandbox.dynamodb.storage.table import Table
from sandbox.dynamodb.structure import Structure
from sandbox.wire.operation import RequestShape, operation

__all__ = ["start_bulk_put_items"]

_TOKEN_SECONDS = 8 * 3600
_UNDER_WAY_MAX = 50


class InputS3Configuration(Structure):
    """Where the items are."""

    s3_bucket_owner: S3BucketOwner | None = field(default=None, name="S3BucketOwner")
    s3_bucket: S3Bucket = field(name="S3Bucket")
    s3_key_prefix: S3Prefix | None = field(default=None, name="S3KeyPrefix")
    input_format: Literal["DYNAMODB_JSON", "ION"]
    input_compression_type: Literal["ZSTD", "NONE", "GZIP"] | None = None


class OutputS3Configuration(Structure):
    """Where the report goes, and what it has."""

    s3_bucket_owner: S3BucketOwner | None = field(default=None, name="S3BucketOwner")
    s3_bucket: S3Bucket | None = field(default=None, name="S3Bucket")
    s3_key_prefix: S3Prefix | None = field(default=None, name="S3KeyPrefix")
    s3_sse_algorithm: S3SseAlgorithm | None = field(default=None, name="S3SseAlgorithm")
    s3_sse_kms_key_id: S3SseKmsKeyId | None = field(default=None, name="S3SseKmsKeyId")
    output_type: list[Literal["ERROR", "CONDITION_CHECK_FAILURE"]]


class Request(RequestShape):
    """StartBulkPutItems as it is sent."""

    client_token: JobToken | None = None
    input_s3_configuration: InputS3Configuration = field(name="InputS3Configuration")
    output_s3_configuration: OutputS3Configuration = field(name="OutputS3Configuration")
    table_name: ControlTableName
    max_write_request_units: Annotated[int, Meta(ge=1024)] | None = None
    performance_tier: Literal["STANDARD", "ACCELERATED"] | None = None


@operation("StartBulkPutItems", Request)
def start_bulk_put_items(scope: Scope, request: Request) -> Response:
    """Begin a bulk put; whether there are such buckets is seen later, as with exports and imports.

    Source: the service model, for what is required and the eight hours of a token; *Bulk put items considerations,
    quotas, and permissions* for the state of the table. How many may be under way is what holds for imports, an
    assumption, and so is the order of the refusals.

    Raises:
        ValidationException: no bucket or type of output, or a key for another encryption.
        IdempotentParameterMismatchException: the token stands for another bulk put.
        ResourceNotFoundException: there is no such table.
        ResourceInUseException: it is being created or deleted, or an index of it is being created.
        LimitExceededException: too many are under way.
    """
    _check_output(request.output_s3_configuration)
    operations, here, now = scope.store.bulk_operations, (scope.account_id, scope.region), scope.clock.now()
    asked = _asked(scope, request)
    present = operations.with_token(here, request.client_token)
    if present is not None and present.started + _TOKEN_SECONDS > now:
        if present.asked != asked:
            raise IdempotentParameterMismatchException(
                "The request uses the same client token as a previous, but different, request."
            )
        return Response(bulk_operation_description=describe(present))
    definition = _table(scope, request.table_name).definition
    if sum(where == here for where, _ in operations.under_way()) >= _UNDER_WAY_MAX:
        raise LimitExceededException(
            f"Subscriber limit exceeded: Only {_UNDER_WAY_MAX} bulk operations can be in progress simultaneously"
        )
    begun = BulkOperation(
        arn=new_arn(scope, definition.arn, "bulk-operation", now),
        table_name=request.table_name,
        table_arn=definition.arn,
        table_id=definition.table_id,
        token=request.client_token or scope.ids.uuid(),
        started=now,
        asked=asked,
    )
    with scope.store.database.write():
        operations.create(here, begun)
    return Response(bulk_operation_description=describe(begun))


def _check_output(output: OutputS3Configuration) -> None:
    if output.s3_bucket is None:
        raise ValidationException("Invalid Request: S3Bucket must be provided in OutputS3Configuration")
    if not output.output_type:
        raise ValidationException("Invalid Request: OutputType must be provided in OutputS3Configuration")
    if output.s3_sse_kms_key_id is not None and output.s3_sse_algorithm != "KMS":
        raise ValidationException("Invalid Request: KMS Key Id is not supported for this encryption type")


def _asked(scope: Scope, request: Request) -> dict[str, Any]:
    asked: dict[str, Any] = {"PerformanceTier": "STANDARD"} | msgspec.to_builtins(request)
    asked.pop("ClientToken", None)
    asked["InputS3Configuration"] = {
        "S3BucketOwner": scope.account_id,
        "InputCompressionType": "NONE",
    } | asked["InputS3Configuration"]
    asked["OutputS3Configuration"] = {"S3BucketOwner": scope.account_id} | asked["OutputS3Configuration"]
    return asked


def _table(scope: Scope, name: str) -> Table:
    table = current_table(scope, name)
    if table is None:
        raise table_not_found(name)
    is_making_index = any(index.status == "CREATING" for index in table.definition.all_indexes())
    if table.definition.status in ("CREATING", "DELETING") or is_making_index:
        raise in_use(table)
    return table
