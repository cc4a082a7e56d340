"""ListTables: the names of all tables, page by page."""

from sandbox.dynamodb.lifecycle.table_status import settle_account
from sandbox.dynamodb.parameters import PlainTableName, TableListLimit
from sandbox.dynamodb.scope import Scope
from sandbox.wire.operation import RequestShape, ResponseShape, operation

__all__ = ["list_tables"]

_PAGE_NAMES = 100


class Request(RequestShape):
    """ListTables as it is sent. Source of the order: dynalite 4.0.0, asked 2026-11."""

    limit: TableListLimit | None = None
    exclusive_start_table_name: PlainTableName | None = None


class Response(ResponseShape):
    """A page of names; the last one is repeated when more remain."""

    table_names: list[str]
    last_evaluated_table_name: str | None = None


@operation("ListTables", Request)
def list_tables(scope: Scope, request: Request) -> Response:
    """List table names in UTF-8 order, behind a name that need not exist. Source: dynamodb-exact §20."""
    settle_account(scope)
    names = scope.store.table_names(scope.account_id, scope.region)
    if request.exclusive_start_table_name is not None:
        start = request.exclusive_start_table_name.encode()
        names = [name for name in names if name.encode() > start]
    limit = request.limit or _PAGE_NAMES
    page = names[:limit]
    return Response(table_names=page, last_evaluated_table_name=page[-1] if len(names) > limit else None)
