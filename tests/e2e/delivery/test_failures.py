"""What is done about a batch when its invocation fails."""

import threading
from typing import Any

from sandbox.testing.embedded import EmbeddedSandbox
from tests.e2e.delivery.conftest import keys_of, mapping_state, put
from tests.e2e.told import PATIENCE_SECONDS, Told


def test_a_partial_report_is_delivered_again_from_the_lowest_failure(sandbox: EmbeddedSandbox, told: Told) -> None:
    """Floci 3262: the report was ignored and the checkpoint moved on."""
    table = sandbox.table("orders")
    batches: list[list[str]] = []
    well = threading.Event()

    def handler(event: Any, _context: Any) -> dict[str, Any]:
        batches.append(keys_of(event))
        bad = [] if well.is_set() else [one for one in event["Records"] if one["dynamodb"]["Keys"]["pk"]["S"] in "dc"]
        return {"batchItemFailures": [{"itemIdentifier": one["dynamodb"]["SequenceNumber"]} for one in reversed(bad)]}

    put(sandbox, table, *"abcde")
    function = sandbox.deploy(handler, table, name="partial", report_batch_item_failures=True)
    told.wait_for_invocations("partial", 1)
    sandbox.clock.advance(2)
    told.wait_for_invocations("partial", 2)
    well.set()
    sandbox.clock.advance(4)
    sandbox.drain()
    assert batches == [list("abcde"), list("cde"), list("cde")]
    assert mapping_state(sandbox, function.mapping_uuid)["LastProcessingResult"] == "OK"


def test_a_batch_is_tried_again_and_then_given_up(sandbox: EmbeddedSandbox, told: Told) -> None:
    """MaximumRetryAttempts N is 1 + N invocations, further and further apart; what follows is delivered."""
    table = sandbox.table("orders")
    batches: list[list[str]] = []

    def handler(event: Any, _context: Any) -> None:
        batches.append(keys_of(event))
        if "bad" in batches[-1]:
            raise ValueError("boom")

    function = sandbox.deploy(handler, table, name="retried", maximum_retry_attempts=3, batch_size=2)
    put(sandbox, table, "bad")
    for attempt, seconds in enumerate([1.2, 2.3, 4.5], 1):
        told.wait_for_invocations("retried", attempt)
        assert told.invocations("retried")[-1].decision.startswith("retry in")
        assert mapping_state(sandbox, function.mapping_uuid)["LastProcessingResult"] == "PROBLEM: Function call failed"
        put(sandbox, table, f"later-{attempt}")
        sandbox.clock.advance(seconds)
    sandbox.drain()
    assert batches[:4] == [["bad"]] * 4, "records that arrive meanwhile do not join a batch that is retried"
    assert [key for batch in batches[4:] for key in batch] == ["later-1", "later-2", "later-3"]
    assert [one.attempt for one in told.invocations("retried")][:4] == [1, 2, 3, 4]
    assert "RetryAttemptsExhausted" in told.invocations("retried")[3].decision


def test_a_record_too_old_is_given_up(sandbox: EmbeddedSandbox, told: Told) -> None:
    table = sandbox.table("orders")
    batches: list[list[str]] = []

    def handler(event: Any, _context: Any) -> None:
        batches.append(keys_of(event))
        if "old" in batches[-1]:
            raise ValueError("boom")

    sandbox.deploy(handler, table, name="aged", maximum_record_age_in_seconds=60, batch_size=10)
    put(sandbox, table, "old")
    told.wait_for_invocations("aged", 1)
    sandbox.clock.advance(30)
    told.wait_for_invocations("aged", 2)
    put(sandbox, table, "young")
    sandbox.clock.advance(40)
    sandbox.drain()
    assert batches[-1] == ["young"]
    assert all(batch == ["old"] for batch in batches[:-1])
    [dropped] = [one for one in told.batches if one.kind == "discarded"]
    assert (dropped.record_count, dropped.outcome) == (1, "too old")
    assert "RecordAgeExceeded" in dropped.decision


def test_a_timeout_is_a_failed_attempt(sandbox: EmbeddedSandbox, told: Told) -> None:
    table = sandbox.table("orders")
    release = threading.Event()
    sandbox.deploy(
        lambda *_: release.wait(PATIENCE_SECONDS), table, name="slow", timeout_seconds=1, maximum_retry_attempts=0
    )
    put(sandbox, table, "x")
    try:
        sandbox.drain()
    finally:
        release.set()
    [invocation] = told.invocations("slow")
    assert "Task timed out after 1.00 seconds" in invocation.outcome
    assert "RetryAttemptsExhausted" in invocation.decision


def test_a_throttled_batch_uses_up_no_attempt(sandbox: EmbeddedSandbox, told: Told) -> None:
    table = sandbox.table("orders")
    seen: list[str] = []
    sandbox.deploy(lambda event, _: seen.extend(keys_of(event)), table, name="throttled", maximum_retry_attempts=0)
    client = sandbox.client("lambda")
    client.put_function_concurrency(FunctionName="throttled", ReservedConcurrentExecutions=0)
    put(sandbox, table, "x")
    told.wait_for_invocations("throttled", 2)
    sandbox.clock.advance(15)
    told.wait_for_invocations("throttled", 3)
    assert seen == []
    client.delete_function_concurrency(FunctionName="throttled")
    sandbox.drain()
    assert seen == ["x"]
    assert {one.attempt for one in told.invocations("throttled")[:-1]} == {0}
