"""Members of the wrong JSON type: SerializationException, in the words of each type. Source: dynamodb-exact §2."""

import json
from collections.abc import Callable
from typing import Any

import pytest

Raw = Callable[..., Any]
TYPE = "com.amazon.coral.service#SerializationException"
CLASS = "com.amazonaws.dynamodb.v20120810."
STRUCTURE = "Start of structure or map found where not expected"


def _ask(raw: Raw, operation: str, request: Any) -> Any:
    answer = raw(operation, request if isinstance(request, str) else json.dumps(request))
    assert answer.status == 400
    assert set(answer.json) == {"__type", "Message"}
    assert answer.json["__type"] == TYPE
    return answer.json["Message"]


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (True, "TRUE_VALUE cannot be converted to String"),
        (False, "FALSE_VALUE cannot be converted to String"),
        (1, "NUMBER_VALUE cannot be converted to String"),
        (1.5, "DECIMAL_VALUE cannot be converted to String"),
        ([], "Unrecognized collection type class java.lang.String"),
        ({}, STRUCTURE),
    ],
)
def test_not_a_string(raw: Raw, value: Any, message: str) -> None:
    assert _ask(raw, "GetItem", {"TableName": value}) == message


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (1, "NUMBER_VALUE cannot be converted to Boolean"),
        (1.5, "DECIMAL_VALUE cannot be converted to Boolean"),
        ("perhaps", "Unexpected token received from parser"),
        ([], "Unrecognized collection type class java.lang.Boolean"),
        ({}, STRUCTURE),
    ],
)
def test_not_a_boolean(raw: Raw, value: Any, message: str) -> None:
    assert _ask(raw, "GetItem", {"TableName": "abc", "ConsistentRead": value}) == message


@pytest.mark.parametrize("value", ["true", "TRUE", "1", "yes", "false", "0", "No"])
def test_words_that_are_booleans(raw: Raw, table: str, value: str) -> None:
    request = {"TableName": table, "Key": {"pk": {"S": "x"}}, "ConsistentRead": value}
    assert raw("GetItem", json.dumps(request)).status == 200


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (True, "TRUE_VALUE cannot be converted to Integer"),
        ("5", "STRING_VALUE cannot be converted to Integer"),
        ([], "Unrecognized collection type class java.lang.Integer"),
        ({}, STRUCTURE),
    ],
)
def test_not_an_integer(raw: Raw, value: Any, message: str) -> None:
    assert _ask(raw, "Scan", {"TableName": "abc", "Limit": value}) == message


def test_a_fraction_is_rounded_down(raw: Raw, table: str) -> None:
    assert raw("Scan", json.dumps({"TableName": table, "Limit": 1.9})).json["ScannedCount"] <= 1


def test_capacity_units_are_longs(raw: Raw) -> None:
    request = {"TableName": "abc", "ProvisionedThroughput": {"ReadCapacityUnits": "1"}}
    assert _ask(raw, "CreateTable", request) == "STRING_VALUE cannot be converted to Long"


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("x", "Unexpected field type"),
        (1, "Unexpected field type"),
        ([], f"Unrecognized collection type java.util.Map<java.lang.String, {CLASS}AttributeValue>"),
    ],
)
def test_not_a_map(raw: Raw, value: Any, message: str) -> None:
    assert _ask(raw, "GetItem", {"TableName": "abc", "Key": value}) == message


