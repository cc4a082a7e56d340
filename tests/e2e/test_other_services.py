"""The rest of AWS on the same endpoint, over real HTTP, and reached from handlers."""

import asyncio
import json
import threading
import urllib.request
from typing import Any

import pytest
from botocore.config import Config

from sandbox.aws_services.mount import MotoServices
from sandbox.testing.embedded import EmbeddedSandbox
from tests.e2e.told import PATIENCE_SECONDS


def test_a_handler_reaches_queue_topic_bucket_and_parameter(sandbox: EmbeddedSandbox) -> None:
    sqs, s3 = sandbox.client("sqs"), sandbox.client("s3")
    url = sqs.create_queue(QueueName="done")["QueueUrl"]
    topic = sandbox.client("sns").create_topic(Name="news")["TopicArn"]
    sandbox.client("sns").subscribe(TopicArn=topic, Protocol="sqs", Endpoint="arn:aws:sqs:us-east-1:000000000000:done")
    sandbox.client("ssm").put_parameter(Name="/greeting", Value="hello", Type="String")
    s3.create_bucket(Bucket="reports")

    def handler(event: Any, _context: Any) -> None:
        import boto3  # noqa: PLC0415 - as a handler does

        greeting = boto3.client("ssm").get_parameter(Name="/greeting")["Parameter"]["Value"]
        for record in event["Records"]:
            key = record["dynamodb"]["Keys"]["pk"]["S"]
            boto3.client("s3").put_object(Bucket="reports", Key=key, Body=f"{greeting} {key}".encode())
            boto3.client("sns").publish(TopicArn=topic, Message=key)

    table = sandbox.table("orders")
    function = sandbox.deploy(handler, table)
    sandbox.call("PutItem", {"TableName": table, "Item": {"pk": {"S": "o1"}}})
    sandbox.drain()
    assert [one.error for one in sandbox.invocations(function)] == [None]
    (message,) = sqs.receive_message(QueueUrl=url, WaitTimeSeconds=5)["Messages"]
    assert json.loads(message["Body"])["Message"] == "o1"
    assert s3.get_object(Bucket="reports", Key="o1")["Body"].read() == b"hello o1"


def test_topic_bucket_and_rule_call_a_function(sandbox: EmbeddedSandbox) -> None:
    """``drain`` waits for what they sent, as it does for every asynchronous invocation."""
    seen: list[str] = []

    def handler(event: Any, _context: Any) -> None:
        seen.append(event.get("source") or event["Records"][0].get("eventSource") or event["Records"][0]["EventSource"])

    function = sandbox.deploy(handler).function_arn
    sns, s3, events = sandbox.client("sns"), sandbox.client("s3"), sandbox.client("events")
    topic = sns.create_topic(Name="news")["TopicArn"]
    sns.subscribe(TopicArn=topic, Protocol="lambda", Endpoint=function)
    s3.create_bucket(Bucket="photos")
    notification = {"LambdaFunctionArn": function, "Events": ["s3:ObjectCreated:*"]}
    s3.put_bucket_notification_configuration(
        Bucket="photos", NotificationConfiguration={"LambdaFunctionConfigurations": [notification]}
    )
    events.put_rule(Name="orders", EventPattern='{"source": ["shop"]}')
    events.put_targets(Rule="orders", Targets=[{"Id": "fn", "Arn": function}])

    sns.publish(TopicArn=topic, Message="x")
    s3.put_object(Bucket="photos", Key="cat.jpg", Body=b"meow")
    events.put_events(Entries=[{"Source": "shop", "DetailType": "Order Placed", "Detail": "{}"}])
    sandbox.drain()
    assert sorted(seen) == ["aws:s3", "aws:sns", "shop"]


def test_a_schedule_calls_a_function_by_the_sandboxs_clock(sandbox: EmbeddedSandbox) -> None:
    """A nightly job is tested in a moment; the event is EventBridge's own."""
    seen: list[Any] = []

    def handler(event: Any, _context: Any) -> None:
        seen.append(event)

    function = sandbox.deploy(handler).function_arn
    events = sandbox.client("events")
    events.put_rule(Name="nightly", ScheduleExpression="cron(0 3 * * ? *)")
    events.put_targets(Rule="nightly", Targets=[{"Id": "fn", "Arn": function}])
    sandbox.drain()
    assert seen == []
    sandbox.clock.advance(86_400)
    sandbox.drain()
    (event,) = seen
    assert (event["source"], event["detail-type"], event["detail"]) == ("aws.events", "Scheduled Event", {})
    assert event["resources"] == ["arn:aws:events:us-east-1:000000000000:rule/nightly"]
    assert event["time"].endswith("T03:00:00Z")
    events.disable_rule(Name="nightly")
    sandbox.clock.advance(86_400)
    sandbox.drain()
    assert len(seen) == 1


