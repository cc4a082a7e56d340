"""From the expression members of a read, new or legacy, to parsed projections, filters and key conditions.

Each function takes what it reads as a protocol, so that any request with those members fits. The common case, a request
without expressions, costs a few comparisons.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol

from sandbox.dynamodb.expressions import (
    Condition,
    KeyCondition,
    Placeholders,
    Projection,
    UnusableKeyCondition,
    attributes_to_get,
    check_parameters,
    filter_condition,
    judge_parameters,
    key_conditions,
    parse_condition,
    parse_key_condition,
    parse_projection,
    refuse_mixture,
    resolve_keys,
)
from sandbox.dynamodb.expressions.tokens import refuse_size
from sandbox.dynamodb.faults import ValidationException
from sandbox.dynamodb.operations.items.asked_writes import legacy_entries
from sandbox.dynamodb.storage.keys import KeyPart
from sandbox.values.attribute import Item, normalise_item
from sandbox.values.invalid import InvalidValue

__all__ = [
    "KeyBounds",
    "QueryParts",
    "ReadParts",
    "get_projection",
    "judge_read",
    "query_parts",
    "read_projection",
    "refuse_mixed_projections",
    "scan_parts",
    "start_values",
]


class _AskedRead(Protocol):
    attributes_to_get: list[str] | None
    projection_expression: str | None
    expression_attribute_names: dict[str, str] | None


def judge_read(request: _AskedRead) -> bool:
    """Judge the parameters of GetItem together; whether there is anything to project.

    Raises:
        InvalidExpression: see ``judge_parameters``.
    """
    if (
        request.projection_expression is None
        and request.attributes_to_get is None
        and request.expression_attribute_names is None
    ):
        return False
    judge_parameters(
        expressions={"ProjectionExpression": request.projection_expression},
        legacy={"AttributesToGet": request.attributes_to_get},
        names=request.expression_attribute_names,
    )
    return True


def read_projection(request: _AskedRead) -> Projection | None:
    """The projection of GetItem, or of one table of BatchGetItem; it and its names are read after the values of the keys.

    Raises:
        InvalidExpression: a name is refused, or the projection, or a placeholder is not used.

    Source: dynamodb-exact §3.1; DynamoDB Local 3.3.1, asked 2026-11 (BatchGetItem, where an attribute is listed twice);
    dynalite 4.0.0, asked 2026-11 (names).
    """
    placeholders = Placeholders(request.expression_attribute_names, None)
    projection = _projection(request, placeholders)
    placeholders.check_all_used()
    return projection


def _projection(request: _AskedRead, placeholders: Placeholders) -> Projection | None:
    if request.projection_expression is not None:
        return parse_projection(request.projection_expression, placeholders)
    if request.attributes_to_get is not None:
        return attributes_to_get(request.attributes_to_get)
    return None


class _AskedGet(Protocol):
    projection_expression: str | None
    expression_attribute_names: dict[str, str] | None


def get_projection(asked: _AskedGet) -> Projection | None:
    """The projection of one Get of a transaction, where names without an expression are accepted.

    Raises:
        InvalidExpression: it is refused, or a placeholder is not used.

    Source: ExtendDB/extenddb pull request 169 (AWS's answers of 2026-06).
    """
    if asked.projection_expression is None:
        return None
    placeholders = check_parameters(
        expressions={"ProjectionExpression": asked.projection_expression},
        legacy={},
        names=asked.expression_attribute_names,
    )
    projection = parse_projection(asked.projection_expression, placeholders)
    placeholders.check_all_used()
    return projection


def refuse_mixed_projections(request_items: Iterable[_AskedRead]) -> None:
    """Refuse old and new forms of projections in one BatchGetItem, over different tables too.

    Raises:
        InvalidExpression: naming the parameters of both kinds.
    """
    tables = list(request_items)
    refuse_mixture(
        expressions={"ProjectionExpression": _first(asked.projection_expression for asked in tables)},
        legacy={"AttributesToGet": _first(asked.attributes_to_get for asked in tables)},
    )


def _first(members: Iterable[Any]) -> Any:
    """The first that was sent, ``None`` where none was."""
    return next((member for member in members if member is not None), None)


class _AskedPage(_AskedRead, Protocol):
    exclusive_start_key: Any
    conditional_operator: Any
    filter_expression: str | None
    expression_attribute_values: Any


class _AskedQuery(_AskedPage, Protocol):
    index_name: str | None
    query_filter: Any
    key_conditions: Any
    key_condition_expression: str | None


class _AskedScan(_AskedPage, Protocol):
    scan_filter: Any
    segment: int | None
    total_segments: int | None


@dataclass(frozen=True, kw_only=True)
class ReadParts:
    """The parsed expressions of a Query or Scan."""

    projection: Projection | None
    is_projected_by_list: bool = False
    filter: Condition | None

    @property
    def projected_by(self) -> str | None:
        """The member that says which attributes to show, ``None`` where neither was sent."""
        if self.projection is None:
            return None
        return "AttributesToGet" if self.is_projected_by_list else "ProjectionExpression"

    @property
    def filter_names(self) -> frozenset[str]:
        """The top-level attributes the filter looks at."""
        return self.filter.attribute_names if self.filter is not None else frozenset()


class KeyBounds(NamedTuple):
    """A key condition as the store's keys take it: the contents of values, in the order of the key.

    Attributes:
        equal: the sort key attributes before the last one conditioned.
        operator: what the last one has to meet, ``None`` where none is conditioned.
    """

    hash_values: list[str]
    equal: list[str]
    operator: str | None
    operands: list[str]


@dataclass(frozen=True, kw_only=True)
class QueryParts(ReadParts):
    """The parsed expressions of a Query."""

    key_condition: KeyCondition
    is_legacy: bool

    def bounds(
        self, hash_parts: Sequence[KeyPart], range_parts: Sequence[KeyPart], index_name: str | None = None
    ) -> KeyBounds:
        """Match the key condition with the key of the table, or of the index of that name.

        Raises:
            InvalidExpression: it does not fit that key.
        """
        types = {part.name: part.type for part in (*hash_parts, *range_parts)}
        found = resolve_keys(
            self.key_condition,
            hash_names=[part.name for part in hash_parts],
            range_names=[part.name for part in range_parts],
            types=types,
            index_name=index_name,
        )
        hash_values = [value[part.type] for part, value in zip(hash_parts, found.hash, strict=True)]
        if not found.range:
            return KeyBounds(hash_values=hash_values, equal=[], operator=None, operands=[])
        *before, (last_name, last) = found.range
        return KeyBounds(
            hash_values=hash_values,
            equal=[test.operands[0][types[name]] for name, test in before],
            operator=last.operator,
            operands=[operand[types[last_name]] for operand in last.operands],
        )


def query_parts(request: _AskedQuery) -> QueryParts:
    """The expressions of a Query, and its start key's values in normal form.

    The order of the refusals is that of dynalite, which was calibrated on AWS: legacy filter and projection, values of
    the start key, whether there is a key condition, then names and values, expressions, and a legacy key condition last.

    Raises:
        InvalidExpression: one is refused, or a placeholder is not used.
        ValidationException: there is no key condition; a value of the start key is refused.
    """
    judge_parameters(
        expressions={
            "ProjectionExpression": request.projection_expression,
            "FilterExpression": request.filter_expression,
            "KeyConditionExpression": request.key_condition_expression,
        },
        legacy={
            "AttributesToGet": request.attributes_to_get,
            "QueryFilter": request.query_filter,
            "ConditionalOperator": request.conditional_operator,
            "KeyConditions": request.key_conditions,
        },
        names=request.expression_attribute_names,
        values=request.expression_attribute_values,
    )
    condition = filter_condition(legacy_entries(request.query_filter), request.conditional_operator)
    projection = attributes_to_get(request.attributes_to_get) if request.attributes_to_get is not None else None
    start_values(request.exclusive_start_key)
    if request.key_condition_expression is None and request.key_conditions is None:
        raise ValidationException(
            "Either the KeyConditions or KeyConditionExpression parameter must be specified in the request."
        )
    placeholders = Placeholders(request.expression_attribute_names, request.expression_attribute_values)
    key_condition: KeyCondition | None = None
    unusable: UnusableKeyCondition | None = None
    if request.key_condition_expression is not None:
        try:
            key_condition = parse_key_condition(request.key_condition_expression, placeholders)
        except UnusableKeyCondition as fault:
            unusable = fault
    if request.filter_expression is not None:
        condition = parse_condition(request.filter_expression, placeholders, kind="FilterExpression")
    if request.projection_expression is not None:
        projection = parse_projection(request.projection_expression, placeholders)
    placeholders.check_all_used()
    if unusable is not None:
        raise unusable
    if key_condition is None:
        key_condition = key_conditions(legacy_entries(request.key_conditions) or {})
    if request.index_name is None and len(key_condition.tests) > 2:
        # No table has more key attributes, though an index may: that takes no table to see.
        raise ValidationException("Conditions can be of length 1 or 2 only")
    return QueryParts(
        projection=projection,
        is_projected_by_list=request.attributes_to_get is not None,
        filter=condition,
        key_condition=key_condition,
        is_legacy=request.query_filter is not None,
    )


def scan_parts(request: _AskedScan) -> ReadParts:
    """The expressions of a Scan, and its start key's values in normal form.

    Raises:
        InvalidExpression: one is refused, or a placeholder is not used.
        ValidationException: a value of the start key is refused; the segment is not one of as many as there are.

    Source of the order: dynalite 4.0.0, asked 2026-11.
    """
    judge_parameters(
        expressions={
            "ProjectionExpression": request.projection_expression,
            "FilterExpression": request.filter_expression,
        },
        legacy={
            "AttributesToGet": request.attributes_to_get,
            "ScanFilter": request.scan_filter,
            "ConditionalOperator": request.conditional_operator,
        },
        names=request.expression_attribute_names,
        values=request.expression_attribute_values,
    )
    projection = attributes_to_get(request.attributes_to_get) if request.attributes_to_get is not None else None
    condition = filter_condition(legacy_entries(request.scan_filter), request.conditional_operator)
    start_values(request.exclusive_start_key)
    _refuse_segment(request.segment, request.total_segments)
    placeholders = Placeholders(request.expression_attribute_names, request.expression_attribute_values)
    if request.filter_expression is not None:
        refuse_size("FilterExpression", request.filter_expression, says_size=True)
        condition = parse_condition(request.filter_expression, placeholders, kind="FilterExpression")
    if request.projection_expression is not None:
        projection = parse_projection(request.projection_expression, placeholders)
    placeholders.check_all_used()
    return ReadParts(
        projection=projection, is_projected_by_list=request.attributes_to_get is not None, filter=condition
    )


def _refuse_segment(segment: int | None, total: int | None) -> None:
    if segment is None and total is None:
        return
    if total is None:
        raise ValidationException(
            "The TotalSegments parameter is required but was not present in the request when Segment parameter is present"
        )
    if segment is None:
        raise ValidationException(
            "The Segment parameter is required but was not present in the request when parameter TotalSegments is present"
        )
    if segment >= total:
        raise ValidationException(
            "The Segment parameter is zero-based and must be less than parameter TotalSegments: "
            f"Segment: {segment} is not less than TotalSegments: {total}"
        )


def start_values(start: Item | None) -> None:
    """Check the values of an ``ExclusiveStartKey`` and bring them into normal form, in place.

    Raises:
        ValidationException: a value is refused; most texts are wrapped.

    Source: dynamodb-exact §5.2; dynalite 4.0.0 and DynamoDB Local 3.3.1, asked 2026-11 (an empty set of numbers).
    """
    if start is None:
        return
    try:
        normalise_item(start)
    except InvalidValue as error:
        if (
            error.family in ("number", "range", "blob")
            or "duplicates" in error.message
            or "number set" in error.message
        ):
            raise
        raise ValidationException(f"The provided starting key is invalid: {error.message}") from error
