"""From a write to the handler and on to the checkpoint: batches, order, positions, shards."""

import asyncio
from typing import Any

import pytest

from pollers.ports import FunctionFailed, InvocationReply, StreamUnavailable, TrimmedData
from pollers.records import SHARD_END
from tests.fakes.poller_world import MAPPING_UUID, OK, PollerWorld, configuration, keys_of, run, settle
from tests.fakes.stream import FakeStream

FAILED = FunctionFailed(error_type="ValueError", error_message="boom")


def test_a_write_reaches_the_handler_and_moves_the_checkpoint() -> None:
    async def story(world: PollerWorld) -> None:
        await world.start()
        record = world.stream.put("a")
        await settle()
        assert world.invoker.key_batches() == [["a"]]
        assert world.checkpoint() == record.sequence_number
        assert world.host.last_processing_result(MAPPING_UUID) == "OK"

    run(story)


def test_nothing_processed_has_no_result_yet() -> None:
    async def story(world: PollerWorld) -> None:
        await world.start()
        assert world.host.last_processing_result(MAPPING_UUID) is None

    run(story)


def test_a_backlog_leaves_in_full_batches() -> None:
    """C13 with more records than a page of GetRecords holds."""

    async def story(world: PollerWorld) -> None:
        for number in range(3700):
            world.stream.put(f"{number}")
        await world.start(BatchSize=1500)
        await world.host.drain()
        assert [len(keys) for keys in world.invoker.key_batches()] == [1500, 1500, 700]

    run(story)


def test_1200_records_at_batch_size_1000() -> None:
    """C13."""

    async def story(world: PollerWorld) -> None:
        for number in range(1200):
            world.stream.put(f"{number}")
        await world.start(BatchSize=1000)
        await world.host.drain()
        assert [len(keys) for keys in world.invoker.key_batches()] == [1000, 200]

    run(story)


def test_pages_cut_short_by_the_source_do_not_cut_batches_short() -> None:
    """A page ends at 1 MB too; a batch of large records must not be one page."""

    async def story(world: PollerWorld) -> None:
        world.stream.page_records_max = 2
        for number in range(6):
            world.stream.put(f"{number}", image={"x": {"S": "x" * 300_000}})
        await world.start(BatchSize=6)
        await world.host.drain()
        assert [len(keys) for keys in world.invoker.key_batches()] == [6]

    run(story)


def test_the_order_of_a_shard_is_kept() -> None:
    async def story(world: PollerWorld) -> None:
        await world.start(BatchSize=3)
        for number in range(20):
            world.stream.put(f"{number}")
            if number % 4 == 0:
                await settle()
        await world.host.drain()
        assert [key for keys in world.invoker.key_batches() for key in keys] == [f"{number}" for number in range(20)]

    run(story)


def test_reading_ahead_is_bounded() -> None:
    """A slow handler under a large backlog: memory holds the batch in flight and one more."""

    async def story(world: PollerWorld) -> None:
        release = asyncio.Event()

        async def slow(_event: dict[str, Any]) -> InvocationReply:
            await release.wait()
            return OK

        world.invoker.always = slow
        for number in range(5000):
            world.stream.put(f"{number}")
        await world.start(BatchSize=100)
        metrics = world.host.metrics(MAPPING_UUID)
        assert metrics is not None
        assert metrics.polled_event_count == 200
        release.set()
        assert (await world.host.drain()).drained

    run(story)


def test_the_checkpoint_is_stored_after_the_result_only() -> None:
    async def story(world: PollerWorld) -> None:
        release = asyncio.Event()

        async def slow(_event: dict[str, Any]) -> InvocationReply:
            await release.wait()
            return OK

        world.invoker.always = slow
        await world.start()
        record = world.stream.put("a")
        await settle()
        assert len(world.invoker.events) == 1
        assert world.checkpoint() is None
        release.set()
        await settle()
        assert world.checkpoint() == record.sequence_number

    run(story)


