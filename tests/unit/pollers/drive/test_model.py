"""A mapping under random weather, held against a model of what must never go wrong.

The model knows each record, what became of it, and three promises: every record is delivered or reported as discarded; the
order of a key is never inverted at first delivery; the checkpoint never passes a record that is neither.
"""

import asyncio
from dataclasses import dataclass, field
from typing import Any

import msgspec
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from pollers.ports import FunctionFailed, FunctionThrottled, FunctionUnloadable, InvocationReply, InvocationSucceeded
from pollers.records import SHARD_END, StreamRecord
from tests.fakes.poller_world import MAPPING_UUID, PollerWorld, configuration, settle

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
        "FunctionResponseTypes": st.sampled_from([[], ["ReportBatchItemFailures"]]),
    }
).map(lambda drawn: {**drawn, "ParallelizationFactor": 1} if drawn["TumblingWindowInSeconds"] else drawn)

changes = st.tuples(
    st.sampled_from(KEYS), st.sampled_from([False, False, False, True]), st.sampled_from([True, True, True, False])
)


@dataclass
class Model:
    """What is known of every record."""

    records: dict[str, StreamRecord] = field(default_factory=dict)
    key_of: dict[str, str] = field(default_factory=dict)
    shard_of: dict[str, str] = field(default_factory=dict)
    finished: set[str] = field(default_factory=set)
    seen: set[str] = field(default_factory=set)
    poison: set[str] = field(default_factory=set)
    last_first_delivery: dict[str, int] = field(default_factory=dict)
    inverted: list[str] = field(default_factory=list)

    def wrote(self, record: StreamRecord, key: str, shard_id: str, *, is_poison: bool, is_wanted: bool) -> None:
        """A record was committed; one that no filter wants is finished already."""
        number = record.sequence_number
        self.records[number] = record
        self.key_of[number] = key
        self.shard_of[number] = shard_id
        if is_poison:
            self.poison.add(number)
        if not is_wanted:
            self.finished.add(number)

    def invoked(self, numbers: list[str]) -> None:
        """The function was handed these: never before one of the same key that is older and was never handed over."""
        for number in numbers:
            if number not in self.seen:
                self.seen.add(number)
                key, position = self.key_of[number], int(number)
                if self.last_first_delivery.get(key, 0) > position:
                    self.inverted.append(number)  # an assertion here would only fail the invocation
                self.last_first_delivery[key] = position

    def unfinished(self) -> list[str]:
        """Records that are neither delivered nor discarded."""
        return [number for number in self.records if number not in self.finished]


class MappingMachine(RuleBasedStateMachine):
    """One mapping, its stream, its function, and everything that may happen to them."""

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.model = Model()
        self.mood = "well"
        self.is_paused = False
        self.shard_of_key: dict[str, str] = {}
        self.current: dict[str, Any] = {}
        self.discards_seen = 0
        self.splits = 0

    @initialize(drawn=mappings, starting_position=st.sampled_from(["TRIM_HORIZON", "LATEST"]))
    def begin(self, drawn: dict[str, Any], starting_position: str) -> None:
        """Start a mapping on an empty stream."""
        self.world = self.runner.run(_new_world())
        self.world.invoker.always = self._handle
        self.shard_of_key = dict.fromkeys(KEYS, self.world.stream.first_shard_id)
        self.current = {
            **drawn,
            "StartingPosition": starting_position,
            "DestinationConfig": BUCKET,
            "FilterCriteria": INSERTS_ONLY,
        }
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
        self.model.invoked(numbers)
        bad = [number for number in numbers if number in self.model.poison and self.mood != "healed"]
        answer: dict[str, Any] = {"state": {"n": 1}}
        if bad and self.current["FunctionResponseTypes"] and self.mood == "well":
            answer["batchItemFailures"] = [{"itemIdentifier": number} for number in bad]
            self.model.finished.update(numbers[: numbers.index(bad[0])])
        elif bad or self.mood == "raising":
            return FunctionFailed(error_type="ValueError", error_message="boom")
        else:
            self.model.finished.update(numbers)
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
            self.model.wrote(record, key, shard_id, is_poison=is_poison, is_wanted=is_insert)

    @rule()
    def breathe(self) -> None:
        """Let everything run that can."""
        self._do(settle)

    @rule(seconds=st.sampled_from([0.3, 1, 2, 10, 40]))
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
        if not self.is_paused:
            self._do(self.world.start, **self.current)

    @rule()
    def pause_or_resume(self) -> None:
        """Disable it, or enable it again."""
        if self.is_paused:
            self._do(self.world.start, **self.current)
        else:
            self._do(self._stop)
        self.is_paused = not self.is_paused

    @rule()
    def crash(self) -> None:
        """Everything in memory is lost, whatever was in flight."""
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
    def the_checkpoint_never_passes_an_unfinished_record(self) -> None:
        """Neither does the end of a shard."""
        if not hasattr(self, "world"):
            return
        self._learn_discards()
        assert not self.model.inverted, "the order of a key was inverted"
        checkpoints = self.world.checkpoints.load(MAPPING_UUID)
        for number in self.model.unfinished():
            reached = checkpoints.get(self.model.shard_of[number], "")
            assert reached != SHARD_END, "a shard was called finished with a record in it"
            assert not reached.isdigit() or int(reached) < int(number), "the checkpoint passed an unfinished record"

    def teardown(self) -> None:
        """Let all be well: everything must have been delivered or reported."""
        if hasattr(self, "world"):
            self.mood = "healed"
            self.world.invoker.change_code()
            self._do(self.world.start, **self.current)
            for _ in range(4):
                self._do(self.world.clock.advance, 30)
            report = self.runner.run(self.world.host.drain(5))
            self._learn_discards()
            self.runner.run(self.world.host.close(grace_seconds=0))
            assert report.drained, report
            assert not self.model.inverted, "the order of a key was inverted"
            assert not self.model.unfinished()
        self.runner.close()

    def _learn_discards(self) -> None:
        for _, document, _ in self.world.destination.sent[self.discards_seen :]:
            numbers = [record["dynamodb"]["SequenceNumber"] for record in document["payload"]["Records"]]
            self.model.finished.update(numbers)
            # What was discarded for its age was perhaps never handed over; later records may come first now.
            self.model.seen.update(numbers)
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
    max_examples=50, stateful_step_count=50, deadline=None, suppress_health_check=list(HealthCheck)
)
TestMapping = MappingMachine.TestCase
