"""A queue, a topic and a bucket made by a client, reached from handlers wherever they run, and given what failed."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from sandbox.config import Settings
from sandbox.testing.embedded import EmbeddedSandbox
from tests.e2e.engine import IMAGE

HANDLERS = """
import boto3


def reach(event, context):
    for record in event["Records"]:
        key = record["dynamodb"]["Keys"]["pk"]["S"]
        (queue,) = boto3.client("sqs").list_queues(QueueNamePrefix="reached")["QueueUrls"]
        boto3.client("sqs").send_message(QueueUrl=queue, MessageBody="queue " + key)
        (topic,) = boto3.client("sns").list_topics()["Topics"]
        boto3.client("sns").publish(TopicArn=topic["TopicArn"], Message="topic " + key)
        boto3.client("s3").put_object(Bucket="files", Key=key, Body=("bucket " + key).encode())


def fail(event, context):
    raise ValueError("no good")
"""
TARGETS = {
    "queue": "arn:aws:sqs:us-east-1:000000000000:failed",
    "topic": "arn:aws:sns:us-east-1:000000000000:news",
    "bucket": "arn:aws:s3:::files",
}


@pytest.fixture(params=["in-process", "process", pytest.param("docker", marks=pytest.mark.docker)])
def everywhere(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[EmbeddedSandbox]:
    """A sandbox with each runtime, and the handlers' file beside."""
    if request.param == "docker":
        request.getfixturevalue("engine")
    (tmp_path / "app").mkdir()
    (tmp_path / "app" / "app.py").write_text(HANDLERS)
    settings = Settings(
        port=0, runtime=request.param, watch_code=False, project_folder=tmp_path, images={"python3.12": IMAGE}
    )
    with EmbeddedSandbox(settings, search_folders=[tmp_path]) as sandbox:
        yield sandbox


@pytest.fixture
def queues(everywhere: EmbeddedSandbox) -> dict[str, str]:
    """A queue for messages, one behind the topic, one for what failed; and the topic and the bucket."""
    sqs, sns = everywhere.client("sqs"), everywhere.client("sns")
    urls = {name: sqs.create_queue(QueueName=name)["QueueUrl"] for name in ("reached", "behind-topic", "failed")}
    sns.create_topic(Name="news")
    behind = "arn:aws:sqs:us-east-1:000000000000:behind-topic"
    sns.subscribe(TopicArn=TARGETS["topic"], Protocol="sqs", Endpoint=behind, Attributes={"RawMessageDelivery": "true"})
    everywhere.client("s3").create_bucket(Bucket="files")
    return urls


def body(sandbox: EmbeddedSandbox, url: str) -> str:
    """The one message of a queue."""
    (message,) = sandbox.client("sqs").receive_message(QueueUrl=url, WaitTimeSeconds=20)["Messages"]
    return str(message["Body"])


def test_a_handler_reaches_what_a_client_made(everywhere: EmbeddedSandbox, queues: dict[str, str]) -> None:
    function = everywhere.deploy("app/app.py:reach", everywhere.table("orders"))
    everywhere.call("PutItem", {"TableName": "orders", "Item": {"pk": {"S": "o1"}}})
    everywhere.drain(120)
    assert [one.error for one in everywhere.invocations(function)] == [None]
    assert body(everywhere, queues["reached"]) == "queue o1"
    assert body(everywhere, queues["behind-topic"]) == "topic o1"
    assert everywhere.client("s3").get_object(Bucket="files", Key="o1")["Body"].read() == b"bucket o1"


def test_what_a_handler_cannot_do_goes_where_the_mapping_says(
    everywhere: EmbeddedSandbox, queues: dict[str, str]
) -> None:
    """Each of the three destinations, with the request of the last invocation in its record."""
    for kind, destination in TARGETS.items():
        function = everywhere.deploy(
            "app/app.py:fail",
            everywhere.table(kind),
            name=f"fail-{kind}",
            maximum_retry_attempts=0,
            destination_config={"OnFailure": {"Destination": destination}},
        )
        everywhere.call("PutItem", {"TableName": kind, "Item": {"pk": {"S": "poison"}}})
        everywhere.drain(120)
        record = failure_record(everywhere, queues, kind)
        (invocation,) = everywhere.invocations(function)
        assert record["requestContext"]["requestId"] == invocation.request_id
        assert record["requestContext"]["condition"] == "RetryAttemptsExhausted"
        assert record["DDBStreamBatchInfo"]["batchSize"] == 1


def failure_record(sandbox: EmbeddedSandbox, queues: dict[str, str], kind: str) -> Any:
    """The record as its destination holds it."""
    match kind:
        case "queue":
            return json.loads(body(sandbox, queues["failed"]))
        case "topic":
            return json.loads(body(sandbox, queues["behind-topic"]))
        case _:
            s3 = sandbox.client("s3")
            (stored,) = s3.list_objects_v2(Bucket="files")["Contents"]
            return json.loads(s3.get_object(Bucket="files", Key=stored["Key"])["Body"].read())
