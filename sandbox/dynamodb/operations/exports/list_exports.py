"""ListExports: there are none."""

from typing import Annotated, Any

from msgspec import Meta

from sandbox.dynamodb.parameters import TableName
from sandbox.dynamodb.scope import Scope
from sandbox.wire.operation import RequestShape, ResponseShape, operation

__all__ = ["list_exports"]


class Request(RequestShape):
    """ListExports as it is sent."""

    table_arn: TableName | None = None
    max_results: Annotated[int, Meta(ge=1, le=25)] | None = None
    next_token: str | None = None


class Response(ResponseShape):
    """A page of exports."""

    export_summaries: list[Any]


@operation("ListExports", Request)
def list_exports(_scope: Scope, _request: Request) -> Response:
    """Answer that nothing was exported in the last 90 days."""
    return Response(export_summaries=[])
