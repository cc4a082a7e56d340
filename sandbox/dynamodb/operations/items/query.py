"""Query: the items of one partition, in the order of their sort key."""

from typing import ClassVar

from sandbox.dynamodb import parameters as p
from sandbox.dynamodb.engine.key_rules import refuse_paths_into_keys, too_long
from sandbox.dynamodb.engine.select import read_page, resume
from sandbox.dynamodb.engine.selection import check_select, find_index, refuse_unprojected_filter, select_from
from sandbox.dynamodb.engine.start_key import (
    check_before_bound,
    check_start_key,
    check_start_size,
    check_within_query,
    is_surely_last,
    start_row,
)
from sandbox.dynamodb.expressions import refuse_filter_keys
from sandbox.dynamodb.faults import ValidationException
from sandbox.dynamodb.operations.items.asked_reads import QueryParts, query_parts, start_values
from sandbox.dynamodb.operations.items.known_queries import find_known_query, remember_query
from sandbox.dynamodb.operations.items.page_response import page_response
from sandbox.dynamodb.refusals import refuses
from sandbox.dynamodb.scope import Scope
from sandbox.dynamodb.storage.keys import IndexKeys, TableKeys
from sandbox.dynamodb.storage.table import Table
from sandbox.wire.operation import RequestShape, operation

__all__ = ["query"]


class Request(RequestShape):
    """Source of the order: dynamodb-exact §3.3.

    The first bad enum alone is told, ReturnConsumedCapacity before Select; a Scan lists them. Source: ExtendDB/extenddb
    (``query.rs``), as measured on AWS 2026-08-24.
    """

    reported_alone: ClassVar[tuple[str, ...]] = ("return_consumed_capacity", "select")

    select: p.Select | None = None
    index_name: p.IndexName | None = None
    return_consumed_capacity: p.ReturnConsumedCapacity | None = None
    query_filter: p.ConditionMap | None = None
    table_name: p.TableName
    conditional_operator: p.ConditionalOperator | None = None
    attributes_to_get: p.AttributesToGet | None = None
    limit: p.QueryLimit | None = None
    key_conditions: p.ConditionMap | None = None
    exclusive_start_key: p.KeyMap | None = None
    consistent_read: bool | None = None
    scan_index_forward: bool | None = None
    key_condition_expression: p.ExpressionText | None = None
    filter_expression: p.ExpressionText | None = None
    projection_expression: p.ExpressionText | None = None
    expression_attribute_values: p.ValuesMap | None = None
    expression_attribute_names: p.NamesMap | None = None


@operation("Query", Request)
@refuses()
def query(scope: Scope, request: Request) -> bytes:
    """Read one page of one partition of a table or index.

    Raises:
        ResourceNotFoundException: no such table, or it is not ACTIVE.
        ValidationException: an expression, the start key, Select or the index does not fit.

    Source: dynamodb-exact §9.4, §13.
    """
    known = find_known_query(scope.store.table(scope.account_id, scope.region, request.table_name), request)
    if known is None:
        parts = query_parts(request)
    else:
        parts = known.parts
        start_values(request.exclusive_start_key)
    check_select(
        request.select,
        projected_by=parts.projected_by,
        has_index=request.index_name is not None,
        is_query=True,
    )
    start = request.exclusive_start_key
    table = scope.table(request.table_name)
    consistent = bool(request.consistent_read)
    index = find_index(table, request.index_name, consistent=consistent, is_query=True)
    keys = table.keys if index is None else index.keys
    if start is not None:
        check_start_size(table, index, start, is_scan=False)
    if known is not None:
        bounds = known.bounds
    else:
        bounds = parts.bounds(keys.hash_parts, keys.range_parts, None if index is None else index.name)
    partition = keys.partition(bounds.hash_values)
    span = keys.range_for(partition, bounds.equal, bounds.operator, bounds.operands)
    descending = request.scan_index_forward is False
    rest = span
    if start is not None:
        check_start_key(table, index, start, is_scan=False)
        row = start_row(table, index, start)
        own_partition = keys.partition([start[name][type_] for name, type_ in keys.hash_parts])
        check_within_query(row, own_partition, partition, span, has_sort_condition=bounds.operator is not None)
        if index is None:
            check_before_bound(row, span, bounds.operator, descending=descending)
        rest = resume(span, row, descending=descending)
    if known is None:
        _refuse_use_of_keys(table, keys, parts)
        _refuse_long_values(keys, parts)
        refuse_unprojected_filter(index, parts.filter_names)
        remember_query(table, index, request, parts, bounds)
    selection = select_from(table, index, request.select, parts.projection)
    rows = table.items if index is None else index.entries
    page = read_page(
        rows,
        rest,
        descending=descending,
        limit=request.limit,
        condition=parts.filter,
        projection=parts.projection,
        fetch=selection.fetch,
        wants_items=selection.wants_items,
    )
    if (
        index is None
        and page.last_key is not None
        and is_surely_last(table, page.last_key, span, bounds.operator, descending=descending)
    ):
        page.last_key = None
    return page_response(
        page,
        table,
        index,
        rows,
        selection,
        table_name=request.table_name,
        consistent=consistent,
        capacity_mode=request.return_consumed_capacity,
    )


def _refuse_long_values(keys: TableKeys | IndexKeys, parts: QueryParts) -> None:
    """Refuse values that no key can have.

    Source of the place, behind the start key and what uses keys: dynalite 4.0.0 and DynamoDB Local 3.3.1, asked 2026-11.
    """
    for key_parts, is_hash in ((keys.hash_parts, True), (keys.range_parts, False)):
        for part in key_parts:
            test = parts.key_condition.tests.get(part.name)
            for operand in test.operands if test is not None else ():
                refused = too_long(part, operand, is_hash=is_hash)
                if refused is not None:
                    raise ValidationException(refused)


def _refuse_use_of_keys(table: Table, keys: TableKeys | IndexKeys, parts: QueryParts) -> None:
    """Refuse what projection and filter do to the key that is read.

    Source: DynamoDB Local 3.3.1, asked 2026-11, for the order.
    """
    refuse_paths_into_keys(table, parts.projection)
    if parts.filter is not None:
        refuse_paths_into_keys(table, parts.filter)
        key_names = [part.name for part in (*keys.hash_parts, *keys.range_parts)]
        refuse_filter_keys(parts.filter, key_names, "QueryFilter" if parts.is_legacy else "Filter Expression")
