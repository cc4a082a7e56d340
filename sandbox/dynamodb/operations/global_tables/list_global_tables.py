"""ListGlobalTables: there are none."""

from typing import Annotated, Any

from msgspec import Meta

from sandbox.dynamodb.parameters import PlainTableName
from sandbox.dynamodb.scope import Scope
from sandbox.wire.operation import RequestShape, ResponseShape, operation

__all__ = ["list_global_tables"]


class Request(RequestShape):
    """ListGlobalTables as it is sent."""

    exclusive_start_global_table_name: PlainTableName | None = None
    limit: Annotated[int, Meta(ge=1)] | None = None
    region_name: str | None = None


class Response(ResponseShape):
    """A page of global tables."""

    global_tables: list[Any]


@operation("ListGlobalTables", Request)
def list_global_tables(_scope: Scope, _request: Request) -> Response:
    """Answer that there are no global tables."""
    return Response(global_tables=[])
