"""ExecuteTransaction: up to 100 PartiQL statements, all or nothing; reads or writes."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import msgspec

from sandbox.dynamodb import parameters as p
from sandbox.dynamodb.engine.capacity import Bill, read_units, report_all
from sandbox.dynamodb.engine.key_rules import check_key_argument, is_empty_key
from sandbox.dynamodb.engine.transact import (
    TARGETS_MEET,
    TOO_MUCH,
    Action,
    Checked,
    bill_transaction,
    cancelled,
    fingerprint_of,
    reason_of,
    replay,
    transact,
)
from sandbox.dynamodb.engine.write import condition_failed
from sandbox.dynamodb.faults import ValidationException
from sandbox.dynamodb.limits import TRANSACTION_BYTES_MAX
from sandbox.dynamodb.partiql.bind import bind
from sandbox.dynamodb.partiql.parse import parse
from sandbox.dynamodb.partiql.read import ItemRead, plan_item_read
from sandbox.dynamodb.partiql.syntax import Delete, Exists, Insert, Parsed, Select, Update
from sandbox.dynamodb.partiql.write import Writing, plan_write
from sandbox.dynamodb.refusals import refuses
from sandbox.dynamodb.scope import Scope
from sandbox.dynamodb.storage.commit import Change
from sandbox.values.attribute import AttributeValue
from sandbox.wire.operation import RequestShape, ResponseShape, operation

__all__ = ["execute_transaction"]


class Request(RequestShape):
    """In the order of the service model; AWS's own order is not known."""

    transact_statements: p.TransactStatements
    client_request_token: p.ClientRequestToken | None = None
    return_consumed_capacity: p.ReturnConsumedCapacity | None = None


class ItemResponse(ResponseShape):
    """``item`` is left out for a missing item, and where nothing of it is selected."""

    item: msgspec.Raw | None = None


class Response(ResponseShape):
    """One response for each read, in order; none for writes."""

    responses: list[ItemResponse]
    consumed_capacity: list[dict[str, Any]] | None = None


_Bound = tuple[p.ParameterizedStatement, Parsed, Mapping[str, AttributeValue]]
"""A statement as asked for, as read, and its values."""


@operation("ExecuteTransaction", Request)
@refuses()
def execute_transaction(scope: Scope, request: Request) -> Response:
    """Do all statements or none.

    Raises:
        TransactionCanceledException: a write cannot be done, or a key does not fit; one reason for each statement.
        IdempotentParameterMismatchException: the token was used for another transaction within ten minutes.
        ResourceNotFoundException: one of the tables does not exist or is not ACTIVE.
        ValidationException: a statement is refused, reads and writes are mixed, two statements name one item.

    Source: dynamodb-exact §17 (transaction rows), §16.
    """
    token = request.client_request_token
    fingerprint = fingerprint_of(request.transact_statements) if token is not None else b""
    bound = [_bound(asked) for asked in request.transact_statements]
    if len({isinstance(parsed.statement, Select) for _, parsed, _ in bound}) > 1:
        raise ValidationException(
            "ExecuteTransaction API does not support both read and write operations in the same request."
        )
    for number, (_, parsed, _) in enumerate(bound):
        _refuse_unsupported(number, parsed)
    if isinstance(bound[0][1].statement, Select):
        return _read(scope, bound, request.return_consumed_capacity)
    if token is not None:
        bills = replay(scope, "ExecuteTransaction", token, fingerprint, request.return_consumed_capacity)
        if bills is not None:
            return Response(responses=[], consumed_capacity=bills or None)
    planned = [_action(scope, one) for one in bound]
    if sum(size for _, size in planned) > TRANSACTION_BYTES_MAX:
        raise ValidationException(TOO_MUCH)
    actions = [action for action, _ in planned]
    outcomes = transact(scope, "ExecuteTransaction", actions, token=token, fingerprint=fingerprint)
    return Response(responses=[], consumed_capacity=bill_transaction(outcomes, request.return_consumed_capacity))


def _bound(asked: p.ParameterizedStatement) -> _Bound:
    parsed = parse(asked.statement)
    return asked, parsed, bind(parsed, asked.parameters or [])


