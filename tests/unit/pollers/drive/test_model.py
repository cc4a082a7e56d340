"""A mapping under random weather, held against the reference model of ``tests.fakes.mapping_model``.

``SANDBOX_MODEL_STEPS`` asks for more steps: ``SANDBOX_MODEL_STEPS=100000 pytest tests/unit/pollers/drive/test_model.py``.
"""

import asyncio
import itertools
import os
from typing import Any, Final

import msgspec
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from pollers.ports import FunctionFailed, FunctionThrottled, FunctionUnloadable, InvocationReply, InvocationSucceeded
from tests.fakes.mapping_model import MappingModel
from tests.fakes.poller_world import MAPPING_UUID, PollerWorld, configuration, settle

STEPS: Final = int(os.environ.get("SANDBOX_MODEL_STEPS", "2500"))
STEPS_PER_STORY: Final = 50
KEYS = ("a", "b", "c", "d")
BUCKET = {"OnFailure": {"Destination": "arn:aws:s3:::dead"}}
INSERTS_ONLY = {"Filters": [{"Pattern": '{"eventName": ["INSERT"]}'}]}

mappings = st.fixed_dictionaries(
    {
        "BatchSize": st.integers(1, 5),
        "ParallelizationFactor": st.integers(1, 3),
        "MaximumRetryAttempts": st.sampled_from([-1, 0, 2]),
        "MaximumRecordAgeInSeconds": st.sampled_from([-1, 60]),
        "MaximumBatchingWindowInSeconds": st.sampled_from([0, 0, 2]),
        "TumblingWindowInSeconds": st.sampled_from([0, 0, 10]),
        "BisectBatchOnFunctionError": st.booleans(),
    }
).map(lambda drawn: {**drawn, "ParallelizationFactor": 1} if drawn["TumblingWindowInSeconds"] else drawn)

changes = st.tuples(
    st.sampled_from(KEYS), st.sampled_from([False, False, False, True]), st.sampled_from([True, True, True, False])
)


