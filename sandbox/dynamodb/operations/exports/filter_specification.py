"""What an export may be filtered by.

Source: *Filtering a table export*, Amazon DynamoDB Developer Guide, for what goes together. Expressions are refused in
the words of Query and Scan behind those that AWS has for an empty specification, an assumption.
"""

from typing import Any

import msgspec

from sandbox.dynamodb import parameters as p
from sandbox.dynamodb.engine.key_rules import refuse_paths_into_keys
from sandbox.dynamodb.expressions import (
    InvalidExpression,
    check_parameters,
    parse_condition,
    parse_key_condition,
    parse_projection,
    refuse_filter_keys,
)
from sandbox.dynamodb.faults import ValidationException
from sandbox.dynamodb.lifecycle.export_filter import ExportFilter
from sandbox.dynamodb.operations.items.asked_reads import QueryParts
from sandbox.dynamodb.storage.keys import Range
from sandbox.dynamodb.storage.table import Table
from sandbox.dynamodb.structure import Structure
from sandbox.values.invalid import InvalidValue

__all__ = ["FilterSpecification", "export_filter", "invalid_filter"]


class FilterSpecification(Structure):
    """The expressions of a filtered export."""

    filter_expression: p.ExpressionText | None = None
    projection_expression: p.ExpressionText | None = None
    key_condition_expression: p.ExpressionText | None = None
    expression_attribute_names: p.NamesMap | None = None
    expression_attribute_values: p.ValuesMap | None = None


def export_filter(table: Table, asked: dict[str, Any]) -> ExportFilter:
    """Read the filter of an export of *table*, *asked* by its wire names.

    Raises:
        ValidationException: an expression is refused, or does not fit the table's key.
    """
    try:
        return _export_filter(table, msgspec.convert(asked, FilterSpecification))
    except (InvalidExpression, InvalidValue) as error:
        raise invalid_filter(error.message) from error


def _export_filter(table: Table, asked: FilterSpecification) -> ExportFilter:
    placeholders = check_parameters(
        expressions={
            "ProjectionExpression": asked.projection_expression,
            "FilterExpression": asked.filter_expression,
            "KeyConditionExpression": asked.key_condition_expression,
        },
        legacy={},
        names=asked.expression_attribute_names,
        values=asked.expression_attribute_values,
    )
    keys = condition = projection = None
    if asked.key_condition_expression is not None:
        keys = parse_key_condition(asked.key_condition_expression, placeholders)
    if asked.filter_expression is not None:
        condition = parse_condition(asked.filter_expression, placeholders, kind="FilterExpression")
    if asked.projection_expression is not None:
        projection = parse_projection(asked.projection_expression, placeholders)
    placeholders.check_all_used()
    refuse_paths_into_keys(table, projection, condition)
    if keys is None:
        return ExportFilter(keys=Range(b"", None), condition=condition, projection=projection)
    if condition is not None:
        refuse_filter_keys(condition, table.key_names, "Filter Expression")
    parts = QueryParts(projection=projection, filter=condition, key_condition=keys, is_legacy=False)
    bounds = parts.bounds(table.keys.hash_parts, table.keys.range_parts)
    span = table.keys.range_for(
        table.keys.partition(bounds.hash_values), bounds.equal, bounds.operator, bounds.operands
    )
    return ExportFilter(keys=span, condition=condition, projection=projection)


def invalid_filter(text: str) -> ValidationException:
    """A specification that is refused, in the words for an empty one. Source: ack-api-quirks, as for the operation."""
    return ValidationException(f"Invalid Request: Invalid FilterSpecification: {text}")
