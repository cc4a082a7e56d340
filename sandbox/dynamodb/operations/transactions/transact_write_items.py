"""TransactWriteItems: up to 100 puts, updates, deletes and condition checks, all or nothing."""

from collections.abc import Callable
from functools import partial
from typing import Any

from sandbox.dynamodb import parameters as p
from sandbox.dynamodb.engine import write
from sandbox.dynamodb.engine.collections import metrics_by_table
from sandbox.dynamodb.engine.key_rules import (
    check_index_keys,
    check_item_keys,
    check_key_argument,
    is_empty_key,
    refuse_index_types,
    refuse_paths_into_keys,
)
from sandbox.dynamodb.engine.transact import (
    Action,
    Checked,
    bill_transaction,
    fingerprint_of,
    replay,
    transact,
)
from sandbox.dynamodb.expressions import Condition, InvalidExpression, InvalidUpdate, TooDeep, Update
from sandbox.dynamodb.expressions.apply import TOO_DEEP
from sandbox.dynamodb.faults import ValidationException
from sandbox.dynamodb.limits import ITEM_BYTES_MAX
from sandbox.dynamodb.operations.items.asked_writes import action_condition, action_update
from sandbox.dynamodb.operations.transactions.payload import Weighed, refuse_heavy
from sandbox.dynamodb.refusals import fault_of, refuses
from sandbox.dynamodb.scope import Scope
from sandbox.dynamodb.storage.commit import Change
from sandbox.dynamodb.storage.table import Table
from sandbox.values.attribute import Item, normalise_item
from sandbox.wire.operation import RequestShape, ResponseShape, operation

__all__ = ["transact_write_items"]

UNJUDGED_LEVELS = 200
"""How much deeper than what is stored the values of a ConditionCheck may be nested: AWS was seen not to judge them.

A value deeper still refuses the transaction; Python's stack is why there is a bound.
Source: paritysuite/dynamodb-conformance pull request 178 (AWS's answers of 2026-09 in us-east-1 and eu-west-2).
"""


class Request(RequestShape):
    """Source of the bounds: dynamodb-exact §16, §23."""

    is_hash_listed = True
    return_consumed_capacity: p.ReturnConsumedCapacity | None = None
    return_item_collection_metrics: p.ReturnItemCollectionMetrics | None = None
    transact_items: p.TransactWriteItemList
    client_request_token: p.ClientRequestToken | None = None


class Response(ResponseShape):
    """Empty unless the bill or the collections were asked for."""

    consumed_capacity: list[dict[str, Any]] | None = None
    item_collection_metrics: dict[str, list[dict[str, Any]]] | None = None


@operation("TransactWriteItems", Request)
@refuses()
def transact_write_items(scope: Scope, request: Request) -> Response:
    """Do all actions or none.

    Raises:
        TransactionCanceledException: a condition is false or an action cannot be applied; one reason per action.
        IdempotentParameterMismatchException: the token was used for another transaction within ten minutes.
        ResourceNotFoundException: one of the tables does not exist or is not ACTIVE.
        ValidationException: an expression is refused, two actions name one item, an item or the whole is too large.

    Source: dynamodb-exact §16.
    """
    token = request.client_request_token
    fingerprint = fingerprint_of(request.transact_items) if token is not None else b""
    planned = [_plan(entry) for entry in request.transact_items]
    refuse_heavy([weighed for weighed, _ in planned])
    if token is not None:
        bills = replay(scope, "TransactWriteItems", token, fingerprint, request.return_consumed_capacity)
        if bills is not None:
            return Response(consumed_capacity=bills or None)
    actions = [make(scope) for _, make in planned]
    outcomes = transact(scope, "TransactWriteItems", actions, token=token, fingerprint=fingerprint)
    response = Response(consumed_capacity=bill_transaction(outcomes, request.return_consumed_capacity))
    if request.return_item_collection_metrics == "SIZE":
        written = (
            (action.table_name, outcome.table, item)
            for action, outcome in outcomes
            if isinstance(outcome, Change) and (item := outcome.after_item or outcome.before_item) is not None
        )
        response.item_collection_metrics = metrics_by_table(written, "SIZE")
    return response


_Planned = tuple[Weighed, Callable[[Scope], Action]]
"""What counts towards the 4 MB, and what makes the action once the tables may be looked at."""


_NO_ACTION = "Invalid Request: TransactWriteRequest should contain Delete or Put or Update request"
"""Source, also of the sentence for more than one: DynamoDB Local 3.3.1, asked 2026-11."""


