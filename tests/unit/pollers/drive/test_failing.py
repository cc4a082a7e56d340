"""When functions fail: attempts, backoff, splits, ages, destinations, and code that cannot be loaded."""

from collections import Counter
from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from pollers.ports import (
    FunctionFailed,
    FunctionMissing,
    FunctionThrottled,
    FunctionUnloadable,
    InvocationReply,
    InvocationSucceeded,
)
from tests.fakes.poller_world import FUNCTION_ARN, MAPPING_UUID, OK, PollerWorld, keys_of, run, settle

FAILED = FunctionFailed(
    error_type="ValueError",
    error_message="boom",
    payload=b'{"errorMessage": "boom", "errorType": "ValueError"}',
    request_id="request-failed",
)
UNLOADABLE = FunctionUnloadable(error_type="SyntaxError", error_message="invalid syntax", location="handler.py:3")
QUEUE = {"OnFailure": {"Destination": "arn:aws:sqs:us-east-1:000000000000:dead"}}
BUCKET = {"OnFailure": {"Destination": "arn:aws:s3:::dead"}}
REPORTS = ["ReportBatchItemFailures"]


def failing_on(*keys: str) -> Callable[[dict[str, Any]], InvocationReply]:
    return lambda event: FAILED if set(keys) & set(keys_of(event)) else OK


def reporting(*keys: str) -> Callable[[dict[str, Any]], InvocationReply]:
    """A handler that names the records of these keys as failed."""

    def handle(event: dict[str, Any]) -> InvocationReply:
        failures = [
            {"itemIdentifier": record["dynamodb"]["SequenceNumber"]}
            for record in event["Records"]
            if record["dynamodb"]["Keys"]["pk"]["S"] in keys
        ]
        return InvocationSucceeded(payload=msgspec.json.encode({"batchItemFailures": failures}))

    return handle


def test_c1_a_raising_handler_with_one_retry() -> None:
    """C1: two invocations, then the record of the failure with count 2 and ``Unhandled``."""

    async def story(world: PollerWorld) -> None:
        world.invoker.always = FAILED
        await world.start(BatchSize=1, MaximumRetryAttempts=1, DestinationConfig=QUEUE)
        record = world.stream.put("a")
        await settle()
        assert world.host.last_processing_result(MAPPING_UUID) == "PROBLEM: Function call failed"
        await world.clock.advance(60)
        assert world.invoker.key_batches() == [["a"], ["a"]]
        ((arn, document, _),) = world.destination.sent
        assert arn == QUEUE["OnFailure"]["Destination"]
        assert document["requestContext"] == {
            "requestId": "request-failed",
            "functionArn": FUNCTION_ARN,
            "condition": "RetryAttemptsExhausted",
            "approximateInvokeCount": 2,
        }
        assert document["responseContext"]["functionError"] == "Unhandled"
        assert document["DDBStreamBatchInfo"]["batchSize"] == 1
        assert "payload" not in document
        assert world.checkpoint() == record.sequence_number
        assert [trace.decision for trace in world.invocations()] == [
            "retry in 1.0 s",
            f"discard to {arn} (RetryAttemptsExhausted)",
        ]

    run(story)


@pytest.mark.parametrize(
    "payload",
    [
        b'{"batchItemFailures": [{"itemIdentifier": 123}]}',
        b'{"batchItemFailures": [{"itemIdentifier": ""}]}',
        b'{"batchItemFailures": [{"itemIdentifier": null}]}',
        b'{"batchItemFailures": [{"foo": 123}]}',
        b'{"batchItemFailures": [{"foo": null}]}',
    ],
)
def test_c4_malformed_reports_fail_the_whole_batch(payload: bytes) -> None:
    """C2a and C4: retries 3, four invocations with the same record, count 4, ``functionError`` null."""

    async def story(world: PollerWorld) -> None:
        world.invoker.always = InvocationSucceeded(payload=payload)
        await world.start(BatchSize=3, MaximumRetryAttempts=3, DestinationConfig=QUEUE, FunctionResponseTypes=REPORTS)
        world.stream.put("a")
        await settle()
        await world.clock.advance(60)
        assert world.invoker.key_batches() == [["a"]] * 4
        ((_, document, _),) = world.destination.sent
        assert document["requestContext"]["approximateInvokeCount"] == 4
        assert document["responseContext"]["functionError"] is None
        assert document["DDBStreamBatchInfo"]["batchSize"] == 1

    run(story)


