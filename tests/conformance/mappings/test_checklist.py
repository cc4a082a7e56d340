"""Rows of the checklist in lambda-event-source-mappings §10 that ``awslambda/test_delivery.py`` has not, seen from outside.

Everything here happens in real time and through the public APIs alone. What takes minutes or has no API (C7, C8, C18, C20)
is tested with the sandbox's own clock and shards in ``tests/e2e/delivery`` and ``tests/unit/pollers``.
"""

import json
import re
import time
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import pytest

from tests.conformance.awslambda.test_delivery import RAISE, Setup
from tests.conformance.waiting import looks

SetUp = Callable[..., Setup]
Failed = tuple[str, Callable[[], dict[str, Any]]]
EVENT_BYTES_MAX = 6_291_556
"""Source: lambda-event-source-mappings §2.3."""

NOTE_KEYS = """
def note_keys(event, **more):
    keys = [{"dynamodb": {"Keys": record["dynamodb"]["Keys"]}} for record in event["Records"]]
    note({"Records": keys, **more})

"""


def put_all(*keys: str) -> Callable[[Setup], None]:
    """Write these before the mapping exists."""

    def write(setup: Setup) -> None:
        for key in keys:
            setup.put(key)

    return write


@pytest.mark.rule("C 2b", "3.5 progress")
def test_c2b_progress_starts_a_new_count(set_up: SetUp, failed: Failed) -> None:
    """Six records, only the last is reported: it comes five times, its record says four, the others come once."""
    arn, receive = failed
    code = """
def handler(event, context):
    note(event)
    last = event["Records"][-1]["dynamodb"]
    bad = [{"itemIdentifier": last["SequenceNumber"]}] if last["Keys"]["pk"]["S"] == "5" else []
    return {"batchItemFailures": bad}
"""
    setup = set_up(
        code,
        before=put_all(*"012345"),
        BatchSize=3,
        MaximumRetryAttempts=3,
        FunctionResponseTypes=["ReportBatchItemFailures"],
        DestinationConfig={"OnFailure": {"Destination": arn}},
    )
    document = receive()
    assert document["requestContext"]["approximateInvokeCount"] == 4
    assert document["responseContext"]["functionError"] is None
    assert document["DDBStreamBatchInfo"]["batchSize"] == 1
    delivered = [key for batch in setup.delivered() for key in batch]
    assert {key: delivered.count(key) for key in "012345"} == {**dict.fromkeys("01234", 1), "5": 5}


@pytest.mark.rule("C 10")
def test_c10_the_same_item_twice_is_one_record(set_up: SetUp) -> None:
    setup = set_up()
    for key in ("x", "x", "end"):
        setup.put(key, same={"S": "value"})
    setup.wait_for_records(2)
    assert [key for batch in setup.delivered() for key in batch] == ["x", "end"]


@pytest.mark.rule("C 13", "2.3 pages")
def test_c13_batches_larger_than_a_page(set_up: SetUp) -> None:
    """1,200 records and a BatchSize of 1,000, which one GetRecords call cannot fill for sure."""

    def write(setup: Setup) -> None:
        for start in range(0, 1200, 25):
            puts = [{"PutRequest": {"Item": {"pk": {"S": f"{at:04}"}}}} for at in range(start, start + 25)]
            setup.dynamodb.batch_write_item(RequestItems={setup.table: puts})

    setup = set_up(
        NOTE_KEYS + "def handler(event, context):\n    note_keys(event)\n",
        before=write,
        BatchSize=1000,
        MaximumBatchingWindowInSeconds=2,
    )
    setup.wait_for_records(1200)
    assert [len(batch) for batch in setup.delivered()] == [1000, 200]
    assert [key for batch in setup.delivered() for key in batch] == [f"{at:04}" for at in range(1200)]


@pytest.mark.rule("C 14", "2.3 six megabytes")
def test_c14_no_event_is_above_six_megabytes(set_up: SetUp) -> None:
    """A MODIFY of an item of 300 KB carries it twice; twelve of them are more than an event holds."""

    def write(setup: Setup) -> None:
        for number in range(13):
            setup.put("large", data={"S": str(number % 10) * 300_000})

    code = """
def handler(event, context):
    note_keys(event, size=len(json.dumps(event, separators=(",", ":"))))
"""
    setup = set_up(NOTE_KEYS + code, before=write, BatchSize=100)
    setup.wait_for_records(13)
    sizes = [event["size"] for event in setup.events()]
    assert len(sizes) > 1
    assert max(sizes) <= EVENT_BYTES_MAX
    assert sum(len(batch) for batch in setup.delivered()) == 13


