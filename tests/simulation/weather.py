"""The ports of the simulated world: slow, unreliable, and dead after a crash, all by one seed."""

import asyncio
import itertools
import random
from collections.abc import Mapping
from typing import Any

import msgspec

from pollers.checkpoints import MemoryCheckpoints
from pollers.ports import (
    ExpiredIterator,
    FunctionFailed,
    FunctionMissing,
    FunctionThrottled,
    FunctionUnloadable,
    InvocationReply,
    InvocationSucceeded,
    Position,
    RecordsPage,
    StreamDescription,
    StreamUnavailable,
)
from tests.fakes.mapping_model import MappingModel
from tests.fakes.stream import FakeStream
from tests.simulation.virtual_time import JumpingClock

__all__ = ["MOODS", "Life", "MortalCheckpoints", "ReportingDestination", "SimulatedFunction", "SlowStream"]

MOODS = ("well", "well", "well", "raising", "dying", "throttled", "missing", "unloadable", "unreachable", "garbled")


class Life:
    """One run of the process: after ``end`` nothing it does reaches the world any more."""

    def __init__(self) -> None:
        self.is_over = False

    def end(self) -> None:
        """Crash."""
        self.is_over = True

    async def check(self) -> None:
        """Stay here for ever once it is over."""
        if self.is_over:
            await asyncio.Event().wait()


class SlowStream(FakeStream):
    """A stream that takes its time, answers in small pages, throttles, and lets iterators expire."""

    def __init__(self, chance: random.Random, *, stream_arn: str, shards: int, is_woken: bool) -> None:
        super().__init__(stream_arn=stream_arn, shards=shards, is_woken=is_woken)
        self._chance = chance
        self.trouble_share = 0.0

    async def describe_stream(self, stream_arn: str) -> StreamDescription:
        """See ``pollers.ports.StreamsApi``."""
        await self._suffer()
        return await super().describe_stream(stream_arn)

    async def shard_iterator(self, stream_arn: str, shard_id: str, position: Position) -> str:
        """See ``pollers.ports.StreamsApi``."""
        await self._suffer()
        return await super().shard_iterator(stream_arn, shard_id, position)

    async def records(self, iterator: str, limit: int) -> RecordsPage:
        """See ``pollers.ports.StreamsApi``."""
        await self._suffer()
        if self._chance.random() < self.trouble_share:
            raise ExpiredIterator(iterator)
        page = await super().records(iterator, limit)
        await self._take_time()  # the answer is on its way, and more is written meanwhile
        return page

    async def _suffer(self) -> None:
        await self._take_time()
        if self._chance.random() < self.trouble_share:
            raise StreamUnavailable("Rate exceeded")

    async def _take_time(self) -> None:
        await asyncio.sleep(self._chance.choice((0, 0, 0, 0.001, 0.05)))


class MortalCheckpoints:
    """Checkpoints that outlive a crash, stored by a process that does not."""

    def __init__(self, stored: MemoryCheckpoints, life: Life, models: Mapping[str, MappingModel]) -> None:
        self._stored = stored
        self._life = life
        self._models = models

    def load(self, mapping_uuid: str) -> Mapping[str, str]:
        """See ``ports.Checkpoints``."""
        return self._stored.load(mapping_uuid)

    def store(self, mapping_uuid: str, shard_id: str, sequence_number: str) -> None:
        """See ``ports.Checkpoints``."""
        if not self._life.is_over:
            self._stored.store(mapping_uuid, shard_id, sequence_number)
            self._models[mapping_uuid].stored(self._stored.load(mapping_uuid))

    def forget(self, mapping_uuid: str) -> None:
        """See ``ports.Checkpoints``."""
        raise AssertionError(f"{mapping_uuid} is never deleted here")


