"""Mappings as the Lambda API handles them, and ``drain``."""

import asyncio
from typing import Any

import pytest

from pollers.ports import (
    FunctionFailed,
    FunctionMissing,
    FunctionUnloadable,
    InvocationReply,
    RecordsPage,
    StreamUnavailable,
)
from pollers.records import SHARD_START
from sandbox.adapters import mapping_host
from sandbox.adapters.mapping_host import PollingMappingHost
from sandbox.awslambda.ports import MappingHost
from tests.fakes.poller_world import (
    FUNCTION_ARN,
    MAPPING_UUID,
    OK,
    FakeInvoker,
    MiddlingIds,
    PollerWorld,
    configuration,
    keys_of,
    run,
    settle,
)
from tests.fakes.stream import STREAM_ARN, FakeStream

FAILED = FunctionFailed(error_type="ValueError", error_message="boom")
UNLOADABLE = FunctionUnloadable(error_type="SyntaxError", error_message="invalid syntax", location="handler.py:3")


class Gate:
    """A handler that waits until it is let through."""

    def __init__(self) -> None:
        self.opened = asyncio.Event()

    async def __call__(self, _event: dict[str, Any]) -> InvocationReply:
        """Wait, then succeed."""
        await self.opened.wait()
        return OK


def test_it_is_what_the_lambda_api_asks_for() -> None:
    async def story(world: PollerWorld) -> None:
        host: MappingHost = world.host
        assert host.last_processing_result("unknown") is None

    run(story)


def test_an_update_keeps_the_position() -> None:
    """C12: BatchSize changes while records pend; nothing is lost, nothing comes twice."""

    async def story(world: PollerWorld) -> None:
        gate = Gate()
        world.invoker.script = [gate]
        for number in range(20):
            world.stream.put(f"{number}")
        await world.start(BatchSize=5)
        world.host.update(configuration(BatchSize=3))
        await settle()
        assert world.invoker.key_batches() == [["0", "1", "2", "3", "4"]]
        gate.opened.set()
        assert (await world.host.drain(5)).drained
        assert [len(keys) for keys in world.invoker.key_batches()] == [5, 3, 3, 3, 3, 3]
        assert [key for keys in world.invoker.key_batches() for key in keys] == [f"{number}" for number in range(20)]

    run(story)


def test_only_the_last_of_several_updates_counts() -> None:
    async def story(world: PollerWorld) -> None:
        gate = Gate()
        world.invoker.script = [gate]
        for number in range(6):
            world.stream.put(f"{number}")
        await world.start(BatchSize=2)
        world.host.update(configuration(BatchSize=3))
        world.host.update(configuration(BatchSize=4))
        gate.opened.set()
        await world.host.drain(5)
        assert [len(keys) for keys in world.invoker.key_batches()] == [2, 4]

    run(story)


def test_a_disabled_mapping_resumes_where_it_was() -> None:
    """C11: no loss, no replay; what is in flight when it is disabled counts."""

    async def story(world: PollerWorld) -> None:
        gate = Gate()
        world.invoker.script = [gate]
        first = world.stream.put("in flight")
        await world.start()
        world.host.stop(MAPPING_UUID, forget=False)
        world.stream.put("while disabled")
        gate.opened.set()
        await settle()
        assert world.invoker.key_batches() == [["in flight"]]
        assert world.checkpoint() == first.sequence_number
        assert world.host.last_processing_result(MAPPING_UUID) == "OK"
        await world.start()
        assert world.invoker.key_batches() == [["in flight"], ["while disabled"]]

    run(story)


def test_a_disabled_mapping_gives_its_retry_up_and_begins_it_anew() -> None:
    async def story(world: PollerWorld) -> None:
        world.invoker.script = [FAILED]
        world.stream.put("a")
        await world.start()
        world.host.stop(MAPPING_UUID, forget=False)
        await world.clock.advance(10)
        assert world.invoker.key_batches() == [["a"]]
        await world.start()
        assert world.invoker.key_batches() == [["a"], ["a"]]

    run(story)


