"""GetItem.

Source, unless a test names another: dynamodb-exact §3.3, §8, §10 (projection), §11, §18.
"""

from collections.abc import Callable
from typing import Any

import pytest

from tests.conformance.expect import refused

Unique = Callable[[], str]


@pytest.fixture
def item(dynamodb: Any, table: str, unique: Unique) -> dict[str, Any]:
    item = {
        "pk": {"S": unique()},
        "a": {"N": "1"},
        "doc": {"M": {"b": {"S": "x"}, "c": {"L": [{"N": "0"}, {"N": "1"}, {"N": "2"}]}}},
        "many": {"L": [{"M": {"x": {"N": "1"}, "y": {"N": "2"}}}, {"N": "5"}]},
    }
    dynamodb.put_item(TableName=table, Item=item)
    return item


def test_no_such_item_gives_no_item(dynamodb: Any, table: str, unique: Unique) -> None:
    assert "Item" not in dynamodb.get_item(TableName=table, Key={"pk": {"S": unique()}})


def test_a_consistent_read_gives_the_item(dynamodb: Any, table: str, item: dict[str, Any]) -> None:
    assert dynamodb.get_item(TableName=table, Key={"pk": item["pk"]}, ConsistentRead=True)["Item"] == item


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("a", {"a": {"N": "1"}}),
        ("doc.b", {"doc": {"M": {"b": {"S": "x"}}}}),
        ("doc.c[2], doc.c[0]", {"doc": {"M": {"c": {"L": [{"N": "0"}, {"N": "2"}]}}}}),
        ("many[0].y, many[0].x", {"many": {"L": [{"M": {"x": {"N": "1"}, "y": {"N": "2"}}}]}}),
        ("a, gone, doc.gone", {"a": {"N": "1"}}),
    ],
)
def test_a_projection(
    dynamodb: Any, table: str, item: dict[str, Any], expression: str, expected: dict[str, Any]
) -> None:
    """Missing paths are left out, list elements compacted in index order, keys not added. Source: §10."""
    answer = dynamodb.get_item(TableName=table, Key={"pk": item["pk"]}, ProjectionExpression=expression)
    assert answer["Item"] == expected


@pytest.mark.parametrize(
    "key",
    [{}, {"pk": {"N": "1"}}, {"pk": {"S": "x"}, "sk": {"S": "y"}}, {"other": {"S": "x"}}, {"pk": {"NULL": True}}],
    ids=["empty", "wrong type", "one too many", "another name", "null"],
)
def test_a_key_of_another_shape(dynamodb: Any, table: str, key: dict[str, Any]) -> None:
    with refused("ValidationException", "The provided key element does not match the schema"):
        dynamodb.get_item(TableName=table, Key=key)


def test_a_key_is_judged_attribute_by_attribute(dynamodb: Any, sorted_table: str) -> None:
    """The partition key first, all of it, then the sort key. Source: §8."""
    with refused(
        "ValidationException",
        "One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an empty string "
        "value. Key: pk",
    ):
        dynamodb.get_item(TableName=sorted_table, Key={"pk": {"S": ""}, "sk": {"N": "1"}})


def test_an_empty_key(dynamodb: Any, table: str) -> None:
    with refused(
        "ValidationException",
        "One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an empty string value. Key: pk",
    ):
        dynamodb.get_item(TableName=table, Key={"pk": {"S": ""}})


def test_a_key_that_is_too_long(dynamodb: Any, table: str) -> None:
    with refused(
        "ValidationException",
        "One or more parameter values were invalid: Size of hashkey has exceeded the maximum size limit of2048 bytes",
    ):
        dynamodb.get_item(TableName=table, Key={"pk": {"S": "x" * 2049}})


def test_values_of_the_key_are_judged_before_the_projection(dynamodb: Any, table: str) -> None:
    """Source: dynamodb-exact §3.1."""
    with refused("ValidationException", "The parameter cannot be converted to a numeric value: x"):
        dynamodb.get_item(TableName=table, Key={"pk": {"N": "x"}}, ProjectionExpression="a a")


def test_a_missing_table(dynamodb: Any, unique: Unique) -> None:
    with refused("ResourceNotFoundException", "Requested resource not found"):
        dynamodb.get_item(TableName=unique(), Key={"pk": {"S": "x"}})


def test_a_table_name_with_a_bad_character(dynamodb: Any) -> None:
    """Source: §3.6: non-empty bad characters give the pattern text."""
    with refused(
        "ValidationException",
        "1 validation error detected: Value 'a b' at 'tableName' failed to satisfy constraint: "
        "Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+",
    ):
        dynamodb.get_item(TableName="a b", Key={"pk": {"S": "x"}})


def test_a_table_name_that_is_too_short(dynamodb: Any) -> None:
    """Source: ExtendDB's pull request 14, which has AWS's word about an empty name right, too; an assumption else."""
    with refused(
        "ValidationException",
        "1 validation error detected: Value 'ab' at 'tableName' failed to satisfy constraint: "
        "Member must have length greater than or equal to 3",
    ):
        dynamodb.get_item(TableName="ab", Key={"pk": {"S": "x"}})


def test_both_kinds_of_projection(dynamodb: Any, table: str) -> None:
    with refused(
        "ValidationException",
        "Can not use both expression and non-expression parameters in the same request: "
        "Non-expression parameters: {AttributesToGet} Expression parameters: {ProjectionExpression}",
    ):
        dynamodb.get_item(TableName=table, Key={"pk": {"S": "x"}}, AttributesToGet=["a"], ProjectionExpression="a")


def test_the_older_projection(dynamodb: Any, table: str, item: dict[str, Any]) -> None:
    answer = dynamodb.get_item(TableName=table, Key={"pk": item["pk"]}, AttributesToGet=["a", "none"])
    assert answer["Item"] == {"a": {"N": "1"}}


def test_attributes_to_get_twice(dynamodb: Any, table: str) -> None:
    """Source: §12."""
    with refused(
        "ValidationException", "One or more parameter values were invalid: Duplicate value in attribute name: a"
    ):
        dynamodb.get_item(TableName=table, Key={"pk": {"S": "x"}}, AttributesToGet=["a", "a"])


@pytest.mark.parametrize(
    ("size", "consistent", "units"), [(10, False, 0.5), (10, True, 1.0), (4090, False, 1.0), (9000, True, 3.0)]
)
def test_a_read_is_charged_by_size(
    dynamodb: Any, table: str, unique: Unique, size: int, consistent: bool, units: float
) -> None:
    """Source: §18: ceil(size / 4096), half of it where eventually consistent."""
    key = {"pk": {"S": unique()}}
    dynamodb.put_item(TableName=table, Item={**key, "f": {"S": "x" * size}})
    answer = dynamodb.get_item(TableName=table, Key=key, ConsistentRead=consistent, ReturnConsumedCapacity="TOTAL")
    assert answer["ConsumedCapacity"] == {"TableName": table, "CapacityUnits": units}


def test_a_missing_item_is_charged_the_least(dynamodb: Any, table: str, unique: Unique) -> None:
    for consistent, units in ((False, 0.5), (True, 1.0)):
        answer = dynamodb.get_item(
            TableName=table, Key={"pk": {"S": unique()}}, ConsistentRead=consistent, ReturnConsumedCapacity="INDEXES"
        )
        assert answer["ConsumedCapacity"] == {
            "TableName": table,
            "CapacityUnits": units,
            "Table": {"CapacityUnits": units},
        }