def test_c2a_a_report_of_the_only_record() -> None:
    async def story(world: PollerWorld) -> None:
        world.invoker.always = reporting("a")
        await world.start(BatchSize=3, MaximumRetryAttempts=3, DestinationConfig=QUEUE, FunctionResponseTypes=REPORTS)
        world.stream.put("a")
        await settle()
        await world.clock.advance(60)
        assert world.invoker.key_batches() == [["a"]] * 4
        ((_, document, _),) = world.destination.sent
        assert document["requestContext"]["approximateInvokeCount"] == 4
        assert document["responseContext"]["functionError"] is None

    run(story)


def test_c2b_progress_starts_a_new_count() -> None:
    """C2b: six records, the last one fails: it is delivered five times, the count says 4; the others once."""

    async def story(world: PollerWorld) -> None:
        world.invoker.always = reporting("5")
        for number in range(6):
            world.stream.put(f"{number}")
        await world.start(BatchSize=3, MaximumRetryAttempts=3, DestinationConfig=QUEUE, FunctionResponseTypes=REPORTS)
        await world.clock.advance(60)
        assert Counter(key for keys in world.invoker.key_batches() for key in keys) == Counter(
            {"0": 1, "1": 1, "2": 1, "3": 1, "4": 1, "5": 5}
        )
        ((_, document, _),) = world.destination.sent
        assert document["requestContext"]["approximateInvokeCount"] == 4
        assert document["DDBStreamBatchInfo"]["batchSize"] == 1

    run(story)


def test_what_is_waited_for_is_told_of_the_batch_as_it_was() -> None:
    """The remainder that is to be retried is smaller than the batch the words are about."""

    async def story(world: PollerWorld) -> None:
        world.invoker.always = reporting("c")
        for key in ("a", "b", "c"):
            world.stream.put(key)
        await world.start(BatchSize=3, FunctionResponseTypes=REPORTS)
        standing = world.host.standing(MAPPING_UUID)
        assert standing is not None
        assert standing.waiting == ("retrying in 1.0 s: delivered 2 of 3, then one was reported as failed",)

    run(story)


def test_a_partial_report_moves_the_checkpoint_to_the_failed_record() -> None:
    async def story(world: PollerWorld) -> None:
        records = [world.stream.put(key) for key in "abc"]
        world.invoker.always = reporting("b")
        await world.start(FunctionResponseTypes=REPORTS)
        assert world.checkpoint() == records[0].sequence_number
        assert world.invocations()[0].outcome == "delivered 1 of 3, then one was reported as failed"

    run(story)


@pytest.mark.parametrize(
    "payload", [b"[]", b"null", b"{}", b'{"batchItemFailures": []}', b'{"batchItemFailures": null}', b'""']
)
def test_c3_every_form_of_success_is_one_invocation(payload: bytes) -> None:
    async def story(world: PollerWorld) -> None:
        world.invoker.always = InvocationSucceeded(payload=payload)
        await world.start(MaximumRetryAttempts=2, FunctionResponseTypes=REPORTS)
        world.stream.put("a")
        await settle()
        await world.clock.advance(60)
        assert world.invoker.key_batches() == [["a"]]

    run(story)


