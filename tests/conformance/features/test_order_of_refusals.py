"""Which of two faults in one request is told. Source: dynamodb-exact §3.1; dynalite 4.0.0, asked 2026-11."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.conformance.expect import refused

KEY: dict[str, Any] = {"pk": {"S": "x"}, "sk": {"S": "1"}}
BAD_KEY: dict[str, Any] = {"pk": {"S": "x"}, "sk": {}}
EMPTY = "Supplied AttributeValue is empty, must contain exactly one of the supported datatypes"
ENVELOPE = "1 validation error detected: "
CONDITION: dict[str, Any] = {"ConditionExpression": "a = :v"}
BAD_PLACEHOLDERS: list[dict[str, Any]] = [
    {"ExpressionAttributeValues": {":v": {"N": "x"}}},
    {"ExpressionAttributeValues": {"v": {"S": "x"}}},
    {"ExpressionAttributeValues": {":v": {"S": "x"}}, "ExpressionAttributeNames": {"a": "a"}},
    {"ExpressionAttributeValues": {":v": {"S": "x"}}, "ExpressionAttributeNames": {}},
]


@pytest.mark.parametrize("placeholders", BAD_PLACEHOLDERS, ids=["value", "key", "name", "no names"])
def test_values_of_items_and_keys_come_before_placeholders(
    dynamodb: Any, sorted_table: str, placeholders: dict[str, Any]
) -> None:
    """Source: DynamoDB Local 3.3.1, asked 2026-11, of writes too."""
    asked: dict[str, Any] = {"TableName": sorted_table, **CONDITION, **placeholders}
    with refused("ValidationException", EMPTY):
        dynamodb.put_item(Item={**KEY, "a": {}}, **asked)
    with refused("ValidationException", EMPTY):
        dynamodb.delete_item(Key=BAD_KEY, **asked)
    with refused("ValidationException", EMPTY):
        dynamodb.update_item(Key=BAD_KEY, UpdateExpression="SET b = :v", **asked)


def test_values_of_keys_come_before_the_names_of_a_projection(dynamodb: Any, sorted_table: str) -> None:
    asked: dict[str, Any] = {"ProjectionExpression": "a", "ExpressionAttributeNames": {"a": "a"}}
    with refused("ValidationException", EMPTY):
        dynamodb.get_item(TableName=sorted_table, Key=BAD_KEY, **asked)
    with refused("ValidationException", EMPTY):
        dynamodb.batch_get_item(RequestItems={sorted_table: {"Keys": [BAD_KEY], **asked}})


def test_a_put_is_weighed_before_its_placeholders(dynamodb: Any, sorted_table: str) -> None:
    """Source: DynamoDB Local 3.3.1, asked 2026-11, too."""
    asked: dict[str, Any] = {"TableName": sorted_table, **CONDITION, **BAD_PLACEHOLDERS[0]}
    with refused("ValidationException", ENVELOPE + "ReturnValues can only be ALL_OLD or NONE"):
        dynamodb.put_item(Item=KEY, ReturnValues="ALL_NEW", **asked)
    with refused("ValidationException", "Item size has exceeded the maximum allowed size"):
        dynamodb.put_item(Item={**KEY, "a": {"S": "x" * 409_600}}, **asked)


def test_a_start_key_comes_before_placeholders(dynamodb: Any, sorted_table: str) -> None:
    asked: dict[str, Any] = {"TableName": sorted_table, "ExclusiveStartKey": BAD_KEY, **BAD_PLACEHOLDERS[0]}
    with refused("ValidationException", f"The provided starting key is invalid: {EMPTY}"):
        dynamodb.query(KeyConditionExpression="pk = :v", **asked)
    with refused("ValidationException", f"The provided starting key is invalid: {EMPTY}"):
        dynamodb.scan(FilterExpression="a = :v", **asked)


def test_that_there_is_no_key_condition_comes_before_placeholders(dynamodb: Any, sorted_table: str) -> None:
    sentence = "Either the KeyConditions or KeyConditionExpression parameter must be specified in the request."
    with refused("ValidationException", sentence):
        dynamodb.query(TableName=sorted_table, FilterExpression="a = :v", **BAD_PLACEHOLDERS[0])
    with refused("ValidationException", sentence):
        dynamodb.query(TableName=sorted_table, ProjectionExpression="a, ")
    with refused("ValidationException", f"The provided starting key is invalid: {EMPTY}"):
        dynamodb.query(TableName=sorted_table, ExclusiveStartKey=BAD_KEY)


def test_a_segment_comes_before_the_filter(dynamodb: Any, sorted_table: str) -> None:
    with refused(
        "ValidationException",
        "The Segment parameter is zero-based and must be less than parameter TotalSegments: "
        "Segment: 2 is not less than TotalSegments: 2",
    ):
        dynamodb.scan(TableName=sorted_table, Segment=2, TotalSegments=2, FilterExpression="a = ")


@pytest.mark.parametrize(
    ("condition", "sentence"),
    [
        ("a = :v", "Query condition missed key schema element: pk"),
        ("pk < :v", "Query key condition not supported"),
        ("pk = :n", "One or more parameter values were invalid: Condition parameter type does not match schema type"),
    ],
)
def test_the_key_condition_comes_before_the_types_of_a_start_key(
    dynamodb: Any, sorted_table: str, condition: str, sentence: str
) -> None:
    """Source: DynamoDB Local 3.3.1, asked 2026-11, too."""
    asked: dict[str, Any] = {
        "TableName": sorted_table,
        "KeyConditionExpression": condition,
        "ExpressionAttributeValues": {f":{condition[-1]}": {"N": "1"} if condition[-1] == "n" else {"S": "x"}},
    }
    with refused("ValidationException", sentence):
        dynamodb.query(ExclusiveStartKey={"pk": {"S": "x"}, "sk": {"N": "1"}}, **asked)
    with refused("ValidationException", "The provided starting key is invalid"):
        dynamodb.query(ExclusiveStartKey={"pk": {"S": "x"}}, **asked)


def test_a_value_no_key_can_have_comes_last(dynamodb: Any, sorted_table: str) -> None:
    """Source: DynamoDB Local 3.3.1, asked 2026-11, too."""
    asked: dict[str, Any] = {
        "TableName": sorted_table,
        "KeyConditionExpression": "pk = :v",
        "ExpressionAttributeValues": {":v": {"S": "x" * 2049}},
    }
    with refused(
        "ValidationException", "The provided starting key is outside query boundaries based on provided conditions"
    ):
        dynamodb.query(ExclusiveStartKey=KEY, **asked)
    with refused(
        "ValidationException",
        "Filter Expression can only contain non-primary key attributes: Primary key attribute: pk",
    ):
        dynamodb.query(FilterExpression="pk = :v", **asked)


@pytest.mark.parametrize(
    ("operation", "members"),
    [
        ("PutItem", {"Item": {**KEY, "a": {"N": "x"}, "b": {"B": "abc"}}}),
        ("PutItem", {"Item": {**KEY, "a": {"N": "x"}}, "Expected": {"b": {"Value": {"B": "abc"}}}}),
        ("PutItem", {"Item": {**KEY, "b": {"B": "abc"}}, "ReturnValues": "ALL_NEW"}),
        ("UpdateItem", {"Key": BAD_KEY, "AttributeUpdates": {"b": {"Value": {"L": [{"BS": ["AA==", "abc"]}]}}}}),
        ("GetItem", {"Key": {**BAD_KEY, "b": {"B": "abc"}}}),
        ("Query", {"KeyConditionExpression": "pk = ", "ExpressionAttributeValues": {":v": {"B": "abc"}}}),
    ],
)
def test_a_blob_that_is_none_comes_first(
    raw: Callable[..., Any], sorted_table: str, operation: str, members: dict[str, Any]
) -> None:
    answer = raw(operation, json.dumps({"TableName": sorted_table, **members}))
    assert answer.status == 400
    assert answer.json == {
        "__type": "com.amazon.coral.service#SerializationException",
        "Message": "Base64 encoded length is expected a multiple of 4 bytes but found: 3",
    }
