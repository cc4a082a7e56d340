"""The expression language of DynamoDB: conditions, filters, key conditions, projections and updates.

Given the texts of a request and its placeholders (or the parameters of before expressions), gives values that judge,
project and change items, or the exact sentence with which AWS refuses them. Texts are read once and remembered
(bounded). Reading (``grammar``), judging (``checks``) and running (``evaluate``, ``apply``) are apart, so that another
language can build the same ``syntax`` trees. It must not know tables, storage, or which operation is asking.
"""

from sandbox.dynamodb.expressions.condition import Condition, build_condition, parse_condition, refuse_filter_keys
from sandbox.dynamodb.expressions.invalid import InvalidExpression, InvalidUpdate, TooDeep, UnusableKeyCondition
from sandbox.dynamodb.expressions.key_condition import (
    KeyCondition,
    KeyOperator,
    KeyRange,
    KeyTest,
    parse_key_condition,
    resolve_keys,
)
from sandbox.dynamodb.expressions.legacy import (
    COMPARISON_OPERATORS,
    WireAttributeUpdate,
    WireCondition,
    WireExpected,
    attribute_updates,
    attributes_to_get,
    expected_condition,
    filter_condition,
    key_conditions,
)
from sandbox.dynamodb.expressions.parameters import check_parameters, judge_parameters, refuse_mixture
from sandbox.dynamodb.expressions.paths import ResolvedPath, refuse_nested_keys
from sandbox.dynamodb.expressions.placeholders import Placeholders
from sandbox.dynamodb.expressions.projection import Projection, parse_projection
from sandbox.dynamodb.expressions.search_condition import parse_search_condition, resolve_search
from sandbox.dynamodb.expressions.update import Update, build_update, parse_update

__all__ = [
    "COMPARISON_OPERATORS",
    "Condition",
    "InvalidExpression",
    "InvalidUpdate",
    "KeyCondition",
    "KeyOperator",
    "KeyRange",
    "KeyTest",
    "Placeholders",
    "Projection",
    "ResolvedPath",
    "TooDeep",
    "UnusableKeyCondition",
    "Update",
    "WireAttributeUpdate",
    "WireCondition",
    "WireExpected",
    "attribute_updates",
    "attributes_to_get",
    "build_condition",
    "build_update",
    "check_parameters",
    "expected_condition",
    "filter_condition",
    "judge_parameters",
    "key_conditions",
    "parse_condition",
    "parse_key_condition",
    "parse_projection",
    "parse_search_condition",
    "parse_update",
    "refuse_filter_keys",
    "refuse_mixture",
    "refuse_nested_keys",
    "resolve_keys",
    "resolve_search",
]
