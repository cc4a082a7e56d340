"""BatchGetItem: up to 100 items by key, over several tables."""

from typing import Any

import msgspec

from sandbox.dynamodb import parameters as p
from sandbox.dynamodb.engine.capacity import Bill, read_units, report_all
from sandbox.dynamodb.engine.key_rules import check_key_argument, refuse_paths_into_keys
from sandbox.dynamodb.engine.read import shown
from sandbox.dynamodb.faults import ValidationException
from sandbox.dynamodb.limits import BATCH_GET_KEYS_MAX, BATCH_REPLY_BYTES_MAX
from sandbox.dynamodb.operations.items.asked import batch_projections
from sandbox.dynamodb.refusals import refuses
from sandbox.dynamodb.scope import Scope
from sandbox.values.attribute import normalise_item
from sandbox.wire.operation import RequestShape, ResponseShape, operation

__all__ = ["batch_get_item"]

_NO_REQUEST = (
    "1 validation error detected: Value at 'RequestItems' failed to satisfy constraint: "
    "Member must have length greater than or equal to 1"
)
"""Source: captured in 32 of 33 regions in 2026-09, reported in nubo-db/dynoxide pull request 198."""


class Request(RequestShape):
    """Source of the order: dynamodb-exact §3.3."""

    return_consumed_capacity: p.ReturnConsumedCapacity | None = None
    request_items: p.BatchGetMap


class Response(ResponseShape):
    """``responses`` has an entry for every table; ``unprocessed_keys`` is always there."""

    responses: dict[str, list[msgspec.Raw]]
    unprocessed_keys: dict[str, Any] | None = None
    consumed_capacity: list[dict[str, Any]] | None = None


@operation("BatchGetItem", Request)
@refuses()
def batch_get_item(scope: Scope, request: Request) -> Response:
    """Read items by key; missing ones are left out, and what would make the answer pass 16 MB comes back unprocessed.

    Raises:
        ResourceNotFoundException: one of the tables does not exist or is not ACTIVE.
        ValidationException: a key does not fit or is there twice, or a projection is refused.

    Source: dynamodb-exact §14.
    """
    if not request.request_items:
        raise ValidationException(_NO_REQUEST)
    if sum(len(asked.keys) for asked in request.request_items.values()) > BATCH_GET_KEYS_MAX:
        raise ValidationException("Too many items requested for the BatchGetItem call")
    projections = batch_projections(request.request_items)
    for asked in request.request_items.values():
        for key in asked.keys:
            normalise_item(key)
    responses: dict[str, list[msgspec.Raw]] = {}
    unprocessed: dict[str, Any] = {}
    bills: list[Bill] = []
    room = BATCH_REPLY_BYTES_MAX
    for table_name, asked in request.request_items.items():
        table = scope.table(table_name)
        row_keys = []
        for key in asked.keys:
            check_key_argument(table, key)
            row_keys.append(table.keys.of(key))
        if len(set(row_keys)) < len(row_keys):
            raise ValidationException("Provided list of item keys contains duplicates")
        found = responses[table_name] = []
        bill = Bill(table_name)
        bills.append(bill)
        projection = projections[table_name]
        refuse_paths_into_keys(table, projection)
        consistent = bool(asked.consistent_read)
        left: list[p.KeyMap] = []
        rows = table.items.get_many(row_keys)
        for key, row_key in zip(asked.keys, row_keys, strict=True):
            stored = rows.get(row_key) if room > 0 else None
            if stored is not None:
                room -= stored.size
            if room <= 0:
                left.append(key)
                continue
            bill.add_table(read_units(stored.size if stored is not None else 0, consistent=consistent))
            if stored is not None:
                found.append(shown(stored.json, projection))
        if left:
            unprocessed[table_name] = _again(asked, left)
    response = Response(responses=responses, unprocessed_keys=unprocessed)
    response.consumed_capacity = report_all(bills, request.return_consumed_capacity)
    return response


def _again(asked: p.KeysAndAttributes, left: list[p.KeyMap]) -> dict[str, Any]:
    """What to ask again for the keys that were *left*: the same members as before."""
    members: dict[str, Any] = {
        "Keys": left,
        "AttributesToGet": asked.attributes_to_get,
        "ConsistentRead": asked.consistent_read,
        "ProjectionExpression": asked.projection_expression,
        "ExpressionAttributeNames": asked.expression_attribute_names,
    }
    return {name: value for name, value in members.items() if value is not None}
