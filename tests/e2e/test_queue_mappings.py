"""A queue mapped to a function: what is delivered, deleted, delivered again, and given up."""

import json
import os
import subprocess
import sys
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from sandbox.config import Settings
from sandbox.testing.embedded import EmbeddedSandbox, NotDrained

ARN = "arn:aws:sqs:us-east-1:000000000000"
PATIENT = 30
"""The visibility timeout of queues whose messages are not to come back within a test: as long as functions may take."""


@pytest.fixture
def queue(sandbox: EmbeddedSandbox) -> Callable[..., str]:
    """Make a queue; gives its URL."""

    def make(name: str = "orders", **attributes: Any) -> str:
        settings = {"VisibilityTimeout": str(PATIENT), **{key: str(value) for key, value in attributes.items()}}
        return str(sandbox.client("sqs").create_queue(QueueName=name, Attributes=settings)["QueueUrl"])

    return make


def mapped(sandbox: EmbeddedSandbox, handler: Callable[[Any, Any], Any], name: str = "orders", **members: Any) -> Any:
    """A function of the handler, mapped to the queue."""
    function = sandbox.deploy(handler, timeout_seconds=members.pop("timeout_seconds", PATIENT))
    request = {"FunctionName": function.name, "EventSourceArn": f"{ARN}:{name}", **members}
    return sandbox.client("lambda").create_event_source_mapping(**request)


