"""DeleteTable. Source: dynamodb-exact §19.2."""

from collections.abc import Callable
from typing import Any

from tests.conformance.expect import refused

Unique = Callable[[], str]


def test_the_answer_and_the_end(dynamodb: Any, make_table: Callable[..., str]) -> None:
    name = make_table()
    answer = dynamodb.delete_table(TableName=name)["TableDescription"]
    assert answer["TableStatus"] == "DELETING"
    assert {"KeySchema", "AttributeDefinitions", "CreationDateTime"}.isdisjoint(answer)
    assert {
        "DeletionProtectionEnabled",
        "ItemCount",
        "ProvisionedThroughput",
        "TableArn",
        "TableId",
        "TableName",
        "TableSizeBytes",
        "TableStatus",
    } <= set(answer)
    dynamodb.get_waiter("table_not_exists").wait(TableName=name, WaiterConfig={"Delay": 1})
    with refused("ResourceNotFoundException", f"Requested resource not found: Table: {name} not found"):
        dynamodb.describe_table(TableName=name)


def test_the_answer_tells_how_the_table_was_encrypted(dynamodb: Any, make_table: Callable[..., str]) -> None:
    """Source: ack-api-quirks DDB-TABLE-334."""
    name = make_table(SSESpecification={"Enabled": True})
    encryption = dynamodb.describe_table(TableName=name)["Table"]["SSEDescription"]
    assert dynamodb.delete_table(TableName=name)["TableDescription"]["SSEDescription"] == encryption


def test_items_do_not_outlive_their_table(dynamodb: Any, make_table: Callable[..., str]) -> None:
    name = make_table()
    dynamodb.put_item(TableName=name, Item={"pk": {"S": "x"}})
    dynamodb.delete_table(TableName=name)
    dynamodb.get_waiter("table_not_exists").wait(TableName=name, WaiterConfig={"Delay": 1})
    make_table(TableName=name)
    assert dynamodb.scan(TableName=name)["Items"] == []


def test_a_missing_table(dynamodb: Any, unique: Unique) -> None:
    name = unique()
    with refused("ResourceNotFoundException", f"Requested resource not found: Table: {name} not found"):
        dynamodb.delete_table(TableName=name)


def test_a_protected_table(dynamodb: Any, make_table: Callable[..., str]) -> None:
    name = make_table(DeletionProtectionEnabled=True)
    with refused(
        "ValidationException",
        "Resource cannot be deleted as it is currently protected against deletion. Disable deletion protection first.",
    ):
        dynamodb.delete_table(TableName=name)
    dynamodb.update_table(TableName=name, DeletionProtectionEnabled=False)
    dynamodb.get_waiter("table_exists").wait(TableName=name, WaiterConfig={"Delay": 1})
    dynamodb.delete_table(TableName=name)
