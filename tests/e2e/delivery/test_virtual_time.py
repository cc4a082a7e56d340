"""Everything that waits follows the sandbox's clock at once, so that a day is tested in a moment."""

import time
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import pytest
from botocore.exceptions import ClientError

from sandbox.testing.embedded import EmbeddedSandbox
from tests.e2e.delivery.conftest import keys_of, put

REAL_SECONDS_MAX = 25.0
"""Far less than what the clock moves, far more than a busy machine needs."""


@pytest.fixture(autouse=True)
def in_a_moment() -> Any:
    began = time.monotonic()
    yield
    assert time.monotonic() - began < REAL_SECONDS_MAX


def until(sandbox: EmbeddedSandbox, condition: Callable[[], bool]) -> None:
    """Let the sandbox's loop turn until *condition* holds."""
    for _ in range(20_000):
        if condition():
            return
        sandbox.call("ListTables", {})
    pytest.fail("it never came true")


def waiting(sandbox: EmbeddedSandbox, uuid: str | None) -> str:
    standing = sandbox._loop.do(lambda: sandbox._sandbox.mapping_host.standing(str(uuid)))
    return "; ".join(standing.waiting) if standing is not None else ""


def test_a_batching_window_ends_with_the_clock_and_not_before(sandbox: EmbeddedSandbox) -> None:
    seen: list[list[str]] = []
    table = sandbox.table("orders")
    function = sandbox.deploy(
        lambda event, _: seen.append(keys_of(event)), table, maximum_batching_window_in_seconds=300, batch_size=1000
    )
    put(sandbox, table, "a", "b")
    until(sandbox, lambda: "gathering a batch" in waiting(sandbox, function.mapping_uuid))
    sandbox.clock.advance(290)
    put(sandbox, table, "c")
    assert seen == []
    sandbox.clock.advance(10)
    sandbox.drain()
    assert [key for batch in seen for key in batch] == ["a", "b", "c"]
    assert seen[0][:2] == ["a", "b"]


def test_every_retry_comes_with_the_clock(sandbox: EmbeddedSandbox) -> None:
    """Six failures in a row back off for more than a minute of the sandbox's time."""
    failures = iter([ValueError("boom")] * 6)
    attempts: list[float] = []

    def handle(_event: Any, _context: Any) -> None:
        attempts.append(sandbox._sandbox.clock.now())
        for error in failures:
            raise error

    table = sandbox.table("orders")
    function = sandbox.deploy(handle, table)
    put(sandbox, table, "a")
    for attempt in range(1, 7):
        until(sandbox, lambda: len(attempts) >= attempt and "retrying" in waiting(sandbox, function.mapping_uuid))  # noqa: B023 - called here and now
        sandbox.clock.advance(120)
    sandbox.drain()
    assert len(attempts) == 7
    assert all(later - earlier >= 120 for earlier, later in pairwise(attempts))


def test_records_age_with_the_clock(sandbox: EmbeddedSandbox) -> None:
    attempts: list[str] = []

    def handle(event: Any, _context: Any) -> None:
        attempts.extend(keys_of(event))
        if "old" in keys_of(event):
            raise ValueError("boom")

    table = sandbox.table("orders")
    function = sandbox.deploy(handle, table, maximum_record_age_in_seconds=60)
    put(sandbox, table, "old")
    until(sandbox, lambda: "retrying" in waiting(sandbox, function.mapping_uuid))
    sandbox.clock.advance(120)
    put(sandbox, table, "young")
    sandbox.drain()
    assert attempts[-1] == "young"
    assert attempts.count("old") <= 2


def test_items_expire_with_the_clock_and_reach_the_handler(sandbox: EmbeddedSandbox) -> None:
    seen: list[Any] = []
    table = sandbox.table("orders")
    sandbox.client("dynamodb").update_time_to_live(
        TableName=table, TimeToLiveSpecification={"Enabled": True, "AttributeName": "expires"}
    )
    sandbox.deploy(lambda event, _: seen.extend(event["Records"]), table)
    put(sandbox, table, "a", expires={"N": f"{int(sandbox.clock.now()) + 3600}"})
    sandbox.clock.advance(2 * 24 * 3600)
    until(sandbox, lambda: sandbox.call("Scan", {"TableName": table})["Count"] == 0)
    sandbox.drain()
    assert seen[-1]["eventName"] == "REMOVE"
    assert seen[-1]["userIdentity"] == {"type": "Service", "principalId": "dynamodb.amazonaws.com"}


def test_iterators_expire_and_records_are_trimmed_by_the_clock(sandbox: EmbeddedSandbox) -> None:
    table = sandbox.table("orders")
    put(sandbox, table, "a")
    streams = sandbox.client("dynamodbstreams")
    arn = streams.list_streams(TableName=table)["Streams"][0]["StreamArn"]
    (shard,) = streams.describe_stream(StreamArn=arn)["StreamDescription"]["Shards"]
    where = {"StreamArn": arn, "ShardId": shard["ShardId"]}
    iterator = streams.get_shard_iterator(**where, ShardIteratorType="TRIM_HORIZON")["ShardIterator"]
    (record,) = streams.get_records(ShardIterator=iterator)["Records"]
    sandbox.clock.advance(14 * 60)
    assert streams.get_records(ShardIterator=iterator)["Records"] == [record]
    sandbox.clock.advance(2 * 60)
    with pytest.raises(ClientError, match="ExpiredIteratorException"):
        streams.get_records(ShardIterator=iterator)
    sandbox.clock.set(sandbox.clock.now() + 24 * 3600)
    sequence = record["dynamodb"]["SequenceNumber"]

    def is_trimmed() -> bool:
        try:
            streams.get_shard_iterator(**where, ShardIteratorType="AT_SEQUENCE_NUMBER", SequenceNumber=sequence)
        except (streams.exceptions.TrimmedDataAccessException, streams.exceptions.ResourceNotFoundException):
            return True
        return False

    until(sandbox, is_trimmed)
