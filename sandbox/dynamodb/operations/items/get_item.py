"""GetItem: read one item by its key."""

from typing import Any

import msgspec

from sandbox.dynamodb import parameters as p
from sandbox.dynamodb.engine.capacity import Bill, read_units
from sandbox.dynamodb.engine.key_rules import check_key_argument, refuse_paths_into_keys
from sandbox.dynamodb.engine.read import shown
from sandbox.dynamodb.operations.items.asked_reads import judge_read, read_projection
from sandbox.dynamodb.refusals import refuses
from sandbox.dynamodb.scope import Scope
from sandbox.values.attribute import normalise_item
from sandbox.wire.operation import RequestShape, ResponseShape, operation

__all__ = ["get_item"]


class Request(RequestShape):
    """Source of the order: dynamodb-exact §3.3."""

    return_consumed_capacity: p.ReturnConsumedCapacity | None = None
    attributes_to_get: p.AttributesToGet | None = None
    table_name: p.TableName
    key: p.KeyMap
    consistent_read: bool | None = None
    projection_expression: p.ExpressionText | None = None
    expression_attribute_names: p.NamesMap | None = None


class Response(ResponseShape):
    """``item`` is left out when there is none."""

    item: msgspec.Raw | None = None
    consumed_capacity: dict[str, Any] | None = None


@operation("GetItem", Request)
@refuses()
def get_item(scope: Scope, request: Request) -> Response:
    """Read one item.

    Raises:
        ResourceNotFoundException: no such table, or it is not ACTIVE.
        ValidationException: the key does not fit, or the projection is refused.

    Source: dynamodb-exact §11.
    """
    is_projected = judge_read(request)
    normalise_item(request.key)
    projection = read_projection(request) if is_projected else None
    table = scope.table(request.table_name)
    check_key_argument(table, request.key)
    refuse_paths_into_keys(table, projection)
    stored = table.items.get(table.keys.of(request.key))
    response = Response()
    if stored is not None:
        response.item = shown(stored.json, projection)
    if request.return_consumed_capacity is not None:
        bill = Bill(request.table_name)
        bill.add_table(read_units(stored.size if stored is not None else 0, consistent=bool(request.consistent_read)))
        response.consumed_capacity = bill.report(request.return_consumed_capacity)
    return response
