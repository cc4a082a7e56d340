"""ListExports: the exports of an account and region, or of one table, page by page."""

from typing import Annotated

from msgspec import Meta

from sandbox.dynamodb.lifecycle.jobs import page_behind, status_of
from sandbox.dynamodb.lifecycle.table_status import current_table
from sandbox.dynamodb.parameters import TableName
from sandbox.dynamodb.scope import Scope
from sandbox.dynamodb.storage.exports import Export
from sandbox.wire.operation import RequestShape, ResponseShape, operation

__all__ = ["list_exports"]


class Request(RequestShape):
    """ListExports as it is sent."""

    table_arn: TableName | None = None
    max_results: Annotated[int, Meta(ge=1, le=25)] | None = None
    next_token: str | None = None


class ExportSummary(ResponseShape):
    """One export in the list."""

    export_arn: str
    export_status: str
    export_type: str


class Response(ResponseShape):
    """A page of exports."""

    export_summaries: list[ExportSummary]
    next_token: str | None = None


@operation("ListExports", Request)
def list_exports(scope: Scope, request: Request) -> Response:
    """List exports, newest first, ten to a page; of one table only while it exists.

    Source: ack-api-quirks DDB-EXPORT-006, 017, 020, DDB-IMPORT-016.

    That the token is the last export's ARN, and that all are kept for ever, are assumptions.

    Raises:
        ValidationException: the token is not one of these.
    """
    exports = scope.store.exports.all((scope.account_id, scope.region))
    page, next_token = page_behind(
        exports,
        request.next_token,
        request.max_results,
        lambda export: request.table_arn is None or _is_of(scope, request.table_arn, export),
    )
    return Response(
        export_summaries=[
            ExportSummary(
                export_arn=export.arn,
                export_status=status_of(export),
                export_type=export.parameters.type or "FULL_EXPORT",
            )
            for export in page
        ],
        next_token=next_token,
    )


def _is_of(scope: Scope, name: str, export: Export) -> bool:
    table = current_table(scope, name)
    return table is not None and table.definition.table_id == export.table_id
