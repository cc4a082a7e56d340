import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from sandbox.clock import Clock
from sandbox.dynamodb.faults import ResourceInUseException, ResourceNotFoundException
from sandbox.dynamodb.lifecycle.lifecycle import Lifecycle
from sandbox.dynamodb.operations.tables.create_table import create_table
from sandbox.dynamodb.operations.tables.delete_table import delete_table
from sandbox.dynamodb.operations.tables.describe_table import describe_table
from sandbox.dynamodb.operations.tables.update_table import update_table
from sandbox.dynamodb.operations.ttl.update_time_to_live import update_time_to_live
from sandbox.dynamodb.scope import Delays, Scope
from sandbox.dynamodb.storage.store import Store

Call = Callable[..., Any]
Put = Callable[..., None]

MANY = 1_500
INDEX = {
    "AttributeDefinitions": [{"AttributeName": "b", "AttributeType": "N"}],
    "GlobalSecondaryIndexUpdates": [
        {
            "Create": {
                "IndexName": "byb",
                "KeySchema": [{"AttributeName": "b", "KeyType": "HASH"}],
                "Projection": {"ProjectionType": "KEYS_ONLY"},
            }
        }
    ],
}


def create(call: Call) -> None:
    call(
        create_table,
        TableName="orders",
        AttributeDefinitions=[{"AttributeName": "a", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "a", "KeyType": "HASH"}],
        BillingMode="PAY_PER_REQUEST",
    )


def index_of(call: Call) -> dict[str, Any]:
    shown: dict[str, Any] = call(describe_table, TableName="orders")["Table"]["GlobalSecondaryIndexes"][0]
    return shown


def test_large_table_is_filled_step_by_step_while_items_change(call: Call, put: Put, scope: Scope) -> None:
    """Whatever is written between two steps is in the index once, whether its place was passed or not."""
    create(call)
    for number in range(MANY):
        put("orders", a={"S": str(number)}, b={"N": str(number)}, c={"S": "x"})
    call(update_table, TableName="orders", **INDEX)
    shown = index_of(call)
    assert (shown["IndexStatus"], shown["Backfilling"]) == ("CREATING", True)
    lifecycle = Lifecycle(scope.store, scope.clock)
    assert lifecycle.fill_step()
    for number in range(0, MANY, 7):
        put("orders", a={"S": str(number)}, b={"N": str(-number - 1)})
    for number in range(3, MANY, 7):
        put("orders", a={"S": str(number)})
    steps = 1
    while lifecycle.fill_step():
        steps += 1
    assert steps > 5
    shown = index_of(call)
    gone = len(range(3, MANY, 7))
    assert (shown["IndexStatus"], shown["ItemCount"], "Backfilling" in shown) == ("ACTIVE", MANY - gone, False)


def test_filling_begins_again_after_a_restart(call: Call, put: Put, scope: Scope) -> None:
    create(call)
    for number in range(MANY):
        put("orders", a={"S": str(number)}, b={"N": str(number)})
    call(update_table, TableName="orders", **INDEX)
    Lifecycle(scope.store, scope.clock).fill_step()
    scope.store = Store(scope.store.database)
    lifecycle = Lifecycle(scope.store, scope.clock)
    while lifecycle.fill_step():
        pass
    assert index_of(call)["ItemCount"] == MANY


def test_large_table_gets_its_expiry_times(call: Call, put: Put, scope: Scope) -> None:
    create(call)
    for number in range(MANY):
        put("orders", a={"S": str(number)}, ttl={"N": str(1_700_000_000 + number)})
    call(update_time_to_live, TableName="orders", TimeToLiveSpecification={"Enabled": True, "AttributeName": "ttl"})
    lifecycle = Lifecycle(scope.store, scope.clock)
    while lifecycle.fill_step():
        pass
    assert len(scope.table("orders").expiry.due(earliest=0, latest=2_000_000_000, limit=9_999)) == MANY


def test_table_whose_index_is_filled_cannot_go(call: Call, put: Put, scope: Scope) -> None:
    create(call)
    for number in range(MANY):
        put("orders", a={"S": str(number)}, b={"N": str(number)})
    call(update_table, TableName="orders", **INDEX)
    lifecycle = Lifecycle(scope.store, scope.clock)
    lifecycle.fill_step()
    with pytest.raises(ResourceInUseException, match="while indexes are being created, updated, or deleted"):
        call(delete_table, TableName="orders")
    while lifecycle.fill_step():
        pass
    call(delete_table, TableName="orders")
    assert not lifecycle.fill_step()


def test_tables_settle_though_nobody_looks(call: Call, scope: Scope) -> None:
    """``scope.table`` does not settle: the task must have."""
    scope.clock = Clock()
    scope.delays = Delays(create_seconds=100, delete_seconds=50)
    lifecycle = Lifecycle(scope.store, scope.clock)
    scope.wake_lifecycle = lifecycle.wake

    def is_usable() -> bool:
        try:
            scope.table("orders")
        except ResourceNotFoundException:
            return False
        return True

    async def until(holds: Callable[[], bool]) -> None:
        while not holds():  # noqa: ASYNC110 - there is no event to wait for: this is the outside view
            await asyncio.sleep(0)

    async def scenario() -> None:
        task = asyncio.create_task(lifecycle.run())
        await asyncio.sleep(0)
        create(call)
        await asyncio.sleep(0)
        assert not is_usable()
        await asyncio.sleep(0)
        scope.clock.advance(101)
        await until(is_usable)
        call(delete_table, TableName="orders")
        assert not is_usable()
        await asyncio.sleep(0)
        scope.clock.advance(51)
        await until(lambda: not scope.store.table_names("000000000000", "us-east-1"))
        task.cancel()

    asyncio.run(asyncio.wait_for(scenario(), timeout=5))


@pytest.mark.usefixtures("scope")
def test_nothing_to_do(scope: Scope) -> None:
    lifecycle = Lifecycle(scope.store, scope.clock)
    lifecycle.settle_due()
    assert not lifecycle.fill_step()
