"""Every source of stream records behaves alike: the fake the pollers are tested with, our log, and our endpoint over HTTP."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import msgspec
import pytest

from pollers.clients.signing import Credentials
from pollers.clients.streams_http import HttpStreams
from pollers.decide.lineage import start_position
from pollers.ports import Position, StreamGone, StreamsApi
from pollers.records import SHARD_END
from sandbox.adapters.streams_api import LogStreams
from sandbox.compose import Sandbox
from sandbox.config import Settings
from tests.fakes.stream import STREAM_ARN, FakeStream


@dataclass(frozen=True, kw_only=True)
class Source:
    """A stream under test, and how to write to it and close it."""

    streams: StreamsApi
    stream_arn: str
    put: Callable[[str], Awaitable[None]]
    disable: Callable[[], Awaitable[None]]

    async def shard_id(self) -> str:
        """The only shard."""
        (shard,) = (await self.streams.describe_stream(self.stream_arn)).shards
        return shard.shard_id

    async def iterator(self, kind: str, sequence_number: str | None = None) -> str:
        """A position in the only shard."""
        position = Position(kind=kind, sequence_number=sequence_number)
        return await self.streams.shard_iterator(self.stream_arn, await self.shard_id(), position)

    async def keys(self, iterator: str, limit: int = 1000) -> list[str]:
        """The partition keys of one page."""
        page = await self.streams.records(iterator, limit)
        return [msgspec.json.decode(record.dynamodb)["Keys"]["pk"]["S"] for record in page.records]


@asynccontextmanager
async def fake(_folder: Path) -> AsyncIterator[Source]:
    stream = FakeStream()

    async def put(key: str) -> None:
        stream.put(key)

    async def disable() -> None:
        stream.disable()

    yield Source(streams=stream, stream_arn=STREAM_ARN, put=put, disable=disable)


@asynccontextmanager
async def log(folder: Path) -> AsyncIterator[Source]:
    sandbox = Sandbox(Settings(project_folder=folder, runtime="in-process"))
    await sandbox.start_without_port()
    try:
        yield await _source(sandbox, LogStreams(sandbox.store.log))
    finally:
        await sandbox.close()


@asynccontextmanager
async def endpoint(folder: Path) -> AsyncIterator[Source]:
    sandbox = Sandbox(Settings(project_folder=folder, runtime="in-process", port=0))
    await sandbox.start()
    try:
        async with aiohttp.ClientSession() as session:
            streams = HttpStreams(
                session,
                endpoint_url=sandbox.endpoint_url,
                region="us-east-1",
                credentials=lambda: Credentials(access_key_id="000000000000", secret_access_key="secret"),
                clock=sandbox.clock,
            )
            yield await _source(sandbox, streams)
    finally:
        await sandbox.close()


async def _source(sandbox: Sandbox, streams: StreamsApi) -> Source:
    answer = await sandbox.call(
        "CreateTable",
        {
            "TableName": "orders",
            "AttributeDefinitions": [{"AttributeName": "pk", "AttributeType": "S"}],
            "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}],
            "BillingMode": "PAY_PER_REQUEST",
            "StreamSpecification": {"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"},
        },
        region="us-east-1",
    )
    while (await sandbox.call("DescribeTable", {"TableName": "orders"}))["Table"]["TableStatus"] != "ACTIVE":
        await sandbox.clock.sleep(0.01)

    async def put(key: str) -> None:
        await sandbox.call("PutItem", {"TableName": "orders", "Item": {"pk": {"S": key}}})

    async def disable() -> None:
        switch = {"StreamSpecification": {"StreamEnabled": False}}
        await sandbox.call("UpdateTable", {"TableName": "orders", **switch})

    return Source(streams=streams, stream_arn=answer["TableDescription"]["LatestStreamArn"], put=put, disable=disable)


Opened = Callable[[Path], AbstractAsyncContextManager[Source]]


@pytest.fixture(params=[fake, log, endpoint], ids=["fake", "log", "endpoint"])
def tell(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[Callable[[Source], Awaitable[None]]], None]:
    """Tell a story about one source."""
    opened: Opened = request.param

    def run(story: Callable[[Source], Awaitable[None]]) -> None:
        async def told() -> None:
            async with asyncio.timeout(30), opened(tmp_path) as source:
                await story(source)

        asyncio.run(told())

    return run


Tell = Callable[[Callable[[Source], Awaitable[None]]], None]


def test_pages_follow_each_other(tell: Tell) -> None:
    async def story(source: Source) -> None:
        for key in "abcde":
            await source.put(key)
        first = await source.streams.records(await source.iterator("TRIM_HORIZON"), 3)
        assert len(first.records) == 3
        assert first.next_iterator is not None
        second = await source.streams.records(first.next_iterator, 3)
        positions = [record.position for record in [*first.records, *second.records]]
        assert len(positions) == 5
        assert positions == sorted(set(positions))
        assert second.next_iterator is not None
        third = await source.streams.records(second.next_iterator, 3)
        assert list(third.records) == []
        assert third.next_iterator is not None

    tell(story)


def test_reading_again_gives_the_same(tell: Tell) -> None:
    """``has_news`` looks without moving; a crash reads again."""

    async def story(source: Source) -> None:
        await source.put("a")
        iterator = await source.iterator("TRIM_HORIZON")
        first, again = [await source.streams.records(iterator, 10) for _ in range(2)]
        assert list(first.records) == list(again.records)
        assert len(first.records) == 1

    tell(story)


def test_positions(tell: Tell) -> None:
    async def story(source: Source) -> None:
        for key in "abc":
            await source.put(key)
        page = await source.streams.records(await source.iterator("TRIM_HORIZON"), 10)
        second = page.records[1].sequence_number
        assert await source.keys(await source.iterator("AT_SEQUENCE_NUMBER", second)) == ["b", "c"]
        assert await source.keys(await source.iterator("AFTER_SEQUENCE_NUMBER", second)) == ["c"]
        latest = await source.iterator("LATEST")
        await source.put("d")
        assert await source.keys(latest) == ["d"]

    tell(story)


def test_latest_is_behind_everything_so_far(tell: Tell) -> None:
    """On an empty shard too; a source that cannot tell says so."""

    async def story(source: Source) -> None:
        for key in ("first", "second"):
            latest = source.streams.latest(source.stream_arn)
            if latest is None:
                return
            ((shard_id, checkpoint),) = latest.items()
            await source.put(key)
            iterator = await source.streams.shard_iterator(source.stream_arn, shard_id, start_position(checkpoint))
            assert await source.keys(iterator) == [key]

    tell(story)


def test_a_closed_shard_ends(tell: Tell) -> None:
    async def story(source: Source) -> None:
        await source.put("a")
        iterator = await source.iterator("TRIM_HORIZON")
        await source.disable()
        page = await source.streams.records(iterator, 10)
        assert len(page.records) == 1
        while page.next_iterator is not None:
            page = await source.streams.records(page.next_iterator, 10)
            assert not page.records
        description = await source.streams.describe_stream(source.stream_arn)
        assert description.status == "DISABLED"
        assert all(shard.ending_sequence_number for shard in description.shards)
        latest = source.streams.latest(source.stream_arn)
        assert latest is None or set(latest.values()) == {SHARD_END}

    tell(story)


def test_what_is_not_there_is_gone(tell: Tell) -> None:
    async def story(source: Source) -> None:
        other = source.stream_arn.replace("table/orders", "table/nothing")
        with pytest.raises(StreamGone):
            await source.streams.describe_stream(other)
        with pytest.raises(StreamGone):
            await source.streams.shard_iterator(
                source.stream_arn, "shardId-00000000000000000000-unheard0", Position(kind="TRIM_HORIZON")
            )
        assert await source.streams.list_streams("orders") == [source.stream_arn]
        assert await source.streams.list_streams("nothing") == []

    tell(story)


def test_what_is_described(tell: Tell) -> None:
    async def story(source: Source) -> None:
        description = await source.streams.describe_stream(source.stream_arn)
        assert description.stream_arn == source.stream_arn
        assert (description.status, description.view_type) == ("ENABLED", "NEW_AND_OLD_IMAGES")
        assert description.partition_key_name == "pk"
        (shard,) = description.shards
        assert shard.ending_sequence_number is None
        assert shard.parent_shard_id is None

    tell(story)


def test_the_record_as_a_function_gets_it(tell: Tell) -> None:
    async def story(source: Source) -> None:
        await source.put("a")
        page = await source.streams.records(await source.iterator("TRIM_HORIZON"), 10)
        (record,) = page.records
        event: dict[str, Any] = msgspec.json.decode(record.event_json(source.stream_arn))
        change = event["dynamodb"]
        assert len(event["eventID"]) == 32
        assert (event["eventName"], event["awsRegion"]) == ("INSERT", "us-east-1")
        assert list(change) == [
            "ApproximateCreationDateTime",
            "Keys",
            "NewImage",
            "SequenceNumber",
            "SizeBytes",
            "StreamViewType",
        ]
        assert change["ApproximateCreationDateTime"] == record.created_seconds
        assert record.created_seconds == int(record.created_seconds)
        assert change["SequenceNumber"] == record.sequence_number
        assert len(record.sequence_number) >= 21
        assert record.key_json("pk") == b'{"S":"a"}'

    tell(story)


def test_a_wakeup_is_never_lost(tell: Tell) -> None:
    async def story(source: Source) -> None:
        wakeup = source.streams.wakeup(source.stream_arn)
        if wakeup is None:
            return
        await source.put("a")
        async with asyncio.timeout(5):
            await wakeup.wait()
        waiting = asyncio.ensure_future(wakeup.wait())
        await asyncio.sleep(0)
        assert not waiting.done()
        await source.put("b")
        async with asyncio.timeout(5):
            await waiting
        wakeup.close()

    tell(story)


def test_closing_a_shard_wakes(tell: Tell) -> None:
    async def story(source: Source) -> None:
        wakeup = source.streams.wakeup(source.stream_arn)
        if wakeup is None:
            return
        await source.put("a")
        await wakeup.wait()
        await source.disable()
        async with asyncio.timeout(5):
            await wakeup.wait()
        wakeup.close()

    tell(story)
