import asyncio
from collections.abc import Awaitable, Callable

import pytest

from pollers.drive.reader import POLL_INTERVAL_SECONDS, ShardReader
from pollers.ports import Position, StreamGone, StreamUnavailable, TrimmedData
from tests.fakes.poller_world import FakeClock, settle
from tests.fakes.stream import STREAM_ARN, FakeStream

HORIZON = Position(kind="TRIM_HORIZON")


def told(story: Callable[[FakeStream, FakeClock], Awaitable[None]], *, is_woken: bool = True) -> None:
    async def run() -> None:
        await story(FakeStream(is_woken=is_woken), FakeClock())

    asyncio.run(run())


def reader_of(stream: FakeStream, clock: FakeClock, position: Position = HORIZON) -> ShardReader:
    return ShardReader(stream, clock, stream_arn=STREAM_ARN, shard_id=stream.first_shard_id, position=position)


def test_pages_follow_each_other() -> None:
    async def story(stream: FakeStream, clock: FakeClock) -> None:
        written = [stream.put(f"{number}") for number in range(5)]
        reader = reader_of(stream, clock)
        assert list((await reader.read(3)).records) == written[:3]
        assert list((await reader.read(3)).records) == written[3:]
        assert list((await reader.read(3)).records) == []

    told(story)


def test_an_expired_iterator_is_replaced_behind_the_last_record() -> None:
    """C20: never from the starting position, which would replay or lose records."""

    async def story(stream: FakeStream, clock: FakeClock) -> None:
        stream.put("a")
        reader = reader_of(stream, clock)
        await reader.read(10)
        stream.expire_iterators()
        after = stream.put("b")
        assert list((await reader.read(10)).records) == [after]
        assert not reader.was_trimmed

    told(story)


def test_a_trimmed_position_continues_at_the_trim_horizon() -> None:
    async def story(stream: FakeStream, clock: FakeClock) -> None:
        kept = stream.put("kept")
        reader = reader_of(stream, clock, Position(kind="AFTER_SEQUENCE_NUMBER", sequence_number="1"))
        stream.trouble = [TrimmedData("gone")]
        assert list((await reader.read(10)).records) == [kept]
        assert reader.was_trimmed
        await reader.read(10)
        assert not reader.was_trimmed

    told(story)


def test_a_source_that_refuses_every_iterator_is_unavailable() -> None:
    """It must not spin for ever."""

    async def story(stream: FakeStream, clock: FakeClock) -> None:
        stream.trouble = [TrimmedData("gone")] * 10
        with pytest.raises(StreamUnavailable):
            await reader_of(stream, clock).read(10)

    told(story)


def test_after_trouble_reading_continues_at_the_same_place() -> None:
    async def story(stream: FakeStream, clock: FakeClock) -> None:
        first = stream.put("a")
        reader = reader_of(stream, clock)
        stream.trouble = [StreamUnavailable("down")]
        with pytest.raises(StreamUnavailable):
            await reader.read(10)
        assert list((await reader.read(10)).records) == [first]

    told(story)


def test_news_wakes_a_reader_without_polling() -> None:
    async def story(stream: FakeStream, clock: FakeClock) -> None:
        reader = reader_of(stream, clock)
        await reader.read(10)
        waiting = asyncio.ensure_future(reader.news())
        await settle()
        assert not waiting.done()
        assert clock.alarms() == []
        stream.put("a")
        await settle()
        assert waiting.done()

    told(story)


@pytest.mark.rule("3.1 polling")
def test_other_sources_are_polled_four_times_a_second() -> None:
    async def story(stream: FakeStream, clock: FakeClock) -> None:
        reader = reader_of(stream, clock)
        await reader.read(10)
        await reader.news()
        waiting = asyncio.ensure_future(reader.read(10))
        await settle()
        assert not waiting.done()
        await clock.advance(POLL_INTERVAL_SECONDS)
        assert waiting.done()
        assert stream.reads == 2

    told(story, is_woken=False)


def test_looking_for_news_moves_nothing() -> None:
    async def story(stream: FakeStream, clock: FakeClock) -> None:
        reader = reader_of(stream, clock)
        assert not await reader.has_news()
        first = stream.put("a")
        assert await reader.has_news()
        assert list((await reader.read(10)).records) == [first]
        stream.expire_iterators()
        assert not await reader.has_news()

    told(story)


def test_the_end_of_a_closed_shard() -> None:
    async def story(stream: FakeStream, clock: FakeClock) -> None:
        stream.put("a")
        reader = reader_of(stream, clock)
        await reader.read(10)
        stream.split(stream.first_shard_id)
        assert await reader.has_news()
        assert (await reader.read(10)).next_iterator is None
        assert not await reader.has_news()

    told(story)


def test_a_stream_that_is_gone_is_said_to_be() -> None:
    async def story(stream: FakeStream, clock: FakeClock) -> None:
        stream.is_gone = True
        with pytest.raises(StreamGone):
            await reader_of(stream, clock).read(10)

    told(story)
