"""ListImports: the imports of an account and region, or into one table, page by page."""

from typing import Annotated, Any

from msgspec import Meta, field

from sandbox.dynamodb.lifecycle.jobs import page_behind
from sandbox.dynamodb.operations.imports.descriptions import describe
from sandbox.dynamodb.parameters import TableName
from sandbox.dynamodb.scope import Scope
from sandbox.dynamodb.storage.imports import Import
from sandbox.wire.operation import RequestShape, ResponseShape, operation

__all__ = ["list_imports"]


class Request(RequestShape):
    """ListImports as it is sent."""

    table_arn: TableName | None = None
    page_size: Annotated[int, Meta(ge=1, le=25)] | None = None
    next_token: str | None = None


class ImportSummary(ResponseShape):
    """One import in the list."""

    import_arn: str
    import_status: str
    table_arn: str
    s3_bucket_source: dict[str, Any] = field(name="S3BucketSource")
    cloud_watch_log_group_arn: str
    input_format: str
    start_time: float
    end_time: float | None = None


class Response(ResponseShape):
    """A page of imports."""

    import_summary_list: list[ImportSummary]
    next_token: str | None = None


@operation("ListImports", Request)
def list_imports(scope: Scope, request: Request) -> Response:
    """List imports, newest first, ten to a page. Source: ack-api-quirks DDB-EXPORT-006, DDB-IMPORT-008, 016.

    That the token is the last import's ARN, and that all are kept for ever, are assumptions.

    Raises:
        ValidationException: the token is not one of these.
    """
    imports = scope.store.imports.all((scope.account_id, scope.region))
    page, next_token = page_behind(
        imports, request.next_token, request.page_size, lambda made: request.table_arn in (None, made.table_arn)
    )
    return Response(
        import_summary_list=[_summary(made) for made in page],
        next_token=next_token,
    )


def _summary(made: Import) -> ImportSummary:
    description = describe(made)
    return ImportSummary(
        import_arn=description.import_arn,
        import_status=description.import_status,
        table_arn=description.table_arn,
        s3_bucket_source=description.s3_bucket_source,
        cloud_watch_log_group_arn=description.cloud_watch_log_group_arn,
        input_format=description.input_format,
        start_time=description.start_time,
        end_time=description.end_time,
    )