@pytest.mark.parametrize("retries", [0, 1])
def test_c5_bisect_isolates_a_poison_record(retries: int) -> None:
    """C5: batch 8, record 5 is poison: all others succeed, its record names it alone."""

    async def story(world: PollerWorld) -> None:
        world.invoker.always = failing_on("5")
        records = [world.stream.put(f"{number}") for number in range(8)]
        await world.start(
            BatchSize=8, MaximumRetryAttempts=retries, BisectBatchOnFunctionError=True, DestinationConfig=QUEUE
        )
        await world.clock.advance(60)
        delivered = [key for event in world.invoker.events if "5" not in keys_of(event) for key in keys_of(event)]
        assert delivered == ["0", "1", "2", "3", "4", "6", "7"]
        ((_, document, _),) = world.destination.sent
        info = document["DDBStreamBatchInfo"]
        assert (info["batchSize"], info["startSequenceNumber"]) == (1, records[5].sequence_number)
        assert info["endSequenceNumber"] == info["startSequenceNumber"]
        assert document["requestContext"]["approximateInvokeCount"] == retries + 1
        assert world.checkpoint() == records[-1].sequence_number
        assert world.invocations()[0].decision == f"split at {records[4].sequence_number} into 4 and 4"

    run(story)


@pytest.mark.rule("3.3 backoff")
def test_a_failing_shard_waits_longer_each_time() -> None:
    async def story(world: PollerWorld) -> None:
        world.invoker.always = FAILED
        await world.start()
        world.stream.put("a")
        await settle()
        delays = []
        for _ in range(6):
            (delay,) = world.clock.alarms()
            delays.append(delay)
            await world.clock.advance(delay)
        assert delays == [1, 2, 4, 8, 12, 12]

    run(story)


def test_c6_throttles_never_use_up_retries() -> None:
    async def story(world: PollerWorld) -> None:
        world.invoker.always = FunctionThrottled(reason="ReservedFunctionConcurrentInvocationLimitExceeded")
        await world.start(MaximumRetryAttempts=0, DestinationConfig=QUEUE)
        world.stream.put("a")
        await settle()
        await world.clock.advance(120)
        assert len(world.invoker.events) > 5
        world.invoker.always = OK
        await world.clock.advance(15)
        assert world.invocations()[-1].outcome == "delivered"
        assert world.destination.sent == []

    run(story)


def test_throttles_between_failures_do_not_count() -> None:
    async def story(world: PollerWorld) -> None:
        world.invoker.script = [FAILED, FunctionThrottled(reason="busy"), FunctionThrottled(reason="busy")]
        world.invoker.always = FAILED
        await world.start(MaximumRetryAttempts=1, DestinationConfig=QUEUE)
        world.stream.put("a")
        await settle()
        await world.clock.advance(120)
        assert len(world.invoker.events) == 4
        ((_, document, _),) = world.destination.sent
        assert document["requestContext"]["approximateInvokeCount"] == 2
        assert [trace.attempt for trace in world.invocations()] == [1, 1, 1, 2]

    run(story)


def test_c7_a_record_that_expired_before_the_first_invocation() -> None:
    """C7: ``RecordAgeExceeded``, count 1, no ``responseContext``, and the function never saw it."""

    async def story(world: PollerWorld) -> None:
        record = world.stream.put("a")
        await world.clock.advance(61)
        await world.start(MaximumRecordAgeInSeconds=60, DestinationConfig=QUEUE)
        assert world.invoker.events == []
        ((_, document, _),) = world.destination.sent
        assert document["requestContext"]["condition"] == "RecordAgeExceeded"
        assert document["requestContext"]["approximateInvokeCount"] == 1
        assert "responseContext" not in document
        assert world.checkpoint() == record.sequence_number
        assert [(trace.kind, trace.outcome) for trace in world.traces] == [("discarded", "too old")]

    run(story)


