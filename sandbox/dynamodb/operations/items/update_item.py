"""UpdateItem: change attributes of one item, or create it."""

from typing import Any, ClassVar

import msgspec

from sandbox.dynamodb import parameters as p
from sandbox.dynamodb.engine import write
from sandbox.dynamodb.engine.capacity import Bill
from sandbox.dynamodb.engine.collections import collection_metrics
from sandbox.dynamodb.engine.key_rules import check_key_argument, refuse_index_types, refuse_paths_into_keys
from sandbox.dynamodb.expressions import Update
from sandbox.dynamodb.operations.items.asked_writes import judge_update, update_and_condition
from sandbox.dynamodb.refusals import refuses
from sandbox.dynamodb.scope import Scope
from sandbox.dynamodb.storage.commit import Change, encode_item
from sandbox.values.attribute import Item, normalise_item
from sandbox.wire.operation import RequestShape, ResponseShape, operation

__all__ = ["update_item"]


class Request(RequestShape):
    """Source of the order: dynamodb-exact §3.3."""

    reported_alone: ClassVar[tuple[str, ...]] = (
        "table_name",
        "return_values",
        "return_consumed_capacity",
        "return_item_collection_metrics",
        "conditional_operator",
        "return_values_on_condition_check_failure",
    )

    return_consumed_capacity: p.ReturnConsumedCapacity | None = None
    table_name: p.TableName
    return_item_collection_metrics: p.ReturnItemCollectionMetrics | None = None
    return_values: p.ReturnValues | None = None
    key: p.KeyMap
    conditional_operator: p.ConditionalOperator | None = None
    expected: p.ExpectedMap | None = None
    attribute_updates: p.AttributeUpdatesMap | None = None
    condition_expression: p.ExpressionText | None = None
    update_expression: p.ExpressionText | None = None
    expression_attribute_values: p.ValuesMap | None = None
    expression_attribute_names: p.NamesMap | None = None
    return_values_on_condition_check_failure: p.ReturnValuesOnConditionCheckFailure | None = None


class Response(ResponseShape):
    """``attributes`` by ReturnValues; left out where nothing is to be shown."""

    attributes: msgspec.Raw | None = None
    consumed_capacity: dict[str, Any] | None = None
    item_collection_metrics: dict[str, Any] | None = None


@operation("UpdateItem", Request)
@refuses(enveloped=True)
def update_item(scope: Scope, request: Request) -> Response:
    """Update one item; append one stream record if that changed anything.

    Raises:
        ResourceNotFoundException: no such table, or it is not ACTIVE.
        ConditionalCheckFailedException: the condition is false of the old item.
        ValidationException: the key does not fit, an expression is refused or cannot be applied, the item is over 400 KB.

    Source: dynamodb-exact §7.2, §10, §11.
    """
    judge_update(request)
    normalise_item(request.key)
    update, condition = update_and_condition(request)
    table = scope.table(request.table_name)
    check_key_argument(table, request.key)
    if update is not None:
        update.refuse_keys(table.key_names)
        refuse_index_types(table, update)
    refuse_paths_into_keys(table, update, condition)
    change = write.update(
        table,
        request.key,
        update,
        condition=condition,
        returns_item=request.return_values_on_condition_check_failure == "ALL_OLD",
        has_expression=request.attribute_updates is None,
    )
    scope.store.commit((change,), now=scope.clock.now())
    response = Response()
    if request.return_values is not None:
        response.attributes = _returned(change, update, request.return_values)
    if request.return_consumed_capacity is not None:
        bill = Bill(request.table_name)
        bill.add_change(change)
        response.consumed_capacity = bill.report(request.return_consumed_capacity)
    if request.return_item_collection_metrics is not None and change.after is not None:
        response.item_collection_metrics = collection_metrics(
            table, request.key, request.return_item_collection_metrics
        )
    return response


def _returned(change: Change, update: Update | None, return_values: str) -> msgspec.Raw | None:
    """What ReturnValues asks for, or ``None`` where AWS leaves the member out."""
    stored = change.before if return_values in ("ALL_OLD", "UPDATED_OLD") else change.after
    if return_values == "NONE" or stored is None:
        return None
    if return_values in ("ALL_OLD", "ALL_NEW"):
        return msgspec.Raw(stored.json)
    if update is None:
        return None
    selected: Item = {}
    if return_values == "UPDATED_OLD":
        if change.before_item is not None:
            selected = update.select(change.before_item)
    elif change.after_item is not None:
        selected = update.select(change.after_item)
    return msgspec.Raw(encode_item(selected)) if selected else None