def test_a_batching_window_gathers() -> None:
    """C15: one record is delivered after five seconds; a full batch goes earlier."""

    async def story(world: PollerWorld) -> None:
        await world.start(BatchSize=3, MaximumBatchingWindowInSeconds=5)
        await world.clock.advance(60)
        world.stream.put("a")
        await settle()
        await world.clock.advance(4.9)
        assert world.invoker.key_batches() == []
        await world.clock.advance(0.2)
        assert world.invoker.key_batches() == [["a"]]
        for key in "bcd":
            world.stream.put(key)
        await settle()
        assert world.invoker.key_batches() == [["a"], ["b", "c", "d"]]

    run(story)


@pytest.mark.rule("3.1 next window")
def test_the_next_batching_window_runs_from_the_last_invocation() -> None:
    async def story(world: PollerWorld) -> None:
        await world.start(BatchSize=10, MaximumBatchingWindowInSeconds=5)
        world.stream.put("a")
        await settle()
        await world.clock.advance(5)
        assert world.invoker.key_batches() == [["a"]]
        await world.clock.advance(3)
        world.stream.put("b")
        await settle()
        await world.clock.advance(1.9)
        assert world.invoker.key_batches() == [["a"]]
        await world.clock.advance(0.2)
        assert world.invoker.key_batches() == [["a"], ["b"]]

    run(story)


def test_filtered_records_count_as_processed() -> None:
    """BatchSize counts what matches; the checkpoint passes what does not; each skip is visible."""

    async def story(world: PollerWorld) -> None:
        written = [
            world.stream.put(f"{number}", event_name="MODIFY" if number % 3 else "INSERT") for number in range(9)
        ]
        await world.start(BatchSize=3, FilterCriteria={"Filters": [{"Pattern": '{"eventName": ["INSERT"]}'}]})
        await world.host.drain()
        assert world.invoker.key_batches() == [["0", "3", "6"]]
        assert world.checkpoint() == written[-1].sequence_number
        filtered = [trace for trace in world.traces if trace.kind == "filtered"]
        assert [(trace.filtered_out, trace.decision) for trace in filtered] == [(6, "skip")]
        assert world.invocations()[0].matched_patterns == ((0, 3),)
        metrics = world.host.metrics(MAPPING_UUID)
        assert metrics is not None
        assert (metrics.polled_event_count, metrics.filtered_out_event_count, metrics.invoked_event_count) == (9, 6, 3)

    run(story)


def test_the_checkpoint_passes_filtered_records_without_an_invocation() -> None:
    async def story(world: PollerWorld) -> None:
        await world.start(FilterCriteria={"Filters": [{"Pattern": '{"eventName": ["REMOVE"]}'}]})
        record = world.stream.put("a")
        await settle()
        assert world.invoker.events == []
        assert world.checkpoint() == record.sequence_number
        assert world.host.last_processing_result(MAPPING_UUID) is None

    run(story)


def test_latest_is_the_instant_of_the_call() -> None:
    """Written right after ``start`` returned, before anything could run: it must be delivered."""

    async def story(world: PollerWorld) -> None:
        world.stream.put("before")
        world.host.start(configuration(StartingPosition="LATEST"))
        world.stream.put("after")
        await settle()
        assert world.invoker.key_batches() == [["after"]]

    run(story)


def test_latest_is_resolved_once() -> None:
    """A restart before the first record must not look for LATEST again."""

    async def story(world: PollerWorld) -> None:
        await world.start(StartingPosition="LATEST")
        await world.host.close()
        world.stream.put("while down")
        world.new_host()
        await world.start(StartingPosition="LATEST")
        assert world.invoker.key_batches() == [["while down"]]

    run(story)


def test_latest_on_a_source_that_must_be_asked() -> None:
    """A crash with the first records in flight delivers them again."""

    async def story(world: PollerWorld) -> None:
        world.stream.put("before")
        await world.start(StartingPosition="LATEST")
        world.invoker.always = FAILED
        world.stream.put("after")
        await world.clock.advance(0.25)
        assert world.invoker.key_batches() == [["after"]]
        await world.host.close()
        world.invoker.always = OK
        world.new_host()
        await world.start(StartingPosition="LATEST")
        await world.clock.advance(1)
        assert world.invoker.key_batches()[-1] == ["after"]

    run(story, stream=lambda: FakeStream(is_woken=False))