def test_c8_the_young_records_of_a_batch_are_delivered() -> None:
    async def story(world: PollerWorld) -> None:
        world.stream.put("old-1")
        world.stream.put("old-2")
        await world.clock.advance(61)
        world.stream.put("young", created=world.clock.now())
        await world.start(MaximumRecordAgeInSeconds=60, DestinationConfig=QUEUE)
        assert world.invoker.key_batches() == [["young"]]
        ((_, document, _),) = world.destination.sent
        assert document["DDBStreamBatchInfo"]["batchSize"] == 2

    run(story)


def test_a_record_that_expires_between_retries() -> None:
    """As recorded: eight tries within the minute, then ``RecordAgeExceeded`` with count 8."""

    async def story(world: PollerWorld) -> None:
        world.invoker.always = FAILED
        await world.start(MaximumRecordAgeInSeconds=60, DestinationConfig=QUEUE)
        world.stream.put("a")
        await settle()
        await world.clock.advance(120)
        ((_, document, _),) = world.destination.sent
        assert document["requestContext"]["condition"] == "RecordAgeExceeded"
        assert document["requestContext"]["approximateInvokeCount"] == 8
        assert len(world.invoker.events) == 8

    run(story)


def test_a_poison_record_without_limits_leaves_with_the_stream() -> None:
    """With -1 and -1 it blocks its shard for a day, then it is simply gone: no failure record."""

    async def story(world: PollerWorld) -> None:
        world.invoker.always = failing_on("poison")
        await world.start(DestinationConfig=QUEUE, BatchSize=1)
        world.stream.put("poison", created=world.clock.now() - 86_390)
        world.stream.put("next")
        await settle()
        await world.clock.advance(9)
        assert world.invoker.key_batches()[-1] == ["poison"]
        await world.clock.advance(10)
        assert world.invoker.key_batches()[-1] == ["next"]
        assert world.destination.sent == []
        assert "drop: the stream keeps records for 24 hours only" in [trace.decision for trace in world.traces]

    run(story)


def test_c22_a_bucket_gets_the_records_under_the_recorded_key() -> None:
    async def story(world: PollerWorld) -> None:
        world.invoker.always = FAILED
        await world.start(MaximumRetryAttempts=0, DestinationConfig=BUCKET)
        world.stream.put("a")
        await settle()
        ((_, document, key),) = world.destination.sent
        assert keys_of(document["payload"]) == ["a"]
        assert document["payload"] == world.invoker.events[0]
        assert key.startswith(
            f"aws/lambda/{MAPPING_UUID}/{world.stream.first_shard_id}/1970/01/12/1970-01-12T13.46.40-"
        )

    run(story)


def test_a_destination_that_refuses_does_not_block_the_shard(caplog: pytest.LogCaptureFixture) -> None:
    async def story(world: PollerWorld) -> None:
        world.destination.refusal = OSError("no such queue")
        world.invoker.script = [FAILED]
        await world.start(MaximumRetryAttempts=0, DestinationConfig=QUEUE, BatchSize=1)
        world.stream.put("a")
        world.stream.put("b")
        await settle()
        assert world.invoker.key_batches() == [["a"], ["b"]]
        assert "refused the failure record" in world.invocations()[0].decision
        metrics = world.host.metrics(MAPPING_UUID)
        assert metrics is not None
        assert metrics.dropped_event_count == 1
        assert metrics.on_failure_destination_delivered_event_count == 0

    run(story)
    assert "no such queue" in caplog.text


def test_discarding_without_a_destination_is_said() -> None:
    async def story(world: PollerWorld) -> None:
        world.invoker.always = FAILED
        await world.start(MaximumRetryAttempts=0)
        world.stream.put("a")
        await settle()
        assert world.invocations()[0].decision == "discard (RetryAttemptsExhausted), no destination configured"

    run(story)