def _refuse_unsupported(number: int, parsed: Parsed) -> None:
    """That statements are counted from 0 is an assumption."""
    match parsed.statement:
        case Update(returning=returning) | Delete(returning=returning) if returning is not None:
            refusal = "RETURNING clause is not supported in ExecuteTransaction."
        case Select(target=target) | Exists(select=Select(target=target)) if target.index_name is not None:
            refusal = "Reads on indices are not supported within transactions."
        case _:
            return
    raise ValidationException(f"Validation failed in TransactStatements[{number}]: {refusal}")


# -- reads -----------------------------------------------------------------------------------------------------------


def _read(scope: Scope, bound: list[_Bound], mode: str | None) -> Response:
    reads = [(parsed.statement.target.table_name, _item_read(scope, parsed, values)) for _, parsed, values in bound]
    faults = [_key_fault(read) for _, read in reads]
    if any(faults):
        raise cancelled([{"Code": "None"} if fault is None else reason_of(fault) for fault in faults])
    if len({(read.table.definition.id, read.table.keys.of(read.key)) for _, read in reads}) < len(reads):
        raise ValidationException(TARGETS_MEET)
    bills: dict[str, Bill] = {}
    responses: list[ItemResponse] = []
    for name, read in reads:
        stored = read.read()
        bill = bills.setdefault(name, Bill(name, direction="ReadCapacityUnits"))
        bill.add_table(2 * read_units(stored.size if stored is not None else 0, consistent=True))
        responses.append(ItemResponse(item=read.shown(stored)))
    return Response(responses=responses, consumed_capacity=report_all(bills.values(), mode))


def _item_read(scope: Scope, parsed: Parsed, values: Mapping[str, AttributeValue]) -> ItemRead:
    statement = parsed.statement
    if isinstance(statement, Exists):
        read = plan_item_read(scope, parsed, statement.select, values)
        if read is None or read.condition is None:
            # Source: the developer guide's page "EXISTS function"; floci pull request 3798.
            raise ValidationException("EXISTS() must contain a single item read with additional condition")
        return read
    assert isinstance(statement, Select)
    read = plan_item_read(scope, parsed, statement, values)
    if read is None:
        raise ValidationException(
            "Select statements within ExecuteTransaction must specify the primary key in the where clause."
        )
    return read


def _key_fault(read: ItemRead) -> ValidationException | None:
    try:
        check_key_argument(read.table, read.key)
    except ValidationException as fault:
        return fault
    return None


# -- writes ----------------------------------------------------------------------------------------------------------


def _action(scope: Scope, one: _Bound) -> tuple[Action, int]:
    """One action, and the bytes it adds to the 4 MB."""
    asked, parsed, values = one
    name = parsed.statement.target.table_name
    returns_item = asked.return_values_on_condition_check_failure == "ALL_OLD"
    if isinstance(parsed.statement, Insert | Update | Delete):
        writing = plan_write(scope, parsed, parsed.statement, values, returns_item=returns_item)
        return _keyed(name, writing, writing.key_fault, writing.run), writing.size
    read = _item_read(scope, parsed, values)
    return _keyed(name, read, _key_fault(read), partial(_check, read, returns_item=returns_item)), 0


def _keyed(
    table_name: str, plan: ItemRead | Writing, fault: ValidationException | None, run: Callable[[], Change | Checked]
) -> Action:
    """An action on the key of *plan*; a key that does not fit is a reason, an empty one refuses the whole request."""
    if fault is None:
        target = plan.table.definition.id, plan.table.keys.of(plan.key)
        return Action(table_name=table_name, target=target, run=run)
    if is_empty_key(fault):
        raise fault

    def refuse() -> Change:
        raise fault

    return Action(table_name=table_name, target=None, run=refuse)


def _check(read: ItemRead, *, returns_item: bool) -> Checked:
    """EXISTS: the item is there and meets what else WHERE asks."""
    stored = read.read()
    if stored is None or not read.holds(stored):
        raise condition_failed(stored, with_item=returns_item)
    return Checked(size=stored.size)