def _plan(entry: p.TransactWriteItem) -> _Planned:
    """Check one entry as far as that goes without its table."""
    given = [member for member in (entry.condition_check, entry.put, entry.delete, entry.update) if member is not None]
    if not given:
        raise ValidationException(_NO_ACTION)
    if len(given) > 1:
        raise ValidationException("TransactItems can only contain one of Check, Put, Update or Delete")
    asked = given[0]
    match asked:
        case p.Put():
            size = normalise_item(asked.item)
            if size > ITEM_BYTES_MAX:
                raise ValidationException(write.ITEM_TOO_LARGE)
            return _weighed(asked, size), partial(_put, asked, size, action_condition(asked))
        case p.Update():
            size = normalise_item(asked.key)
            try:
                update, condition = action_update(asked)
            except TooDeep:
                return Weighed(size, (), None, None), partial(_too_deep, asked)
            return _weighed(asked, size, asked.update_expression), partial(_update, asked, update, condition)
        case p.Delete():
            size = normalise_item(asked.key)
            return _weighed(asked, size), partial(_delete, asked, action_condition(asked))
        case _:
            size = normalise_item(asked.key)
            condition = action_condition(asked, spare_levels=UNJUDGED_LEVELS)
            return _weighed(asked, size), partial(_check, asked, condition)


def _weighed(asked: p.Put | p.Update | p.Delete | p.ConditionCheck, size: int, update: str | None = None) -> Weighed:
    texts = (update, asked.condition_expression)
    return Weighed(size, texts, asked.expression_attribute_names, asked.expression_attribute_values)


def _returns_item(asked: Any) -> bool:
    return bool(asked.return_values_on_condition_check_failure == "ALL_OLD")


def _action(
    asked: Any, table: Table, key: Item, fault: ValidationException | None, run: Callable[[], Change | Checked]
) -> Action:
    """An action on *key*; a key of the wrong shape is a reason of the transaction, not a refusal of the request."""
    if fault is None:
        return Action(table_name=asked.table_name, target=(table.definition.id, table.keys.of(key)), run=run)

    def refuse() -> Change:
        raise fault

    return Action(table_name=asked.table_name, target=None, run=refuse)


def _key_fault(check: Callable[[], object]) -> ValidationException | None:
    """The fault of a key, where it belongs into the reasons: an empty key value refuses the whole request."""
    try:
        check()
    except ValidationException as fault:
        if is_empty_key(fault):
            raise
        return fault
    return None


def _put(asked: p.Put, size: int, condition: Condition | None, scope: Scope) -> Action:
    table = scope.table(asked.table_name)
    refuse_paths_into_keys(table, condition)

    fault = _key_fault(partial(check_item_keys, table, asked.item))
    index_fault = _key_fault(partial(check_index_keys, table, asked.item)) if fault is None else None

    def run() -> Change:
        if index_fault is not None:
            raise index_fault
        return write.put(
            table, table.keys.of(asked.item), asked.item, size, condition=condition, returns_item=_returns_item(asked)
        )

    return _action(asked, table, asked.item, fault, run)


def _update(asked: p.Update, update: Update, condition: Condition | None, scope: Scope) -> Action:
    table = scope.table(asked.table_name)
    refuse_paths_into_keys(table, update, condition)
    fault = _key_fault(partial(check_key_argument, table, asked.key))

    def run() -> Change:
        try:
            update.refuse_keys(table.key_names)
            refuse_index_types(table, update)
            return write.update(
                table, asked.key, update, condition=condition, returns_item=_returns_item(asked), counts_actions=False
            )
        except (InvalidExpression, InvalidUpdate) as error:
            raise fault_of(error) from error

    return _action(asked, table, asked.key, fault, run)


def _too_deep(asked: p.Update, scope: Scope) -> Action:
    """An update whose values are nested too deep: a reason, in the words for what would be written.

    Source: service model (the messages of TransactionCanceledException); DynamoDB Local 3.3.1, asked 2026-11.
    """
    table = scope.table(asked.table_name)

    def run() -> Change:
        raise ValidationException(TOO_DEEP)

    return _action(asked, table, asked.key, _key_fault(partial(check_key_argument, table, asked.key)), run)


def _delete(asked: p.Delete, condition: Condition | None, scope: Scope) -> Action:
    table = scope.table(asked.table_name)
    refuse_paths_into_keys(table, condition)
    fault = _key_fault(partial(check_key_argument, table, asked.key))

    def run() -> Change:
        return write.delete(table, asked.key, condition=condition, returns_item=_returns_item(asked))

    return _action(asked, table, asked.key, fault, run)


def _check(asked: p.ConditionCheck, condition: Condition | None, scope: Scope) -> Action:
    table = scope.table(asked.table_name)
    refuse_paths_into_keys(table, condition)
    fault = _key_fault(partial(check_key_argument, table, asked.key))

    def run() -> Checked:
        stored = table.items.get(table.keys.of(asked.key))
        holds, _ = write.check_condition(stored, condition)
        if not holds:
            raise write.condition_failed(stored, with_item=_returns_item(asked))
        return Checked(size=stored.size if stored is not None else 0)

    return _action(asked, table, asked.key, fault, run)