def test_c19_a_missing_function_is_said_in_lambdas_words() -> None:
    async def story(world: PollerWorld) -> None:
        world.invoker.always = FunctionMissing(function_arn=FUNCTION_ARN, request_id="request")
        await world.start(MaximumRetryAttempts=0)
        world.stream.put("a")
        await settle()
        assert world.host.last_processing_result(MAPPING_UUID) == (
            f"PROBLEM: Function not found: {FUNCTION_ARN} "
            "(Service: AWSLambda; Status Code: 404; Error Code: ResourceNotFoundException; Request ID: request)"
        )
        world.invoker.always = OK
        world.invoker.change_code()
        await settle()
        assert world.host.last_processing_result(MAPPING_UUID) == "OK"

    run(story)


def test_unloadable_code_holds_the_batch_until_it_changes() -> None:
    """Nothing is dropped and no attempt is used up, however long the syntax error takes to find."""

    async def story(world: PollerWorld) -> None:
        world.invoker.always = UNLOADABLE
        await world.start(MaximumRetryAttempts=0, MaximumRecordAgeInSeconds=60, DestinationConfig=QUEUE)
        world.stream.put("a")
        await settle()
        world.stream.put("b")
        await world.clock.advance(3600)
        assert world.invoker.key_batches() == [["a"]]
        assert world.invocations()[0].outcome == "held: SyntaxError: invalid syntax in handler.py:3"
        assert world.invocations()[0].decision == "hold until the code changes"
        world.invoker.change_code()
        await settle()
        assert world.invoker.key_batches() == [["a"], ["a"]]
        world.invoker.always = OK
        world.invoker.change_code()
        await settle()
        assert world.invoker.key_batches()[2:] == [["a"], ["b"]]
        assert world.destination.sent == []
        assert world.invocations()[-2].attempt == 1

    run(story)


def test_a_change_of_code_ends_a_backoff_at_once() -> None:
    """Save the fix, see it run: no waiting for the next retry."""

    async def story(world: PollerWorld) -> None:
        world.invoker.always = FAILED
        await world.start()
        world.stream.put("a")
        await settle()
        await world.clock.advance(20)
        count = len(world.invoker.events)
        world.invoker.always = OK
        world.invoker.change_code()
        await settle()
        assert len(world.invoker.events) == count + 1
        assert world.invocations()[-1].outcome == "delivered"

    run(story)


@pytest.mark.rule("3.3 service error")
def test_an_invoker_that_breaks_costs_no_attempt(caplog: pytest.LogCaptureFixture) -> None:
    def broken(_event: dict[str, Any]) -> InvocationReply:
        raise RuntimeError("a bug")

    async def story(world: PollerWorld) -> None:
        world.invoker.script = [broken, broken]
        await world.start(MaximumRetryAttempts=0)
        world.stream.put("a")
        await settle()
        await world.clock.advance(1)
        assert world.invocations()[-1].outcome == "delivered"
        assert "a bug" in world.invocations()[0].outcome

    run(story)
    assert "a bug" in caplog.text


@pytest.mark.rule("1.6 IteratorAge")
def test_the_iterator_age_is_that_of_the_last_record() -> None:
    async def story(world: PollerWorld) -> None:
        world.stream.put("a")
        await world.clock.advance(5)
        await world.start()
        metrics = world.host.metrics(MAPPING_UUID)
        assert metrics is not None
        assert metrics.iterator_age_ms == 5000

    run(story)


def test_the_answer_is_seen_in_the_trace() -> None:
    async def story(world: PollerWorld) -> None:
        world.invoker.script = [FAILED]
        world.invoker.always = InvocationSucceeded(payload=b'"' + b"x" * 10_000 + b'"')
        await world.start()
        record = world.stream.put("a")
        await settle()
        await world.clock.advance(1)
        failed, delivered = world.invocations()
        assert "boom" in failed.answer
        assert failed.outcome == "failed: ValueError: boom"
        assert (failed.request_id, failed.record_count) == ("request-failed", 1)
        assert failed.first_sequence_number == failed.last_sequence_number == record.sequence_number
        assert len(delivered.answer) == 2048

    run(story)