def test_a_deleted_mapping_is_forgotten_even_with_a_batch_in_flight() -> None:
    async def story(world: PollerWorld) -> None:
        gate = Gate()
        world.invoker.script = [gate]
        world.stream.put("a")
        await world.start()
        world.host.stop(MAPPING_UUID, forget=True)
        gate.opened.set()
        await settle()
        assert world.checkpoints.load(MAPPING_UUID) == {}
        assert world.host.metrics(MAPPING_UUID) is None

    run(story)


def test_stopping_the_unknown_is_no_fault() -> None:
    async def story(world: PollerWorld) -> None:
        world.host.stop("unknown", forget=True)

    run(story)


def test_one_stuck_mapping_delays_no_other() -> None:
    async def story(world: PollerWorld) -> None:
        gate = Gate()

        def by_function(function_arn: str) -> Any:
            return gate if function_arn.endswith("stuck") else OK

        world.invoker = PerFunctionInvoker(by_function)
        world.new_host()
        await world.start(UUID="m-1", FunctionArn=f"{FUNCTION_ARN}-stuck", BatchSize=1)
        await world.start(UUID="m-2", FunctionArn=f"{FUNCTION_ARN}-fine", BatchSize=1)
        for number in range(5):
            world.stream.put(f"{number}")
        await settle()
        assert world.invoker.key_batches().count(["4"]) == 1
        report = await world.host.drain(0.05)
        assert [(stuck.uuid, stuck.reason, stuck.pending_records) for stuck in report.stuck] == [
            ("m-1", "still working", 5)
        ]
        gate.opened.set()
        assert (await world.host.drain(5)).drained

    run(story)


def test_drain_waits_for_what_is_in_flight() -> None:
    async def story(world: PollerWorld) -> None:
        gate = Gate()
        world.invoker.script = [gate]
        await world.start()
        world.stream.put("a")
        draining = asyncio.ensure_future(world.host.drain(5))
        await settle()
        assert not draining.done()
        gate.opened.set()
        assert (await draining).drained

    run(story)


def test_drain_counts_what_was_written_just_before() -> None:
    """No task has run since the write: the mapping still looks idle."""

    async def story(world: PollerWorld) -> None:
        await world.start()
        await world.host.drain(5)
        world.stream.put("a")
        assert (await world.host.drain(5)).drained
        assert world.invoker.key_batches() == [["a"]]

    run(story)


def test_drain_counts_a_mapping_started_just_before() -> None:
    async def story(world: PollerWorld) -> None:
        world.stream.put("a")
        world.host.start(configuration())
        assert (await world.host.drain(5)).drained
        assert world.invoker.key_batches() == [["a"]]

    run(story)


def test_drain_counts_the_children_of_a_shard_that_was_finished_before_the_start() -> None:
    """Between the end of the parent and the discovery of its children nothing seems to be left; a killed server met it."""

    async def story(world: PollerWorld) -> None:
        parent = world.stream.first_shard_id
        last = world.stream.put("a")
        world.checkpoints.store(MAPPING_UUID, parent, last.sequence_number)
        world.stream.split(parent, "shardId-left", "shardId-right")
        world.stream.put("b", shard_id="shardId-left")
        world.stream.put("c", shard_id="shardId-right")
        world.host.start(configuration())
        while not (await world.host.drain(0)).drained:  # noqa: ASYNC110 - asked at every turn of the loop
            await asyncio.sleep(0)
        assert sorted(key for keys in world.invoker.key_batches() for key in keys) == ["b", "c"]

    run(story)


def test_drain_returns_as_soon_as_a_polled_stream_can_be_read_again() -> None:
    """Nothing new was in it, so no invocation tells that the trouble is over."""

    async def story(world: PollerWorld) -> None:
        await world.start()
        await world.clock.advance(0.25)
        world.stream.trouble = [StreamUnavailable("down")]
        await world.clock.advance(0.25)
        draining = asyncio.ensure_future(world.host.drain(600))
        await settle()
        assert not draining.done()
        await world.clock.advance(1)
        assert (await draining).drained

    run(story, stream=lambda: FakeStream(is_woken=False))


