import asyncio
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any, TypeVar

import msgspec
import pytest

from pollers import ports
from sandbox.adapters.streams_api import LogStreams
from sandbox.dynamodb.operations.tables.create_table import create_table
from sandbox.dynamodb.operations.tables.update_table import update_table
from sandbox.dynamodb.scope import Scope
from sandbox.dynamodb.storage.database import Database
from sandbox.dynamodb.storage.store import Store

Call = Callable[..., Any]
Put = Callable[..., None]
T = TypeVar("T")


def wait(coroutine: Coroutine[Any, Any, T]) -> T:
    return asyncio.run(asyncio.wait_for(coroutine, timeout=5))


def create(call: Call) -> str:
    arn: str = call(
        create_table,
        TableName="orders",
        AttributeDefinitions=[{"AttributeName": "a", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "a", "KeyType": "HASH"}],
        BillingMode="PAY_PER_REQUEST",
        StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"},
    )["TableDescription"]["LatestStreamArn"]
    return arn


@pytest.fixture
def arn(call: Call) -> str:
    return create(call)


@pytest.fixture
def streams(scope: Scope) -> LogStreams:
    return LogStreams(scope.store.log)


def keys(page: ports.RecordsPage) -> list[str]:
    return [msgspec.json.decode(record.dynamodb)["Keys"]["a"]["S"] for record in page.records]


async def start(streams: ports.StreamsApi, arn: str, kind: str = "TRIM_HORIZON", sequence: str | None = None) -> str:
    description = await streams.describe_stream(arn)
    position = ports.Position(kind=kind, sequence_number=sequence)
    return await streams.shard_iterator(arn, description.shards[0].shard_id, position)


def test_description(streams: LogStreams, arn: str) -> None:
    description = wait(streams.describe_stream(arn))
    assert (description.status, description.view_type, description.partition_key_name) == ("ENABLED", "NEW_IMAGE", "a")
    (shard,) = description.shards
    assert (shard.parent_shard_id, shard.ending_sequence_number) == (None, None)
    assert wait(streams.list_streams()) == wait(streams.list_streams("orders")) == [arn]
    assert wait(streams.list_streams("absent")) == []


def test_records_carry_their_bytes(streams: LogStreams, arn: str, put: Put) -> None:
    put("orders", a={"S": "1"}, n={"N": "5"})

    async def scenario() -> None:
        page = await streams.records(await start(streams, arn), 10)
        (record,) = page.records
        event = msgspec.json.decode(record.event_json(arn))
        assert event["eventSourceARN"] == arn
        assert event["dynamodb"]["NewImage"] == {"a": {"S": "1"}, "n": {"N": "5"}}
        assert (record.event_name, record.aws_region, record.created_seconds) == (
            "INSERT",
            "us-east-1",
            1_700_000_000.0,
        )
        assert record.sequence_number == event["dynamodb"]["SequenceNumber"]
        assert not record.is_service_delete

    wait(scenario())


def test_positions(streams: LogStreams, arn: str, put: Put) -> None:
    for name in "abc":
        put("orders", a={"S": name})

    async def scenario() -> None:
        page = await streams.records(await start(streams, arn), 2)
        assert keys(page) == ["a", "b"]
        assert page.next_iterator is not None
        assert keys(await streams.records(page.next_iterator, 2)) == ["c"]
        second = page.records[1].sequence_number
        assert keys(await streams.records(await start(streams, arn, "AFTER_SEQUENCE_NUMBER", second), 9)) == ["c"]
        assert keys(await streams.records(await start(streams, arn, "AT_SEQUENCE_NUMBER", second), 9)) == ["b", "c"]
        assert keys(await streams.records(await start(streams, arn, "LATEST"), 9)) == []

    wait(scenario())


def test_closed_shard_ends(streams: LogStreams, arn: str, put: Put, call: Call) -> None:
    put("orders", a={"S": "a"})

    async def scenario() -> None:
        iterator = await start(streams, arn)
        call(update_table, TableName="orders", StreamSpecification={"StreamEnabled": False})
        page = await streams.records(iterator, 9)
        assert (keys(page), page.next_iterator) == (["a"], None)
        description = await streams.describe_stream(arn)
        assert description.status == "DISABLED"
        assert description.shards[0].ending_sequence_number is not None

    wait(scenario())


def test_what_is_gone(streams: LogStreams, arn: str, put: Put, scope: Scope) -> None:
    put("orders", a={"S": "a"})
    first = wait(start(streams, arn))
    scope.clock.advance(86_401)
    with scope.store.database.write():
        scope.store.log.trim(scope.clock.now())
    with pytest.raises(ports.TrimmedData):
        wait(streams.records(first, 9))
    assert keys(wait(streams.records(wait(start(streams, arn)), 9))) == []
    with pytest.raises(ports.StreamGone):
        wait(streams.describe_stream(arn + "x"))
    with pytest.raises(ports.StreamGone):
        wait(streams.shard_iterator(arn, "shardId-absent", ports.Position(kind="LATEST")))
    with pytest.raises(ports.StreamGone):
        wait(streams.records("99/0/0", 9))


def test_no_wake_up_is_missed(streams: LogStreams, arn: str, put: Put) -> None:
    """A commit between two waits is told by the next one, however many there were; none waits for ever or twice."""

    async def scenario() -> None:
        wakeup = streams.wakeup(arn)
        await wakeup.wait()  # what was there before we listened
        put("orders", a={"S": "1"})
        put("orders", a={"S": "2"})
        await wakeup.wait()
        waiting = asyncio.create_task(asyncio.wait_for(wakeup.wait(), timeout=None))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        assert not waiting.done()
        put("orders", a={"S": "3"})
        await waiting
        wakeup.close()
        wakeup.close()
        put("orders", a={"S": "4"})

    wait(scenario())


def test_uncommitted_records_stay_hidden(call: Call, put: Put, scope: Scope, tmp_path: Path) -> None:
    """In a group commit a reader that runs before the commit must not see what a crash could still undo."""
    scope.store = Store(Database(tmp_path / "data"))
    arn = create(call)
    streams = LogStreams(scope.store.log)

    async def scenario() -> None:
        iterator = await start(streams, arn)
        wakeup = streams.wakeup(arn)
        await wakeup.wait()
        put("orders", a={"S": "1"})
        assert scope.store.database.pending() is not None
        assert keys(await streams.records(iterator, 9)) == []
        await wakeup.wait()
        assert keys(await streams.records(iterator, 9)) == ["1"]

    wait(scenario())
    scope.store.database.close()


def test_closing_is_not_seen_before_it_is_committed(call: Call, scope: Scope, tmp_path: Path) -> None:
    scope.store = Store(Database(tmp_path / "data"))
    arn = create(call)
    streams = LogStreams(scope.store.log)

    async def scenario() -> None:
        iterator = await start(streams, arn)
        call(update_table, TableName="orders", StreamSpecification={"StreamEnabled": False})
        assert (await streams.records(iterator, 9)).next_iterator is not None
        await asyncio.sleep(0)
        assert (await streams.records(iterator, 9)).next_iterator is None

    wait(scenario())
    scope.store.database.close()
