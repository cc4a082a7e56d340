"""DeleteItem.

Source, unless a test names another: dynamodb-exact §8, §11, §18.
"""

from collections.abc import Callable
from typing import Any

import pytest

from tests.conformance.expect import refused

Unique = Callable[[], str]


def test_a_deleted_item_is_gone(dynamodb: Any, table: str, unique: Unique) -> None:
    key = {"pk": {"S": unique()}}
    dynamodb.put_item(TableName=table, Item=key)
    assert "Attributes" not in dynamodb.delete_item(TableName=table, Key=key)
    assert "Item" not in dynamodb.get_item(TableName=table, Key=key)


def test_deleting_nothing_succeeds_and_costs_one_unit(dynamodb: Any, table: str, unique: Unique) -> None:
    answer = dynamodb.delete_item(
        TableName=table, Key={"pk": {"S": unique()}}, ReturnValues="ALL_OLD", ReturnConsumedCapacity="TOTAL"
    )
    assert "Attributes" not in answer
    assert answer["ConsumedCapacity"] == {"TableName": table, "CapacityUnits": 1.0}


def test_all_old_returns_what_was_there(dynamodb: Any, table: str, unique: Unique) -> None:
    item = {"pk": {"S": unique()}, "a": {"SS": ["x"]}}
    dynamodb.put_item(TableName=table, Item=item)
    assert dynamodb.delete_item(TableName=table, Key={"pk": item["pk"]}, ReturnValues="ALL_OLD")["Attributes"] == item


def test_a_condition_that_fails_keeps_the_item(dynamodb: Any, table: str, unique: Unique) -> None:
    item = {"pk": {"S": unique()}, "a": {"N": "1"}}
    dynamodb.put_item(TableName=table, Item=item)
    with refused("ConditionalCheckFailedException", "The conditional request failed") as refusal:
        dynamodb.delete_item(
            TableName=table,
            Key={"pk": item["pk"]},
            ConditionExpression="a > :v",
            ExpressionAttributeValues={":v": {"N": "1"}},
            ReturnValuesOnConditionCheckFailure="ALL_OLD",
        )
    assert refusal.response["Item"] == item
    assert dynamodb.get_item(TableName=table, Key={"pk": item["pk"]})["Item"] == item


def test_a_condition_on_a_missing_item(dynamodb: Any, table: str, unique: Unique) -> None:
    """Evaluated against an empty item. Source: §10."""
    with refused("ConditionalCheckFailedException"):
        dynamodb.delete_item(TableName=table, Key={"pk": {"S": unique()}}, ConditionExpression="attribute_exists(pk)")
    dynamodb.delete_item(TableName=table, Key={"pk": {"S": unique()}}, ConditionExpression="attribute_not_exists(pk)")


@pytest.mark.parametrize("key", [{}, {"pk": {"N": "1"}}, {"pk": {"S": "x"}, "a": {"S": "y"}}])
def test_a_key_of_another_shape(dynamodb: Any, table: str, key: dict[str, Any]) -> None:
    with refused("ValidationException", "The provided key element does not match the schema"):
        dynamodb.delete_item(TableName=table, Key=key)


def test_a_missing_table(dynamodb: Any, unique: Unique) -> None:
    with refused("ResourceNotFoundException", "Requested resource not found"):
        dynamodb.delete_item(TableName=unique(), Key={"pk": {"S": "x"}})


def test_only_old_values_can_be_returned(dynamodb: Any, table: str) -> None:
    """The text of DeleteItem is disputed between the sources; that it is refused is not. Source: §11."""
    with refused("ValidationException"):
        dynamodb.delete_item(TableName=table, Key={"pk": {"S": "x"}}, ReturnValues="ALL_NEW")


def test_texts_have_the_prefix_of_puts(dynamodb: Any, table: str) -> None:
    """Source: floci-io/floci issue 2893 and pull request 3447 (AWS's answers of 2026-09); before, they had none."""
    unused = "ExpressionAttributeNames can only be specified when using expressions"
    with refused("ValidationException", f"1 validation error detected: {unused}"):
        dynamodb.delete_item(TableName=table, Key={"pk": {"S": "x"}}, ExpressionAttributeNames={"#a": "a"})


def test_a_delete_is_charged_by_the_size_of_what_was_there(dynamodb: Any, table: str, unique: Unique) -> None:
    item = {"pk": {"S": unique()}, "f": {"S": "x" * 3000}}
    dynamodb.put_item(TableName=table, Item=item)
    answer = dynamodb.delete_item(TableName=table, Key={"pk": item["pk"]}, ReturnConsumedCapacity="TOTAL")
    assert answer["ConsumedCapacity"]["CapacityUnits"] == 3.0


def test_a_missing_key_member_is_a_violation(dynamodb: Any, table: str) -> None:
    with refused(
        "ValidationException",
        "1 validation error detected: Value null at 'key' failed to satisfy constraint: Member must not be null",
    ):
        dynamodb.delete_item(TableName=table)