def test_a_long_poll_gets_what_is_sent_meanwhile(sandbox: EmbeddedSandbox) -> None:
    sqs = sandbox.client("sqs")
    url = sqs.create_queue(QueueName="q")["QueueUrl"]
    received: list[Any] = []
    consumer = threading.Thread(target=lambda: received.append(sqs.receive_message(QueueUrl=url, WaitTimeSeconds=20)))
    consumer.start()
    sandbox.client("sqs").send_message(QueueUrl=url, MessageBody="hello")
    consumer.join(timeout=15)
    assert received[0]["Messages"][0]["Body"] == "hello"


def test_a_presigned_url_opens_without_credentials(sandbox: EmbeddedSandbox) -> None:
    s3 = sandbox.client("s3", config=Config(signature_version="s3v4"))
    s3.create_bucket(Bucket="photos")
    s3.put_object(Bucket="photos", Key="cat.jpg", Body=b"meow", ContentType="image/jpeg")
    link = s3.generate_presigned_url("get_object", Params={"Bucket": "photos", "Key": "cat.jpg"})
    with urllib.request.urlopen(link) as answer:  # noqa: S310 - our own endpoint
        assert (answer.read(), answer.headers["content-type"]) == (b"meow", "image/jpeg")
    upload = s3.generate_presigned_url("put_object", Params={"Bucket": "photos", "Key": "dog.jpg"})
    request = urllib.request.Request(upload, data=b"woof", method="PUT")  # noqa: S310 - our own endpoint
    with urllib.request.urlopen(request) as answer:  # noqa: S310 - our own endpoint
        assert answer.status == 200
    assert s3.get_object(Bucket="photos", Key="dog.jpg")["Body"].read() == b"woof"


def test_a_bucket_may_be_named_by_the_host(sandbox: EmbeddedSandbox) -> None:
    sandbox.client("s3").create_bucket(Bucket="photos")
    sandbox.client("s3").put_object(Bucket="photos", Key="cat.jpg", Body=b"meow")
    port = sandbox.endpoint_url.rsplit(":", 1)[1]
    signed = sandbox.client("s3").generate_presigned_url("get_object", Params={"Bucket": "photos", "Key": "cat.jpg"})
    request = urllib.request.Request(  # noqa: S310 - our own endpoint
        f"{sandbox.endpoint_url}/cat.jpg?{signed.split('?')[1]}", headers={"Host": f"photos.s3.localhost:{port}"}
    )
    with urllib.request.urlopen(request) as answer:  # noqa: S310 - our own endpoint
        assert answer.read() == b"meow"


@pytest.mark.parametrize("size", [0, 1, 9_000_000])
def test_objects_of_any_size(sandbox: EmbeddedSandbox, size: int) -> None:
    """The largest goes up in parts and comes down in ranges."""
    import io  # noqa: PLC0415 - one test only

    s3 = sandbox.client("s3")
    s3.create_bucket(Bucket="big")
    body = bytes(range(256)) * (size // 256 + 1)
    s3.upload_fileobj(io.BytesIO(body[:size]), "big", "k")
    down = io.BytesIO()
    s3.download_fileobj("big", "k", down)
    assert down.getvalue() == body[:size]
    assert s3.head_object(Bucket="big", Key="k")["ContentLength"] == size


def test_tables_are_answered_while_a_service_is_first_imported(
    sandbox: EmbeddedSandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first call to a service takes up to seconds, in its own thread: the event loop stays free."""
    sandbox.table("orders")
    dynamodb, events = sandbox.client("dynamodb"), sandbox.client("events")
    importing, go_on = threading.Event(), threading.Event()
    host = MotoServices._host

    def import_slowly(services: MotoServices, loop: asyncio.AbstractEventLoop) -> Any:
        importing.set()
        assert go_on.wait(PATIENCE_SECONDS)
        return host(services, loop)

    monkeypatch.setattr(MotoServices, "_host", import_slowly)
    first = threading.Thread(target=events.list_rules)
    first.start()
    try:
        assert importing.wait(PATIENCE_SECONDS)
        assert "Item" not in dynamodb.get_item(TableName="orders", Key={"pk": {"S": "x"}})
        assert first.is_alive()
    finally:
        go_on.set()
        first.join()


def test_function_code_from_a_bucket(sandbox: EmbeddedSandbox) -> None:
    import io  # noqa: PLC0415 - one test only
    import zipfile  # noqa: PLC0415 - one test only

    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("app.py", "def handler(event, context):\n    return 'from a bucket'\n")
    s3 = sandbox.client("s3")
    s3.create_bucket(Bucket="code")
    s3.put_object(Bucket="code", Key="fn.zip", Body=buffer.getvalue())
    sandbox.client("lambda").create_function(
        FunctionName="fn",
        Runtime="python3.12",
        Role="arn:aws:iam::000000000000:role/r",
        Handler="app.handler",
        Code={"S3Bucket": "code", "S3Key": "fn.zip"},
    )
    assert sandbox.client("lambda").invoke(FunctionName="fn")["Payload"].read() == b'"from a bucket"'
