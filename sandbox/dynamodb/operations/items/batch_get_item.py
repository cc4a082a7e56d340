"""BatchGetItem: up to 100 items by key, over several tables."""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from sandbox.dynamodb import parameters as p
from sandbox.dynamodb.engine.capacity import Bill, read_units, report_all
from sandbox.dynamodb.engine.key_rules import check_key_argument, refuse_paths_into_keys
from sandbox.dynamodb.engine.read import project
from sandbox.dynamodb.expressions import Projection
from sandbox.dynamodb.faults import ValidationException
from sandbox.dynamodb.limits import BATCH_GET_KEYS_MAX, BATCH_REPLY_BYTES_MAX
from sandbox.dynamodb.operations.items.asked_reads import judge_read, read_projection, refuse_mixed_projections
from sandbox.dynamodb.refusals import refuses
from sandbox.dynamodb.scope import Scope
from sandbox.dynamodb.storage.table import Table
from sandbox.values.attribute import normalise_item
from sandbox.values.invalid import InvalidValue
from sandbox.wire.operation import RequestShape, ResponseShape, operation

__all__ = ["batch_get_item"]

_NO_REQUEST = (
    "1 validation error detected: Value at 'RequestItems' failed to satisfy constraint: "
    "Member must have length greater than or equal to 1"
)
"""Source: captured in 32 of 33 regions in 2026-09, reported in nubo-db/dynoxide pull request 198."""


class Request(RequestShape):
    """BatchGetItem as it is sent."""

    is_hash_listed = True
    return_consumed_capacity: p.ReturnConsumedCapacity | None = None
    request_items: p.BatchGetMap


class Response(ResponseShape):
    """``responses`` has an entry for every table; ``unprocessed_keys`` is always there."""

    responses: dict[str, msgspec.Raw]
    unprocessed_keys: dict[str, Any] | None = None
    consumed_capacity: list[dict[str, Any]] | None = None


@operation("BatchGetItem", Request)
@refuses()
def batch_get_item(scope: Scope, request: Request) -> Response:
    """Read items by key; missing ones are left out, and what would make the answer pass 16 MB comes back unprocessed.

    A table's items come in the order of their keys' hashes, not in that of the request: AWS promises none.

    Raises:
        ResourceNotFoundException: one of the tables does not exist or is not ACTIVE.
        ValidationException: a key does not fit or is there twice, or a projection is refused.

    Source: dynamodb-exact §14; that keys are counted last of what takes no table dynalite 4.0.0 and, but for expressions,
    DynamoDB Local 3.3.1, asked 2026-11.
    """
    if not request.request_items:
        raise ValidationException(_NO_REQUEST)
    _check_count(len(request.request_items))  # each has a key: no need to look at so many
    refuse_mixed_projections(request.request_items.values())
    known: list[list[bytes | None]] = []
    projections: list[Projection | None] = []
    for table_name, asked in request.request_items.items():
        is_projected = judge_read(asked)
        known.append(_known_keys(scope, table_name, asked))
        projections.append(read_projection(asked) if is_projected else None)
    _check_count(sum(len(asked.keys) for asked in request.request_items.values()))
    responses: dict[str, msgspec.Raw] = {}
    unprocessed: dict[str, Any] = {}
    bills: list[Bill] = []
    room = BATCH_REPLY_BYTES_MAX
    for (table_name, asked), plain_keys, projection in zip(
        request.request_items.items(), known, projections, strict=True
    ):
        table = scope.table(table_name)
        row_keys = _row_keys(table, asked.keys, plain_keys)
        refuse_paths_into_keys(table, projection)
        rows = table.items.get_many(row_keys)
        fitting = _fitting(row_keys, rows, room)
        found = [rows[row_key] for row_key in sorted(row_keys[:fitting]) if row_key in rows]
        room -= sum([size for _, size, _ in found])
        jsons = [json if projection is None else project(json, projection) for _, _, json in found]
        responses[table_name] = msgspec.Raw(b"[%b]" % b",".join(jsons))
        if fitting < len(row_keys):
            unprocessed[table_name] = _again(asked, asked.keys[fitting:])
        if request.return_consumed_capacity is not None:
            bill = Bill(table_name)
            for row_key in row_keys[:fitting]:
                row = rows.get(row_key)
                bill.add_table(read_units(row[1] if row is not None else 0, consistent=bool(asked.consistent_read)))
            bills.append(bill)
    response = Response(responses=responses, unprocessed_keys=unprocessed)
    response.consumed_capacity = report_all(bills, request.return_consumed_capacity)
    return response


def _check_count(keys: int) -> None:
    if keys > BATCH_GET_KEYS_MAX:
        raise ValidationException("Too many items requested for the BatchGetItem call")


def _known_keys(scope: Scope, table_name: str, asked: p.KeysAndAttributes) -> list[bytes | None]:
    """The row keys of those keys that need no closer look, and ``None`` for the others, whose values are checked here.

    The values of all tables are looked at before the first table is, and so are keys that are there twice, as dynalite
    has it from AWS. One that was there before is refused before the values of those after it are looked at. Keys are
    compared as they were sent, so that 1 and 1.0 are two, whose item is answered twice.

    Raises:
        InvalidValue: a value is refused.
        ValidationException: a key is there twice.

    Source: dynalite; DynamoDB Local 3.3.1, asked 2026-11; scylladb/scylladb pull request 29501 (2026-04: AWS does not see
    that numbers are the same here).
    """
    table = scope.store.table(scope.account_id, scope.region, table_name)
    if table is None:
        found: list[bytes | None] = [None] * len(asked.keys)
    else:
        length = len(table.key_names)
        found = table.keys.plain_each(asked.keys)
        if set(map(len, asked.keys)) != {length}:
            found = [row_key if len(key) == length else None for key, row_key in zip(asked.keys, found, strict=True)]
    identities: list[bytes] = []
    if None in found:
        for key, row_key in zip(asked.keys, found, strict=True):
            identity = row_key
            if identity is None:
                identity = msgspec.json.encode(key, order="deterministic")
                try:
                    normalise_item(key)
                except InvalidValue:
                    _refuse_duplicates(identities)
                    raise
            identities.append(identity)
    _refuse_duplicates(identities or found)
    return found


def _refuse_duplicates(identities: Sequence[bytes | None]) -> None:
    if len(set(identities)) < len(identities):
        raise ValidationException("Provided list of item keys contains duplicates")


def _row_keys(table: Table, keys: list[p.KeyMap], plain_keys: list[bytes | None]) -> list[bytes]:
    """All row keys, in order; a key that needs a closer look gets it."""
    row_keys = [row_key for row_key in plain_keys if row_key is not None]
    if len(row_keys) < len(keys):
        row_keys.clear()
        for key, row_key in zip(keys, plain_keys, strict=True):
            if row_key is None:
                check_key_argument(table, key)
            row_keys.append(table.keys.of(key) if row_key is None else row_key)
    return row_keys


def _fitting(row_keys: list[bytes], rows: Mapping[bytes, tuple[bytes, int, bytes]], room: int) -> int:
    """How many of the keys, in their order, can be answered within *room* bytes."""
    if sum([row[1] for row in map(rows.get, row_keys) if row is not None]) < room:
        return len(row_keys)
    for number, row_key in enumerate(row_keys):
        room -= rows[row_key][1] if row_key in rows else 0
        if room <= 0:
            return number
    return len(row_keys)


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
