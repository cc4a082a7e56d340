"""A whole poller under one seed: writers, splits, moods, crashes and jumps of the clock, interleaved on virtual time.

Everything random comes from one generator, and nothing waits for real time, so a seed is a story that repeats.
"""

import asyncio
import logging
import random
from collections.abc import Mapping
from typing import Any

from pollers.checkpoints import MemoryCheckpoints
from pollers.ports import InvocationReply
from pollers.trace import BatchTrace
from sandbox.adapters.mapping_host import PollingMappingHost
from sandbox.ids import Ids
from tests.fakes.mapping_model import MappingModel
from tests.simulation.virtual_time import JumpingClock, run_virtually
from tests.simulation.weather import MOODS, Life, MortalCheckpoints, ReportingDestination, SimulatedFunction, SlowStream

__all__ = ["Broken", "simulate"]

STREAM_ARN = "arn:aws:dynamodb:us-east-1:000000000000:table/orders/stream/2026-01-01T00:00:00.000"
BUCKET = {"OnFailure": {"Destination": "arn:aws:s3:::dead"}}
INSERTS_ONLY = {"Filters": [{"Pattern": '{"eventName": ["INSERT"]}'}]}
SECONDS_OF_TROUBLE = 10.0
SECONDS_TO_RECOVER = 4000.0
SPLITS_MAX = 3


class Broken(AssertionError):  # noqa: N818 - a finding, not a failure of the simulation
    """A promise was broken under a seed."""


