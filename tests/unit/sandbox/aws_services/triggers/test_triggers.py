"""Topics, buckets and rules with a function at their end: what the function is given."""

import asyncio
import json
import logging
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from sandbox.aws_services.mount import MotoServices
from sandbox.aws_services.triggers.calls import FunctionCall

Client = Callable[..., Any]
FUNCTION = "arn:aws:lambda:eu-west-1:000000000000:function:fn"


@pytest.fixture
def calls() -> list[FunctionCall]:
    return []


@pytest.fixture
def services(loop: asyncio.AbstractEventLoop, calls: list[FunctionCall]) -> Iterator[MotoServices]:
    async def make() -> MotoServices:
        return MotoServices(call_function=calls.append)

    services = asyncio.run_coroutine_threadsafe(make(), loop).result()
    yield services
    asyncio.run_coroutine_threadsafe(services.close(), loop).result()


def only(calls: list[FunctionCall]) -> Any:
    """The one event there was."""
    (call,) = calls
    assert call.function_arn == FUNCTION
    return json.loads(call.payload)


# -- SNS ---------------------------------------------------------------------------------------------------------------


@pytest.fixture
def topic(client: Client) -> str:
    return str(client("sns").create_topic(Name="news")["TopicArn"])


def test_a_message_comes_as_the_event_of_the_developer_guide(
    client: Client, topic: str, calls: list[FunctionCall]
) -> None:
    sns = client("sns")
    subscription = sns.subscribe(TopicArn=topic, Protocol="lambda", Endpoint=FUNCTION)["SubscriptionArn"]
    attributes = {
        "kind": {"DataType": "String", "StringValue": "x"},
        "count": {"DataType": "Number", "StringValue": "5"},
    }
    sent = sns.publish(TopicArn=topic, Message="hello", Subject="greeting", MessageAttributes=attributes)
    (record,) = only(calls)["Records"]
    notification = record.pop("Sns")
    assert record == {"EventSource": "aws:sns", "EventVersion": "1.0", "EventSubscriptionArn": subscription}
    assert notification.pop("Timestamp").endswith("Z")
    assert notification.pop("SigningCertUrl").startswith("https://sns.eu-west-1.")
    assert notification.pop("UnsubscribeUrl").endswith(subscription)
    assert notification == {
        "Type": "Notification",
        "MessageId": sent["MessageId"],
        "TopicArn": topic,
        "Subject": "greeting",
        "Message": "hello",
        "SignatureVersion": "1",
        "Signature": "EXAMPLE",
        "MessageAttributes": {
            "kind": {"Type": "String", "Value": "x"},
            "count": {"Type": "Number", "Value": "5"},
        },
    }


def test_a_filter_policy_holds_for_functions_too(client: Client, topic: str, calls: list[FunctionCall]) -> None:
    sns = client("sns")
    policy = {"FilterPolicy": json.dumps({"kind": ["x"]})}
    sns.subscribe(TopicArn=topic, Protocol="lambda", Endpoint=FUNCTION, Attributes=policy)
    for kind in ("y", "x"):
        attributes = {"kind": {"DataType": "String", "StringValue": kind}}
        sns.publish(TopicArn=topic, Message=kind, MessageAttributes=attributes)
    assert only(calls)["Records"][0]["Sns"]["Message"] == "x"


def test_a_message_per_protocol(client: Client, topic: str, calls: list[FunctionCall]) -> None:
    client("sns").subscribe(TopicArn=topic, Protocol="lambda", Endpoint=FUNCTION)
    message = json.dumps({"default": "all", "lambda": "functions"})
    client("sns").publish(TopicArn=topic, Message=message, MessageStructure="json")
    assert only(calls)["Records"][0]["Sns"]["Message"] == "functions"


# -- S3 ----------------------------------------------------------------------------------------------------------------