class ReportingDestination:
    """Tells the model of each failure record, and refuses some of them."""

    def __init__(
        self, chance: random.Random, clock: JumpingClock, life: Life, models: Mapping[str, MappingModel]
    ) -> None:
        self._chance = chance
        self._clock = clock
        self._life = life
        self._models = models

    async def send(self, destination_arn: str, document: bytes, *, object_key: str) -> None:
        """See ``ports.Destination``; the object key names the mapping."""
        assert destination_arn
        await asyncio.sleep(self._chance.choice((0, 0.01, 1.0)))
        await self._life.check()
        told = msgspec.json.decode(document)
        numbers = [record["dynamodb"]["SequenceNumber"] for record in told["payload"]["Records"]]
        model = self._models[object_key.split("/")[2]]
        report = object()
        model.discarded(report, told, numbers, self._clock.now())
        await asyncio.sleep(self._chance.choice((0, 0.01, 1.0)))  # it has arrived; the poller does not know yet
        await self._life.check()
        model.ended(report)
        if self._chance.random() < 0.1:
            raise ConnectionError("the bucket cannot be reached")


class SimulatedFunction:
    """A function in a mood. Poisoned records fail whatever the mood, until it is healed.

    Attributes:
        poison: the sequence numbers no code of today can digest.
    """

    def __init__(self, chance: random.Random, model: MappingModel, *, reports: bool) -> None:
        self._chance = chance
        self._model = model
        self._invocations = itertools.count()
        self._changes: list[asyncio.Future[None]] = []
        self._reports = reports
        self._version = 0
        self._version_that_failed = 0
        self.mood = "well"
        self.is_healed = False
        self.poison: set[str] = set()

    async def invoke(self, function_arn: str, payload: bytes, life: Life) -> InvocationReply:
        """One invocation for a process that may end meanwhile."""
        mood, version = self.mood, self._version
        await self._take_time()
        await life.check()
        if mood != "well":
            self._version_that_failed = version
        match mood:
            case "throttled":
                return FunctionThrottled(reason="busy")
            case "missing":
                return FunctionMissing(function_arn=function_arn)
            case "unloadable":
                return FunctionUnloadable(error_type="SyntaxError", error_message="invalid syntax")
            case "unreachable":
                raise ConnectionError("nothing listens")
            case _:
                pass
        event: dict[str, Any] = msgspec.json.decode(payload)
        numbers = [record["dynamodb"]["SequenceNumber"] for record in event["Records"]]
        invocation = next(self._invocations)
        self._model.began((self, invocation), numbers)
        await self._take_time()
        reply = self._reply(mood, numbers)
        await self._take_time()  # it is done, and the poller has not heard of it
        await life.check()
        self._model.ended((self, invocation))
        return reply

    async def code_changed(self) -> None:
        """See ``pollers.ports.Invoker``."""
        if self._version != self._version_that_failed:
            self._version_that_failed = self._version
            return
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._changes.append(future)
        await future

    def change_code(self, mood: str) -> None:
        """Save other code."""
        self.mood = mood
        self._version += 1
        changes, self._changes = self._changes, []
        for future in changes:
            if not future.done():
                future.set_result(None)

    def _reply(self, mood: str, numbers: list[str]) -> InvocationReply:
        answer: dict[str, Any] = {"state": {"seen": len(numbers)}}
        bad = [number for number in numbers if number in self.poison and not self.is_healed]
        if mood == "dying":
            return FunctionFailed(error_type="Runtime.ExitError", error_message="signal: killed")
        if mood == "garbled" and self._reports and numbers:
            return InvocationSucceeded(payload=b'{"batchItemFailures":[{"itemIdentifier":""}],"state":{}}')
        if bad and self._reports and mood == "well":
            shown = self._chance.sample(bad, len(bad))  # in any order: the lowest counts
            answer["batchItemFailures"] = [{"itemIdentifier": number} for number in shown]
            self._model.finished(numbers[: numbers.index(bad[0])])
        elif bad or mood == "raising":
            return FunctionFailed(error_type="ValueError", error_message="boom")
        else:
            self._model.finished(numbers)
        return InvocationSucceeded(payload=msgspec.json.encode(answer))

    async def _take_time(self) -> None:
        await asyncio.sleep(self._chance.choice((0, 0, 0.002, 0.02, 0.3)))
