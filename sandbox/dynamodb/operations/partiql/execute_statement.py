"""ExecuteStatement: one PartiQL statement."""

from typing import Any

import msgspec

from sandbox.dynamodb import parameters as p
from sandbox.dynamodb.engine.capacity import Bill
from sandbox.dynamodb.engine.selection import bill_page
from sandbox.dynamodb.partiql.bind import bind
from sandbox.dynamodb.partiql.next_token import NextTokens
from sandbox.dynamodb.partiql.parse import parse
from sandbox.dynamodb.partiql.read import plan_select
from sandbox.dynamodb.partiql.syntax import Exists, Parsed, Select
from sandbox.dynamodb.partiql.write import plan_write
from sandbox.dynamodb.refusals import refuses
from sandbox.dynamodb.scope import Scope
from sandbox.wire.operation import RequestShape, ResponseShape, operation

__all__ = ["execute_statement"]


class Request(RequestShape):
    """ExecuteStatement as it is sent."""

    is_hash_listed = True
    statement: p.PartiQLStatement
    parameters: p.StatementParameters | None = None
    consistent_read: bool | None = None
    next_token: p.PartiQLNextToken | None = None
    return_consumed_capacity: p.ReturnConsumedCapacity | None = None
    limit: p.PageLimit | None = None
    return_values_on_condition_check_failure: p.ReturnValuesOnConditionCheckFailure | None = None


class Response(ResponseShape):
    """``items`` is always there: the page of a SELECT, what RETURNING shows, or nothing."""

    items: msgspec.Raw
    next_token: str | None = None
    consumed_capacity: dict[str, Any] | None = None
    last_evaluated_key: dict[str, Any] | None = None


_NO_ITEMS = msgspec.Raw(b"[]")


@operation("ExecuteStatement", Request)
@refuses()
def execute_statement(scope: Scope, request: Request) -> Response:
    """Read one page, or write one item; append one stream record if that changed anything.

    Raises:
        ResourceNotFoundException: no such table, or it is not ACTIVE.
        ConditionalCheckFailedException: an UPDATE's item is missing, or WHERE is false of the item.
        DuplicateItemException: an INSERT's key is taken.
        ValidationException: the statement, a value, key or token is refused.

    Source: dynamodb-exact §17.
    """
    parameters = request.parameters or []
    parsed = parse(request.statement, parameters)
    values = bind(parsed, parameters)
    statement = parsed.statement
    if isinstance(statement, Select):
        return _select(scope, request, parsed, statement, values)
    assert not isinstance(statement, Exists)  # it is refused where it is read
    returns_item = request.return_values_on_condition_check_failure == "ALL_OLD"
    writing = plan_write(scope, parsed, statement, values, returns_item=returns_item)
    if (fault := writing.fault) is not None:
        raise fault
    change = writing.run()
    scope.store.commit((change,), now=scope.clock.now())
    returned = writing.returned(change)
    response = Response(items=_NO_ITEMS if returned is None else msgspec.Raw(b"[%b]" % bytes(returned)))
    if request.return_consumed_capacity is not None:
        bill = Bill(statement.target.table_name)
        bill.add_change(change)
        response.consumed_capacity = bill.report(request.return_consumed_capacity)
    return response


def _select(scope: Scope, request: Request, parsed: Parsed, select: Select, values: Any) -> Response:
    tokens = NextTokens(request.statement, request.parameters or [])
    position: bytes | None = None
    if request.next_token is not None:
        scope.table(select.target.table_name)  # which comes first: DynamoDB Local 3.3.1, asked 2026-11
        position = tokens.decode(request.next_token)
    consistent = bool(request.consistent_read)
    reading = plan_select(scope, parsed, select, values, consistent=consistent)
    read = reading.page(limit=request.limit, position=position)
    response = Response(items=msgspec.Raw(b"[%b]" % read.page.items))
    if read.position is not None:
        response.next_token = tokens.encode(read.position)
        response.last_evaluated_key = read.last_key
    if request.return_consumed_capacity is not None:
        bill = Bill(select.target.table_name)
        bill_page(bill, read.page, reading.index, reading.selection, consistent=consistent)
        response.consumed_capacity = bill.report(request.return_consumed_capacity)
    return response
