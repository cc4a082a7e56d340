"""Which changes a table takes while another is under way. Source: ack-api-quirks DDB-TABLE-119, 163, 175, 370, 375, 376."""

from collections.abc import Callable
from typing import Any

import pytest

from sandbox.dynamodb.faults import LimitExceededException, ResourceInUseException
from sandbox.dynamodb.operations.tables.create_table import create_table
from sandbox.dynamodb.operations.tables.delete_table import delete_table
from sandbox.dynamodb.operations.tables.describe_table import describe_table
from sandbox.dynamodb.operations.tables.update_table import update_table
from sandbox.dynamodb.scope import Delays, Scope

Call = Callable[..., Any]
IN_USE = "Attempt to change a resource which is still in use: "
PROTECTION = {"DeletionProtectionEnabled": True}
KEY = {"SSESpecification": {"Enabled": True}}


def units(count: int) -> dict[str, Any]:
    return {"ProvisionedThroughput": {"ReadCapacityUnits": count, "WriteCapacityUnits": count}}


UNITS = units(7)
STREAM = {"StreamSpecification": {"StreamEnabled": True, "StreamViewType": "KEYS_ONLY"}}
CLASS = {"TableClass": "STANDARD_INFREQUENT_ACCESS"}
LIMITS = {"OnDemandThroughput": {"MaxReadRequestUnits": 9}}
ON_DEMAND = {"BillingMode": "PAY_PER_REQUEST"}
WARMTH = {"WarmThroughput": {"ReadUnitsPerSecond": 15_000}}
INDEX_UNITS = {"GlobalSecondaryIndexUpdates": [{"Update": {"IndexName": "by_b", **units(8)}}]}
REMOVAL = {"GlobalSecondaryIndexUpdates": [{"Delete": {"IndexName": "by_b"}}]}


def by(name: str) -> dict[str, Any]:
    key = [{"AttributeName": name, "KeyType": "HASH"}]
    return {"IndexName": f"by_{name}", "KeySchema": key, "Projection": {"ProjectionType": "ALL"}, **units(1)}


CREATION = {
    "AttributeDefinitions": [{"AttributeName": "c", "AttributeType": "S"}],
    "GlobalSecondaryIndexUpdates": [{"Create": by("c")}],
}


@pytest.fixture
def orders(call: Call, scope: Scope) -> None:
    """A provisioned table with an index; what comes later takes a while."""
    call(
        create_table,
        TableName="orders",
        AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name in "ab"],
        KeySchema=[{"AttributeName": "a", "KeyType": "HASH"}],
        GlobalSecondaryIndexes=[by("b")],
        **units(5),
    )
    scope.delays = Delays(update_seconds=5, index_seconds=60)


def update(call: Call, **members: Any) -> dict[str, Any]:
    answer: dict[str, Any] = call(update_table, TableName="orders", **members)["TableDescription"]
    return answer


def described(call: Call) -> dict[str, Any]:
    answer: dict[str, Any] = call(describe_table, TableName="orders")["Table"]
    return answer


def refusal(call: Call, operation: Any = update_table, **members: Any) -> str:
    with pytest.raises(ResourceInUseException) as refused:
        call(operation, TableName="orders", **members)
    message = refused.value.message or ""
    assert message.startswith(IN_USE)
    return message.removeprefix(IN_USE)


@pytest.mark.usefixtures("orders")
@pytest.mark.parametrize(
    ("asked", "text"),
    [
        (UNITS, "Table IOPS are currently being updated. Table: orders"),
        (ON_DEMAND, "Table IOPS are currently being updated. Table: orders"),
        (STREAM, "Can't enable or disable stream while table IOPS are being updated. Table: orders"),
        (CLASS, "Table: orders is in the process of being updated."),
        (LIMITS, "OnDemandThroughput cannot be updated while BillingMode update is in progress"),
        (CREATION, "Can't create or delete indexes while table IOPS are being updated. Table: orders"),
        (REMOVAL, "Can't create or delete indexes while table IOPS are being updated. Table: orders"),
    ],
)
def test_while_units_change(call: Call, asked: dict[str, Any], text: str) -> None:
    update(call, **units(6))
    assert refusal(call, **asked) == text
    assert refusal(call, delete_table) == "Table: orders is in the process of being updated."


@pytest.mark.usefixtures("orders")
@pytest.mark.parametrize("switching", ["ENABLE", "DISABLE"])
@pytest.mark.parametrize(
    ("asked", "text"),
    [
        (UNITS, "Can't change table IOPS when stream status is being updated. {where}"),
        (STREAM, "A stream status change is currently in progress. {where}"),
        (CLASS, "Can't update table class when stream status is being updated. {where}"),
        (LIMITS, "OnDemandThroughput cannot be updated while stream status update is in progress"),
        (CREATION, "Can't create or delete an index when stream status is being updated."),
    ],
)
def test_while_a_stream_is_switched(call: Call, scope: Scope, switching: str, asked: dict[str, Any], text: str) -> None:
    update(call, **STREAM)
    if switching == "DISABLE":
        scope.clock.advance(5)
        update(call, StreamSpecification={"StreamEnabled": False})
    label = described(call)["LatestStreamLabel"]
    where = f"Table: orders Stream: {label} Operation: {switching}"
    assert refusal(call, **asked) == text.format(where=where)
    assert refusal(call, delete_table) == "Cannot delete table while stream is being enabled/disabled."


