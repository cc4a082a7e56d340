import msgspec
import pytest

from pollers.decide.tumbling import OpenWindow
from pollers.event import event_document, failure_document, failure_object_key, is_s3, window_event_document
from tests.fakes.batches import entries
from tests.fakes.stream import STREAM_ARN, FakeStream

NOW = 1_726_055_522.1239


def test_the_event_of_a_batch() -> None:
    batch = entries(2)
    event = msgspec.json.decode(event_document(batch))
    assert list(event) == ["Records"]
    assert [record["dynamodb"]["Keys"]["pk"]["S"] for record in event["Records"]] == ["key-0", "key-1"]


def test_the_keys_of_a_record_come_in_the_recorded_order() -> None:
    record = FakeStream().put("a")
    event = msgspec.json.decode(record.event_json(STREAM_ARN))
    assert list(event) == [
        "eventID",
        "eventName",
        "eventVersion",
        "eventSource",
        "awsRegion",
        "dynamodb",
        "eventSourceARN",
    ]
    assert event["eventVersion"] == "1.1"
    assert event["eventSourceARN"] == STREAM_ARN


def test_a_deletion_by_the_sweeper_names_the_service() -> None:
    record = FakeStream().put("a", event_name="REMOVE", by_service=True)
    event = msgspec.json.decode(record.event_json(STREAM_ARN))
    assert event["userIdentity"] == {"type": "Service", "principalId": "dynamodb.amazonaws.com"}


def test_the_event_within_a_window() -> None:
    window = OpenWindow(start_seconds=1_596_128_400, end_seconds=1_596_128_700, state=b'{"1":282}')
    event = msgspec.json.decode(
        window_event_document(entries(1), window, is_final=True, shard_id="shardId-1", stream_arn=STREAM_ARN)
    )
    assert list(event) == [
        "Records",
        "window",
        "state",
        "shardId",
        "eventSourceARN",
        "isFinalInvokeForWindow",
        "isWindowTerminatedEarly",
    ]
    assert event["window"] == {"start": "2020-07-30T17:00:00Z", "end": "2020-07-30T17:05:00Z"}
    assert event["state"] == {"1": 282}
    assert event["isFinalInvokeForWindow"] is True
    assert event["isWindowTerminatedEarly"] is False


def test_the_last_event_of_a_window_may_be_empty() -> None:
    window = OpenWindow(start_seconds=0, end_seconds=10)
    event = msgspec.json.decode(window_event_document((), window, is_final=True, shard_id="s", stream_arn=STREAM_ARN))
    assert event["Records"] == []


def failure(condition: str = "RetryAttemptsExhausted", payload: bytes | None = None) -> bytes:
    return failure_document(
        entries(2, created=1_726_055_518.0),
        now=NOW,
        request_id="request",
        function_arn="function",
        condition=condition,
        invoke_count=2,
        function_error="Unhandled",
        executed_version="$LATEST",
        shard_id="shard",
        stream_arn="stream",
        payload=payload,
    )


def test_the_failure_record_byte_for_byte() -> None:
    """Key order, the milliseconds of ``timestamp`` and their absence in the arrival times as recorded (§7)."""
    assert failure() == (
        b'{"requestContext":{"requestId":"request","functionArn":"function","condition":"RetryAttemptsExhausted",'
        b'"approximateInvokeCount":2},"responseContext":{"statusCode":200,"executedVersion":"$LATEST",'
        b'"functionError":"Unhandled"},"version":"1.0","timestamp":"2024-09-11T11:52:02.123Z","DDBStreamBatchInfo":'
        b'{"shardId":"shard","startSequenceNumber":"100000000000000000001","endSequenceNumber":"100000000000000000002",'
        b'"approximateArrivalOfFirstRecord":"2024-09-11T11:51:58Z","approximateArrivalOfLastRecord":'
        b'"2024-09-11T11:51:58Z","batchSize":2,"streamArn":"stream"}}'
    )


def test_a_record_too_old_has_no_response_context() -> None:
    document = msgspec.json.decode(failure("RecordAgeExceeded"))
    assert "responseContext" not in document
    assert document["requestContext"]["condition"] == "RecordAgeExceeded"


def test_a_bucket_gets_the_records_themselves() -> None:
    event = event_document(entries(1))
    assert msgspec.json.decode(failure(payload=event))["payload"] == msgspec.json.decode(event)


def test_the_key_of_the_object() -> None:
    """C22: the layout of §3.8, by the document's own time."""
    key = failure_object_key(mapping_uuid="mapping", shard_id="shard", now=NOW, random_uuid="random")
    assert key == "aws/lambda/mapping/shard/2024/09/11/2024-09-11T11.52.02-random"


@pytest.mark.parametrize(
    ("arn", "expected"),
    [("arn:aws:s3:::bucket", True), ("arn:aws:sqs:us-east-1:000000000000:s3", False), ("nonsense", False)],
)
def test_which_destinations_are_buckets(arn: str, expected: bool) -> None:
    assert is_s3(arn) is expected
