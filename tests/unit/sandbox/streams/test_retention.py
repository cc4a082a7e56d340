import asyncio
from collections.abc import Callable
from typing import Any

from sandbox.clock import Clock
from sandbox.dynamodb.operations.tables.create_table import create_table
from sandbox.dynamodb.scope import Scope
from sandbox.dynamodb.storage.store import Store
from sandbox.streams.retention import Retention


def create(call: Callable[..., Any]) -> None:
    call(
        create_table,
        TableName="orders",
        AttributeDefinitions=[{"AttributeName": "a", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "a", "KeyType": "HASH"}],
        BillingMode="PAY_PER_REQUEST",
        StreamSpecification={"StreamEnabled": True, "StreamViewType": "KEYS_ONLY"},
    )


def records(scope: Scope) -> int:
    (stream,) = scope.store.log.all_streams()
    return sum(len(scope.store.log.read(stream, shard, behind=0, limit=9_999)) for shard in stream.shards)


def test_retention_follows_the_clock(call: Callable[..., Any], put: Callable[..., None], scope: Scope) -> None:
    """Records leave when the clock is advanced by a day, more of them than one step takes too."""
    scope.clock = Clock()
    create(call)

    async def scenario() -> None:
        task = asyncio.create_task(Retention(scope.store.log, scope.clock, scope.store.database).run())
        await asyncio.sleep(0)
        for number in range(2_100):
            put("orders", a={"S": str(number)})
        scope.clock.advance(86_390)
        await asyncio.sleep(0)
        assert records(scope) == 2_100
        scope.clock.advance(70)
        while records(scope):  # noqa: ASYNC110 - there is no event to wait for: this is the outside view
            await asyncio.sleep(0)
        task.cancel()

    asyncio.run(asyncio.wait_for(scenario(), timeout=10))


def test_counter_and_trim_point_survive(call: Callable[..., Any], put: Callable[..., None], scope: Scope) -> None:
    """A log without records goes on counting where it was, or a checkpoint would lie ahead of every new record."""
    create(call)
    put("orders", a={"S": "1"})
    scope.clock.advance(86_401)
    with scope.store.database.write():
        assert scope.store.log.trim(scope.clock.now()) == 1
    sequence = scope.store.log.sequence
    again = Store(scope.store.database)
    assert again.log.sequence == sequence
    (stream,) = again.log.all_streams()
    assert stream.shards[0].trimmed == sequence
