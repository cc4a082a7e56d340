"""ExportTableToPointInTime: check what is asked for and remember it; the export itself follows behind the answer."""

from typing import Annotated, Literal

import msgspec
from msgspec import Meta, field

from sandbox.arn import TableArn, parse_table_arn
from sandbox.dynamodb.faults import (
    AccessDeniedException,
    ExportConflictException,
    InvalidExportTimeException,
    PointInTimeRecoveryUnavailableException,
    TableNotFoundException,
    ValidationException,
)
from sandbox.dynamodb.lifecycle.jobs import new_arn
from sandbox.dynamodb.lifecycle.table_status import current_table
from sandbox.dynamodb.operations.exports.descriptions import Response, describe
from sandbox.dynamodb.operations.exports.filter_specification import (
    FilterSpecification,
    export_filter,
    invalid_filter,
)
from sandbox.dynamodb.operations.exports.period_rules import check_export_type, check_period
from sandbox.dynamodb.operations.recovery.continuous_backups import earliest_instant
from sandbox.dynamodb.operations.tables.wording import invalid
from sandbox.dynamodb.s3_members import (
    JobToken,
    S3Bucket,
    S3BucketOwner,
    S3Prefix,
    S3SseAlgorithm,
    S3SseKmsKeyId,
)
from sandbox.dynamodb.scope import Scope
from sandbox.dynamodb.storage.exports import Export, ExportParameters, ExportPeriod
from sandbox.dynamodb.storage.table import TableDefinition
from sandbox.dynamodb.structure import Structure
from sandbox.wire.operation import RequestShape, operation

__all__ = ["export_table_to_point_in_time"]


class IncrementalExportSpecification(Structure):
    """The stretch of time of an incremental export, in epoch seconds, and which images it has."""

    export_from_time: float | None = None
    export_to_time: float | None = None
    export_view_type: Literal["NEW_IMAGE", "NEW_AND_OLD_IMAGES"] | None = None


class Request(RequestShape):
    """ExportTableToPointInTime as it is sent; ``export_time`` in epoch seconds."""

    table_arn: Annotated[str, Meta(max_length=1024)]
    export_time: float | None = None
    client_token: JobToken | None = None
    s3_bucket: S3Bucket = field(name="S3Bucket")
    s3_bucket_owner: S3BucketOwner | None = field(default=None, name="S3BucketOwner")
    s3_prefix: S3Prefix | None = field(default=None, name="S3Prefix")
    s3_sse_algorithm: S3SseAlgorithm | None = field(default=None, name="S3SseAlgorithm")
    s3_sse_kms_key_id: S3SseKmsKeyId | None = field(default=None, name="S3SseKmsKeyId")
    export_format: Literal["DYNAMODB_JSON", "ION"] | None = None
    export_type: Literal["FULL_EXPORT", "INCREMENTAL_EXPORT"] | None = None
    incremental_export_specification: IncrementalExportSpecification | None = None
    filter_specification: FilterSpecification | None = None


@operation("ExportTableToPointInTime", Request)
def export_table_to_point_in_time(scope: Scope, request: Request) -> Response:
    """Begin an export; whether there is such a bucket is seen later, as at AWS.

    Source: ack-api-quirks DDB-EXPORT-001 to 005, 009, 010; the order of the refusals is in part an assumption.

    Raises:
        ValidationException: the table is not named by its ARN, members do not go together, or the filter is refused.
        AccessDeniedException: it is the ARN of another account.
        TableNotFoundException: there is no such table, or it is being created or deleted (DDB-TABLE-447, 454).
        PointInTimeRecoveryUnavailableException: recovery is not enabled for it.
        InvalidExportTimeException: the moment or the period cannot be exported.
        ExportConflictException: the token stands for an export of other parameters.
    """
    arn = _table_arn(scope, request.table_arn)
    parameters = _parameters(request)
    check_export_type(parameters, has_specification=request.incremental_export_specification is not None)
    _check_settings(parameters)
    present = scope.store.exports.with_token((scope.account_id, scope.region), request.client_token)
    if present is not None:
        if present.parameters != parameters:
            raise ExportConflictException("Export conflict: Duplicate request detected with conflicting parameters")
        return Response(export_description=describe(present))
    table = current_table(scope, arn.table_name) if arn.region == scope.region else None
    if table is None or table.definition.status in ("CREATING", "DELETING"):
        raise TableNotFoundException(f"Table not found: {request.table_arn}")
    now = scope.clock.now()
    _check_times(table.definition, parameters, now)
    if parameters.filter is not None:
        export_filter(table, parameters.filter)
    export = Export(
        arn=new_arn(scope, table.definition.arn, "export", now),
        table_id=table.definition.table_id,
        token=request.client_token or scope.ids.uuid(),
        started=now,
        parameters=parameters,
    )
    with scope.store.database.write():
        scope.store.exports.create((scope.account_id, scope.region), export)
    return Response(export_description=describe(export))


def _table_arn(scope: Scope, text: str) -> TableArn:
    if not text:
        raise ValidationException("Invalid TableArn: Invalid Table ARN")  # ack-api-quirks DDB-TABLE-457
    if not text.startswith("arn:"):
        raise invalid("tableArn is not a valid ARN")
    arn = parse_table_arn(text)
    if arn is None:
        raise ValidationException("Invalid Request: Table ARN is invalid.")
    if arn.account_id != scope.account_id:
        raise AccessDeniedException("Access is denied")
    return arn


def _parameters(request: Request) -> ExportParameters:
    specification = request.incremental_export_specification
    period = None
    if specification is not None and specification.export_from_time is not None:
        period = ExportPeriod(
            begin=specification.export_from_time,
            end=specification.export_to_time,
            view_type=specification.export_view_type,
        )
    return ExportParameters(
        table_arn=request.table_arn,
        bucket=request.s3_bucket,
        bucket_owner=request.s3_bucket_owner,
        prefix=request.s3_prefix,
        sse_algorithm=request.s3_sse_algorithm,
        sse_key=request.s3_sse_kms_key_id,
        format=request.export_format,
        type=request.export_type,
        export_time=request.export_time,
        period=period,
        filter=None if request.filter_specification is None else msgspec.to_builtins(request.filter_specification),
    )


def _check_settings(parameters: ExportParameters) -> None:
    if parameters.sse_key is not None and parameters.sse_algorithm != "KMS":
        raise ValidationException("Invalid Request: KMS Key Id is not supported for this encryption type")
    if parameters.filter is not None and not parameters.filter:
        raise invalid_filter("The specification can not be empty")


def _check_times(definition: TableDefinition, parameters: ExportParameters, now: float) -> None:
    if parameters.period is not None:
        check_period(parameters.period, definition.created, now)
    since = definition.recovery_since
    if since is None:
        raise PointInTimeRecoveryUnavailableException(
            f"Point in time recovery is not enabled for table '{definition.name}'"
        )
    moment = parameters.export_time
    if moment is not None and not earliest_instant(definition, since, now) <= moment <= now:
        raise InvalidExportTimeException("Export Time is invalid")