class MappingMachine(RuleBasedStateMachine):
    """One mapping, its stream, its function, and everything that may happen to them."""

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.model = MappingModel()
        self.poison: set[str] = set()
        self.invocations = itertools.count()
        self.mood = "well"
        self.is_paused = False
        self.shard_of_key: dict[str, str] = {}
        self.current: dict[str, Any] = {}
        self.discards_seen = 0
        self.splits = 0

    @initialize(
        drawn=mappings,
        starting_position=st.sampled_from(["TRIM_HORIZON", "LATEST"]),
        response_types=st.sampled_from([[], ["ReportBatchItemFailures"]]),
    )
    def begin(self, drawn: dict[str, Any], starting_position: str, response_types: list[str]) -> None:
        """Start a mapping on an empty stream; a function cannot know of an update of its response types."""
        self.world = self.runner.run(_new_world())
        self.world.invoker.always = self._handle
        self.shard_of_key = dict.fromkeys(KEYS, self.world.stream.first_shard_id)
        self.current = {
            **drawn,
            "StartingPosition": starting_position,
            "DestinationConfig": BUCKET,
            "FilterCriteria": INSERTS_ONLY,
            "FunctionResponseTypes": response_types,
        }
        self.model.set_up(self.current)
        self._do(self.world.start, **self.current)

    def _handle(self, event: dict[str, Any]) -> InvocationReply:
        numbers = [record["dynamodb"]["SequenceNumber"] for record in event["Records"]]
        match self.mood:
            case "throttled":
                return FunctionThrottled(reason="busy")
            case "unloadable":
                return FunctionUnloadable(error_type="SyntaxError", error_message="invalid syntax")
            case _:
                pass
        invocation = next(self.invocations)
        self.model.began(invocation, numbers)
        self.model.ended(invocation)  # no crash comes between this answer and the poller
        bad = [number for number in numbers if number in self.poison and self.mood != "healed"]
        answer: dict[str, Any] = {"state": {"n": 1}}
        if bad and self.current["FunctionResponseTypes"] and self.mood == "well":
            answer["batchItemFailures"] = [{"itemIdentifier": number} for number in bad]
            self.model.finished(numbers[: numbers.index(bad[0])])
        elif bad or self.mood == "raising":
            return FunctionFailed(error_type="ValueError", error_message="boom")
        else:
            self.model.finished(numbers)
        return InvocationSucceeded(payload=msgspec.json.encode(answer))

    @rule(changes=st.lists(changes, min_size=1, max_size=8))
    def write(self, changes: list[tuple[str, bool, bool]]) -> None:
        """Commit some changes together; no task runs in between."""
        self._write(changes)

    def _write(self, changes: list[tuple[str, bool, bool]]) -> None:
        for key, is_poison, is_insert in changes:
            shard_id = self.shard_of_key[key]
            record = self.world.stream.put(
                key,
                shard_id=shard_id,
                created=float(int(self.world.clock.now())),
                event_name="INSERT" if is_insert else "MODIFY",
            )
            self.model.wrote(record, key, shard_id, is_wanted=is_insert)
            if is_poison:
                self.poison.add(record.sequence_number)

    @rule()
    def breathe(self) -> None:
        """Let everything run that can."""
        self._do(settle)

    @rule(seconds=st.sampled_from([0.3, 1, 2, 10, 40, 100]))
    def wait(self, seconds: float) -> None:
        """Let time pass."""
        self._do(self.world.clock.advance, seconds)

    @rule(mood=st.sampled_from(["well", "well", "raising", "throttled", "unloadable"]))
    def change_mood(self, mood: str) -> None:
        """Save other code."""
        self.mood = mood
        self.world.invoker.change_code()
        self._do(settle)

    @rule(drawn=mappings)
    def update(self, drawn: dict[str, Any]) -> None:
        """UpdateEventSourceMapping, while whatever is in flight is in flight."""
        self.current = {**self.current, **drawn}
        self._interrupted(lost=False)
        self.model.set_up(self.current)
        if not self.is_paused:
            self._do(self.world.start, **self.current)

    @rule()
    def pause_or_resume(self) -> None:
        """Disable it, or enable it again."""
        self._interrupted(lost=False)
        if self.is_paused:
            self._do(self.world.start, **self.current)
        else:
            self._do(self._stop)
        self.is_paused = not self.is_paused

    @rule()
    def crash(self) -> None:
        """Everything in memory is lost, whatever was in flight."""
        self._interrupted(lost=True)
        self._do(self.world.host.close, 0)
        self._do(self._restart)

    @rule(key=st.sampled_from(KEYS))
    def split(self, key: str) -> None:
        """Close the shard of a key; its keys go to one child or the other, those of other shards stay where they are."""
        if self.splits < 4:
            self.splits += 1
            self._write([(key, False, True)] * 6)
            parent = self.shard_of_key[key]
            children = (f"shardId-{self.splits}-left", f"shardId-{self.splits}-right")
            self.world.stream.split(parent, *children)
            self.shard_of_key |= {
                one: children[KEYS.index(one) % 2] for one, shard_id in self.shard_of_key.items() if shard_id == parent
            }
            self._write([(key, False, True)] * 2)

    @rule()
    def expire_iterators(self) -> None:
        """Let 15 minutes pass for iterators alone."""
        self.world.stream.expire_iterators()

    @invariant()
    def every_promise_is_kept(self) -> None:
        """See ``MappingModel``."""
        if not hasattr(self, "world"):
            return
        self._learn_discards()
        self.model.stored(self.world.checkpoints.load(MAPPING_UUID))
        assert not self.model.broken

    def teardown(self) -> None:
        """Let all be well: everything must have been delivered or reported."""
        if hasattr(self, "world"):
            self.mood = "healed"
            self._interrupted(lost=False)
            self.world.invoker.change_code()
            self._do(self.world.start, **self.current)
            for _ in range(4):
                self._do(self.world.clock.advance, 30)
            report = self.runner.run(self.world.host.drain(5))
            self._learn_discards()
            self.runner.run(self.world.host.close(grace_seconds=0))
            assert report.drained, report
            assert not self.model.broken
            assert not self.model.unfinished()
        self.runner.close()

    def _interrupted(self, *, lost: bool) -> None:
        self._learn_discards()
        self.model.interrupted(lost=lost)

    def _learn_discards(self) -> None:
        for _, document, _ in self.world.destination.sent[self.discards_seen :]:
            numbers = [record["dynamodb"]["SequenceNumber"] for record in document["payload"]["Records"]]
            self.model.discarded("report", document, numbers, self.world.clock.now())
            self.model.ended("report")
        self.discards_seen = len(self.world.destination.sent)

    async def _stop(self) -> None:
        self.world.host.stop(MAPPING_UUID, forget=False)
        await settle()

    async def _restart(self) -> None:
        self.world.new_host()
        if not self.is_paused:
            self.world.host.start(configuration(**self.current))
        await settle()

    def _do(self, action: Any, *arguments: Any, **keywords: Any) -> None:
        self.runner.run(action(*arguments, **keywords))


async def _new_world() -> PollerWorld:
    return PollerWorld()


MappingMachine.TestCase.settings = settings(
    max_examples=max(1, STEPS // STEPS_PER_STORY),
    stateful_step_count=STEPS_PER_STORY,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
TestMapping = MappingMachine.TestCase