def left(sandbox: EmbeddedSandbox, url: str) -> int:
    """How many messages the queue holds, visible or not."""
    names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
    attributes = sandbox.client("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=names)["Attributes"]
    return sum(int(value) for value in attributes.values())


def test_a_message_comes_as_the_event_of_the_developer_guide_and_is_deleted(
    sandbox: EmbeddedSandbox, queue: Callable[..., str]
) -> None:
    url = queue()
    seen: list[Any] = []
    mapped(sandbox, lambda event, _context: seen.append(event))
    attributes = {
        "kind": {"DataType": "String", "StringValue": "x"},
        "raw": {"DataType": "Binary", "BinaryValue": b"\x00"},
    }
    sent = sandbox.client("sqs").send_message(QueueUrl=url, MessageBody="hello", MessageAttributes=attributes)
    sandbox.drain()
    ((record,),) = [event["Records"] for event in seen]
    assert record.pop("receiptHandle")
    assert set(record.pop("attributes")) >= {
        "ApproximateReceiveCount",
        "SentTimestamp",
        "SenderId",
        "ApproximateFirstReceiveTimestamp",
    }
    assert record == {
        "messageId": sent["MessageId"],
        "body": "hello",
        "messageAttributes": {
            "kind": {"stringValue": "x", "stringListValues": [], "binaryListValues": [], "dataType": "String"},
            "raw": {"binaryValue": "AA==", "stringListValues": [], "binaryListValues": [], "dataType": "Binary"},
        },
        "md5OfMessageAttributes": sent["MD5OfMessageAttributes"],
        "md5OfBody": "5d41402abc4b2a76b9719d911017c592",
        "eventSource": "aws:sqs",
        "eventSourceARN": f"{ARN}:orders",
        "awsRegion": "us-east-1",
    }
    assert left(sandbox, url) == 0


def test_batches_are_as_large_as_the_mapping_says(sandbox: EmbeddedSandbox, queue: Callable[..., str]) -> None:
    url = queue()
    for number in range(7):
        sandbox.client("sqs").send_message(QueueUrl=url, MessageBody=str(number))
    sizes: list[int] = []
    mapped(sandbox, lambda event, _context: sizes.append(len(event["Records"])), BatchSize=3)
    sandbox.drain()
    assert sum(sizes) == 7
    assert max(sizes) == 3


def test_a_window_gathers_a_batch_larger_than_one_receive(sandbox: EmbeddedSandbox, queue: Callable[..., str]) -> None:
    url = queue()
    sizes: list[int] = []
    mapped(
        sandbox,
        lambda event, _context: sizes.append(len(event["Records"])),
        BatchSize=25,
        MaximumBatchingWindowInSeconds=300,
    )
    entries = [{"Id": str(number), "MessageBody": "x"} for number in range(5)]
    for _ in range(5):
        sandbox.client("sqs").send_message_batch(QueueUrl=url, Entries=entries)
    sandbox.drain()
    assert sizes == [25]


def test_what_fails_stays_and_goes_to_the_dead_letter_queue_in_the_end(
    sandbox: EmbeddedSandbox, queue: Callable[..., str]
) -> None:
    dead = queue("dead")
    policy = json.dumps({"deadLetterTargetArn": f"{ARN}:dead", "maxReceiveCount": 2})
    url = queue(VisibilityTimeout=1, RedrivePolicy=policy)
    counts: list[str] = []

    def handler(event: Any, _context: Any) -> None:
        counts.append(event["Records"][0]["attributes"]["ApproximateReceiveCount"])
        raise ValueError("no good")

    mapping = mapped(sandbox, handler, timeout_seconds=1)
    sandbox.client("sqs").send_message(QueueUrl=url, MessageBody="poison")
    (message,) = sandbox.client("sqs").receive_message(QueueUrl=dead, WaitTimeSeconds=20)["Messages"]
    assert message["Body"] == "poison"
    assert counts == ["1", "2"]
    sandbox.drain()
    assert "UUID" in mapping


def test_only_messages_that_are_named_come_back(sandbox: EmbeddedSandbox, queue: Callable[..., str]) -> None:
    url = queue()

    def handler(event: Any, _context: Any) -> Any:
        bad = [record["messageId"] for record in event["Records"] if record["body"] == "bad"]
        return {"batchItemFailures": [{"itemIdentifier": one} for one in bad]}

    entries = [{"Id": body, "MessageBody": body} for body in ("good", "bad", "fine")]
    sandbox.client("sqs").send_message_batch(QueueUrl=url, Entries=entries)
    mapped(sandbox, handler, FunctionResponseTypes=["ReportBatchItemFailures"])
    with pytest.raises(NotDrained, match="visible again when the queue's visibility timeout is over"):
        sandbox.drain(timeout_seconds=10)
    assert left(sandbox, url) == 1


def test_messages_that_match_no_filter_are_deleted_unseen(sandbox: EmbeddedSandbox, queue: Callable[..., str]) -> None:
    url = queue()
    seen: list[str] = []
    pattern = json.dumps({"body": {"kind": ["order"]}})
    mapped(
        sandbox,
        lambda event, _context: seen.extend(record["body"] for record in event["Records"]),
        FilterCriteria={"Filters": [{"Pattern": pattern}]},
    )
    for body in ('{"kind": "order"}', '{"kind": "return"}', "no document"):
        sandbox.client("sqs").send_message(QueueUrl=url, MessageBody=body)
    sandbox.drain()
    assert seen == ['{"kind": "order"}']
    assert left(sandbox, url) == 0


def test_a_fifo_queue_keeps_the_order_of_a_group(sandbox: EmbeddedSandbox, queue: Callable[..., str]) -> None:
    url = queue("orders.fifo", FifoQueue="true", ContentBasedDeduplication="true")
    seen: list[str] = []
    for number in range(12):
        sandbox.client("sqs").send_message(QueueUrl=url, MessageBody=str(number), MessageGroupId="one")
    mapped(
        sandbox,
        lambda event, _context: seen.extend(record["body"] for record in event["Records"]),
        "orders.fifo",
        BatchSize=5,
    )
    sandbox.drain()
    assert seen == [str(number) for number in range(12)]


def test_a_disabled_mapping_leaves_the_queue_alone(sandbox: EmbeddedSandbox, queue: Callable[..., str]) -> None:
    url = queue()
    seen: list[Any] = []
    mapping = mapped(sandbox, lambda event, _context: seen.append(event), Enabled=False)
    sandbox.client("sqs").send_message(QueueUrl=url, MessageBody="x")
    sandbox.drain()
    assert (seen, left(sandbox, url)) == ([], 1)
    functions = sandbox.client("lambda")
    functions.update_event_source_mapping(UUID=mapping["UUID"], Enabled=True)
    sandbox.drain()
    assert (len(seen), left(sandbox, url)) == (1, 0)
    functions.delete_event_source_mapping(UUID=mapping["UUID"])
    sandbox.client("sqs").send_message(QueueUrl=url, MessageBody="y")
    sandbox.drain()
    assert (len(seen), left(sandbox, url)) == (1, 1)


def test_a_mapping_on_a_queue_is_seen_and_steered_from_another_terminal(
    sandbox: EmbeddedSandbox, queue: Callable[..., str]
) -> None:
    url = queue()

    def handler(_event: Any, _context: Any) -> None:
        raise ValueError("no good")

    mapped(sandbox, handler)
    sandbox.client("sqs").send_message(QueueUrl=url, MessageBody="x")
    with pytest.raises(NotDrained):
        sandbox.drain(timeout_seconds=5)

    def told(*arguments: str) -> str:
        done = subprocess.run(
            [sys.executable, "-m", "sandbox", "mappings", *arguments],
            env={**os.environ, **sandbox.environment},
            capture_output=True,
            text=True,
            check=False,
        )
        return done.stdout + done.stderr

    assert "orders -> handler" in told("list").replace("  ", " ")
    shown = told("show", "handler")
    assert "failed messages: 1; visible again when the queue's visibility timeout is over" in shown
    assert "1 record  attempt 1  failed: ValueError: no good -> visible again in 30 s" in shown
    assert told("pause", "handler").startswith("paused: orders -> handler")
    assert "reads a queue, which has no positions" in told("rewind", "handler", "--to", "oldest")
    assert told("resume", "handler").startswith("resumed: orders -> handler")


# -- the API -----------------------------------------------------------------------------------------------------------


def test_a_mapping_on_a_queue_has_no_settings_of_streams(sandbox: EmbeddedSandbox, queue: Callable[..., str]) -> None:
    queue()
    made = mapped(sandbox, lambda _event, _context: None, ScalingConfig={"MaximumConcurrency": 2})
    del made["ResponseMetadata"]
    assert made.pop("LastModified")
    assert made.pop("FunctionArn").startswith("arn:aws:lambda:")
    assert made.pop("EventSourceMappingArn").endswith(made["UUID"])
    assert made.pop("UUID")
    assert made == {
        "BatchSize": 10,
        "MaximumBatchingWindowInSeconds": 0,
        "EventSourceArn": f"{ARN}:orders",
        "ScalingConfig": {"MaximumConcurrency": 2},
        "State": "Creating",
        "StateTransitionReason": "USER_INITIATED",
        "FunctionResponseTypes": [],
    }


@pytest.mark.parametrize(
    ("name", "members", "refusal"),
    [
        ("none", {}, "SQS Error Code: AWS.SimpleQueueService.NonExistentQueue"),
        ("orders", {"timeout_seconds": 31}, "Queue visibility timeout: 30 seconds is less than Function timeout: 31 seconds"),
        (
            "orders",
            {"BatchSize": 11},
            "Maximum batch window in seconds must be greater than 0 if maximum batch size is greater than 10",
        ),
        ("orders.fifo", {"MaximumBatchingWindowInSeconds": 1}, "Batching window is not supported for FIFO queues"),
        ("orders", {"StartingPosition": "LATEST"}, "Unsupported StartingPosition parameter"),
        ("orders", {"ParallelizationFactor": 2}, "Unsupported ParallelizationFactor parameter"),
    ],
    ids=["no queue", "visibility", "batch size", "window of a FIFO queue", "position", "lanes"],
)  # fmt: skip
def test_what_lambda_refuses(
    sandbox: EmbeddedSandbox, queue: Callable[..., str], name: str, members: dict[str, Any], refusal: str
) -> None:
    queue()
    with pytest.raises(ClientError, match=refusal) as refused:
        mapped(sandbox, lambda _event, _context: None, name, **members)
    assert refused.value.response["Error"]["Code"] == "InvalidParameterValueException"


def test_a_pair_is_mapped_once(sandbox: EmbeddedSandbox, queue: Callable[..., str]) -> None:
    queue()
    made = mapped(sandbox, lambda _event, _context: None)
    with pytest.raises(ClientError, match=made["UUID"]):
        sandbox.client("lambda").create_event_source_mapping(
            FunctionName=made["FunctionArn"], EventSourceArn=f"{ARN}:orders"
        )


def test_a_pause_outlives_a_restart(tmp_path: Path) -> None:
    settings = Settings(port=0, runtime="in-process", watch_code=False, data_folder=tmp_path)

    def standing(sandbox: EmbeddedSandbox) -> Any:
        with urllib.request.urlopen(f"{sandbox.endpoint_url}/_sandbox/mappings") as answer:  # noqa: S310 - ours
            (mapping,) = json.load(answer)["mappings"]
        return mapping["standing"]

    with EmbeddedSandbox(settings) as sandbox:
        sandbox.client("sqs").create_queue(QueueName="orders")
        uuid = mapped(sandbox, lambda *_: None)["UUID"]
        request = urllib.request.Request(  # noqa: S310 - ours
            f"{sandbox.endpoint_url}/_sandbox/mappings/pause",
            data=json.dumps({"mapping": uuid}).encode(),
            headers={"Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request) as answer:  # noqa: S310 - ours
            assert answer.status == 200
    with EmbeddedSandbox(settings) as sandbox:
        assert standing(sandbox)["is_paused"]
        sandbox.client("lambda").update_event_source_mapping(UUID=uuid, Enabled=True)
        assert not standing(sandbox)["is_paused"]
    with EmbeddedSandbox(settings) as sandbox:
        assert not standing(sandbox)["is_paused"]
