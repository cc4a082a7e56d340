"""Tumbling windows, beyond the checklist. Source: lambda-event-source-mappings §2.2, §3.10."""

from collections.abc import Callable
from datetime import datetime
from itertools import pairwise
from typing import Any

import pytest

from tests.conformance.awslambda.test_delivery import Setup
from tests.conformance.mappings.test_checklist import put_all
from tests.conformance.mappings.test_outcomes import to

SetUp = Callable[..., Setup]
PassTime = Callable[[float], None]
Failed = tuple[str, Callable[[], dict[str, Any]]]
COUNT = """
def handler(event, context):
    note(event)
    return {"state": {"n": event["state"].get("n", 0) + len(event["Records"])}}
"""


def seconds(text: str) -> float:
    return datetime.fromisoformat(text).timestamp()


def has_finals(count: int) -> Callable[[list[dict[str, Any]]], bool]:
    return lambda events: sum(event["isFinalInvokeForWindow"] for event in events) >= count


@pytest.mark.rule("3.10 assignment", "3.10 final")
def test_windows_follow_each_other_and_do_not_overlap(set_up: SetUp, pass_time: PassTime) -> None:
    """Each record lies within its window; the state begins anew with each."""
    setup = set_up(COUNT, TumblingWindowInSeconds=60)
    for number in range(3):
        setup.put(str(number))
        pass_time(60)
        setup.wait(has_finals(number + 1))
    spans = []
    for event in setup.events():
        start, end = seconds(event["window"]["start"]), seconds(event["window"]["end"])
        assert (end - start, start % 60) == (60, 0)
        spans.append((start, end))
        for record in event["Records"]:
            assert start <= record["dynamodb"]["ApproximateCreationDateTime"] < end
    assert all(earlier == later or earlier[1] <= later[0] for earlier, later in pairwise(spans))
    assert [event["state"] for event in setup.events() if event["Records"]] == [{}, {}, {}]


@pytest.mark.rule("3.10 retry")
def test_a_failed_invocation_is_retried_with_the_state_before_it(set_up: SetUp, pass_time: PassTime) -> None:
    code = """
def handler(event, context):
    may_go_on = was_told("go on")
    note(event)
    keys = [record["dynamodb"]["Keys"]["pk"]["S"] for record in event["Records"]]
    if "b" in keys and not may_go_on:
        raise ValueError("not yet")
    return {"state": {"n": event["state"].get("n", 0) + len(keys)}}
"""
    setup = set_up(code, before=put_all("a", "b"), BatchSize=1, TumblingWindowInSeconds=900)
    setup.wait(lambda events: len(events) >= 2)
    setup.tell("go on")
    setup.wait(lambda events: len(events) >= 3)
    pass_time(900)
    events = setup.wait(has_finals(1))
    tries = [event["state"] for event in events if event["Records"] and _key(event) == "b"]
    assert len(tries) >= 2
    assert tries == [{"n": 1}] * len(tries)
    assert events[-1]["state"] == {"n": 2}


def _key(event: dict[str, Any]) -> str:
    return str(event["Records"][0]["dynamodb"]["Keys"]["pk"]["S"])


@pytest.mark.rule("2.2 state too large")
def test_a_state_beyond_a_megabyte_ends_the_window(set_up: SetUp) -> None:
    code = """
def handler(event, context):
    note({**event, "state": {}, "length": len(json.dumps(event["state"]))})
    return {"state": {"large": "x" * 1_100_000} if event["Records"] else {}}
"""
    setup = set_up(code, before=put_all("x"), TumblingWindowInSeconds=900)
    first, final = setup.wait(lambda events: len(events) >= 2)
    assert (first["isFinalInvokeForWindow"], first["isWindowTerminatedEarly"]) == (False, False)
    assert (final["isFinalInvokeForWindow"], final["isWindowTerminatedEarly"]) == (True, True)
    assert final["window"] == first["window"]
    assert final["length"] > 1_000_000


@pytest.mark.rule("3.10 shard end")
def test_the_end_of_a_shard_closes_its_window(
    set_up: SetUp, split_shards: Callable[[str, int], list[str]], pass_time: PassTime
) -> None:
    """Long before its time is over; the children begin with a state of their own."""
    setup = set_up(COUNT, TumblingWindowInSeconds=900)
    setup.put("x")
    setup.wait_for_records(1)
    split_shards(setup.stream, 1)
    before = setup.wait(has_finals(1))
    setup.put("y")
    setup.wait_for_records(2)
    pass_time(900)
    after = setup.wait(has_finals(2))[len(before) :]
    assert {event["shardId"] for event in before}.isdisjoint({event["shardId"] for event in after})
    assert after[0]["state"] == {}


@pytest.mark.rule("3.10 final fails")
def test_a_final_invocation_that_fails_is_retried_as_the_mapping_says(set_up: SetUp, pass_time: PassTime) -> None:
    """Once here; then the window is given up and the next one begins."""
    code = """
def handler(event, context):
    note(event)
    if event["isFinalInvokeForWindow"]:
        raise ValueError("boom")
    return {"state": {"n": event["state"].get("n", 0) + len(event["Records"])}}
"""
    setup = set_up(code, TumblingWindowInSeconds=60, MaximumRetryAttempts=1)
    setup.put("x")
    setup.wait_for_records(1)
    pass_time(60)
    finals = [event for event in setup.wait(has_finals(2)) if event["isFinalInvokeForWindow"]]
    assert [event["state"] for event in finals] == [{"n": 1}] * 2
    setup.put("y")
    setup.wait_for_records(2)
    assert setup.events()[-1]["state"] == {}


@pytest.mark.rule("2.2 state")
def test_a_batch_without_a_state_is_reported(set_up: SetUp, failed: Failed) -> None:
    """Retried as any failure, then given up."""
    arn, receive = failed
    setup = set_up(
        "def handler(event, context):\n    note(event)\n",
        before=put_all("x"),
        TumblingWindowInSeconds=900,
        MaximumRetryAttempts=1,
        DestinationConfig=to(arn),
    )
    assert receive()["requestContext"]["approximateInvokeCount"] == 2
    assert setup.delivered()[:2] == [["x"], ["x"]]
