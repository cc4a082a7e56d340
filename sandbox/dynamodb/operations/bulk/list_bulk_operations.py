"""ListBulkOperations: the bulk operations of an account and region, page by page."""

from typing import Annotated

from msgspec import Meta

from sandbox.dynamodb.lifecycle.jobs import job_id, page_behind
from sandbox.dynamodb.operations.bulk.descriptions import status_of
from sandbox.dynamodb.scope import Scope
from sandbox.dynamodb.storage.bulk_operations import BulkOperation
from sandbox.wire.constraints import whole
from sandbox.wire.operation import RequestShape, ResponseShape, operation

__all__ = ["list_bulk_operations"]

_LISTED_SECONDS = 90 * 86_400


class Request(RequestShape):
    """ListBulkOperations as it is sent."""

    max_results: Annotated[int, Meta(ge=1, le=25)] | None = None
    next_token: Annotated[str, Meta(min_length=1, max_length=1024, pattern=whole("([0-9a-f]{16})+"))] | None = None


class BulkOperationSummary(ResponseShape):
    """One bulk operation in the list."""

    bulk_operation_arn: str
    bulk_operation_status: str
    start_time: float
    end_time: float | None = None


class Response(ResponseShape):
    """A page of bulk operations."""

    bulk_operations_summary_list: list[BulkOperationSummary]
    next_token: str | None = None


@operation("ListBulkOperations", Request)
def list_bulk_operations(scope: Scope, request: Request) -> Response:
    """List the bulk operations of the last 90 days, newest first, ten to a page.

    Raises:
        ValidationException: the token is none of a former answer.
    """
    since = scope.clock.now() - _LISTED_SECONDS
    page, next_token = page_behind(
        scope.store.bulk_operations.all((scope.account_id, scope.region)),
        request.next_token,
        request.max_results,
        lambda operation: operation.started >= since,
        token_of=_token,
    )
    return Response(bulk_operations_summary_list=[_summary(operation) for operation in page], next_token=next_token)


def _token(arn: str) -> str:
    """What names an operation in the hexadecimal digits of a token."""
    milliseconds, _, random = job_id(arn).partition("-")
    return f"{int(milliseconds):016x}{random:0>16}"


def _summary(operation: BulkOperation) -> BulkOperationSummary:
    return BulkOperationSummary(
        bulk_operation_arn=operation.arn,
        bulk_operation_status=status_of(operation),
        start_time=round(operation.started, 3),
        end_time=None if operation.ended is None else round(operation.ended, 3),
    )
