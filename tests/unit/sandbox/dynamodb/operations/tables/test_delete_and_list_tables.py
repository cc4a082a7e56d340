from collections.abc import Callable
from typing import Any

import pytest

from sandbox.dynamodb.faults import ResourceInUseException, ResourceNotFoundException, ValidationException
from sandbox.dynamodb.operations.tables.create_table import create_table
from sandbox.dynamodb.operations.tables.delete_table import delete_table
from sandbox.dynamodb.operations.tables.describe_table import describe_table
from sandbox.dynamodb.operations.tables.list_tables import list_tables
from sandbox.dynamodb.operations.tables.update_table import update_table
from sandbox.dynamodb.scope import Delays, Scope

Call = Callable[..., Any]
Put = Callable[..., None]


def create(call: Call, name: str, **more: Any) -> dict[str, Any]:
    answer: dict[str, Any] = call(
        create_table,
        TableName=name,
        AttributeDefinitions=[{"AttributeName": "a", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "a", "KeyType": "HASH"}],
        BillingMode="PAY_PER_REQUEST",
        **more,
    )["TableDescription"]
    return answer


def test_answer_has_no_keys(call: Call, put: Put) -> None:
    created = create(call, "orders")
    put("orders", a={"S": "1"})
    assert call(delete_table, TableName="orders")["TableDescription"] == {
        "DeletionProtectionEnabled": False,
        "ItemCount": 1,
        "ProvisionedThroughput": {"NumberOfDecreasesToday": 0, "ReadCapacityUnits": 0, "WriteCapacityUnits": 0},
        "TableArn": created["TableArn"],
        "TableId": created["TableId"],
        "TableName": "orders",
        "TableSizeBytes": 2,
        "TableStatus": "DELETING",
    }
    with pytest.raises(ResourceNotFoundException):
        call(describe_table, TableName="orders")
    with pytest.raises(ResourceNotFoundException) as refused:
        call(delete_table, TableName="orders")
    assert refused.value.message == "Requested resource not found: Table: orders not found"


def test_table_made_anew_is_empty_and_has_another_id(call: Call, put: Put) -> None:
    first = create(call, "orders")
    put("orders", a={"S": "1"})
    call(delete_table, TableName="orders")
    assert create(call, "orders")["TableId"] != first["TableId"]
    assert call(describe_table, TableName="orders")["Table"]["ItemCount"] == 0


def test_deleting_lasts_as_long_as_asked_for(call: Call, scope: Scope) -> None:
    create(call, "orders")
    scope.delays = Delays(delete_seconds=5)
    call(delete_table, TableName="orders")
    with pytest.raises(ResourceInUseException, match="Table is being deleted: orders"):
        call(delete_table, TableName="orders")
    assert call(describe_table, TableName="orders")["Table"]["TableStatus"] == "DELETING"
    assert call(list_tables) == {"TableNames": ["orders"]}
    with pytest.raises(ResourceNotFoundException) as refused:
        scope.table("orders")
    assert refused.value.message == "Requested resource not found"
    with pytest.raises(ResourceInUseException, match="Table is being deleted: orders"):
        call(update_table, TableName="orders", DeletionProtectionEnabled=True)
    scope.clock.advance(5)
    assert call(list_tables) == {"TableNames": []}


def test_table_being_created_cannot_go(call: Call, scope: Scope) -> None:
    scope.delays = Delays(create_seconds=5)
    create(call, "orders")
    with pytest.raises(ResourceInUseException) as refused:
        call(delete_table, TableName="orders")
    assert refused.value.message == "Attempt to change a resource which is still in use: Table is being created: orders"


@pytest.mark.rule("4.2 busy table")
def test_table_whose_stream_is_being_enabled_cannot_go(call: Call, scope: Scope) -> None:
    create(call, "orders")
    scope.delays = Delays(update_seconds=5)
    call(
        update_table,
        TableName="orders",
        StreamSpecification={"StreamEnabled": True, "StreamViewType": "KEYS_ONLY"},
    )
    with pytest.raises(ResourceInUseException) as refused:
        call(delete_table, TableName="orders")
    assert (
        refused.value.message
        == "Attempt to change a resource which is still in use: Cannot delete table while stream is being enabled/disabled."
    )
    scope.clock.advance(5)
    call(delete_table, TableName="orders")


def test_protected_table_stays(call: Call) -> None:
    create(call, "orders", DeletionProtectionEnabled=True)
    with pytest.raises(ValidationException) as refused:
        call(delete_table, TableName="orders")
    assert refused.value.message == (
        "Resource cannot be deleted as it is currently protected against deletion. Disable deletion protection first."
    )
    call(update_table, TableName="orders", DeletionProtectionEnabled=False)
    call(delete_table, TableName="orders")


def test_stream_stays_readable(call: Call, put: Put, scope: Scope) -> None:
    create(call, "orders", StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"})
    put("orders", a={"S": "1"})
    call(delete_table, TableName="orders")
    (stream,) = scope.store.log.streams("000000000000", "us-east-1")
    assert not stream.enabled
    assert len(scope.store.log.read(stream, stream.shards[0], behind=0, limit=10)) == 1


def test_names_page_by_page_in_byte_order(call: Call) -> None:
    for name in ("beta", "Alpha", "a.b", "a-b"):
        create(call, name)
    assert call(list_tables) == {"TableNames": ["Alpha", "a-b", "a.b", "beta"]}
    assert call(list_tables, Limit=2) == {"TableNames": ["Alpha", "a-b"], "LastEvaluatedTableName": "a-b"}
    assert call(list_tables, Limit=2, ExclusiveStartTableName="a-b") == {"TableNames": ["a.b", "beta"]}
    assert call(list_tables, ExclusiveStartTableName="absent") == {"TableNames": ["beta"]}


def test_hundred_names_to_a_page(call: Call) -> None:
    for number in range(101):
        create(call, f"table{number:03d}")
    answer = call(list_tables)
    assert (len(answer["TableNames"]), answer["LastEvaluatedTableName"]) == (100, "table099")