@pytest.mark.rule("C 15", "3.1 full batch", "3.1 window over")
def test_c15_a_window_gathers_and_a_full_batch_goes_earlier(set_up: SetUp) -> None:
    waiting = set_up(MaximumBatchingWindowInSeconds=3)
    began = time.monotonic()
    waiting.put("x")
    waiting.wait_for_records(1)
    assert time.monotonic() - began > 2  # windows are whole seconds of the server's own clock
    full = set_up(MaximumBatchingWindowInSeconds=300, BatchSize=2)
    for key in ("a", "b"):
        full.put(key)
    full.wait_for_records(2)
    assert full.delivered() == [["a", "b"]]


@pytest.mark.rule("C 16", "3.2 concurrency", "3.2 order per key")
def test_c16_two_lanes_of_one_shard(set_up: SetUp) -> None:
    """Two invocations at once, never more, and each key in its order."""
    code = """
def handler(event, context):
    began = time.time()
    time.sleep(0.2)
    note({**event, "began": began, "ended": time.time()})
"""

    def write(setup: Setup) -> None:
        for round_ in range(2):
            for key in "abcdefgh":
                setup.put(key, n={"N": str(round_)})

    setup = set_up(code, before=write, BatchSize=1, ParallelizationFactor=2)
    setup.wait_for_records(16)
    events = sorted(setup.events(), key=lambda event: event["began"])
    running = [sum(one["began"] <= event["began"] < one["ended"] for one in events) for event in events]
    assert max(running) == 2
    images = [event["Records"][0]["dynamodb"]["NewImage"] for event in events]
    for key in "abcdefgh":
        assert [image["n"]["N"] for image in images if image["pk"]["S"] == key] == ["0", "1"]


@pytest.mark.rule("C 17", "2.2 members", "3.10 chain", "3.10 final")
def test_c17_the_state_of_a_tumbling_window(set_up: SetUp) -> None:
    """Chained from ``{}`` through the batches of a window to a final invocation."""
    code = """
def handler(event, context):
    note(event)
    return {"state": {"n": event["state"].get("n", 0) + len(event["Records"])}}
"""
    setup = set_up(code, before=put_all(*"abcd"), BatchSize=1, TumblingWindowInSeconds=2)

    def is_over(events: list[dict[str, Any]]) -> bool:
        finals = [event for event in events if event["isFinalInvokeForWindow"]]
        return bool(sum(event["state"].get("n", 0) + len(event["Records"]) for event in finals) >= 4)

    windows: dict[str, list[dict[str, Any]]] = {}
    for event in setup.wait(is_over):
        assert event["eventSourceARN"] == setup.stream
        assert event["shardId"].startswith("shardId-")
        assert event["isWindowTerminatedEarly"] is False
        windows.setdefault(event["window"]["start"], []).append(event)
    for events in windows.values():
        assert events[0]["state"] == {}
        assert [event["isFinalInvokeForWindow"] for event in events] == [False] * (len(events) - 1) + [True]
        for before, after in pairwise(events):
            assert after["state"] == {"n": before["state"].get("n", 0) + len(before["Records"])}


@pytest.mark.rule("C 17", "2.2 state")
def test_c17_an_answer_without_state_is_a_failure(set_up: SetUp, failed: Failed) -> None:
    arn, receive = failed
    setup = set_up(
        "def handler(event, context):\n    note(event)\n    return {}\n",
        before=put_all("x"),
        TumblingWindowInSeconds=2,
        MaximumRetryAttempts=0,
        DestinationConfig={"OnFailure": {"Destination": arn}},
    )
    assert receive()["requestContext"]["condition"] == "RetryAttemptsExhausted"
    assert setup.delivered()[0] == ["x"]


@pytest.mark.rule("C 22", "3.8 bucket")
def test_c22_a_bucket_gets_the_records_under_the_recorded_key(
    set_up: SetUp, awslambda: Any, client_of: Callable[..., Any], unique: Callable[[], str]
) -> None:
    bucket, s3 = f"failed-{unique()}", client_of("s3")
    s3.create_bucket(Bucket=bucket)
    setup = set_up(
        RAISE,
        before=put_all("x"),
        MaximumRetryAttempts=0,
        DestinationConfig={"OnFailure": {"Destination": f"arn:aws:s3:::{bucket}"}},
    )
    (mapping,) = awslambda.list_event_source_mappings(EventSourceArn=setup.stream)["EventSourceMappings"]
    found: list[dict[str, Any]] = []
    for _ in looks():
        found = s3.list_objects_v2(Bucket=bucket).get("Contents", [])
        if found:
            break
    key = found[0]["Key"]
    when = r"\d{4}/\d\d/\d\d/\d{4}-\d\d-\d\dT\d\d\.\d\d\.\d\d-[0-9a-f-]{36}"
    document = json.loads(s3.get_object(Bucket=bucket, Key=key)["Body"].read())
    shard_id = document["DDBStreamBatchInfo"]["shardId"]
    assert re.fullmatch(f"aws/lambda/{mapping['UUID']}/{shard_id}/{when}", key)
    assert document["payload"] == setup.events()[0]