@pytest.mark.parametrize(
    ("value", "message"), [("x", "Unexpected field type"), (1, "Unexpected field type"), ({}, STRUCTURE)]
)
def test_not_a_list(raw: Raw, value: Any, message: str) -> None:
    assert _ask(raw, "GetItem", {"TableName": "abc", "AttributesToGet": value}) == message


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("x", "Unexpected value type in payload"),
        (True, "Unexpected value type in payload"),
        ([], f"Unrecognized collection type class {CLASS}AttributeValue"),
    ],
)
def test_not_an_attribute_value(raw: Raw, value: Any, message: str) -> None:
    assert _ask(raw, "GetItem", {"TableName": "abc", "Key": {"pk": value}}) == message


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ({"S": 1}, "NUMBER_VALUE cannot be converted to String"),
        ({"N": 1}, "NUMBER_VALUE cannot be converted to String"),
        ({"BOOL": "maybe"}, "Unexpected token received from parser"),
        ({"NULL": "no thanks"}, "Unexpected token received from parser"),
        ({"SS": "x"}, "Unexpected field type"),
        ({"L": {}}, STRUCTURE),
        ({"M": []}, f"Unrecognized collection type java.util.Map<java.lang.String, {CLASS}AttributeValue>"),
        ({"B": "not base64!"}, "Base64 encoded length is expected a multiple of 4 bytes but found: 11"),
        ({"B": 1}, "only base-64-encoded strings are convertible to bytes"),
    ],
)
def test_inside_an_attribute_value(raw: Raw, value: Any, message: str) -> None:
    assert _ask(raw, "PutItem", {"TableName": "abc", "Item": {"pk": value}}) == message


@pytest.mark.parametrize("value", ["x", 1, True])
def test_a_structure_member(raw: Raw, value: Any) -> None:
    assert _ask(raw, "CreateTable", {"TableName": "abc", "ProvisionedThroughput": value}) == "Unexpected field type"


def test_types_are_looked_at_before_everything_else(raw: Raw) -> None:
    """Stage 1 of §3.1."""
    request = {"TableName": "", "ReturnValues": "x", "Item": {"pk": {"S": 1}}}
    assert _ask(raw, "PutItem", request) == "NUMBER_VALUE cannot be converted to String"


ENVELOPE = "1 validation error detected: "
NULL_VALUE = "The supplied Item contains a null AttributeValue"


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (None, f"{NULL_VALUE}: v is null"),
        ({"M": {"a": None}}, f"{NULL_VALUE}: a is null"),
        ({"L": [{"S": "x"}, None]}, NULL_VALUE),
        (
            {"SS": ["x", None]},
            f"{ENVELOPE}One or more parameter values were invalid: An string set may not have a null string as a member",
        ),
        ({"NS": ["1", None]}, "The parameter cannot be converted to a numeric value"),
        ({"S": None}, "Supplied AttributeValue is empty, must contain exactly one of the supported datatypes"),
    ],
)
def test_null_among_values_is_read_and_refused(raw: Raw, table: str, value: Any, message: str) -> None:
    """Source: aws/aws-sdk-java issue 2103 (AWS's answer to one in a list); DynamoDB Local 3.3.1, asked 2026-11."""
    item = {"pk": {"S": "x"}, "v": value}
    answer = raw("PutItem", json.dumps({"TableName": table, "Item": item}))
    assert (answer.status, answer.json["message"]) == (400, message)
    bare = message.removeprefix(ENVELOPE)
    answer = raw("BatchWriteItem", json.dumps({"RequestItems": {table: [{"PutRequest": {"Item": item}}]}}))
    assert (answer.status, answer.json["message"]) == (400, bare)


def test_null_as_a_value_of_expressions_or_of_a_key(raw: Raw, table: str) -> None:
    scan = {"TableName": table, "FilterExpression": "a = :v", "ExpressionAttributeValues": {":v": None}}
    answer = raw("Scan", json.dumps(scan))
    assert answer.json["message"] == f"ExpressionAttributeValues contains invalid value: {NULL_VALUE} for key :v"
    reads: list[tuple[str, dict[str, Any]]] = [
        ("GetItem", {"TableName": table, "Key": {"pk": None}}),
        ("BatchGetItem", {"RequestItems": {table: {"Keys": [{"pk": None}]}}}),
        ("TransactGetItems", {"TransactItems": [{"Get": {"TableName": table, "Key": {"pk": None}}}]}),
    ]
    for operation, request in reads:
        assert raw(operation, json.dumps(request)).json["message"] == f"{NULL_VALUE}: pk is null"


