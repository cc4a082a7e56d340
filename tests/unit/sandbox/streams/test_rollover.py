"""Shards are closed by time and by load, and their children take over."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from sandbox.clock import Clock
from sandbox.dynamodb.operations.tables.create_table import create_table
from sandbox.dynamodb.scope import Scope
from sandbox.streams.rollover import SHARD_LIFE_SECONDS, Rollover
from sandbox.streams.shard import Shard, Stream


@pytest.fixture
def stream(call: Callable[..., Any], scope: Scope) -> Stream:
    call(
        create_table,
        TableName="orders",
        AttributeDefinitions=[{"AttributeName": "a", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "a", "KeyType": "HASH"}],
        BillingMode="PAY_PER_REQUEST",
        StreamSpecification={"StreamEnabled": True, "StreamViewType": "KEYS_ONLY"},
    )
    (stream,) = scope.store.log.all_streams()
    return stream


def rollover(scope: Scope, split: int | None = None) -> Rollover:
    return Rollover(scope.store.log, scope.clock, scope.ids, scope.store.database, split_records_per_second=split)


def is_open(shard: Shard) -> bool:
    return shard.last_sequence is None


def test_a_shard_lives_four_hours_and_has_one_child(stream: Stream, scope: Scope) -> None:
    rolling = rollover(scope)
    scope.clock.advance(SHARD_LIFE_SECONDS - 1)
    assert rolling.roll_due() == 0
    scope.clock.advance(1)
    assert rolling.roll_due() == 1
    parent, child = stream.shards
    assert not is_open(parent)
    assert child.parent_shard_id == parent.shard_id
    assert is_open(child)
    assert (child.low, child.high) == (parent.low, parent.high)
    assert child.shard_id > parent.shard_id
    assert child.shard_id.startswith(f"shardId-{int(scope.clock.now() * 1000):020d}-")


def test_shards_of_one_moment_have_ids_in_the_order_of_creation(stream: Stream, scope: Scope) -> None:
    (parent,) = stream.shards
    with scope.store.database.write():
        children = scope.store.log.roll(stream, parent, children=3, now=parent.created, ids_hex=scope.ids.hex)
    digits = [int(shard.shard_id.split("-")[1]) for shard in (parent, *children)]
    assert digits == list(range(digits[0], digits[0] + 4))


def test_a_day_later_closed_shards_without_records_are_gone(stream: Stream, scope: Scope) -> None:
    rolling = rollover(scope)
    for _ in range(7):
        scope.clock.advance(SHARD_LIFE_SECONDS)
        assert rolling.roll_due() == 1
    with scope.store.database.write():
        scope.store.log.trim(scope.clock.now())
    # Closed at 4 h … 28 h; at 28 h the one of 4 h has been closed for exactly a day and stays.
    assert len(stream.shards) == 8
    scope.clock.advance(1)
    with scope.store.database.write():
        scope.store.log.trim(scope.clock.now())
    assert len(stream.shards) == 7
    # The oldest left names a parent that is not listed any more, as at AWS.
    assert stream.shards[0].parent_shard_id not in {shard.shard_id for shard in stream.shards}


def test_heavy_writes_split_a_shard_in_two(stream: Stream, scope: Scope, put: Callable[..., None]) -> None:
    rolling = rollover(scope, split=10)
    for number in range(9):
        put("orders", a={"S": f"{number}"})
    assert rolling.roll_due() == 0
    put("orders", a={"S": "9"})
    assert rolling.roll_due() == 1
    parent, left, right = stream.shards
    assert (left.low, left.high, right.low, right.high) == (parent.low, left.high, left.high, parent.high)
    assert rolling.roll_due() == 0  # what the parent took does not count against its children


def test_slow_writes_do_not(stream: Stream, scope: Scope, put: Callable[..., None]) -> None:
    rolling = rollover(scope, split=3)
    for number in range(30):
        put("orders", a={"S": f"{number}"})
        scope.clock.advance(0.5)
    assert rolling.roll_due() == 0
    assert len(stream.shards) == 1


def test_it_follows_the_clock_and_the_writes_by_itself(
    call: Callable[..., Any], put: Callable[..., None], scope: Scope
) -> None:
    scope.clock = Clock()

    async def scenario() -> None:
        task = asyncio.create_task(rollover(scope, split=5).run())
        await asyncio.sleep(0)
        call(
            create_table,
            TableName="orders",
            AttributeDefinitions=[{"AttributeName": "a", "AttributeType": "S"}],
            KeySchema=[{"AttributeName": "a", "KeyType": "HASH"}],
            BillingMode="PAY_PER_REQUEST",
            StreamSpecification={"StreamEnabled": True, "StreamViewType": "KEYS_ONLY"},
        )
        (stream,) = scope.store.log.all_streams()
        for number in range(5):
            put("orders", a={"S": f"{number}"})
        while len(stream.shards) < 3:  # noqa: ASYNC110 - there is no event to wait for: this is the outside view
            await asyncio.sleep(0)
        scope.clock.advance(SHARD_LIFE_SECONDS + 1)
        while len(stream.shards) < 5:  # noqa: ASYNC110 - as above
            await asyncio.sleep(0)
        task.cancel()

    asyncio.run(asyncio.wait_for(scenario(), timeout=10))
