"""The ten types: what is kept, what is refused and in which words. Source: dynamodb-exact §3.5, §5."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.conformance.expect import refused

Unique = Callable[[], str]
P = "One or more parameter values were invalid: "
ENVELOPE = "1 validation error detected: "


def _nested(levels: int, innermost: dict[str, Any] | None = None) -> dict[str, Any]:
    value: dict[str, Any] = {"S": "x"} if innermost is None else innermost
    for _ in range(levels - 1):
        value = {"L": [value]}
    return value


@pytest.mark.parametrize(
    "value",
    [
        {"S": ""},
        {"S": "tëxt \U0001f600"},
        {"B": b""},
        {"B": bytes(range(256))},
        {"BOOL": False},
        {"NULL": True},
        {"L": []},
        {"M": {}},
        {"M": {"a.b": {"S": "x"}, "#": {"S": "y"}}},
        {"L": [{"L": [{"M": {"x": {"L": []}}}]}]},
        _nested(32),
        _nested(32, {"SS": ["x"]}),
        _nested(31, {"M": {}}),
    ],
    ids=[
        "empty S",
        "unicode",
        "empty B",
        "all bytes",
        "false",
        "null",
        "empty L",
        "empty M",
        "odd names",
        "nested",
        "32 levels",
        "32 levels, the last a set",
        "31 levels, the last an empty map",
    ],
)
def test_a_value_is_kept_as_it_is(dynamodb: Any, table: str, unique: Unique, value: dict[str, Any]) -> None:
    item = {"pk": {"S": unique()}, "v": value}
    dynamodb.put_item(TableName=table, Item=item)
    assert dynamodb.get_item(TableName=table, Key={"pk": item["pk"]})["Item"] == item


@pytest.mark.parametrize(
    ("value", "members"),
    [({"SS": ["b", "a"]}, {"a", "b"}), ({"NS": ["2", "10"]}, {"2", "10"}), ({"BS": [b"b", b"a"]}, {b"a", b"b"})],
)
def test_a_set_keeps_its_members(dynamodb: Any, table: str, unique: Unique, value: Any, members: set[Any]) -> None:
    item = {"pk": {"S": unique()}, "v": value}
    dynamodb.put_item(TableName=table, Item=item)
    (kept,) = dynamodb.get_item(TableName=table, Key={"pk": item["pk"]})["Item"]["v"].values()
    assert set(kept) == members
    assert len(kept) == len(members)


EMPTY = "Supplied AttributeValue is empty, must contain exactly one of the supported datatypes"
SEVERAL = "Supplied AttributeValue has more than one datatypes set, must contain exactly one of the supported datatypes"
NESTING = (
    "Nesting Levels have exceeded supported limits: Attributes in the item have nested levels beyond supported limit"
)


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ({}, EMPTY),
        ({"S": "x", "N": "1"}, SEVERAL),
        ({"M": {"a": {}}}, EMPTY),
        ({"L": [{"S": "x", "BOOL": True}]}, SEVERAL),
        ({"NULL": False}, ENVELOPE + P + "Null attribute value types must have the value of true"),
        ({"SS": []}, ENVELOPE + P + "An string set  may not be empty"),
        ({"NS": []}, ENVELOPE + P + "An number set  may not be empty"),
        ({"BS": []}, ENVELOPE + P + "Binary sets should not be empty"),
        ({"SS": ["a", "b", "a"]}, ENVELOPE + P + "Input collection [a, b, a] contains duplicates."),
        ({"BS": [b"a", b"a"]}, ENVELOPE + P + "Input collection [YQ==, YQ==]of type BS contains duplicates."),
        ({"M": {"deep": {"SS": []}}}, ENVELOPE + P + "An string set  may not be empty"),
        (_nested(33), ENVELOPE + NESTING),
        (_nested(32, {"L": []}), ENVELOPE + NESTING),  # DynamoDB Local 3.3.1, asked 2026-11
        (_nested(32, {"M": {}}), ENVELOPE + NESTING),
    ],
    ids=[
        "no type",
        "two types",
        "nested without type",
        "nested with two",
        "NULL false",
        "empty SS",
        "empty NS",
        "empty BS",
        "duplicate in SS",
        "duplicate in BS",
        "nested empty SS",
        "33 levels",
        "32 levels, the last an empty list",
        "32 levels, the last an empty map",
    ],
)
def test_a_value_is_refused_by_put_item(dynamodb: Any, table: str, value: dict[str, Any], message: str) -> None:
    with refused("ValidationException", message):
        dynamodb.put_item(TableName=table, Item={"pk": {"S": "x"}, "v": value})


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ({}, EMPTY),
        ({"NULL": False}, P + "Null attribute value types must have the value of true"),
        ({"SS": []}, P + "An string set  may not be empty"),
        ({"N": "x"}, "The parameter cannot be converted to a numeric value: x"),
    ],
)
def test_a_value_of_an_expression_is_refused_with_its_name(
    dynamodb: Any, table: str, value: dict[str, Any], message: str
) -> None:
    """Source: §5.2, where the inner sentence is kept whole."""
    with refused("ValidationException", f"ExpressionAttributeValues contains invalid value: {message} for key :v"):
        dynamodb.scan(TableName=table, FilterExpression="a = :v", ExpressionAttributeValues={":v": value})


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ({"SS": []}, P + "An string set  may not be empty"),
        ({"NULL": False}, P + "Null attribute value types must have the value of true"),
    ],
)
def test_a_batch_put_has_no_prefix(dynamodb: Any, table: str, value: dict[str, Any], message: str) -> None:
    """The prefix belongs to operations that write one item. Source: §3.5."""
    with refused("ValidationException", message):
        dynamodb.batch_write_item(RequestItems={table: [{"PutRequest": {"Item": {"pk": {"S": "x"}, "v": value}}}]})


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ({"SS": []}, P + "An string set  may not be empty"),
        ({"BS": [b"a", b"a"]}, P + "Input collection [YQ==, YQ==]of type BS contains duplicates."),
        ({"NULL": False}, P + "Null attribute value types must have the value of true"),
        ({"M": {"a" * 65_536: {"S": "x"}}}, "Attribute name is too large, must be less than 65536 bytes"),
    ],
    ids=["empty set", "duplicates", "NULL false", "long name"],
)
def test_a_value_of_an_update_expression_is_refused_as_a_value(
    dynamodb: Any, table: str, value: dict[str, Any], message: str
) -> None:
    """Where the prefix is, the placeholder is not named.

    Source: ministackorg/ministack issue 1038 and ExtendDB/extenddb issue 365 (AWS's answers of 2026-07 and 2026-09).
    """
    with refused("ValidationException", ENVELOPE + message):
        dynamodb.update_item(
            TableName=table,
            Key={"pk": {"S": "x"}},
            UpdateExpression="SET v = :v",
            ExpressionAttributeValues={":v": value},
        )
    with refused("ValidationException", ENVELOPE + message):
        dynamodb.delete_item(
            TableName=table,
            Key={"pk": {"S": "x"}},
            ConditionExpression="v = :v",
            ExpressionAttributeValues={":v": value},
        )


def test_a_name_of_65535_bytes_is_the_longest(dynamodb: Any, table: str, unique: Unique) -> None:
    """Source: ExtendDB/extenddb issue 365 (AWS's answers of 2026-09-16)."""
    longest = "é" * 32_767 + "x"
    item = {"pk": {"S": unique()}, longest: {"S": "x"}, "m": {"M": {longest: {"S": "y"}}}}
    dynamodb.put_item(TableName=table, Item=item)
    assert dynamodb.get_item(TableName=table, Key={"pk": item["pk"]})["Item"] == item
    too_large = ENVELOPE + "Attribute name is too large, must be less than 65536 bytes"
    for bad in ({longest + "x": {"S": "x"}}, {"m": {"M": {longest + "x": {"S": "x"}}}}):
        with refused("ValidationException", too_large):
            dynamodb.put_item(TableName=table, Item={"pk": item["pk"], **bad})
    with refused("ValidationException", too_large):
        dynamodb.update_item(
            TableName=table,
            Key={"pk": item["pk"]},
            UpdateExpression="SET #n = :v",
            ExpressionAttributeNames={"#n": longest + "x"},
            ExpressionAttributeValues={":v": {"S": "x"}},
        )


@pytest.mark.parametrize(
    ("operation", "parameters"),
    [
        ("put_item", {"Expected": {"a" * 65_536: {"Exists": False}}}),
        ("delete_item", {"Expected": {"a" * 65_536: {"Exists": False}}}),
        ("update_item", {"AttributeUpdates": {"a" * 65_536: {"Value": {"S": "x"}}}}),
        ("update_item", {"AttributeUpdates": {"a" * 65_536: {"Action": "DELETE"}}}),
        ("query", {"QueryFilter": {"a" * 65_536: {"ComparisonOperator": "NULL"}}}),
    ],
    ids=["put", "delete", "update", "removal", "filter"],
)
def test_a_longer_name_is_none_in_the_parameters_before_expressions(
    dynamodb: Any, table: str, unique: Unique, operation: str, parameters: dict[str, Any]
) -> None:
    """Nothing that is too long comes in through them. Source: scylladb/scylladb issue 9169."""
    key = {"pk": {"S": unique()}}
    where: dict[str, dict[str, Any]] = {
        "put_item": {"Item": key},
        "query": {"KeyConditions": {"pk": {"ComparisonOperator": "EQ", "AttributeValueList": [key["pk"]]}}},
    }
    prefix = "" if operation == "query" else ENVELOPE
    with refused("ValidationException", prefix + "Attribute name is too large, must be less than 65536 bytes"):
        getattr(dynamodb, operation)(TableName=table, **where.get(operation, {"Key": key}), **parameters)


@pytest.mark.parametrize("item", [{"": {"S": "x"}}, {"a": {"M": {"": {"S": "x"}}}}], ids=["an item's", "a map's"])
def test_an_attribute_has_a_name(dynamodb: Any, table: str, unique: Unique, item: dict[str, Any]) -> None:
    """Source: §4; the text is an assumption."""
    with refused("ValidationException"):
        dynamodb.put_item(TableName=table, Item={"pk": {"S": unique()}, **item})
    with refused("ValidationException"):
        dynamodb.update_item(
            TableName=table,
            Key={"pk": {"S": unique()}},
            AttributeUpdates={name: {"Value": value} for name, value in item.items()},
        )


def test_an_update_that_would_reach_below_level_32_is_refused_in_fewer_words(
    dynamodb: Any, table: str, unique: Unique
) -> None:
    """The value alone is not too deep. Source: floci-io/floci pull request 3447 and what followed it, checked on AWS."""
    key = {"pk": {"S": unique()}}
    dynamodb.put_item(TableName=table, Item={**key, "m": {"M": {}}})

    def put(levels: int) -> None:
        dynamodb.update_item(
            TableName=table,
            Key=key,
            UpdateExpression="SET m.a = :v",
            ExpressionAttributeValues={":v": _nested(levels)},
        )

    put(31)
    with refused("ValidationException", "Nesting Levels have exceeded supported limits"):
        put(32)
    assert dynamodb.get_item(TableName=table, Key=key)["Item"]["m"] == {"M": {"a": _nested(31)}}