@pytest.mark.parametrize(
    ("operation", "members", "message"),
    [
        ("Scan", {"ScanFilter": {"a": {"ComparisonOperator": "EQ", "AttributeValueList": [None]}}}, NULL_VALUE),
        ("Scan", {"ScanFilter": {"a": None}}, "The filter condition for an attribute cannot be null: a"),
        ("Query", {"KeyConditions": {"pk": None}}, "The filter condition for an attribute cannot be null: pk"),
        ("PutItem", {"Item": {"pk": {"S": "x"}}, "Expected": {"a": {"ComparisonOperator": "IN", "AttributeValueList": [{"S": "x"}, None]}}}, NULL_VALUE),
        ("PutItem", {"Item": {"pk": {"S": "x"}}, "Expected": {"a": None}}, f"{ENVELOPE}One or more parameter values were invalid: ExpectedAttributeValue must not be null for Attribute: a"),
    ],
)  # fmt: skip
def test_null_in_parameters_of_before_expressions(
    raw: Raw, table: str, operation: str, members: dict[str, Any], message: str
) -> None:
    """Source: DynamoDB Local 3.3.1, asked 2026-11."""
    assert raw(operation, json.dumps({"TableName": table, **members})).json["message"] == message


def test_null_as_a_parameter_of_a_statement(raw: Raw) -> None:
    """Source: DynamoDB Local 3.3.1, asked 2026-11."""
    request = {"Statement": "SELECT * FROM nowhere WHERE pk = ?", "Parameters": [None]}
    assert raw("ExecuteStatement", json.dumps(request)).json["message"] == NULL_VALUE


def test_null_as_a_name(raw: Raw, table: str) -> None:
    """Source: DynamoDB Local 3.3.1, asked 2026-11."""
    request = {
        "TableName": table,
        "Key": {"pk": {"S": "x"}},
        "ProjectionExpression": "#a",
        "ExpressionAttributeNames": {"#a": None},
    }
    answer = raw("GetItem", json.dumps(request))
    assert answer.json["message"] == "ExpressionAttributeNames contains invalid value: null for key #a"


def test_null_among_the_requests_of_a_batch_does_not_get_lost(raw: Raw, table: str, sorted_table: str) -> None:
    """That it is refused, and not in which words, is DynamoDB Local's, asked 2026-11."""
    keys = [{"pk": {"S": "x"}}, None]
    answer = raw("BatchGetItem", json.dumps({"RequestItems": {table: {"Keys": keys}}}))
    assert answer.json["message"] == "The provided key element does not match the schema"
    writes = [{"PutRequest": {"Item": {"pk": {"S": "x"}}}}]
    answer = raw("BatchWriteItem", json.dumps({"RequestItems": {table: writes, sorted_table: None}}))
    assert (answer.status, answer.json["__type"]) == (400, "com.amazon.coral.validate#ValidationException")


@pytest.mark.parametrize(
    ("operation", "members", "told"),
    [
        ("PutItem", {"ExpressionAttributeNames": [], "ExpressionAttributeValues": True}, "Unexpected field type"),
        ("Scan", {"ProjectionExpression": [], "FilterExpression": True}, "TRUE_VALUE cannot be converted to String"),
        (
            "UpdateItem",
            {"UpdateExpression": [], "ConditionExpression": 5},
            "NUMBER_VALUE cannot be converted to String",
        ),
        (
            "Query",
            {"FilterExpression": [], "KeyConditionExpression": True, "ProjectionExpression": {}},
            "TRUE_VALUE cannot be converted to String",
        ),
        (
            "Query",
            {"QueryFilter": {"a": {"ComparisonOperator": True, "AttributeValueList": [5]}}},
            "Unexpected value type in payload",
        ),
        (
            "PutItem",
            {"Expected": {"a": {"Value": 5, "Exists": []}}},
            "Unrecognized collection type class java.lang.Boolean",
        ),
        ("UpdateItem", {"AttributeUpdates": {"a": {"Value": 5, "Action": {}}}}, STRUCTURE),
    ],
)
def test_which_of_several_is_told(raw: Raw, operation: str, members: dict[str, Any], told: str) -> None:
    """Not by their order in the request. Source: dynalite 4.0.0, asked 2026-11."""
    assert _ask(raw, operation, {"TableName": "abc"} | members) == told
    assert _ask(raw, operation, {"TableName": "abc"} | dict(reversed(members.items()))) == told
