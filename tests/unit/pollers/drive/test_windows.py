"""Tumbling windows as a handler meets them."""

from typing import Any

import msgspec

from pollers.ports import FunctionFailed, InvocationReply, InvocationSucceeded
from tests.fakes.poller_world import MAPPING_UUID, PollerWorld, keys_of, run, settle

FAILED = FunctionFailed(error_type="ValueError", error_message="boom")
START = 1_000_000.0


def counting(event: dict[str, Any]) -> InvocationReply:
    """The handler of the documentation: adds up, and returns its state."""
    total = event["state"].get("n", 0) + len(event["Records"])
    return InvocationSucceeded(payload=msgspec.json.encode({"state": {"n": total}}))


def seen(world: PollerWorld) -> list[tuple[list[str], dict[str, Any], bool]]:
    return [(keys_of(event), event["state"], event["isFinalInvokeForWindow"]) for event in world.invoker.events]


def test_c17_state_is_chained_and_the_final_call_flagged() -> None:
    async def story(world: PollerWorld) -> None:
        world.invoker.always = counting
        await world.start(TumblingWindowInSeconds=10, BatchSize=2)
        for key in "abc":
            world.stream.put(key, created=START)
        await settle()
        await world.clock.advance(10)
        world.stream.put("d", created=START + 10)
        await settle()
        assert seen(world) == [
            (["a", "b"], {}, False),
            (["c"], {"n": 2}, False),
            ([], {"n": 3}, True),
            (["d"], {}, False),
        ]
        first = world.invoker.events[0]
        assert first["window"] == {"start": "1970-01-12T13:46:40Z", "end": "1970-01-12T13:46:50Z"}
        assert first["shardId"] == world.stream.first_shard_id
        assert first["isWindowTerminatedEarly"] is False

    run(story)


def test_c17_an_answer_without_state_is_a_failure() -> None:
    async def story(world: PollerWorld) -> None:
        world.invoker.always = InvocationSucceeded(payload=b"null")
        await world.start(TumblingWindowInSeconds=10)
        world.stream.put("a", created=START)
        await settle()
        assert world.invocations()[0].outcome == "failed: the answer has no state, which a tumbling window needs"
        assert world.host.last_processing_result(MAPPING_UUID) == "PROBLEM: Function call failed"

    run(story)


def test_a_later_record_ends_the_window_before_the_clock() -> None:
    async def story(world: PollerWorld) -> None:
        world.invoker.always = counting
        world.stream.put("a", created=START)
        world.stream.put("b", created=START + 10)
        await world.start(TumblingWindowInSeconds=10)
        assert seen(world) == [(["a"], {}, True), (["b"], {}, False)]

    run(story)


def test_a_failed_invocation_is_retried_with_the_state_before_it() -> None:
    async def story(world: PollerWorld) -> None:
        world.invoker.script = [counting, FAILED]
        world.invoker.always = counting
        await world.start(TumblingWindowInSeconds=60, BatchSize=1)
        world.stream.put("a", created=START)
        world.stream.put("b", created=START)
        await settle()
        await world.clock.advance(1)
        assert seen(world) == [(["a"], {}, False), (["b"], {"n": 1}, False), (["b"], {"n": 1}, False)]

    run(story)


def test_the_checkpoint_waits_for_the_end_of_the_window() -> None:
    """The state lives in this process: after a crash the window is aggregated anew, from all of its records."""

    async def story(world: PollerWorld) -> None:
        world.invoker.always = counting
        await world.start(TumblingWindowInSeconds=10, BatchSize=1)
        world.stream.put("a", created=START)
        world.stream.put("b", created=START)
        await settle()
        assert world.checkpoint() is None
        await world.host.close()
        world.new_host()
        await world.start(TumblingWindowInSeconds=10, BatchSize=1)
        last = world.stream.shards[world.stream.first_shard_id].records[-1]
        await world.clock.advance(10)
        assert seen(world)[2:] == [(["a"], {}, False), (["b"], {"n": 1}, False), ([], {"n": 2}, True)]
        assert world.checkpoint() == last.sequence_number

    run(story)


def test_the_end_of_a_shard_closes_its_window_and_children_begin_anew() -> None:
    async def story(world: PollerWorld) -> None:
        world.invoker.always = counting
        await world.start(TumblingWindowInSeconds=10)
        world.stream.put("a", created=START)
        await settle()
        world.stream.split(world.stream.first_shard_id, "shardId-child")
        world.stream.put("b", created=START, shard_id="shardId-child")
        await settle()
        assert seen(world) == [(["a"], {}, False), ([], {"n": 1}, True), (["b"], {}, False)]

    run(story)


def test_a_state_over_its_limit_terminates_the_window_early() -> None:
    async def story(world: PollerWorld) -> None:
        large = InvocationSucceeded(payload=msgspec.json.encode({"state": {"x": "x" * (1024 * 1024)}}))
        world.invoker.script = [large]
        world.invoker.always = counting
        await world.start(TumblingWindowInSeconds=10, BatchSize=1)
        world.stream.put("a", created=START)
        world.stream.put("b", created=START)
        await settle()
        flags = [(event["isFinalInvokeForWindow"], event["isWindowTerminatedEarly"]) for event in world.invoker.events]
        assert flags == [(False, False), (True, True), (False, False)]
        assert world.invoker.events[2]["state"] == {}

    run(story)


def test_a_final_invocation_that_fails_for_good_is_given_up() -> None:
    async def story(world: PollerWorld) -> None:
        world.invoker.script = [counting, FAILED]
        world.invoker.always = counting
        await world.start(TumblingWindowInSeconds=10, MaximumRetryAttempts=0)
        last = world.stream.put("a", created=START)
        await settle()
        await world.clock.advance(10)
        assert seen(world) == [(["a"], {}, False), ([], {"n": 1}, True)]
        assert world.checkpoint() == last.sequence_number
        world.stream.put("b", created=START + 10)
        await settle()
        assert seen(world)[2:] == [(["b"], {}, False)]

    run(story)


def test_an_open_window_does_not_keep_drain_waiting() -> None:
    """Its records are delivered; the final invocation is the clock's business."""

    async def story(world: PollerWorld) -> None:
        world.invoker.always = counting
        await world.start(TumblingWindowInSeconds=10)
        world.stream.put("a", created=START)
        await settle()
        assert (await world.host.drain(1)).drained
        await world.clock.advance(10)
        assert len(world.invoker.events) == 2

    run(story)
