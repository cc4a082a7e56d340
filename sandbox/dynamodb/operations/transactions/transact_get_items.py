"""TransactGetItems: up to 100 items as they are at one instant."""

from typing import Any

import msgspec

from sandbox.dynamodb import parameters as p
from sandbox.dynamodb.engine.capacity import Bill, read_units, report_all
from sandbox.dynamodb.engine.key_rules import check_key_argument, refuse_paths_into_keys
from sandbox.dynamodb.engine.transact import TARGETS_MEET, Reason, cancelled, reason_of
from sandbox.dynamodb.expressions import Projection
from sandbox.dynamodb.faults import ValidationException
from sandbox.dynamodb.limits import TRANSACTION_BYTES_MAX
from sandbox.dynamodb.operations.items.asked_reads import get_projection
from sandbox.dynamodb.refusals import refuses
from sandbox.dynamodb.scope import Scope
from sandbox.dynamodb.storage.commit import decode_item, encode_item
from sandbox.dynamodb.storage.rows import StoredItem
from sandbox.dynamodb.storage.table import Table
from sandbox.values.attribute import normalise_item
from sandbox.values.size import item_bytes
from sandbox.wire.operation import RequestShape, ResponseShape, operation

__all__ = ["transact_get_items"]

RESPONSE_BYTES = 4
"""What an entry of the answer weighs beside its item. Source: DynamoDB Local 3.3.1, asked 2026-11."""


class Request(RequestShape):
    """Source of the bounds: dynamodb-exact §16, §23."""

    is_hash_listed = True
    return_consumed_capacity: p.ReturnConsumedCapacity | None = None
    transact_items: p.TransactGetItemList


class ItemResponse(ResponseShape):
    """``item`` is left out for a missing item, and where the projection selects nothing."""

    item: msgspec.Raw | None = None


class Response(ResponseShape):
    """One response per request, in order."""

    responses: list[ItemResponse]
    consumed_capacity: list[dict[str, Any]] | None = None


@operation("TransactGetItems", Request)
@refuses()
def transact_get_items(scope: Scope, request: Request) -> Response:
    """Read items at one instant.

    Raises:
        TransactionCanceledException: a key does not fit; one reason per item.
        ResourceNotFoundException: one of the tables does not exist or is not ACTIVE.
        ValidationException: a value or a projection is refused, one item is asked for twice, or what is answered of the
            items weighs more than 4 MB.

    Source: dynamodb-exact §16; DynamoDB Local 3.3.1, asked 2026-11 (what is no value at all is no reason of one action;
    that the 4 MB are those of the answer, and in which words it is refused).
    """
    projections: list[Projection | None] = []
    for entry in request.transact_items:
        normalise_item(entry.get.key)
        projections.append(get_projection(entry.get))
    tables = [scope.table(entry.get.table_name) for entry in request.transact_items]
    for table, projection in zip(tables, projections, strict=True):
        refuse_paths_into_keys(table, projection)
    reasons = [_reason(table, entry.get.key) for table, entry in zip(tables, request.transact_items, strict=True)]
    if any(reason["Code"] != "None" for reason in reasons):
        raise cancelled(reasons)
    targets = {
        (table.definition.id, table.keys.of(entry.get.key))
        for table, entry in zip(tables, request.transact_items, strict=True)
    }
    if len(targets) < len(tables):
        raise ValidationException(TARGETS_MEET)
    rows = [
        table.items.get(table.keys.of(entry.get.key))
        for table, entry in zip(tables, request.transact_items, strict=True)
    ]
    bills: dict[str, Bill] = {}
    responses: list[ItemResponse] = []
    payload = 0
    for entry, stored, projection in zip(request.transact_items, rows, projections, strict=True):
        bill = bills.setdefault(entry.get.table_name, Bill(entry.get.table_name, direction="ReadCapacityUnits"))
        bill.add_table(2 * read_units(stored.size if stored is not None else 0, consistent=True))
        response, size = _response(stored, projection)
        responses.append(response)
        payload += RESPONSE_BYTES + size
        if payload > TRANSACTION_BYTES_MAX:
            raise ValidationException(f"Payload in response is too large.{payload}")
    return Response(responses=responses, consumed_capacity=report_all(bills.values(), request.return_consumed_capacity))


def _reason(table: Table, key: p.KeyMap) -> Reason:
    """A key that does not fit is a reason here, the empty value too. Source: dynamodb-exact §8."""
    try:
        check_key_argument(table, key)
    except ValidationException as fault:
        return reason_of(fault)
    return {"Code": "None"}


def _response(stored: StoredItem | None, projection: Projection | None) -> tuple[ItemResponse, int]:
    """What is answered of an item, and its size."""
    if stored is None:
        return ItemResponse(), 0
    if projection is None:
        return ItemResponse(item=msgspec.Raw(stored.json)), stored.size
    selected = projection.apply(decode_item(stored.json))
    if not selected:
        return ItemResponse(), 0
    return ItemResponse(item=msgspec.Raw(encode_item(selected))), item_bytes(selected)
