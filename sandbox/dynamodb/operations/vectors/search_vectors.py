"""SearchVectors: the items whose vectors are nearest to the one that is asked for.

The one operation on items that lets others in between: to look at many vectors takes too long to keep all waiting.
"""

import asyncio
from collections.abc import Awaitable
from typing import Annotated, Any, get_args

from msgspec import Meta

from sandbox.dynamodb import parameters as p
from sandbox.dynamodb.engine.capacity import vector_bytes
from sandbox.dynamodb.engine.key_rules import refuse_paths_into_keys
from sandbox.dynamodb.engine.vector_search import Found, Search, find_vector_index, no_vector_index, query_vector
from sandbox.dynamodb.expressions import (
    Projection,
    check_parameters,
    parse_projection,
    parse_search_condition,
    resolve_search,
)
from sandbox.dynamodb.faults import ValidationException
from sandbox.dynamodb.limits import SEARCH_REPLY_BYTES_MAX, SEARCH_RESULTS_MAX
from sandbox.dynamodb.refusals import refuses
from sandbox.dynamodb.scope import Scope
from sandbox.dynamodb.storage.commit import decode_item
from sandbox.dynamodb.storage.table import Table
from sandbox.dynamodb.storage.vector_index import VectorIndex
from sandbox.values.attribute import AttributeValue, Item
from sandbox.values.size import item_bytes
from sandbox.values.vector import vector_of
from sandbox.wire.constraints import Stated, Upfront, bounds, in_enum
from sandbox.wire.operation import RequestShape, ResponseShape, operation

__all__ = ["search_vectors"]

_LENGTH = Meta(min_length=1, max_length=4096)
SearchVector = Annotated[
    list[p.Value], _LENGTH, Stated(check=bounds(_LENGTH), named_as_on_wire=True, value_shown=False)
]
"""AWS reports it so, as dynoxide measured in 2026-08 for one that is empty."""


def _unknown_capacity(mode: str | None) -> str | None:
    modes = get_args(p.ReturnConsumedCapacity)
    if mode is None or mode in modes:
        return None
    return f"Value '{mode}' at 'returnConsumedCapacity' failed to satisfy constraint: {in_enum(modes)}"


CapacityMode = Annotated[p.ReturnConsumedCapacity, Upfront(check=_unknown_capacity)]
"""Refused without the usual prefix: floci-io/floci (``handleSearchVectors``), as measured on AWS 2026-09-23."""


class Request(RequestShape):
    """SearchVectors as it is sent. The order is that of dynoxide, the only witness."""

    table_name: p.TableName
    index_name: p.SearchIndexName
    search_vector: SearchVector
    top_k: p.SearchTopK
    return_consumed_capacity: CapacityMode | None = None
    search_condition_expression: p.ExpressionText | None = None
    projection_expression: p.ExpressionText | None = None
    expression_attribute_names: p.NamesMap | None = None
    expression_attribute_values: p.ValuesMap | None = None


class SearchResult(ResponseShape):
    """One item that was found; how its score reads depends on the index's distance function."""

    item: Item
    score: float


class Response(ResponseShape):
    """The items that were found, nearest first."""

    search_results: list[SearchResult]
    consumed_capacity: dict[str, Any] | None = None


@operation("SearchVectors", Request)
@refuses()
def search_vectors(scope: Scope, request: Request) -> Response | Awaitable[Response]:
    """Find the items nearest to a vector, in one partition of the index where it has partitions.

    A search of many goes on in steps, and gives what is true at its end: what is written meanwhile it may find or miss.
    What an index does not project is left out, even where it is asked for, and so is the vector, unless it is asked for.
    That results beyond 16 MB are left out, and that a search is charged the entries it looks at, are assumptions.

    Raises:
        ResourceNotFoundException: no such table, or it is not ACTIVE.
        ValidationException: an expression, the vector, TopK or the index does not fit.

    Source: *Creating and searching vector indexes* and *Monitoring vector index capacity*, Amazon DynamoDB Developer
    Guide; nubo-db/dynoxide (``search_vectors``), as measured on AWS in August 2026.
    """
    if request.top_k > SEARCH_RESULTS_MAX:
        raise ValidationException(
            f"Provided TopK value '{request.top_k}' is out of valid range. "
            f"The value must be between 1 and {SEARCH_RESULTS_MAX} inclusive"
        )
    wanted, projection = _expressions(request)
    table = scope.table(request.table_name)
    index = find_vector_index(table, request.index_name)
    query = query_vector(index, request.search_vector)
    parts = [*index.filter_parts, *([index.hash_part] if index.hash_part is not None else [])]
    contents = resolve_search(
        wanted,
        hash_name=index.hash_part.name if index.hash_part is not None else None,
        types={part.name: part.type for part in parts},
    )
    refuse_paths_into_keys(table, projection)
    search = Search(index, query, contents, request.top_k)
    if search.is_long():
        return _in_steps(scope, request, search, projection)
    search.goes_on()
    return _answer(request, search, table, index, projection)


async def _in_steps(scope: Scope, request: Request, search: Search, projection: Projection | None) -> Response:
    """Search, when it is its turn and as long as the index is there."""
    async with scope.store.long_search:
        while True:
            await asyncio.sleep(0)
            table = scope.table(request.table_name)
            index = find_vector_index(table, request.index_name)
            if not search.is_of(index):
                raise no_vector_index(request.index_name)
            if not search.goes_on():
                return _answer(request, search, table, index, projection)


def _answer(
    request: Request, search: Search, table: Table, index: VectorIndex, projection: Projection | None
) -> Response:
    answer = search.nearest()
    response = Response(search_results=_results(table, index, answer.found, projection))
    if request.return_consumed_capacity in ("TOTAL", "INDEXES"):
        response.consumed_capacity = {"VectorSearchRequestBytes": float(vector_bytes(answer.scanned_bytes))}
    return response


def _expressions(request: Request) -> tuple[dict[str, AttributeValue] | None, Projection | None]:
    placeholders = check_parameters(
        expressions={
            "ProjectionExpression": request.projection_expression,
            "SearchConditionExpression": request.search_condition_expression,
        },
        legacy={},
        names=request.expression_attribute_names,
        values=request.expression_attribute_values,
    )
    wanted, projection = None, None
    if request.search_condition_expression is not None:
        wanted = parse_search_condition(request.search_condition_expression, placeholders)
    if request.projection_expression is not None:
        projection = parse_projection(request.projection_expression, placeholders)
    placeholders.check_all_used()
    return wanted, projection


def _results(table: Table, index: VectorIndex, found: list[Found], projection: Projection | None) -> list[SearchResult]:
    """The items, as far as the index projects them and they are asked for."""
    rows = table.items.get_many([entry.key for entry in found])
    results: list[SearchResult] = []
    size = 0
    for entry in found:
        _, _, json = rows[entry.key]
        item = _shown(index, decode_item(json), entry.vector, projection)
        size += item_bytes(item)
        if size > SEARCH_REPLY_BYTES_MAX:
            break
        results.append(SearchResult(item=item, score=entry.score))
    return results


def _shown(index: VectorIndex, item: Item, vector: bytes, projection: Projection | None) -> Item:
    item = index.show(item)
    if projection is None:
        return item
    if index.shows_vector and index.attribute in projection.attribute_names:
        item[index.attribute] = vector_of(vector)
    return projection.apply(item)
