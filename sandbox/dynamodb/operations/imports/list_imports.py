"""ListImports: there are none."""

from typing import Annotated, Any

from msgspec import Meta

from sandbox.dynamodb.parameters import TableName
from sandbox.dynamodb.scope import Scope
from sandbox.wire.operation import RequestShape, ResponseShape, operation

__all__ = ["list_imports"]


class Request(RequestShape):
    """ListImports as it is sent."""

    table_arn: TableName | None = None
    page_size: Annotated[int, Meta(ge=1, le=25)] | None = None
    next_token: str | None = None


class Response(ResponseShape):
    """A page of imports."""

    import_summary_list: list[Any]


@operation("ListImports", Request)
def list_imports(_scope: Scope, _request: Request) -> Response:
    """Answer that nothing was imported in the last 90 days."""
    return Response(import_summary_list=[])
