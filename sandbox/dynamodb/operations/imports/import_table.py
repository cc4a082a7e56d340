"""ImportTable: check what is asked for and remember it; the table and its items follow behind the answer."""

from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta, field

from sandbox.arn import table_arn
from sandbox.dynamodb.faults import ImportConflictException, ResourceInUseException, ValidationException
from sandbox.dynamodb.lifecycle.jobs import new_arn
from sandbox.dynamodb.lifecycle.table_status import current_table
from sandbox.dynamodb.operations.imports.descriptions import Response, describe
from sandbox.dynamodb.operations.tables.create_table import Request as CreateTableRequest
from sandbox.dynamodb.operations.tables.create_table import check_request
from sandbox.dynamodb.parameters import (
    AttributeDefinitions,
    BillingMode,
    GlobalSecondaryIndex,
    OnDemandThroughput,
    PlainTableName,
    ProvisionedThroughput,
    SSESpecification,
    TableKeySchema,
    VectorIndex,
)
from sandbox.dynamodb.s3_members import JobToken, S3Bucket, S3BucketOwner, S3Prefix
from sandbox.dynamodb.scope import Scope
from sandbox.dynamodb.storage.imports import Import
from sandbox.dynamodb.structure import Structure
from sandbox.wire.constraints import whole
from sandbox.wire.operation import RequestShape, operation

__all__ = ["import_table"]


class S3BucketSource(Structure):
    """Where the items are."""

    s3_bucket_owner: S3BucketOwner | None = field(default=None, name="S3BucketOwner")
    s3_bucket: S3Bucket = field(name="S3Bucket")
    s3_key_prefix: S3Prefix | None = field(default=None, name="S3KeyPrefix")


class CsvOptions(Structure):
    """How lines are read."""

    delimiter: Annotated[str, Meta(min_length=1, max_length=1, pattern=whole(r"[,;:|\t ]"))] | None = None
    header_list: Annotated[list[str], Meta(min_length=1, max_length=255)] | None = None


class InputFormatOptions(Structure):
    """What a format leaves open."""

    csv: CsvOptions | None = None


class TableCreationParameters(Structure):
    """The table to be made, as in CreateTable."""

    table_name: PlainTableName
    attribute_definitions: AttributeDefinitions
    key_schema: TableKeySchema
    billing_mode: BillingMode | None = None
    provisioned_throughput: ProvisionedThroughput | None = None
    on_demand_throughput: OnDemandThroughput | None = None
    sse_specification: SSESpecification | None = field(default=None, name="SSESpecification")
    global_secondary_indexes: list[GlobalSecondaryIndex] | None = None
    vector_indexes: list[VectorIndex] | None = None


class Request(RequestShape):
    """ImportTable as it is sent."""

    client_token: JobToken | None = None
    s3_bucket_source: S3BucketSource = field(name="S3BucketSource")
    input_format: Literal["DYNAMODB_JSON", "ION", "CSV"]
    input_format_options: InputFormatOptions | None = None
    input_compression_type: Literal["ZSTD", "NONE", "GZIP"] | None = None
    table_creation_parameters: TableCreationParameters


@operation("ImportTable", Request)
def import_table(scope: Scope, request: Request) -> Response:
    """Begin an import; whether there is such a bucket is seen later, as at AWS, and only then is a table made.

    Source: ack-api-quirks DDB-IMPORT-001, 009, 012, 017 to 019; the order of the refusals is an assumption.

    Raises:
        ValidationException: CreateTable would refuse the table, or the options belong to another format.
        ResourceInUseException: there is a table of that name, and no import is filling it.
        ImportConflictException: the token stands for an import of another table.
    """
    asked = request.table_creation_parameters
    check_request(msgspec.convert(msgspec.to_builtins(asked), CreateTableRequest))
    options = request.input_format_options
    if options is not None and options.csv is not None and request.input_format != "CSV":
        raise ValidationException(
            f"Invalid Request: Unsupported InputFormatOptions for the given input format: {request.input_format}."
        )
    imports, here = scope.store.imports, (scope.account_id, scope.region)
    table = current_table(scope, asked.table_name)
    if table is not None and not any(table.definition.table_id == job.table_id for _, job in imports.under_way()):
        raise ResourceInUseException(f"Table already exists: {asked.table_name}")
    arn = table_arn(scope.region, scope.account_id, asked.table_name)
    present = imports.with_token(here, request.client_token)
    if present is not None:
        if present.table_arn != arn:
            raise ImportConflictException("Import conflict: Duplicate request detected with conflicting parameters")
        return Response(import_table_description=describe(present))
    now = scope.clock.now()
    made = Import(
        arn=new_arn(scope, arn, "import", now),
        table_arn=arn,
        table_id=scope.ids.uuid(),
        token=request.client_token or scope.ids.uuid(),
        started=now,
        asked=_asked(scope, request),
    )
    with scope.store.database.write():
        imports.create(here, made)
    return Response(import_table_description=describe(made))


def _asked(scope: Scope, request: Request) -> dict[str, Any]:
    asked: dict[str, Any] = msgspec.to_builtins(request)
    asked.pop("ClientToken", None)
    asked["S3BucketSource"] = {"S3BucketOwner": scope.account_id} | asked["S3BucketSource"]
    return asked