def notify(client: Client, *events: str, rules: list[dict[str, str]] | None = None) -> Any:
    """A bucket whose events go to the function, and a client for it."""
    s3 = client("s3")
    s3.create_bucket(Bucket="photos", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    configuration: dict[str, Any] = {"Id": "mine", "LambdaFunctionArn": FUNCTION, "Events": list(events)}
    if rules is not None:
        configuration["Filter"] = {"Key": {"FilterRules": rules}}
    s3.put_bucket_notification_configuration(
        Bucket="photos", NotificationConfiguration={"LambdaFunctionConfigurations": [configuration]}
    )
    return s3


def test_a_written_object_comes_as_the_event_of_the_user_guide(client: Client, calls: list[FunctionCall]) -> None:
    s3 = notify(client, "s3:ObjectCreated:*")
    put = s3.put_object(Bucket="photos", Key="in/a cat & co.jpg", Body=b"meow")
    (record,) = only(calls)["Records"]
    assert record.pop("eventTime").endswith("Z")
    assert set(record.pop("responseElements")) == {"x-amz-request-id", "x-amz-id-2"}
    assert record["s3"]["object"].pop("sequencer")
    owner = record.pop("userIdentity")
    assert record == {
        "eventVersion": "2.1",
        "eventSource": "aws:s3",
        "awsRegion": "eu-west-1",
        "eventName": "ObjectCreated:Put",
        "requestParameters": {"sourceIPAddress": "127.0.0.1"},
        "s3": {
            "s3SchemaVersion": "1.0",
            "configurationId": "mine",
            "bucket": {"name": "photos", "ownerIdentity": owner, "arn": "arn:aws:s3:::photos"},
            "object": {"key": "in/a+cat+%26+co.jpg", "size": 4, "eTag": put["ETag"].strip('"')},
        },
    }


def test_a_removed_object_has_no_size(client: Client, calls: list[FunctionCall]) -> None:
    s3 = notify(client, "s3:ObjectRemoved:*")
    s3.put_object(Bucket="photos", Key="cat.jpg", Body=b"meow")
    s3.delete_object(Bucket="photos", Key="cat.jpg")
    (record,) = only(calls)["Records"]
    assert record["eventName"] == "ObjectRemoved:Delete"
    assert set(record["s3"]["object"]) == {"key", "sequencer"}


def test_a_versioned_bucket_tells_the_version(client: Client, calls: list[FunctionCall]) -> None:
    s3 = notify(client, "s3:ObjectCreated:Put")
    s3.put_bucket_versioning(Bucket="photos", VersioningConfiguration={"Status": "Enabled"})
    put = s3.put_object(Bucket="photos", Key="cat.jpg", Body=b"meow")
    assert only(calls)["Records"][0]["s3"]["object"]["versionId"] == put["VersionId"]


def test_a_delete_marker_is_told(client: Client, calls: list[FunctionCall]) -> None:
    s3 = notify(client, "s3:ObjectRemoved:*")
    s3.put_bucket_versioning(Bucket="photos", VersioningConfiguration={"Status": "Enabled"})
    s3.put_object(Bucket="photos", Key="cat.jpg", Body=b"meow")
    marker = s3.delete_object(Bucket="photos", Key="cat.jpg")
    (record,) = only(calls)["Records"]
    assert record["eventName"] == "ObjectRemoved:DeleteMarkerCreated"
    assert record["s3"]["object"]["versionId"] == marker["VersionId"]


def test_only_keys_that_match(client: Client, calls: list[FunctionCall]) -> None:
    rules = [{"Name": "prefix", "Value": "in/"}, {"Name": "suffix", "Value": ".jpg"}]
    s3 = notify(client, "s3:ObjectCreated:*", rules=rules)
    for key in ("in/a.txt", "out/a.jpg", "in/a.jpg"):
        s3.put_object(Bucket="photos", Key=key, Body=b"")
    assert only(calls)["Records"][0]["s3"]["object"]["key"] == "in/a.jpg"


def test_other_events_are_not_told(client: Client, calls: list[FunctionCall]) -> None:
    s3 = notify(client, "s3:ObjectRemoved:*")
    s3.put_object(Bucket="photos", Key="a", Body=b"")
    assert calls == []


# -- EventBridge -------------------------------------------------------------------------------------------------------

ENTRY = {"Source": "shop", "DetailType": "Order Placed", "Detail": '{"amount": 42, "items": ["a", "b"]}'}


def rule(client: Client, pattern: dict[str, Any], **target: Any) -> Any:
    """A rule whose events go to the function, and a client for it."""
    events = client("events")
    events.put_rule(Name="orders", EventPattern=json.dumps(pattern))
    events.put_targets(Rule="orders", Targets=[{"Id": "fn", "Arn": FUNCTION, **target}])
    return events


def test_an_event_that_matches_comes_whole(client: Client, calls: list[FunctionCall]) -> None:
    events = rule(client, {"source": ["shop"], "detail": {"amount": [{"numeric": [">", 40]}]}})
    answer = events.put_events(Entries=[{**ENTRY, "Resources": ["r"]}, {**ENTRY, "Detail": '{"amount": 1}'}])
    event = only(calls)
    assert event.pop("time").endswith("Z")
    assert event == {
        "version": "0",
        "id": answer["Entries"][0]["EventId"],
        "detail-type": "Order Placed",
        "source": "shop",
        "account": "000000000000",
        "region": "eu-west-1",
        "resources": ["r"],
        "detail": {"amount": 42, "items": ["a", "b"]},
    }


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        ({"Input": '{"fixed": true}'}, {"fixed": True}),
        ({"InputPath": "$.detail.items"}, ["a", "b"]),
        (
            {
                "InputTransformer": {
                    "InputPathsMap": {"amount": "$.detail.amount", "from": "$.source"},
                    "InputTemplate": '{"sum": <amount>, "shop": "<from>"}',
                }
            },
            {"sum": 42, "shop": "shop"},
        ),
    ],
    ids=["Input", "InputPath", "InputTransformer"],
)
def test_a_target_is_given_what_it_asks_for(
    client: Client, calls: list[FunctionCall], target: dict[str, Any], expected: Any
) -> None:
    rule(client, {"source": ["shop"]}, **target).put_events(Entries=[ENTRY])
    assert only(calls) == expected


