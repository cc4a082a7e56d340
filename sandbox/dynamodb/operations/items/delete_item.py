"""DeleteItem: remove the item with a key, if there is one."""

from typing import Any

import msgspec

from sandbox.dynamodb import parameters as p
from sandbox.dynamodb.engine import write
from sandbox.dynamodb.engine.capacity import Bill
from sandbox.dynamodb.engine.collections import collection_metrics
from sandbox.dynamodb.engine.key_rules import check_key_argument, refuse_paths_into_keys
from sandbox.dynamodb.faults import ValidationException
from sandbox.dynamodb.operations.items.asked_writes import judge_write, write_condition
from sandbox.dynamodb.refusals import ENVELOPE, refuses
from sandbox.dynamodb.scope import Scope
from sandbox.values.attribute import normalise_item
from sandbox.wire.operation import RequestShape, ResponseShape, operation

__all__ = ["delete_item"]

_RETURN_VALUES = (None, "NONE", "ALL_OLD")


class Request(RequestShape):
    """Source of the order: dynamodb-exact §3.3."""

    return_consumed_capacity: p.ReturnConsumedCapacity | None = None
    table_name: p.TableName
    return_values: p.ReturnValues | None = None
    return_item_collection_metrics: p.ReturnItemCollectionMetrics | None = None
    key: p.KeyMap
    conditional_operator: p.ConditionalOperator | None = None
    expected: p.ExpectedMap | None = None
    condition_expression: p.ExpressionText | None = None
    expression_attribute_values: p.ValuesMap | None = None
    expression_attribute_names: p.NamesMap | None = None
    return_values_on_condition_check_failure: p.ReturnValuesOnConditionCheckFailure | None = None


class Response(ResponseShape):
    """``attributes`` is the old item, where it was asked for and there was one."""

    attributes: msgspec.Raw | None = None
    consumed_capacity: dict[str, Any] | None = None
    item_collection_metrics: dict[str, Any] | None = None


@operation("DeleteItem", Request)
@refuses(enveloped=True)
def delete_item(scope: Scope, request: Request) -> Response:
    """Remove one item; append one stream record if there was one. A missing item is no error.

    Raises:
        ResourceNotFoundException: no such table, or it is not ACTIVE.
        ConditionalCheckFailedException: the condition is false of the old item.
        ValidationException: the key does not fit, or an expression is refused.

    Source: dynamodb-exact §11.
    """
    is_conditional = judge_write(request)
    normalise_item(request.key)
    if request.return_values not in _RETURN_VALUES:
        raise ValidationException(ENVELOPE + "ReturnValues can only be ALL_OLD or NONE")
    condition = write_condition(request) if is_conditional else None
    table = scope.table(request.table_name)
    check_key_argument(table, request.key)
    refuse_paths_into_keys(table, condition)
    returns_item = request.return_values_on_condition_check_failure == "ALL_OLD"
    change = write.delete(table, request.key, condition=condition, returns_item=returns_item)
    scope.store.commit((change,), now=scope.clock.now())
    response = Response()
    if request.return_values == "ALL_OLD" and change.before is not None:
        response.attributes = msgspec.Raw(change.before.json)
    if request.return_consumed_capacity is not None:
        bill = Bill(request.table_name)
        bill.add_change(change)
        response.consumed_capacity = bill.report(request.return_consumed_capacity)
    if request.return_item_collection_metrics is not None and change.before is not None:
        response.item_collection_metrics = collection_metrics(
            table, request.key, request.return_item_collection_metrics
        )
    return response