def test_drain_without_mappings_returns_at_once() -> None:
    async def story(world: PollerWorld) -> None:
        assert (await world.host.drain(5)).drained

    run(story)


def test_drain_follows_chains() -> None:
    """A handler writes to a second table whose mapping invokes another function, four tables long."""

    async def story(world: PollerWorld) -> None:
        arns = [STREAM_ARN.replace("orders", f"table-{number}") for number in range(5)]
        streams = [FakeStream(stream_arn=arn) for arn in arns]
        handled: list[tuple[int, str]] = []

        def handler(function_arn: str) -> Any:
            number = int(function_arn.rsplit("-", 1)[1])

            def handle(event: dict[str, Any]) -> InvocationReply:
                for key in keys_of(event):
                    handled.append((number, key))
                    if number < 4:
                        streams[number + 1].put(key)
                return OK

            return handle

        host = PollingMappingHost(
            streams=ManyStreams(streams),
            invoker=PerFunctionInvoker(handler),
            checkpoints=world.checkpoints,
            clock=world.clock,
            ids=MiddlingIds(),
        )
        for number, arn in enumerate(arns):
            host.start(configuration(UUID=f"m-{number}", EventSourceArn=arn, FunctionArn=f"{FUNCTION_ARN}-{number}"))
        for _ in range(3):
            streams[0].put("a")
            assert (await host.drain(5)).drained
        assert len(handled) == 15
        await host.close()

    run(story)


def test_drain_names_a_retry_as_the_reason() -> None:
    async def story(world: PollerWorld) -> None:
        world.invoker.always = FAILED
        await world.start()
        world.stream.put("a")
        world.stream.put("b")
        report = await world.host.drain(0.05)
        assert not report.drained
        (stuck,) = report.stuck
        assert stuck.uuid == MAPPING_UUID
        assert stuck.function_arn == FUNCTION_ARN
        assert stuck.stream_arn == STREAM_ARN
        assert stuck.reason == "retrying in 1.0 s: failed: ValueError: boom"
        assert stuck.pending_records == 2

    run(story)


def test_drain_gives_up_early_where_only_the_user_can_help(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mapping_host, "CHANGE_GRACE_SECONDS", 0.05)

    async def story(world: PollerWorld) -> None:
        world.invoker.always = UNLOADABLE
        await world.start()
        world.stream.put("a")
        report = await world.host.drain(3600)
        assert [stuck.reason for stuck in report.stuck] == ["held: SyntaxError: invalid syntax in handler.py:3"]

    run(story)


def test_drain_gives_up_early_on_a_missing_function(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mapping_host, "CHANGE_GRACE_SECONDS", 0.05)

    async def story(world: PollerWorld) -> None:
        world.invoker.always = FunctionMissing(function_arn=FUNCTION_ARN)
        await world.start()
        world.stream.put("a")
        (stuck,) = (await world.host.drain(3600)).stuck
        assert f"function not found: {FUNCTION_ARN}" in stuck.reason

    run(story)


def test_drain_waits_a_moment_for_a_file_just_saved() -> None:
    """The fix was saved, but the watcher has not told yet: that is no reason to call the mapping stuck."""

    async def story(world: PollerWorld) -> None:
        world.invoker.script = [UNLOADABLE]
        await world.start()
        world.stream.put("a")
        draining = asyncio.ensure_future(world.host.drain(3600))
        await settle()
        assert not draining.done()
        world.invoker.change_code()
        assert (await draining).drained

    run(story)


def test_drain_waits_for_a_batching_window() -> None:
    async def story(world: PollerWorld) -> None:
        await world.start(MaximumBatchingWindowInSeconds=5)
        world.stream.put("a")
        (stuck,) = (await world.host.drain(0.05)).stuck
        assert stuck.reason == "gathering a batch until its window ends"
        draining = asyncio.ensure_future(world.host.drain(5))
        await settle()
        await world.clock.advance(5)
        assert (await draining).drained

    run(story)