def test_a_disabled_rule_sends_nothing(client: Client, calls: list[FunctionCall]) -> None:
    events = rule(client, {"source": ["shop"]})
    events.disable_rule(Name="orders")
    events.put_events(Entries=[ENTRY])
    assert calls == []


def test_a_schedule_is_no_pattern_that_matches_everything(client: Client, calls: list[FunctionCall]) -> None:
    events = client("events")
    events.put_rule(Name="hourly", ScheduleExpression="rate(1 hour)")
    events.put_targets(Rule="hourly", Targets=[{"Id": "fn", "Arn": FUNCTION}])
    events.put_events(Entries=[ENTRY])
    assert calls == []


def test_a_rule_reaches_queues_and_topics_beside_a_function(
    client: Client, topic: str, calls: list[FunctionCall]
) -> None:
    sqs = client("sqs")
    direct, through_topic = (sqs.create_queue(QueueName=name)["QueueUrl"] for name in ("direct", "through"))
    arn = "arn:aws:sqs:eu-west-1:000000000000"
    client("sns").subscribe(
        TopicArn=topic, Protocol="sqs", Endpoint=f"{arn}:through", Attributes={"RawMessageDelivery": "true"}
    )
    events = rule(client, {"source": ["shop"]})
    events.put_targets(Rule="orders", Targets=[{"Id": "q", "Arn": f"{arn}:direct"}, {"Id": "t", "Arn": topic}])
    events.put_events(Entries=[ENTRY])
    for url in (direct, through_topic):
        (message,) = sqs.receive_message(QueueUrl=url)["Messages"]
        assert json.loads(message["Body"]) == only(calls)


def test_a_target_nobody_emulates_is_told_and_keeps_nobody_from_the_event(
    client: Client, calls: list[FunctionCall], caplog: pytest.LogCaptureFixture
) -> None:
    """PutEvents has taken the event; what becomes of it is no error of the caller."""
    events = client("events")
    events.put_rule(Name="orders", EventPattern=json.dumps({"source": ["shop"]}))
    cluster = "arn:aws:ecs:eu-west-1:000000000000:cluster/c"
    events.put_targets(Rule="orders", Targets=[{"Id": "a", "Arn": cluster}, {"Id": "b", "Arn": FUNCTION}])
    with caplog.at_level(logging.WARNING):
        assert events.put_events(Entries=[ENTRY])["FailedEntryCount"] == 0
    assert only(calls)["source"] == "shop"
    assert f"rule/orders: nothing is delivered to {cluster}" in caplog.text


def test_a_schedule_reaches_a_function_behind_a_topic(
    client: Client, services: MotoServices, loop: asyncio.AbstractEventLoop, topic: str, calls: list[FunctionCall]
) -> None:
    """What is sent without a request of anybody's goes the same ways."""
    client("sns").subscribe(TopicArn=topic, Protocol="lambda", Endpoint=FUNCTION)
    events = client("events")
    arn = events.put_rule(Name="hourly", ScheduleExpression="rate(1 hour)")["RuleArn"]
    events.put_targets(Rule="hourly", Targets=[{"Id": "t", "Arn": topic}])
    asyncio.run_coroutine_threadsafe(services.fire(arn, 1_800_000_000.0), loop).result()
    event = json.loads(only(calls)["Records"][0]["Sns"]["Message"])
    assert (event["detail-type"], event["time"]) == ("Scheduled Event", "2027-01-15T08:00:00Z")


# -- the process -------------------------------------------------------------------------------------------------------


def test_the_hosted_code_is_as_it_was_between_calls(client: Client, topic: str) -> None:
    """A test may use moto itself beside a sandbox in the same process."""
    from moto.sns.models import Subscription  # noqa: PLC0415 - imports moto

    client("sns").publish(TopicArn=topic, Message="x")
    assert Subscription.publish.__module__ == "moto.sns.models"
