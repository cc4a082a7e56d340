"""The process is killed at every named point, each time it comes by: nothing is lost, and only what was in flight repeats.

The story has all a shard can have: full batches, a partial report, a failing function that is tried again, a poison record
that is split off and reported, and a split with children.
"""

import asyncio
import itertools
from typing import Any

import msgspec
import pytest

from pollers.checkpoints import MemoryCheckpoints
from pollers.ports import (
    FunctionFailed,
    InvocationReply,
    InvocationSucceeded,
    Position,
    RecordsPage,
    StreamDescription,
)
from sandbox.adapters.mapping_host import PollingMappingHost
from sandbox.ids import Ids
from tests.fakes.mapping_model import MappingModel
from tests.fakes.poller_world import MAPPING_UUID, configuration
from tests.fakes.stream import FakeStream
from tests.simulation.virtual_time import JumpingClock, run_virtually
from tests.simulation.weather import Life, MortalCheckpoints

POINTS = (
    "before the stream is described",
    "before an iterator is taken",
    "before a read",
    "after a read",
    "before an invocation",
    "while the function runs",
    "after the function is done, before its answer arrives",
    "after an answer that fails the batch",
    "before a part of a split batch is invoked",
    "before a checkpoint is stored",
    "after a checkpoint is stored",
    "before the end of a shard is stored",
    "before a failure record is sent",
    "after a failure record has arrived, before that is known",
    "while a retry is waited for",
)
BATCH_SIZE = 4
SETTINGS = {
    "BatchSize": BATCH_SIZE,
    "MaximumRetryAttempts": 1,
    "BisectBatchOnFunctionError": True,
    "FunctionResponseTypes": ["ReportBatchItemFailures"],
    "DestinationConfig": {"OnFailure": {"Destination": "arn:aws:s3:::dead"}},
}


class Fate:
    """Ends a life at one point, the n-th time it is reached."""

    def __init__(self, point: str, times: int) -> None:
        self._point = point
        self._times_left = times
        self.life = Life()
        self.has_struck = asyncio.Event()

    def strikes(self, point: str) -> bool:
        """Whether the process is dead from this point on."""
        if point == self._point and not self.life.is_over:
            self._times_left -= 1
            if self._times_left == 0:
                self.life.end()
                self.has_struck.set()
        return self.life.is_over

    async def at(self, point: str) -> None:
        """Pass this point alive, or not at all."""
        self.strikes(point)
        await self.life.check()


class KillableStream(FakeStream):
    """Dies while it is read."""

    def __init__(self) -> None:
        super().__init__()
        self.page_records_max = 3
        self.fate = Fate("", 0)

    async def describe_stream(self, stream_arn: str) -> StreamDescription:
        """See ``pollers.ports.StreamsApi``."""
        await self.fate.at("before the stream is described")
        return await super().describe_stream(stream_arn)

    async def shard_iterator(self, stream_arn: str, shard_id: str, position: Position) -> str:
        """See ``pollers.ports.StreamsApi``."""
        await self.fate.at("before an iterator is taken")
        return await super().shard_iterator(stream_arn, shard_id, position)

    async def records(self, iterator: str, limit: int) -> RecordsPage:
        """See ``pollers.ports.StreamsApi``."""
        await self.fate.at("before a read")
        page = await super().records(iterator, limit)
        await self.fate.at("after a read")
        return page


class KillableCheckpoints(MortalCheckpoints):
    """Dies just before or just after it stores."""

    def __init__(self, story: "Story") -> None:
        super().__init__(story.stored, story.fate.life, {MAPPING_UUID: story.model})
        self._story = story
        self._fate = story.fate

    def store(self, mapping_uuid: str, shard_id: str, sequence_number: str) -> None:
        """See ``ports.Checkpoints``."""
        self._fate.strikes("before a checkpoint is stored")
        if sequence_number == "SHARD_END":
            self._fate.strikes("before the end of a shard is stored")
        super().store(mapping_uuid, shard_id, sequence_number)
        if not self._fate.life.is_over:
            self._story.forget_answers()
        self._fate.strikes("after a checkpoint is stored")


class KillableClock(JumpingClock):
    """Dies while somebody sleeps."""

    def __init__(self) -> None:
        super().__init__()
        self.fate = Fate("", 0)

    async def sleep_until(self, instant: float) -> None:
        """See ``ports.Clock``."""
        if instant > self.now():
            await self.fate.at("while a retry is waited for")
        await super().sleep_until(instant)


