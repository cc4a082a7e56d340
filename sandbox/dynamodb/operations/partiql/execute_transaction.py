"""ExecuteTransaction: up to 100 PartiQL statements, all or nothing; reads or writes."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from typing import Any, Final, NamedTuple, TypeVar

import msgspec

from sandbox.dynamodb import parameters as p
from sandbox.dynamodb.engine.capacity import Bill, read_units, report_all
from sandbox.dynamodb.engine.key_rules import SCHEMA_MISMATCH, check_key_argument, is_empty_key
from sandbox.dynamodb.engine.transact import (
    TARGETS_MEET,
    Action,
    Checked,
    bill_transaction,
    cancelled,
    fingerprint_of,
    reason_of,
    refuse_weight,
    replay,
    transact,
)
from sandbox.dynamodb.engine.write import condition_failed
from sandbox.dynamodb.expressions import InvalidExpression
from sandbox.dynamodb.faults import ResourceNotFoundException, ValidationException
from sandbox.dynamodb.partiql.bind import bind
from sandbox.dynamodb.partiql.parse import is_unreadable, parse, reads
from sandbox.dynamodb.partiql.read import ItemRead, plan_item_read
from sandbox.dynamodb.partiql.syntax import Delete, Exists, Insert, Parsed, Select, Update
from sandbox.dynamodb.partiql.write import Writing, is_no_key, plan_write
from sandbox.dynamodb.refusals import refuses
from sandbox.dynamodb.scope import Scope
from sandbox.dynamodb.storage.commit import Change
from sandbox.faults import ApiFault
from sandbox.values.attribute import AttributeValue
from sandbox.wire.operation import RequestShape, ResponseShape, operation

__all__ = ["execute_transaction"]


class Request(RequestShape):
    """ExecuteTransaction as it is sent."""

    is_hash_listed = True
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


_NOTHING: Final = msgspec.Raw(b"{}")


class _Bound(NamedTuple):
    """A statement as asked for, as read, and its values."""

    number: int
    asked: p.ParameterizedStatement
    parsed: Parsed
    values: Mapping[str, AttributeValue]


class _Refused(NamedTuple):
    """A statement that can be read, and why it will not be executed."""

    asked: p.ParameterizedStatement
    fault: ValidationException


@operation("ExecuteTransaction", Request)
@refuses()
def execute_transaction(scope: Scope, request: Request) -> Response:
    """Do all statements or none.

    Raises:
        TransactionCanceledException: a write cannot be done, a table does not exist or is not ACTIVE, or a key does not fit;
            one reason for each statement.
        IdempotentParameterMismatchException: the token was used for another transaction within ten minutes.
        ValidationException: a statement is refused, reads and writes are mixed, two statements name one item.

    Source: dynamodb-exact §17 (transaction rows), §16.
    """
    token = request.client_request_token
    fingerprint = fingerprint_of(request.transact_statements) if token is not None else b""
    bound = [_bound(number, asked) for number, asked in enumerate(request.transact_statements)]
    if len({_is_read(one) for one in bound}) > 1:
        raise ValidationException(
            "ExecuteTransaction API does not support both read and write operations in the same request."
        )
    if _is_read(bound[0]):
        return _read(scope, bound, request.return_consumed_capacity)
    if token is not None:
        bills = replay(scope, "ExecuteTransaction", token, fingerprint, request.return_consumed_capacity)
        if bills is not None:
            return Response(responses=[], consumed_capacity=bills or None)
    planned = _all_or_none(bound, partial(_action, scope))
    refuse_weight(size for _, size in planned)
    actions = [action for action, _ in planned]
    outcomes = transact(scope, "ExecuteTransaction", actions, token=token, fingerprint=fingerprint)
    return Response(responses=[], consumed_capacity=bill_transaction(outcomes, request.return_consumed_capacity))


def _bound(number: int, asked: p.ParameterizedStatement) -> _Bound | _Refused:
    """One statement; what is refused of it waits for its turn, unless it cannot be read.

    Source: DynamoDB Local 3.3.1, asked 2026-11.
    """
    parameters = asked.parameters or []
    try:
        parsed = parse(asked.statement, parameters, takes_exists=True)
        return _Bound(number, asked, parsed, bind(parsed, parameters))
    except ValidationException as fault:
        refused = _named(number, fault.message)
        if is_unreadable(fault):
            raise refused from fault
        return _Refused(asked, refused)


def _is_read(one: _Bound | _Refused) -> bool:
    if isinstance(one, _Refused):
        return reads(one.asked.statement) is True
    return isinstance(one.parsed.statement, Select)


def _refuse_index(statement: Select | Exists) -> None:
    if statement.target.index_name is None:
        return
    if isinstance(statement, Select):
        raise ValidationException("Reads on indices are not supported within transactions.")
    # Source: DynamoDB Local 3.3.1, asked 2026-11.
    raise ValidationException("Operations on indices are not supported in transactions")


@contextmanager
def _in_statement(number: int) -> Iterator[None]:
    """Name the statement in what refuses the whole request.

    Source: dynamodb-exact §17 (transaction rows); that it is so for every refusal of one statement, and that counting begins
    with 0: floci-io/floci pull request 3674, its PartiQL, checked there on AWS.

    Raises:
        ValidationException: for any that is raised inside.
    """
    try:
        yield
    except (ValidationException, InvalidExpression) as error:
        raise _named(number, error.message) from error


def _named(number: int, message: str | None) -> ValidationException:
    return ValidationException(f"Validation failed in TransactStatements[{number}]: {message}")


# -- plans -----------------------------------------------------------------------------------------------------------

PlanT = TypeVar("PlanT")


def _or_fault(plan: Callable[[_Bound], PlanT], one: _Bound | _Refused) -> PlanT | ApiFault:
    """A plan, or why its statement cancels the transaction: there is no such table, or no such key.

    Source: floci-io/floci pull request 3674, checked there on AWS.
    """
    if isinstance(one, _Refused):
        raise one.fault
    try:
        return plan(one)
    except _KeyRefusedError as error:
        return error.fault
    except ResourceNotFoundException as fault:
        return fault


class _KeyRefusedError(Exception):
    """The key of one statement does not fit; a reason to cancel the transaction, not a refusal of the request."""

    def __init__(self, fault: ValidationException) -> None:
        super().__init__(fault.message)
        self.fault = fault


def _all_or_none(bound: Sequence[_Bound | _Refused], plan: Callable[[_Bound], PlanT]) -> list[PlanT]:
    """The plans of all statements, in their order.

    Raises:
        TransactionCanceledException: some cancel the transaction; the others have no part in it.
        ValidationException: one refuses the request, and none before it cancels the transaction.
    """
    plans: list[PlanT | ApiFault] = []
    for one in bound:
        try:
            plans.append(_or_fault(plan, one))
        except ValidationException:
            if not any(isinstance(found, ApiFault) for found in plans):
                raise
            break
    if any(isinstance(found, ApiFault) for found in plans):
        reasons: list[dict[str, Any]] = [{"Code": "None"} for _ in bound]
        for number, found in enumerate(plans):
            if isinstance(found, ApiFault):
                reasons[number] = reason_of(found)
        raise cancelled(reasons)
    return [found for found in plans if not isinstance(found, ApiFault)]


# -- reads -----------------------------------------------------------------------------------------------------------


def _read(scope: Scope, bound: list[_Bound | _Refused], mode: str | None) -> Response:
    planned = _all_or_none(bound, lambda one: (one.parsed.statement.target.table_name, _item_read(scope, one)))
    if len({(read.table.definition.id, read.table.keys.of(read.key)) for _, read in planned}) < len(planned):
        raise ValidationException(TARGETS_MEET)
    bills: dict[str, Bill] = {}
    responses: list[ItemResponse] = []
    for name, read in planned:
        stored = read.read()
        bill = bills.setdefault(name, Bill(name, direction="ReadCapacityUnits"))
        bill.add_table(2 * read_units(stored.size if stored is not None else 0, consistent=True))
        shown = read.shown(stored)
        # As in TransactGetItems, nothing of an item is no item. Source: dynamodb-exact §16.
        responses.append(ItemResponse(item=shown if shown != _NOTHING else None))
    return Response(responses=responses, consumed_capacity=report_all(bills.values(), mode))


def _item_read(scope: Scope, one: _Bound) -> ItemRead:
    statement = one.parsed.statement
    assert isinstance(statement, Select | Exists)
    with _in_statement(one.number):
        _refuse_index(statement)
        if isinstance(statement, Exists):
            read = plan_item_read(scope, one.parsed, statement.select, one.values, takes_conditions=True)
            if read is None or read.condition is None:
                # Source: the developer guide's page "EXISTS function"; floci pull request 3798.
                raise ValidationException("EXISTS() must contain a single item read with additional condition")
        else:
            read = plan_item_read(scope, one.parsed, statement, one.values)
            if read is None:
                raise ValidationException(
                    "Select statements within ExecuteTransaction must specify the primary key in the where clause."
                )
    try:
        check_key_argument(read.table, read.key)
    except ValidationException as fault:
        if isinstance(statement, Exists) and is_empty_key(fault):
            raise
        raise _KeyRefusedError(fault) from fault
    return read


# -- writes ----------------------------------------------------------------------------------------------------------


def _action(scope: Scope, one: _Bound) -> tuple[Action, int]:
    """One action, and the bytes it adds to the 4 MB."""
    returns_item = one.asked.return_values_on_condition_check_failure == "ALL_OLD"
    plan: ItemRead | Writing
    run: Callable[[], Change | Checked]
    if isinstance(one.parsed.statement, Insert | Update | Delete):
        plan = writing = _writing(scope, one, one.parsed.statement, returns_item=returns_item)
        run, size = writing.run, writing.size
    else:
        plan = read = _item_read(scope, one)
        run, size = partial(_check, read, returns_item=returns_item), 0
    target = plan.table.definition.id, plan.table.keys.of(plan.key)
    return Action(table_name=one.parsed.statement.target.table_name, target=target, run=run), size


def _writing(scope: Scope, one: _Bound, statement: Insert | Update | Delete, *, returns_item: bool) -> Writing:
    try:
        writing = plan_write(scope, one.parsed, statement, one.values, returns_item=returns_item)
    except ValidationException as fault:
        if is_no_key(fault):
            raise _KeyRefusedError(ValidationException(SCHEMA_MISMATCH)) from fault
        raise  # an item that is too large refuses the request, as in TransactWriteItems
    except InvalidExpression as error:
        raise _named(one.number, error.message) from error
    if writing.key_fault is None:
        _refuse_returning(one.number, writing)
        return writing
    if is_empty_key(writing.key_fault):
        raise writing.key_fault
    raise _KeyRefusedError(writing.key_fault)


def _refuse_returning(number: int, writing: Writing) -> None:
    with _in_statement(number):
        if writing.planning_fault is not None:
            raise writing.planning_fault
        if writing.has_returning:
            raise ValidationException("RETURNING clause is not supported in ExecuteTransaction.")


def _check(read: ItemRead, *, returns_item: bool) -> Checked:
    """EXISTS: the item is there and meets what else WHERE asks."""
    stored = read.read()
    if stored is None or not read.holds(stored):
        raise condition_failed(stored, with_item=returns_item)
    return Checked(size=stored.size)