def test_a_paused_mapping_keeps_its_position_and_is_named() -> None:
    async def story(world: PollerWorld) -> None:
        world.stream.put("a")
        await world.start()
        world.host.pause(MAPPING_UUID)
        await settle()
        assert (await world.host.drain(1)).drained
        world.stream.put("b")
        await settle()
        assert world.invoker.key_batches() == [["a"]]
        (stuck,) = (await world.host.drain(0)).stuck
        assert stuck.reason == "paused"
        world.host.resume(MAPPING_UUID)
        assert (await world.host.drain(1)).drained
        assert world.invoker.key_batches() == [["a"], ["b"]]

    run(story)


def test_rewinding_delivers_again() -> None:
    async def story(world: PollerWorld) -> None:
        first = world.stream.put("a")
        world.stream.put("b")
        await world.start(BatchSize=1)
        await world.host.rewind(MAPPING_UUID, {})
        await world.host.drain(5)
        await world.host.rewind(MAPPING_UUID, {world.stream.first_shard_id: first.sequence_number})
        await world.host.drain(5)
        await world.host.rewind(MAPPING_UUID, {world.stream.first_shard_id: SHARD_START})
        await world.host.drain(5)
        assert world.invoker.key_batches() == [["a"], ["b"], ["a"], ["b"], ["b"], ["a"], ["b"]]

    run(story)


def test_closing_lets_an_invocation_in_flight_finish() -> None:
    async def story(world: PollerWorld) -> None:
        gate = Gate()
        world.invoker.script = [gate]
        record = world.stream.put("a")
        await world.start()
        closing = asyncio.ensure_future(world.host.close(grace_seconds=5))
        await settle()
        assert not closing.done()
        gate.opened.set()
        await closing
        assert world.checkpoint() == record.sequence_number

    run(story)


def test_closing_gives_up_what_takes_too_long() -> None:
    async def story(world: PollerWorld) -> None:
        world.invoker.script = [Gate()]
        world.stream.put("a")
        await world.start()
        await world.host.close(grace_seconds=0.01)
        assert world.checkpoint() is None
        world.new_host()
        await world.start()
        assert world.invoker.key_batches() == [["a"], ["a"]]

    run(story)


class PerFunctionInvoker(FakeInvoker):
    """Answers by function."""

    def __init__(self, answer_of: Any) -> None:
        super().__init__()
        self._answer_of = answer_of

    async def invoke(self, function_arn: str, payload: bytes) -> InvocationReply:
        """Answer by script."""
        self.script = [self._answer_of(function_arn)]
        return await super().invoke(function_arn, payload)


class ManyStreams(FakeStream):
    """Several streams behind one port."""

    def __init__(self, streams: list[FakeStream]) -> None:
        super().__init__()
        self._by_arn = {stream.stream_arn: stream for stream in streams}

    async def describe_stream(self, stream_arn: str) -> Any:
        """See ``pollers.ports.StreamsApi``."""
        return await self._by_arn[stream_arn].describe_stream(stream_arn)

    async def shard_iterator(self, stream_arn: str, shard_id: str, position: Any) -> str:
        """See ``pollers.ports.StreamsApi``."""
        return f"{stream_arn}>{await self._by_arn[stream_arn].shard_iterator(stream_arn, shard_id, position)}"

    async def records(self, iterator: str, limit: int) -> RecordsPage:
        """See ``pollers.ports.StreamsApi``."""
        arn, inner = iterator.split(">")
        page = await self._by_arn[arn].records(inner, limit)
        following = None if page.next_iterator is None else f"{arn}>{page.next_iterator}"
        return RecordsPage(records=page.records, next_iterator=following)

    def latest(self, stream_arn: str) -> Any:
        """See ``pollers.ports.StreamsApi``."""
        return self._by_arn[stream_arn].latest(stream_arn)

    def wakeup(self, stream_arn: str) -> Any:
        """See ``pollers.ports.StreamsApi``."""
        return self._by_arn[stream_arn].wakeup(stream_arn)
