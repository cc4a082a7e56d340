"""BatchExecuteStatement: up to 25 PartiQL statements, reads or writes, each on its own."""

from typing import Any

import msgspec

from sandbox.dynamodb import parameters as p
from sandbox.dynamodb.engine.capacity import Bill, read_units, report_all, write_units
from sandbox.dynamodb.engine.key_rules import check_key_argument
from sandbox.dynamodb.expressions import InvalidExpression
from sandbox.dynamodb.faults import (
    ConditionalCheckFailedException,
    DuplicateItemException,
    ItemCollectionSizeLimitExceededException,
    ResourceNotFoundException,
    SerializationException,
    ValidationException,
)
from sandbox.dynamodb.partiql.bind import bind
from sandbox.dynamodb.partiql.parse import is_unreadable, parse, reads
from sandbox.dynamodb.partiql.read import ItemRead, plan_item_read
from sandbox.dynamodb.partiql.shape import refuse_key_type
from sandbox.dynamodb.partiql.syntax import Exists, Parsed, Select
from sandbox.dynamodb.partiql.write import Writing, plan_write
from sandbox.dynamodb.refusals import fault_of, refuses
from sandbox.dynamodb.scope import Scope
from sandbox.faults import ApiFault
from sandbox.values.invalid import InvalidValue
from sandbox.wire.operation import RequestShape, ResponseShape, operation

__all__ = ["batch_execute_statement"]


class Request(RequestShape):
    """BatchExecuteStatement as it is sent."""

    is_hash_listed = True
    statements: p.BatchStatements
    return_consumed_capacity: p.ReturnConsumedCapacity | None = None


class StatementError(ResponseShape):
    """Why one statement failed."""

    code: str
    message: str | None


class StatementResponse(ResponseShape):
    """What became of one statement; ``table_name`` is left out where it was refused before it ran."""

    error: StatementError | None = None
    table_name: str | None = None
    item: msgspec.Raw | None = None


class Response(ResponseShape):
    """One response for each statement, in order."""

    responses: list[StatementResponse]
    consumed_capacity: list[dict[str, Any]] | None = None


_CODES: dict[type[ApiFault], str] = {
    ConditionalCheckFailedException: "ConditionalCheckFailed",
    DuplicateItemException: "DuplicateItem",
    ItemCollectionSizeLimitExceededException: "ItemCollectionSizeLimitExceeded",
    ResourceNotFoundException: "ResourceNotFound",
    ValidationException: "ValidationError",
}

_Planned = ItemRead | Writing | ApiFault
"""A statement that is ready to run, or why it never will."""


@operation("BatchExecuteStatement", Request)
@refuses()
def batch_execute_statement(scope: Scope, request: Request) -> Response:
    """Run each statement by itself; a failure is part of the answer and stops nothing.

    Raises:
        ValidationException: reads and writes together, or one item twice.

    Source: dynamodb-exact §17 (batch rows), §18.
    """
    parsed = [_parsed(asked) for asked in request.statements]
    kinds = {_reads(asked, one) for asked, one in zip(request.statements, parsed, strict=True)}
    if {True, False} <= kinds:
        raise ValidationException("Read and write requests together in the same batch is not supported.")
    planned = [_planned(scope, asked, one) for asked, one in zip(request.statements, parsed, strict=True)]
    items = [_item_of(plan) for plan in planned if not isinstance(plan, ApiFault)]
    if len(set(items)) < len(items):
        raise ValidationException("Provided list of item keys contains duplicates")
    bills: dict[str, Bill] = {}
    charged: set[str] = set()
    responses: list[StatementResponse] = []
    for asked, one, plan in zip(request.statements, parsed, planned, strict=True):
        if isinstance(one, ApiFault):
            responses.append(_failure(one))
            continue
        name = one.statement.target.table_name
        bill = bills.setdefault(name, Bill(name))
        match plan:
            case ApiFault():
                # A table that is missing was seen to be named (dynamodb-exact §17), not so what is wrong with a statement.
                responses.append(_failure(plan, name if isinstance(plan, ResourceNotFoundException) else None))
                continue
            case ItemRead():
                stored = plan.read()
                size = stored.size if stored is not None else 0
                bill.add_table(read_units(size, consistent=bool(asked.consistent_read)))
                responses.append(StatementResponse(table_name=name, item=plan.shown(stored)))
            case Writing():
                response = _write(scope, plan, bill, name)
                responses.append(response)
                if response.error is not None:
                    continue
        charged.add(name)
    # A table all of whose statements failed is not in the bill.
    report = report_all([bill for name, bill in bills.items() if name in charged], request.return_consumed_capacity)
    return Response(responses=responses, consumed_capacity=report)