@pytest.mark.usefixtures("orders")
@pytest.mark.parametrize(
    ("asked", "text"),
    [
        (UNITS, "Table: orders is in the process of being updated."),
        (STREAM, "Can't enable or disable stream when a table class update is in progress."),
        (
            CLASS,
            "Can't update table class when a table class update is in progress. {where}",
        ),
        (LIMITS, "OnDemandThroughput cannot be updated while TableClass update is in progress"),
        (REMOVAL, "Can't create or delete an index when a table class update is in progress."),
    ],
)
def test_while_the_class_changes(call: Call, asked: dict[str, Any], text: str) -> None:
    update(call, **CLASS)
    where = "Table: orders TableClassUpdateInProgress: STANDARD_INFREQUENT_ACCESS"
    assert refusal(call, **asked) == text.format(where=where)
    assert refusal(call, delete_table) == "Table: orders is in the process of being updated."


@pytest.mark.usefixtures("orders")
@pytest.mark.parametrize(
    ("change", "doing", "name"), [(CREATION, "created", "by_c"), (REMOVAL, "deleted", "by_b")], ids=["new", "old"]
)
def test_while_an_index_comes_or_goes(call: Call, change: dict[str, Any], doing: str, name: str) -> None:
    update(call, **change)
    where = f"Table: orders Indexes: [{name}]"
    assert refusal(call, **UNITS) == f"Can't change table IOPS when an index is being {doing}. {where}"
    assert refusal(call, **STREAM) == f"Can't change stream status when an index is being {doing}. {where}"
    assert refusal(call, **CLASS) == "Table: orders is in the process of being updated."
    noun = {"created": "creation", "deleted": "deletion"}[doing]
    assert refusal(call, **LIMITS) == (
        f"OnDemandThroughput cannot be updated while index {noun} is in progress for indexes: [{name}]"
    )
    with pytest.raises(LimitExceededException, match="Only 1 online index"):
        update(
            call,
            AttributeDefinitions=[{"AttributeName": "d", "AttributeType": "S"}],
            GlobalSecondaryIndexUpdates=[{"Create": by("d")}],
        )
    deletable = "Cannot delete table while indexes are being created, updated, or deleted."
    assert refusal(call, delete_table) == deletable


@pytest.mark.usefixtures("orders")
def test_a_new_index_is_first_allotted_and_then_filled(call: Call, scope: Scope) -> None:
    """Source: ack-api-quirks DDB-TABLE-163."""
    update(call, **CREATION)
    where = "Table: orders Index: by_c"
    removal = {"GlobalSecondaryIndexUpdates": [{"Delete": {"IndexName": "by_c"}}]}
    more = {"GlobalSecondaryIndexUpdates": [{"Update": {"IndexName": "by_c", **units(2)}}]}
    assert refusal(call, **removal) == (
        "Index creation is in resource allocation phase. Retry deletion during backfilling phase or when the index is "
        f"active. {where}"
    )
    assert refusal(call, **more) == f"Index is being created but is not backfilling yet.  {where}"
    scope.clock.advance(5)
    assert refusal(call, **more) == f"Index is being created.  {where}"
    update(call, **UNITS)
    scope.clock.advance(5)
    update(call, **removal)
    scope.clock.advance(60)
    assert [index["IndexName"] for index in described(call)["GlobalSecondaryIndexes"]] == ["by_b"]


@pytest.mark.usefixtures("orders")
def test_an_index_that_goes_keeps_its_name_until_it_is_gone(call: Call, scope: Scope) -> None:
    """Source: ack-api-quirks DDB-TABLE-163."""
    update(call, **REMOVAL)
    definitions = [{"AttributeName": "b", "AttributeType": "S"}]
    again = {"AttributeDefinitions": definitions, "GlobalSecondaryIndexUpdates": [{"Create": by("b")}]}
    for asked in (again, REMOVAL):
        assert refusal(call, **asked) == "Index is being deleted.  Table: orders Index: by_b"
    scope.clock.advance(60)
    update(call, **again)


@pytest.mark.usefixtures("orders")
@pytest.mark.parametrize("change", [UNITS, STREAM, CLASS, CREATION])
@pytest.mark.parametrize("asked", [PROTECTION, KEY, WARMTH, INDEX_UNITS])
def test_some_changes_are_taken_at_any_time(
    call: Call, scope: Scope, change: dict[str, Any], asked: dict[str, Any]
) -> None:
    update(call, **change)
    assert update(call, **asked)["TableStatus"] == "UPDATING"
    scope.clock.advance(60)
    assert described(call)["TableStatus"] == "ACTIVE"


@pytest.mark.usefixtures("orders")
def test_protection_does_not_make_a_change_take_longer(call: Call, scope: Scope) -> None:
    update(call, **CLASS)
    scope.clock.advance(4)
    update(call, **PROTECTION)
    scope.clock.advance(1)
    assert described(call)["TableStatus"] == "ACTIVE"


@pytest.mark.usefixtures("orders")
@pytest.mark.parametrize("change", [KEY, WARMTH])
def test_a_table_that_is_active_may_be_undeletable_for_a_while(
    call: Call, scope: Scope, change: dict[str, Any]
) -> None:
    """Source: ack-api-quirks DDB-TABLE-069, 376."""
    assert update(call, **change)["TableStatus"] == "ACTIVE"
    assert refusal(call, delete_table) == "Table: orders is in the process of being updated."
    update(call, **STREAM)
    scope.clock.advance(5)
    call(delete_table, TableName="orders")