def test_a_restart_resumes_behind_the_checkpoint() -> None:
    async def story(world: PollerWorld) -> None:
        world.stream.put("a")
        await world.start()
        await world.host.close()
        world.stream.put("b")
        world.new_host()
        await world.start()
        assert world.invoker.key_batches() == [["a"], ["b"]]

    run(story)


def test_a_parent_is_drained_before_its_children() -> None:
    """C18: a shard rolls over in mid-stream."""

    async def story(world: PollerWorld) -> None:
        parent = world.stream.first_shard_id
        await world.start(BatchSize=1)
        world.invoker.script = [FAILED]
        world.stream.put("p1")
        world.stream.put("p2")
        world.stream.split(parent, "shardId-left", "shardId-right")
        world.stream.put("left", shard_id="shardId-left")
        world.stream.put("right", shard_id="shardId-right")
        await settle()
        assert world.invoker.key_batches() == [["p1"]]
        await world.clock.advance(1)
        assert [key for keys in world.invoker.key_batches() for key in keys][:3] == ["p1", "p1", "p2"]
        assert sorted(key for keys in world.invoker.key_batches()[3:] for key in keys) == ["left", "right"]
        assert world.checkpoints.load(MAPPING_UUID)[parent] == SHARD_END

    run(story)


def test_a_latest_mapping_reads_new_children_from_their_beginning() -> None:
    async def story(world: PollerWorld) -> None:
        await world.start(StartingPosition="LATEST")
        await world.host.close()
        world.stream.split(world.stream.first_shard_id, "shardId-child")
        world.stream.put("child", shard_id="shardId-child")
        world.new_host()
        await world.start(StartingPosition="LATEST")
        assert world.invoker.key_batches() == [["child"]]

    run(story)


def test_several_shards_run_at_once() -> None:
    async def story(world: PollerWorld) -> None:
        first, second = world.stream.shards
        await world.start()
        world.invoker.script = [FAILED]
        world.stream.put("stuck", shard_id=first)
        await settle()
        world.stream.put("fine", shard_id=second)
        await settle()
        assert world.invoker.key_batches() == [["stuck"], ["fine"]]

    run(story, stream=lambda: FakeStream(shards=2))


def test_a_disabled_stream_is_drained_then_the_mapping_idles() -> None:
    """C21."""

    async def story(world: PollerWorld) -> None:
        world.stream.put("a")
        world.stream.disable()
        await world.start()
        assert world.invoker.key_batches() == [["a"]]
        assert (await world.host.drain(1)).drained
        assert world.clock.alarms() == []

    run(story)


def test_a_stream_that_is_gone_leaves_the_mapping_idle() -> None:
    async def story(world: PollerWorld) -> None:
        world.stream.is_gone = True
        await world.start()
        assert (await world.host.drain(1)).drained
        assert [trace.outcome for trace in world.traces] == ["the stream is gone"]

    run(story)


def test_a_stream_that_goes_away_under_the_reader() -> None:
    async def story(world: PollerWorld) -> None:
        await world.start()
        world.stream.is_gone = True
        world.stream.wake()
        assert (await world.host.drain(1)).drained

    run(story)


def test_an_unavailable_stream_is_asked_again() -> None:
    async def story(world: PollerWorld) -> None:
        world.stream.put("a")
        world.stream.trouble = [StreamUnavailable("down"), StreamUnavailable("still down")]
        await world.start()
        assert world.invoker.key_batches() == []
        await world.clock.advance(3)
        assert world.invoker.key_batches() == [["a"]]
        assert [trace.decision for trace in world.traces if trace.kind == "notice"] == ["try again", "try again"]

    run(story)


