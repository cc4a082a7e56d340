"""Scan: every item of a table or index, in hashed order, whole or by segments."""

from sandbox.dynamodb import parameters as p
from sandbox.dynamodb.engine.key_rules import refuse_paths_into_keys
from sandbox.dynamodb.engine.select import read_page, resume
from sandbox.dynamodb.engine.selection import check_select, find_index, select_from
from sandbox.dynamodb.engine.start_key import check_start_key, check_start_size, check_within_segment, start_row
from sandbox.dynamodb.operations.items.asked_reads import scan_parts
from sandbox.dynamodb.operations.items.page_response import page_response
from sandbox.dynamodb.refusals import refuses
from sandbox.dynamodb.scope import Scope
from sandbox.dynamodb.storage.keys import Range, segment_range
from sandbox.wire.operation import RequestShape, operation

__all__ = ["scan"]


class Request(RequestShape):
    """Source of the order: dynamodb-exact §3.3."""

    select: p.Select | None = None
    index_name: p.IndexName | None = None
    total_segments: p.TotalSegments | None = None
    return_consumed_capacity: p.ReturnConsumedCapacity | None = None
    table_name: p.TableName
    conditional_operator: p.ConditionalOperator | None = None
    scan_filter: p.ConditionMap | None = None
    segment: p.Segment | None = None
    limit: p.PageLimit | None = None
    attributes_to_get: p.AttributesToGet | None = None
    exclusive_start_key: p.KeyMap | None = None
    consistent_read: bool | None = None
    filter_expression: p.ExpressionText | None = None
    projection_expression: p.ExpressionText | None = None
    expression_attribute_values: p.ValuesMap | None = None
    expression_attribute_names: p.NamesMap | None = None


@operation("Scan", Request)
@refuses()
def scan(scope: Scope, request: Request) -> bytes:
    """Read one page of a table, an index, or a segment of one.

    Raises:
        ResourceNotFoundException: no such table, or it is not ACTIVE.
        ValidationException: an expression, the start key, Select, the segment or the index does not fit.

    Source: dynamodb-exact §13, §13.1.
    """
    parts = scan_parts(request)
    check_select(
        request.select,
        projected_by=parts.projected_by,
        has_index=request.index_name is not None,
        is_query=False,
    )
    span = _span(request)
    start = request.exclusive_start_key
    table = scope.table(request.table_name)
    consistent = bool(request.consistent_read)
    index = find_index(table, request.index_name, consistent=consistent, is_query=False)
    if start is not None:
        check_start_size(table, index, start, is_scan=True)
        check_start_key(table, index, start, is_scan=True)
        row = start_row(table, index, start)
        if request.segment is not None and request.total_segments is not None:
            check_within_segment(row, request.segment, request.total_segments)
        span = resume(span, row, descending=False)
    selection = select_from(table, index, request.select, parts.projection)
    refuse_paths_into_keys(table, parts.filter, parts.projection)
    rows = table.items if index is None else index.entries
    page = read_page(
        rows,
        span,
        limit=request.limit,
        condition=parts.filter,
        projection=parts.projection,
        fetch=selection.fetch,
        wants_items=selection.wants_items,
    )
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


def _span(request: Request) -> Range:
    """The rows of the segment asked for, all rows without one."""
    if request.segment is None or request.total_segments is None:
        return Range(b"", None)
    return segment_range(request.segment, request.total_segments)