class Story:
    """The world outside the process: it stays what it is when the process dies."""

    def __init__(self) -> None:
        self.model = MappingModel()
        self.stream = KillableStream()
        self.clock = KillableClock()
        self.stored = MemoryCheckpoints()
        self.fate = Fate("", 0)
        self.handed_over: list[str] = []
        self._invocations = itertools.count()
        self._answered: list[int] = []
        self._tried: set[str] = set()
        self._poison = ""
        self._flaky = ""
        self._reported = ""
        self._write()

    def _write(self) -> None:
        self.model.set_up(SETTINGS)
        shard_ids = [self.stream.first_shard_id] * 22 + ["shardId-left", "shardId-right"] * 5
        numbers = []
        for at, shard_id in enumerate(shard_ids):
            if at == 22:
                self.stream.split(self.stream.first_shard_id, "shardId-left", "shardId-right")
            key = shard_id if at >= 22 else ("shardId-left", "shardId-right")[at % 2]
            record = self.stream.put(key, shard_id=shard_id, created=float(int(self.clock.now())))
            self.model.wrote(record, key, shard_id)
            numbers.append(record.sequence_number)
        self._poison, self._flaky, self._reported = numbers[6], numbers[13], numbers[17]

    def begin(self, fate: Fate) -> PollingMappingHost:
        """A process under this fate."""
        self.fate = self.stream.fate = self.clock.fate = fate
        host = PollingMappingHost(
            streams=self.stream,
            invoker=self,
            checkpoints=KillableCheckpoints(self),
            clock=self.clock,
            ids=Ids(1),
            destination=self,
        )
        host.start(configuration(**SETTINGS))
        return host

    async def invoke(self, function_arn: str, payload: bytes) -> InvocationReply:
        """The function: it cannot digest one record, stumbles once over another, and reports a third once."""
        assert function_arn
        event: dict[str, Any] = msgspec.json.decode(payload)
        numbers = [record["dynamodb"]["SequenceNumber"] for record in event["Records"]]
        await self.fate.at("before an invocation")
        if self._poison in self._tried and len(numbers) < BATCH_SIZE:
            await self.fate.at("before a part of a split batch is invoked")
        self.forget_answers()
        invocation = next(self._invocations)
        self.model.began(invocation, numbers)
        self.handed_over += numbers
        await self.fate.at("while the function runs")
        reply = self._reply(numbers)
        await self.fate.at("after the function is done, before its answer arrives")
        self._answered.append(invocation)  # still in flight until what came of it is stored
        if isinstance(reply, FunctionFailed):
            await self.fate.at("after an answer that fails the batch")
        return reply

    def forget_answers(self) -> None:
        """What was answered has had its consequences."""
        for invocation in self._answered:
            self.model.ended(invocation)
        self._answered.clear()

    def _reply(self, numbers: list[str]) -> InvocationReply:
        is_new = not self._tried.issuperset(numbers)
        self._tried.update(numbers)
        if self._poison in numbers or (self._flaky in numbers and is_new):
            return FunctionFailed(error_type="ValueError", error_message="boom")
        if self._reported in numbers and is_new:
            self.model.finished(numbers[: numbers.index(self._reported)])
            answer = {"batchItemFailures": [{"itemIdentifier": self._reported}]}
            return InvocationSucceeded(payload=msgspec.json.encode(answer))
        self.model.finished(numbers)
        return InvocationSucceeded(payload=b"null")

    async def code_changed(self, function_arn: str) -> None:
        """It never does."""
        assert function_arn
        await asyncio.Event().wait()

    async def send(self, destination_arn: str, document: bytes, *, object_key: str) -> None:
        """Keep a failure record."""
        assert destination_arn
        assert object_key
        await self.fate.at("before a failure record is sent")
        told = msgspec.json.decode(document)
        numbers = [record["dynamodb"]["SequenceNumber"] for record in told["payload"]["Records"]]
        assert numbers == [self._poison]
        report = object()
        self.model.discarded(report, told, numbers, self.clock.now())
        await self.fate.at("after a failure record has arrived, before that is known")
        self.model.ended(report)


async def tell(point: str, times: int) -> tuple[bool, int]:
    """Kill at *point* the n-th time, start again, and see everything through.

    Returns:
        Whether the point was reached so often, and how many records were handed over in all.
    """
    story = Story()
    fate = Fate(point, times)
    host = story.begin(fate)
    struck = asyncio.ensure_future(fate.has_struck.wait())
    drained = asyncio.ensure_future(host.drain(1000))
    await asyncio.wait([struck, drained], return_when=asyncio.FIRST_COMPLETED)
    if not fate.life.is_over and drained.done():
        assert drained.result().drained
    struck.cancel()
    drained.cancel()
    await asyncio.wait([struck, drained])
    if fate.life.is_over:
        story.model.interrupted(lost=True)
        await host.close(grace_seconds=0)
        host = story.begin(Fate("", 0))
        assert (await host.drain(1000)).drained
    await host.close(grace_seconds=1)
    story.model.stored(story.stored.load(MAPPING_UUID))
    assert not story.model.broken
    assert not story.model.unfinished()
    return fate.life.is_over, len(story.handed_over)


@pytest.mark.parametrize("point", POINTS)
def test_nothing_is_lost_and_only_what_was_in_flight_repeats(point: str) -> None:
    reached = 0

    async def told() -> None:
        nonlocal reached
        _, undisturbed = await tell("", 0)
        for times in itertools.count(1):
            was_reached, handed_over = await tell(point, times)
            if not was_reached:
                return
            reached += 1
            # A crash forgets how often a batch was tried: at most all of the split of one batch comes again.
            assert handed_over <= undisturbed + 5 * BATCH_SIZE

    run_virtually(told())
    assert reached, f"the story never comes by {point!r}"