def _reads(asked: p.BatchStatementRequest, parsed: Parsed | ApiFault) -> bool | None:
    """Whether a statement is a read, even one that is refused; ``None`` where it counts for neither.

    Source: DynamoDB Local 3.3.1, asked 2026-11.
    """
    if isinstance(parsed, Parsed):
        return isinstance(parsed.statement, Select)
    return None if is_unreadable(parsed) else reads(asked.statement)


def _parsed(asked: p.BatchStatementRequest) -> Parsed | ApiFault:
    try:
        return parse(asked.statement, asked.parameters or [])
    except (ApiFault, InvalidValue) as error:
        return _fault(error)


def _planned(scope: Scope, asked: p.BatchStatementRequest, parsed: Parsed | ApiFault) -> _Planned:
    if isinstance(parsed, ApiFault):
        return parsed
    statement = parsed.statement
    try:
        values = bind(parsed, asked.parameters or [])
        assert not isinstance(statement, Exists)  # it is refused where it is read
        if isinstance(statement, Select):
            return _item_read(scope, parsed, statement, values)
        # ReturnValuesOnConditionCheckFailure has no effect here. Source: dynamodb-exact §17.
        writing = plan_write(scope, parsed, statement, values, returns_item=False)
    except (ApiFault, InvalidValue, InvalidExpression) as error:
        return _fault(error)
    return writing.planning_fault or writing


def _item_read(scope: Scope, parsed: Parsed, select: Select, values: Any) -> ItemRead:
    reading = plan_item_read(scope, parsed, select, values)
    if reading is None or select.target.index_name is not None:
        raise ValidationException(
            "Select statements within BatchExecuteStatement must specify the primary key in the where clause."
        )
    for part in (*reading.table.keys.hash_parts, *reading.table.keys.range_parts):
        refuse_key_type(part, reading.key[part.name])
    check_key_argument(reading.table, reading.key)
    return reading


def _fault(error: ApiFault | InvalidValue | InvalidExpression) -> ApiFault:
    """The refusal of one statement; a parameter that cannot be read refuses the whole request."""
    fault = error if isinstance(error, ApiFault) else fault_of(error)
    if isinstance(fault, SerializationException):
        raise fault
    return fault


def _item_of(plan: ItemRead | Writing) -> tuple[int, bytes]:
    return plan.table.definition.id, plan.table.keys.of(plan.key)


def _write(scope: Scope, writing: Writing, bill: Bill, name: str) -> StatementResponse:
    if writing.key_fault is not None:
        return _failure(writing.key_fault, name)
    try:
        change = writing.run()
    except ApiFault as fault:
        # Charged for the write it attempted: the larger of what is stored and what the statement carries.
        stored = writing.table.items.get(writing.table.keys.of(writing.key))
        bill.add_table(write_units(max(writing.size, stored.size if stored is not None else 0)))
        return _failure(fault, name)
    scope.store.commit((change,), now=scope.clock.now())
    bill.add_change(change)
    return StatementResponse(table_name=name, item=writing.returned(change))


def _failure(fault: ApiFault, table_name: str | None = None) -> StatementResponse:
    """The failure of one statement; *table_name* is told of what failed when it ran: DynamoDB Local 3.3.1, asked 2026-11."""
    return StatementResponse(
        error=StatementError(code=_CODES[type(fault)], message=fault.message), table_name=table_name
    )