def test_trouble_while_reading_is_waited_out() -> None:
    async def story(world: PollerWorld) -> None:
        await world.start()
        world.stream.trouble = [StreamUnavailable("down")]
        world.stream.put("a")
        await settle()
        report = await world.host.drain(0)
        assert [stuck.reason for stuck in report.stuck] == ["the stream cannot be read: down"]
        await world.clock.advance(1)
        assert world.invoker.key_batches() == [["a"]]
        assert (await world.host.drain(1)).drained

    run(story)


def test_a_trimmed_checkpoint_continues_at_the_trim_horizon() -> None:
    """Never wedge, and say that records may have been missed."""

    async def story(world: PollerWorld) -> None:
        world.checkpoints.store(MAPPING_UUID, world.stream.first_shard_id, "1")
        world.stream.put("kept")
        original = world.stream.shard_iterator

        async def trimmed(stream_arn: str, shard_id: str, position: Any) -> str:
            if position.kind != "TRIM_HORIZON":
                raise TrimmedData("too old")
            return await original(stream_arn, shard_id, position)

        world.stream.shard_iterator = trimmed  # type: ignore[method-assign]
        await world.start()
        assert world.invoker.key_batches() == [["kept"]]
        assert "the position had left the stream" in [trace.outcome for trace in world.traces]

    run(story)


def test_a_polled_source_is_delivered_too() -> None:
    async def story(world: PollerWorld) -> None:
        await world.start()
        world.stream.put("a")
        await world.clock.advance(0.25)
        assert world.invoker.key_batches() == [["a"]]
        assert (await world.host.drain(1)).drained

    run(story, stream=lambda: FakeStream(is_woken=False))


def test_a_bug_in_one_shard_is_survived(caplog: pytest.LogCaptureFixture) -> None:
    """The consumer begins again at its checkpoint and the trace tells."""

    async def story(world: PollerWorld) -> None:
        world.stream.trouble = []
        await world.start()
        world.stream.trouble = [RuntimeError("a bug")]
        world.stream.put("a")
        await settle()
        assert world.invoker.key_batches() == []
        assert not (await world.host.drain(0)).drained
        await world.clock.advance(2)
        assert world.invoker.key_batches() == [["a"]]
        assert "begin again at the checkpoint" in [trace.decision for trace in world.traces]

    run(story)
    assert "broke" in caplog.text


def test_lanes_keep_the_order_of_each_key() -> None:
    """C16: factor 2, slow handler: two invocations at once, the order per key is kept."""

    async def story(world: PollerWorld) -> None:
        async def slow(_event: dict[str, Any]) -> InvocationReply:
            await settle()
            return OK

        world.invoker.always = slow
        for number in range(60):
            world.stream.put(f"key-{number % 6}", image={"n": {"N": str(number)}})
        await world.start(BatchSize=5, ParallelizationFactor=2)
        assert (await world.host.drain()).drained
        assert world.invoker.running_max == 2
        seen: dict[str, list[int]] = {}
        for event in world.invoker.events:
            for key, record in zip(keys_of(event), event["Records"], strict=True):
                seen.setdefault(key, []).append(int(record["dynamodb"]["NewImage"]["n"]["N"]))
        assert sum(map(len, seen.values())) == 60
        assert all(numbers == sorted(numbers) for numbers in seen.values())

    run(story)


@pytest.mark.rule("3.2 checkpoint")
def test_a_failing_lane_holds_the_checkpoint_but_not_the_others() -> None:
    async def story(world: PollerWorld) -> None:
        def poison(event: dict[str, Any]) -> InvocationReply:
            return FAILED if "poison" in keys_of(event) else OK

        world.invoker.always = poison
        first = world.stream.put("fine")
        world.stream.put("poison")
        written = [world.stream.put(f"key-{number}") for number in range(200)]
        await world.start(BatchSize=1, ParallelizationFactor=10, MaximumRetryAttempts=3)
        delivered = {key for keys in world.invoker.key_batches() for key in keys}
        assert len(delivered) > 150
        assert world.checkpoint() == first.sequence_number
        await world.clock.advance(30)
        assert world.checkpoint() == written[-1].sequence_number

    run(story)