class Simulation:
    """The world of one seed."""

    def __init__(self, seed: int) -> None:
        self._chance = chance = random.Random(seed)
        self._seed = seed
        self._clock = JumpingClock()
        self._is_woken = chance.random() < 0.85
        self._stream = SlowStream(
            chance, stream_arn=STREAM_ARN, shards=chance.choice((1, 1, 2)), is_woken=self._is_woken
        )
        self._keys = {f"key-{n}": list(self._stream.shards)[n % len(self._stream.shards)] for n in range(5)}
        self._stored = MemoryCheckpoints()
        self._life = Life()
        self._models: dict[str, MappingModel] = {}
        self._functions: dict[str, SimulatedFunction] = {}
        self._settings: dict[str, dict[str, Any]] = {}
        self._paused: set[str] = set()
        self._splits = 0
        self.story: list[str] = []
        self._host = self._new_host()

    async def run(self) -> None:
        """Raises: Broken."""
        chance = self._chance
        for number in range(chance.choice((1, 1, 1, 2, 3))):
            self._create(number)
        actors = [self._write() for _ in range(chance.choice((1, 2, 3)))]
        async with asyncio.TaskGroup() as group:
            for actor in (*actors, self._trouble()):
                group.create_task(actor)
        await self._recover()

    def _create(self, number: int) -> None:
        uuid = f"{number:08}-2222-4333-8444-555555555555"
        self._settings[uuid] = {
            "UUID": uuid,
            "EventSourceArn": STREAM_ARN,
            "FunctionArn": f"arn:aws:lambda:us-east-1:000000000000:function:{number}",
            # A source that is only polled cannot tell what LATEST was.
            "StartingPosition": self._chance.choice(("TRIM_HORIZON", "LATEST")) if self._is_woken else "TRIM_HORIZON",
            "DestinationConfig": BUCKET,
            "FilterCriteria": INSERTS_ONLY,
            # Never updated: a function would have to know under which settings it was invoked.
            "FunctionResponseTypes": self._chance.choice(([], ["ReportBatchItemFailures"])),
            **self._draw_settings(),
        }
        model = MappingModel()
        self._models[uuid] = model
        reports = bool(self._settings[uuid]["FunctionResponseTypes"])
        self._functions[self._settings[uuid]["FunctionArn"]] = SimulatedFunction(self._chance, model, reports=reports)
        self._apply(uuid, {})
        self._host.start(self._settings[uuid])

    def _draw_settings(self) -> dict[str, Any]:
        chance = self._chance
        window = chance.choice((0, 0, 0, 10))
        return {
            "BatchSize": chance.choice((1, 2, 3, 5, 10)),
            "ParallelizationFactor": 1 if window else chance.choice((1, 1, 2, 4)),
            "MaximumRetryAttempts": chance.choice((-1, 0, 1, 2)),
            "MaximumRecordAgeInSeconds": chance.choice((-1, -1, 60)),
            "MaximumBatchingWindowInSeconds": chance.choice((0, 0, 0, 1, 5)),
            "TumblingWindowInSeconds": window,
            "BisectBatchOnFunctionError": chance.random() < 0.5,
        }

    def _apply(self, uuid: str, changed: Mapping[str, Any]) -> None:
        self._settings[uuid] |= changed
        self._models[uuid].set_up(self._settings[uuid])

    def _function(self, uuid: str) -> SimulatedFunction:
        return self._functions[self._settings[uuid]["FunctionArn"]]

    async def _write(self) -> None:
        for _ in range(self._chance.randrange(4, 12)):
            for _ in range(self._chance.choice((1, 1, 1, 2, 6))):
                self._put(self._chance.choice(list(self._keys)))
            await asyncio.sleep(self._chance.choice((0, 0.001, 0.1, 1.0)))

    def _put(self, key: str) -> None:
        is_insert = self._chance.random() < 0.8
        record = self._stream.put(
            key,
            shard_id=self._keys[key],
            created=float(int(self._clock.now())),
            event_name="INSERT" if is_insert else "MODIFY",
        )
        for uuid, model in self._models.items():
            model.wrote(record, key, self._keys[key], is_wanted=is_insert)
            if self._chance.random() < 0.05:
                self._function(uuid).poison.add(record.sequence_number)

    async def _trouble(self) -> None:
        end = asyncio.get_running_loop().time() + SECONDS_OF_TROUBLE
        while asyncio.get_running_loop().time() < end:
            await asyncio.sleep(self._chance.choice((0, 0.003, 0.05, 0.5, 2.0)))
            uuid = self._chance.choice(list(self._models))
            match self._chance.choice(("mood", "mood", "mood", "stream", "split", "jump", "crash", "update", "pause")):
                case "mood":
                    mood = self._chance.choice(MOODS)
                    self._tell(f"{uuid[:8]} is {mood}")
                    self._function(uuid).change_code(mood)
                case "stream":
                    self._stream.trouble_share = self._chance.choice((0.0, 0.0, 0.1, 0.5))
                    self._stream.page_records_max = self._chance.choice((1, 3, 1000))
                    self._stream.expire_iterators()
                    self._tell(f"iterators expire, {self._stream.trouble_share} of the calls fail")
                case "split":
                    self._split()
                case "jump":
                    seconds = self._chance.choice((0.5, 5.0, 61.0))
                    self._tell(f"the clock jumps {seconds} s")
                    self._clock.jump(seconds)
                case "crash":
                    await self._crash()
                case "update":
                    self._update(uuid)
                case _:
                    self._pause_or_resume(uuid)

    def _split(self) -> None:
        if self._splits < SPLITS_MAX:
            self._splits += 1
            parent = self._keys[self._chance.choice(list(self._keys))]
            children = (f"shardId-{self._splits}-left", f"shardId-{self._splits}-right")
            self._tell(f"{parent} splits")
            self._stream.split(parent, *children)
            for number, (key, shard_id) in enumerate(self._keys.items()):
                if shard_id == parent:
                    self._keys[key] = children[number % 2]

    async def _crash(self) -> None:
        self._tell("crash")
        self._life.end()
        for model in self._models.values():
            model.interrupted(lost=True)
        await self._host.close(grace_seconds=0)
        await asyncio.sleep(self._chance.choice((0, 0.5)))
        self._life = Life()
        self._host = self._new_host()
        for uuid in self._models:
            if uuid not in self._paused:
                self._host.start(self._settings[uuid])

    def _update(self, uuid: str) -> None:
        changed = self._draw_settings()
        self._tell(f"{uuid[:8]} is updated: {changed}")
        self._apply(uuid, changed)
        if uuid not in self._paused:
            self._models[uuid].interrupted(lost=False)
            self._host.update(self._settings[uuid])

    def _pause_or_resume(self, uuid: str) -> None:
        self._tell(f"{uuid[:8]} is {'resumed' if uuid in self._paused else 'paused'}")
        self._models[uuid].interrupted(lost=False)
        if uuid in self._paused:
            self._paused.remove(uuid)
            self._host.start(self._settings[uuid])
        else:
            self._paused.add(uuid)
            self._host.stop(uuid, forget=False)

    async def _recover(self) -> None:
        """All is well from now on: everything must be delivered or reported."""
        self._tell("all is well")
        self._stream.trouble_share = 0.0
        for uuid in sorted(self._paused):
            self._pause_or_resume(uuid)
        for function in self._functions.values():
            function.is_healed = True
            function.change_code("well")
        loop = asyncio.get_running_loop()
        deadline = loop.time() + SECONDS_TO_RECOVER
        report = await self._host.drain(SECONDS_TO_RECOVER)
        overslept = report.drained and loop.time() >= deadline
        if not report.drained:  # it gives up early where only the user can help, and the user just has
            report = await self._host.drain(SECONDS_TO_RECOVER)
        await self._host.close(grace_seconds=1)
        broken = [words for model in self._models.values() for words in model.broken]
        if not report.drained:
            broken.append(f"never drained: {report.stuck}")
        if overslept:
            broken.append("drain noticed at its deadline only that there was nothing left to wait for")
        for uuid, model in self._models.items():
            model.stored(self._stored.load(uuid))
            broken += [f"{number} was lost by {uuid[:8]}" for number in model.unfinished()]
        if broken:
            raise Broken(f"seed {self._seed}: " + "; ".join(broken[:10]))

    def _new_host(self) -> PollingMappingHost:
        return PollingMappingHost(
            streams=self._stream,
            invoker=_Invoker(self._functions, self._life),
            checkpoints=MortalCheckpoints(self._stored, self._life, self._models),
            clock=self._clock,
            ids=Ids(self._chance.randrange(2**32)),
            destination=ReportingDestination(self._chance, self._clock, self._life, self._models),
            observe=self._observe,
        )

    def _observe(self, trace: BatchTrace) -> None:
        if "internal error" in trace.outcome:
            next(iter(self._models.values())).broken.append(trace.outcome)
        numbers = f"{trace.first_sequence_number[-4:]}..{trace.last_sequence_number[-4:]} ({trace.record_count})"
        self._tell(
            f"{trace.mapping_uuid[:8]} {trace.shard_id} {trace.kind} {numbers} {trace.outcome}: {trace.decision}"
        )

    def _tell(self, words: str) -> None:
        self.story.append(f"{self._clock.now():.3f} {words}")


class _Invoker:
    def __init__(self, functions: Mapping[str, SimulatedFunction], life: Life) -> None:
        self._functions = functions
        self._life = life

    async def invoke(self, function_arn: str, payload: bytes) -> InvocationReply:
        return await self._functions[function_arn].invoke(function_arn, payload, self._life)

    async def code_changed(self, function_arn: str) -> None:
        await self._functions[function_arn].code_changed()


def simulate(seed: int) -> list[str]:
    """Live through *seed* and give its story, one line per event.

    Raises:
        Broken: with the story as a note.
    """
    story: list[str] = []

    async def told() -> None:
        simulation = Simulation(seed)
        try:
            await simulation.run()
        finally:
            story.extend(simulation.story)

    log = logging.getLogger("pollers")
    was = log.level
    log.setLevel(logging.CRITICAL)  # unreachable functions and buckets are part of the story
    try:
        run_virtually(told())
    except Exception as error:
        error.add_note(f"replay: .venv/bin/python -m tests.simulation {seed}")
        raise
    finally:
        log.setLevel(was)
    return story
