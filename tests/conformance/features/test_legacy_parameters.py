"""The parameters from before expressions. Source: dynamodb-exact §12."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.conformance.expect import refused

Unique = Callable[[], str]
P = "One or more parameter values were invalid: "
ENVELOPE = "1 validation error detected: "


@pytest.fixture
def key(dynamodb: Any, table: str, unique: Unique) -> dict[str, Any]:
    key = {"pk": {"S": unique()}}
    dynamodb.put_item(
        TableName=table,
        Item={**key, "n": {"N": "5"}, "s": {"S": "hello"}, "ss": {"SS": ["a"]}, "l": {"L": [{"N": "1"}]}},
    )
    return key


@pytest.mark.parametrize(
    ("expected", "holds"),
    [
        ({"n": {"Value": {"N": "5"}}}, True),
        ({"n": {"Value": {"N": "6"}}}, False),
        ({"nope": {"Exists": False}}, True),
        ({"n": {"Exists": False}}, False),
        ({"n": {"ComparisonOperator": "GT", "AttributeValueList": [{"N": "4"}]}}, True),
        ({"n": {"ComparisonOperator": "BETWEEN", "AttributeValueList": [{"N": "4"}, {"N": "6"}]}}, True),
        ({"n": {"ComparisonOperator": "IN", "AttributeValueList": [{"N": "4"}, {"N": "5"}]}}, True),
        ({"n": {"ComparisonOperator": "NE", "AttributeValueList": [{"N": "5"}]}}, False),
        ({"nope": {"ComparisonOperator": "NE", "AttributeValueList": [{"N": "5"}]}}, True),
        ({"nope": {"ComparisonOperator": "NULL"}}, True),
        ({"n": {"ComparisonOperator": "NOT_NULL"}}, True),
        ({"s": {"ComparisonOperator": "BEGINS_WITH", "AttributeValueList": [{"S": "he"}]}}, True),
        ({"s": {"ComparisonOperator": "CONTAINS", "AttributeValueList": [{"S": "ell"}]}}, True),
        ({"ss": {"ComparisonOperator": "NOT_CONTAINS", "AttributeValueList": [{"S": "b"}]}}, True),
        # Source of these: DynamoDB Local 3.3.1, asked 2026-11.
        ({"nope": {"ComparisonOperator": "NOT_CONTAINS", "AttributeValueList": [{"S": "b"}]}}, False),
        ({"l": {"ComparisonOperator": "CONTAINS", "AttributeValueList": [{"NULL": True}]}}, False),
        ({"l": {"ComparisonOperator": "NOT_CONTAINS", "AttributeValueList": [{"BOOL": True}]}}, True),
        ({"n": {"Value": {"N": "5"}}, "nope": {"Exists": True, "Value": {"N": "1"}}}, False),
    ],
)
def test_expected(dynamodb: Any, table: str, key: dict[str, Any], expected: dict[str, Any], holds: bool) -> None:
    if holds:
        dynamodb.delete_item(TableName=table, Key=key, Expected=expected)
        assert "Item" not in dynamodb.get_item(TableName=table, Key=key)
    else:
        with refused("ConditionalCheckFailedException", "The conditional request failed"):
            dynamodb.delete_item(TableName=table, Key=key, Expected=expected)


def test_conditions_are_joined_by_and_unless_told_otherwise(dynamodb: Any, table: str, key: dict[str, Any]) -> None:
    expected = {"n": {"Value": {"N": "5"}}, "s": {"Value": {"S": "other"}}}
    with refused("ConditionalCheckFailedException"):
        dynamodb.delete_item(TableName=table, Key=key, Expected=expected)
    dynamodb.delete_item(TableName=table, Key=key, Expected=expected, ConditionalOperator="OR")


@pytest.mark.parametrize(
    ("expected", "message"),
    [
        (
            {"a": {"Value": {"N": "1"}, "AttributeValueList": [{"N": "1"}]}},
            P + "Value and AttributeValueList cannot be used together for Attribute: a",
        ),
        (
            {"a": {"Exists": True, "ComparisonOperator": "EQ", "AttributeValueList": [{"N": "1"}]}},
            P + "Exists and ComparisonOperator cannot be used together for Attribute: a",
        ),
        (
            {"a": {"ComparisonOperator": "EQ"}},
            P + "Value or AttributeValueList must be used with ComparisonOperator: EQ for Attribute: a",
        ),
        (
            {"a": {"AttributeValueList": [{"N": "1"}]}},
            P + "AttributeValueList can only be used with a ComparisonOperator for Attribute: a",
        ),
        ({"a": {"Exists": True}}, P + "Value must be provided when Exists is true for Attribute: a"),
        ({"a": {}}, P + "Value must be provided when Exists is null for Attribute: a"),
        (
            {"a": {"Exists": False, "Value": {"N": "1"}}},
            P + "Value cannot be used when Exists is false for Attribute: a",
        ),
        (
            {"a": {"ComparisonOperator": "BETWEEN", "AttributeValueList": [{"N": "1"}]}},
            P + "Invalid number of argument(s) for the BETWEEN ComparisonOperator",
        ),
        (
            {"a": {"ComparisonOperator": "BEGINS_WITH", "AttributeValueList": [{"N": "1"}]}},
            P + "ComparisonOperator BEGINS_WITH is not valid for N AttributeValue type",
        ),
        # Source of the order, and of an empty name: DynamoDB Local 3.3.1, asked 2026-11.
        (
            {"a": {"Exists": True, "ComparisonOperator": "EQ", "Value": {"N": "1"}, "AttributeValueList": []}},
            P + "Exists and ComparisonOperator cannot be used together for Attribute: a",
        ),
        (
            {"a": {"ComparisonOperator": "IN", "AttributeValueList": [{"N": "1"}, {"M": {}}]}},
            P + "ComparisonOperator IN is not valid for M AttributeValue type",
        ),
        ({"": {"Exists": False}}, "Empty attribute name"),
        (
            {"a": {"ComparisonOperator": "BETWEEN", "AttributeValueList": [{"N": "2"}, {"N": "1"}]}},
            "The BETWEEN condition was provided a range where the lower bound is greater than the upper bound",
        ),
    ],
)
def test_refused_expectations(dynamodb: Any, table: str, expected: dict[str, Any], message: str) -> None:
    """Behind the prefix of what writes one item. Source: floci-io/floci issue 2126 (AWS's answers of 2026-08)."""
    with refused("ValidationException", ENVELOPE + message):
        dynamodb.delete_item(TableName=table, Key={"pk": {"S": "x"}}, Expected=expected)
    with refused("ValidationException", ENVELOPE + message):
        dynamodb.put_item(TableName=table, Item={"pk": {"S": "x"}}, Expected=expected)
    with refused("ValidationException", ENVELOPE + message):
        dynamodb.update_item(TableName=table, Key={"pk": {"S": "x"}}, Expected=expected)


def test_a_value_may_stand_beside_a_comparison_operator(dynamodb: Any, table: str, key: dict[str, Any]) -> None:
    """The documentation forbids it, AWS takes it. Source: floci-io/floci issue 2126."""
    dynamodb.delete_item(TableName=table, Key=key, Expected={"n": {"ComparisonOperator": "GT", "Value": {"N": "4"}}})
    assert "Item" not in dynamodb.get_item(TableName=table, Key=key)


@pytest.mark.parametrize(
    ("updates", "changes"),
    [
        ({"z": {"Value": {"S": "new"}, "Action": "PUT"}}, {"z": {"S": "new"}}),
        ({"z": {"Value": {"S": "new"}}}, {"z": {"S": "new"}}),
        ({"n": {"Action": "DELETE"}}, {"n": None}),
        ({"n": {"Value": {"N": "2"}, "Action": "ADD"}}, {"n": {"N": "7"}}),
        ({"z": {"Value": {"N": "2"}, "Action": "ADD"}}, {"z": {"N": "2"}}),
        ({"ss": {"Value": {"SS": ["a"]}, "Action": "DELETE"}}, {"ss": None}),
        ({"ss": {"Value": {"SS": ["b"]}, "Action": "ADD"}}, {"ss": {"SS": ["a", "b"]}}),
        ({"l": {"Value": {"L": [{"N": "2"}]}, "Action": "ADD"}}, {"l": {"L": [{"N": "1"}, {"N": "2"}]}}),
    ],
)
def test_attribute_updates(
    dynamodb: Any, table: str, key: dict[str, Any], updates: dict[str, Any], changes: dict[str, Any]
) -> None:
    before = dynamodb.get_item(TableName=table, Key=key)["Item"]
    dynamodb.update_item(TableName=table, Key=key, AttributeUpdates=updates)
    after = dynamodb.get_item(TableName=table, Key=key)["Item"]
    if "ss" in after:
        after["ss"]["SS"].sort()
    assert after == {name: value for name, value in {**before, **changes}.items() if value is not None}


@pytest.mark.parametrize(
    ("updates", "message"),
    [
        ({"a": {"Action": "PUT"}}, P + "Only DELETE action is allowed when no attribute value is specified"),
        (
            {"a": {"Action": "DELETE", "Value": {"S": "x"}}},
            P + "DELETE action with value is not supported for the type S",
        ),
        ({"a": {"Action": "ADD", "Value": {"S": "x"}}}, P + "ADD action is not supported for the type S"),
    ],
)
def test_refused_updates(dynamodb: Any, table: str, updates: dict[str, Any], message: str) -> None:
    with refused("ValidationException", ENVELOPE + message):
        dynamodb.update_item(TableName=table, Key={"pk": {"S": "x"}}, AttributeUpdates=updates)


@pytest.mark.parametrize(
    ("updates", "message"),
    [
        (
            {"a": {"Value": {"S": ""}}},
            (
                "One or more parameter values are not valid. A value specified for a secondary index key is not supported. "
                "The AttributeValue for a key attribute cannot contain an empty string value. IndexName: by_a, IndexKey: a"
            ),
        ),
        (
            {"a": {"Value": {"S": "x" * 2049}}},
            P + "Size limit exceeded for Index Key a Actual Size: 2049 bytes Max Size: 2048 bytes IndexName: by_a",
        ),
    ],
    ids=["empty", "too long"],
)
def test_index_keys_are_refused_as_in_an_item(
    dynamodb: Any, indexed_table: str, unique: Unique, updates: dict[str, Any], message: str
) -> None:
    """There is no update expression that could be told. Source: DynamoDB Local 3.3.1, asked 2026-11."""
    key = {"pk": {"S": unique()}, "sk": {"S": "x"}}
    with refused("ValidationException", message):
        dynamodb.update_item(TableName=indexed_table, Key=key, AttributeUpdates=updates)


def test_an_add_to_another_type(dynamodb: Any, table: str, key: dict[str, Any]) -> None:
    with refused("ValidationException", "Type mismatch for attribute to update"):
        dynamodb.update_item(TableName=table, Key=key, AttributeUpdates={"s": {"Value": {"N": "1"}, "Action": "ADD"}})


def test_key_conditions_and_query_filter(dynamodb: Any, sorted_table: str, unique: Unique) -> None:
    partition = unique()
    for number in range(5):
        dynamodb.put_item(
            TableName=sorted_table,
            Item={"pk": {"S": partition}, "sk": {"S": f"s{number}"}, "n": {"N": str(number)}},
        )
    answer = dynamodb.query(
        TableName=sorted_table,
        KeyConditions={
            "pk": {"ComparisonOperator": "EQ", "AttributeValueList": [{"S": partition}]},
            "sk": {"ComparisonOperator": "GE", "AttributeValueList": [{"S": "s1"}]},
        },
        QueryFilter={"n": {"ComparisonOperator": "LT", "AttributeValueList": [{"N": "3"}]}},
        AttributesToGet=["n"],
    )
    assert answer["Items"] == [{"n": {"N": "1"}}, {"n": {"N": "2"}}]
    assert answer["ScannedCount"] == 4


@pytest.mark.parametrize("operator", ["NE", "CONTAINS", "NULL", "IN"])
def test_operators_that_no_index_can_serve(dynamodb: Any, table: str, operator: str) -> None:
    with refused("ValidationException", "Attempted conditional constraint is not an indexable operation"):
        dynamodb.query(
            TableName=table,
            KeyConditions={
                "pk": {
                    "ComparisonOperator": operator,
                    **({} if operator == "NULL" else {"AttributeValueList": [{"S": "x"}]}),
                }
            },
        )


def test_a_query_filter_on_the_key(dynamodb: Any, table: str) -> None:
    with refused(
        "ValidationException",
        "QueryFilter can only contain non-primary key attributes: Primary key attribute: pk",
    ):
        dynamodb.query(
            TableName=table,
            KeyConditions={"pk": {"ComparisonOperator": "EQ", "AttributeValueList": [{"S": "x"}]}},
            QueryFilter={"pk": {"ComparisonOperator": "EQ", "AttributeValueList": [{"S": "x"}]}},
        )


_ONE_KEY = {"pk": {"ComparisonOperator": "EQ", "AttributeValueList": [{"S": "x"}]}}


@pytest.mark.parametrize(
    ("operation", "members"),
    [
        ("scan", {"ScanFilter": {"": {"ComparisonOperator": "NULL"}}, "ConditionalOperator": "OR"}),
        ("query", {"KeyConditions": _ONE_KEY, "QueryFilter": {"": {"ComparisonOperator": "NULL"}}}),
        ("query", {"KeyConditions": {"": _ONE_KEY["pk"]}}),
        ("query", {"KeyConditions": _ONE_KEY, "AttributesToGet": ["a", ""]}),
        ("scan", {"AttributesToGet": ["", ""]}),
        ("get_item", {"Key": {"pk": {"S": "x"}}, "AttributesToGet": [""]}),
    ],
)
def test_attributes_without_a_name(dynamodb: Any, table: str, operation: str, members: dict[str, Any]) -> None:
    """Source: DynamoDB Local 3.3.1, asked 2026-11."""
    with refused("ValidationException", "Empty attribute name"):
        getattr(dynamodb, operation)(TableName=table, **members)


def test_no_key_condition_in_the_map(dynamodb: Any, table: str) -> None:
    """Source: DynamoDB Local 3.3.1, asked 2026-11."""
    with refused("ValidationException", "Conditions must be at least length 1"):
        dynamodb.query(TableName=table, KeyConditions={})


def test_scan_filter(dynamodb: Any, table: str, key: dict[str, Any]) -> None:
    """Page by page: the tests of a run share the table, which may be larger than one."""
    pages = dynamodb.get_paginator("scan").paginate(
        TableName=table,
        ScanFilter={
            "pk": {"ComparisonOperator": "EQ", "AttributeValueList": [key["pk"]]},
            "n": {"ComparisonOperator": "EQ", "AttributeValueList": [{"N": "9"}]},
        },
        ConditionalOperator="OR",
    )
    assert [item["pk"] for page in pages for item in page["Items"]] == [key["pk"]]


def test_a_conditional_operator_is_a_parameter_of_the_old_kind(dynamodb: Any, table: str, unique: Unique) -> None:
    """Source: ExtendDB/extenddb pull request 213 (AWS's answers)."""
    with refused(
        "ValidationException",
        ENVELOPE + "Can not use both expression and non-expression parameters in the same request: "
        "Non-expression parameters: {ConditionalOperator} Expression parameters: {ConditionExpression}",
    ):
        dynamodb.put_item(
            TableName=table,
            Item={"pk": {"S": unique()}},
            ConditionalOperator="OR",
            ConditionExpression="attribute_not_exists(pk)",
        )


def test_a_conditional_operator_needs_conditions_to_join(dynamodb: Any, table: str) -> None:
    """Source: as above."""
    key = {"pk": {"S": "x"}}
    one = "ConditionalOperator can only be used when Filter or Expected has two or more elements"
    none = "ConditionalOperator cannot be used without Filter or Expected"
    with refused("ValidationException", none):
        dynamodb.scan(TableName=table, ConditionalOperator="AND")
    with refused("ValidationException", ENVELOPE + none):
        dynamodb.delete_item(TableName=table, Key=key, ConditionalOperator="AND")
    with refused("ValidationException", ENVELOPE + one):
        dynamodb.delete_item(TableName=table, Key=key, ConditionalOperator="AND", Expected={"a": {"Exists": False}})
    with refused("ValidationException", ENVELOPE + none):
        dynamodb.update_item(TableName=table, Key=key, ConditionalOperator="AND")
