"""PutItem: create an item, or replace the whole item that has its key."""

from typing import Any, ClassVar

import msgspec

from sandbox.dynamodb import parameters as p
from sandbox.dynamodb.engine import write
from sandbox.dynamodb.engine.capacity import Bill
from sandbox.dynamodb.engine.collections import collection_metrics
from sandbox.dynamodb.engine.key_rules import check_index_keys, check_item_keys, refuse_paths_into_keys
from sandbox.dynamodb.faults import ValidationException
from sandbox.dynamodb.limits import ITEM_BYTES_MAX
from sandbox.dynamodb.operations.items.asked_writes import judge_write, write_condition
from sandbox.dynamodb.refusals import ENVELOPE, refuses
from sandbox.dynamodb.scope import Scope
from sandbox.values.attribute import normalise_item
from sandbox.wire.operation import RequestShape, ResponseShape, operation

__all__ = ["put_item"]

_RETURN_VALUES = (None, "NONE", "ALL_OLD")


class Request(RequestShape):
    """Source of the order: dynamodb-exact §3.3."""

    reported_alone: ClassVar[tuple[str, ...]] = ("table_name",)

    return_consumed_capacity: p.ReturnConsumedCapacity | None = None
    table_name: p.TableName
    item: p.ItemMap
    conditional_operator: p.ConditionalOperator | None = None
    expected: p.ExpectedMap | None = None
    return_values: p.ReturnValues | None = None
    return_item_collection_metrics: p.ReturnItemCollectionMetrics | None = None
    condition_expression: p.ExpressionText | None = None
    expression_attribute_values: p.ValuesMap | None = None
    expression_attribute_names: p.NamesMap | None = None
    return_values_on_condition_check_failure: p.ReturnValuesOnConditionCheckFailure | None = None


class Response(ResponseShape):
    """``attributes`` is the old item, where it was asked for and there was one."""

    attributes: msgspec.Raw | None = None
    consumed_capacity: dict[str, Any] | None = None
    item_collection_metrics: dict[str, Any] | None = None


@operation("PutItem", Request)
@refuses(enveloped=True)
def put_item(scope: Scope, request: Request) -> Response:
    """Replace one item; append one stream record if that changed anything.

    Raises:
        ResourceNotFoundException: no such table, or it is not ACTIVE.
        ConditionalCheckFailedException: the condition is false of the old item.
        ValidationException: a value, key or expression is refused; the item is over 400 KB.

    Source: dynamodb-exact §8, §11.
    """
    is_conditional = judge_write(request)
    size = normalise_item(request.item)
    if request.return_values not in _RETURN_VALUES:
        raise ValidationException(ENVELOPE + "ReturnValues can only be ALL_OLD or NONE")
    if size > ITEM_BYTES_MAX:
        raise ValidationException(write.ITEM_TOO_LARGE)
    condition = write_condition(request) if is_conditional else None
    table = scope.table(request.table_name)
    row_key = check_item_keys(table, request.item)
    if table.has_indexes:
        check_index_keys(table, request.item)
    refuse_paths_into_keys(table, condition)
    wants_old = request.return_values == "ALL_OLD"
    is_billed = request.return_consumed_capacity is not None
    change = write.put(
        table,
        row_key,
        request.item,
        size,
        condition=condition,
        wants_before=wants_old or is_billed,
        returns_item=request.return_values_on_condition_check_failure == "ALL_OLD",
    )
    scope.store.commit((change,), now=scope.clock.now())
    response = Response()
    if wants_old and change.before is not None:
        response.attributes = msgspec.Raw(change.before.json)
    if is_billed:
        bill = Bill(request.table_name)
        bill.add_change(change)
        response.consumed_capacity = bill.report(request.return_consumed_capacity)
    if request.return_item_collection_metrics is not None:
        response.item_collection_metrics = collection_metrics(
            table, request.item, request.return_item_collection_metrics
        )
    return response
