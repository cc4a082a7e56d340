"""What is asked of other services for each type of resource, and for the events of functions."""

import json
import textwrap
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sandbox.project.load import load_project
from sandbox.project.problem import TemplateFault
from sandbox.project.project import Project
from sandbox.project.references import Surroundings
from sandbox.project.services.stored_values import generated_secret

Load = Callable[[str], Project]
FUNCTION_ARN = "arn:aws:lambda:eu-west-1:111122223333:function:Fn"


@pytest.fixture
def load(tmp_path: Path) -> Load:
    (tmp_path / "app.py").write_text("def handler(event, context): ...\n")

    def load_text(resources: str) -> Project:
        path = tmp_path / "template.yaml"
        text = textwrap.indent(textwrap.dedent(resources), "  ")
        path.write_text(f"Transform: AWS::Serverless-2016-10-31\nResources:\n{text}")
        return load_project(path, surroundings=Surroundings(region="eu-west-1", account_id="111122223333"))

    return load_text


def calls(project: Project) -> list[tuple[str, Any]]:
    """Every call in its order, those that make before those that connect."""
    phases = [call for one in project.services for call in one.making]
    phases += [call for one in project.services for call in one.connecting]
    return [(f"{call.service}.{call.operation}", call.parameters) for call in phases]


def function(events: str) -> str:
    return (
        "Fn: {Type: AWS::Serverless::Function, Properties: "
        f"{{CodeUri: ., Handler: app.handler, Runtime: python3.13, Events: {{{events}}}}}}}\n"
    )


@pytest.mark.parametrize(
    ("resource", "expected"),
    [
        (
            "X: {Type: AWS::SQS::Queue, Properties: {FifoQueue: true, VisibilityTimeout: 5, Tags: [{Key: a, Value: b}]}}",
            [
                ("sqs.CreateQueue", {"QueueName": "X.fifo", "Attributes": {"FifoQueue": "true"}}),
                ("sqs.SetQueueAttributes", {"QueueUrl": "http://localhost/111122223333/X.fifo", "Attributes": {"VisibilityTimeout": "5"}}),
                ("sqs.TagQueue", {"QueueUrl": "http://localhost/111122223333/X.fifo", "Tags": {"a": "b"}}),
            ],
        ),
        (
            "X: {Type: AWS::SNS::Topic, Properties: {TopicName: news, Subscription: [{Protocol: sqs, Endpoint: arn}]}}",
            [
                ("sns.CreateTopic", {"Name": "news", "Attributes": {}}),
                (
                    "sns.Subscribe",
                    {"TopicArn": "arn:aws:sns:eu-west-1:111122223333:news", "Protocol": "sqs", "Endpoint": "arn", "Attributes": {}},
                ),
            ],
        ),
        (
            "X: {Type: AWS::SNS::Subscription, Properties: {TopicArn: t, Protocol: sqs, Endpoint: q, RawMessageDelivery: false, FilterPolicy: {kind: [x]}}}",
            [("sns.Subscribe", {"TopicArn": "t", "Protocol": "sqs", "Endpoint": "q", "Attributes": {"FilterPolicy": '{"kind": ["x"]}'}})],
        ),
        (
            "Photos: {Type: AWS::S3::Bucket, Properties: {VersioningConfiguration: {Status: Enabled}}}",
            [
                ("s3.CreateBucket", {"Bucket": "photos", "CreateBucketConfiguration": {"LocationConstraint": "eu-west-1"}}),
                ("s3.PutBucketVersioning", {"Bucket": "photos", "VersioningConfiguration": {"Status": "Enabled"}}),
            ],
        ),
        (
            "X: {Type: AWS::SSM::Parameter, Properties: {Name: /a, Type: String, Value: v}}",
            [("ssm.PutParameter", {"Name": "/a", "Type": "String", "Value": "v", "Overwrite": True})],
        ),
        (
            "X: {Type: AWS::SecretsManager::Secret, Properties: {SecretString: s}}",
            [("secretsmanager.CreateSecret", {"Name": "X", "SecretString": "s"})],
        ),
        (
            "X: {Type: AWS::Kinesis::Stream, Properties: {Name: k}}",
            [("kinesis.CreateStream", {"StreamName": "k", "ShardCount": 1})],
        ),
        (
            "X: {Type: AWS::Events::Rule, Properties: {EventBusName: b, EventPattern: {source: [s]}, Targets: [{Id: a, Arn: q}]}}",
            [
                ("events.PutRule", {"EventPattern": '{"source": ["s"]}', "EventBusName": "b", "Name": "X"}),
                ("events.PutTargets", {"EventBusName": "b", "Rule": "X", "Targets": [{"Id": "a", "Arn": "q"}]}),
            ],
        ),
        ("X: {Type: AWS::Events::EventBus, Properties: {Name: b}}", [("events.CreateEventBus", {"Name": "b"})]),
    ],
    ids=["queue", "topic", "subscription", "bucket", "parameter", "secret", "kinesis", "rule", "bus"],
)  # fmt: skip
def test_a_resource_becomes_calls(load: Load, resource: str, expected: list[tuple[str, Any]]) -> None:
    assert calls(load(resource)) == expected


def test_a_bucket_has_one_configuration_of_everything_it_tells(load: Load) -> None:
    """S3 replaces the configuration as a whole: an event of a function must not undo what the bucket says itself."""
    project = load(
        function("New: {Type: S3, Properties: {Bucket: !Ref Photos, Events: 's3:ObjectCreated:*'}}")
        + "Photos: {Type: AWS::S3::Bucket, Properties: {NotificationConfiguration: {"
        "QueueConfigurations: [{Event: 's3:ObjectRemoved:*', Queue: q, "
        "Filter: {S3Key: {Rules: [{Name: Prefix, Value: in/}]}}}], EventBridgeConfiguration: {}}}}\n"
    )
    assert calls(project)[-1] == (
        "s3.PutBucketNotificationConfiguration",
        {
            "Bucket": "photos",
            "NotificationConfiguration": {
                "QueueConfigurations": [
                    {
                        "QueueArn": "q",
                        "Events": ["s3:ObjectRemoved:*"],
                        "Filter": {"Key": {"FilterRules": [{"Name": "prefix", "Value": "in/"}]}},
                    }
                ],
                "EventBridgeConfiguration": {},
                "LambdaFunctionConfigurations": [{"LambdaFunctionArn": FUNCTION_ARN, "Events": ["s3:ObjectCreated:*"]}],
            },
        },
    )


@pytest.mark.parametrize(
    ("event", "expected"),
    [
        (
            "News: {Type: SNS, Properties: {Topic: t, FilterPolicy: {kind: [x]}}}",
            [
                (
                    "sns.Subscribe",
                    {
                        "TopicArn": "t",
                        "Protocol": "lambda",
                        "Endpoint": FUNCTION_ARN,
                        "Attributes": {"FilterPolicy": '{"kind": ["x"]}'},
                    },
                )
            ],
        ),
        (
            "Placed: {Type: EventBridgeRule, Properties: {Pattern: {source: [shop]}, InputPath: $.detail}}",
            [
                ("events.PutRule", {"Name": "FnPlaced", "EventPattern": '{"source": ["shop"]}'}),
                (
                    "events.PutTargets",
                    {
                        "Rule": "FnPlaced",
                        "Targets": [{"Id": "FnPlaced", "Arn": FUNCTION_ARN, "InputPath": "$.detail"}],
                    },
                ),
            ],
        ),
        (
            "Nightly: {Type: Schedule, Properties: {Schedule: rate(1 day), Name: n, Input: '{}', Enabled: false}}",
            [
                ("events.PutRule", {"Name": "n", "ScheduleExpression": "rate(1 day)", "State": "DISABLED"}),
                (
                    "events.PutTargets",
                    {"Rule": "n", "Targets": [{"Id": "FnNightly", "Arn": FUNCTION_ARN, "Input": "{}"}]},
                ),
            ],
        ),
    ],
    ids=["SNS", "EventBridgeRule", "Schedule"],
)
def test_an_event_of_a_function_becomes_calls(load: Load, event: str, expected: list[tuple[str, Any]]) -> None:
    assert calls(load(function(event))) == expected


def test_an_event_of_a_queue_is_a_mapping(load: Load) -> None:
    queue = "Orders: {Type: AWS::SQS::Queue}\n"
    (source,) = load(
        queue + function("Order: {Type: SQS, Properties: {Queue: !GetAtt Orders.Arn, BatchSize: 5}}")
    ).event_sources
    assert source.request == {
        "BatchSize": 5,
        "EventSourceArn": "arn:aws:sqs:eu-west-1:111122223333:Orders",
        "FunctionName": "Fn",
    }
    with pytest.raises(TemplateFault, match="the Queue of event Order is not the ARN of a queue"):
        load(queue + function("Order: {Type: SQS, Properties: {Queue: !Ref Orders}}"))


def test_a_mapping_of_its_own_may_be_on_a_queue(load: Load) -> None:
    (source,) = load(
        function("") + "Map: {Type: AWS::Lambda::EventSourceMapping, Properties: {FunctionName: !Ref Fn, "
        "EventSourceArn: !GetAtt Orders.Arn, ScalingConfig: {MaximumConcurrency: 2}}}\n"
        "Orders: {Type: AWS::SQS::Queue}\n"
    ).event_sources
    assert source.request["ScalingConfig"] == {"MaximumConcurrency": 2}


def test_an_event_of_a_bucket_that_is_not_declared(load: Load) -> None:
    """SAM demands it, and nobody else would tell."""
    with pytest.raises(TemplateFault, match="does not declare the bucket other") as fault:
        load(function("New: {Type: S3, Properties: {Bucket: other, Events: 's3:ObjectCreated:*'}}"))
    assert fault.value.problems[0].advice == "Write it as: Bucket: !Ref TheBucket"


def test_a_misspelt_property_is_told(load: Load) -> None:
    with pytest.raises(TemplateFault, match="AWS::SQS::Queue has no property VisibilityTimout"):
        load("X: {Type: AWS::SQS::Queue, Properties: {VisibilityTimout: 5}}")


def test_policies_are_passed_over_without_a_word(load: Load) -> None:
    """No permissions are checked here, and nearly every template has some."""
    assert load("X: {Type: AWS::SQS::QueuePolicy, Properties: {Queues: [q], PolicyDocument: {}}}").notices == ()


# -- generated secrets -------------------------------------------------------------------------------------------------


def test_a_generated_secret_has_every_kind_of_character() -> None:
    password = generated_secret({})
    assert len(password) == 32
    assert all(any(test(character) for character in password) for test in (str.islower, str.isupper, str.isdigit))


def test_a_generated_secret_leaves_out_what_it_is_told() -> None:
    password = generated_secret({"ExcludePunctuation": True, "ExcludeCharacters": "abc", "PasswordLength": 200})
    assert len(password) == 200
    assert password.isalnum()
    assert not set("abc") & set(password)


def test_a_generated_secret_stands_in_its_document() -> None:
    text = generated_secret({"SecretStringTemplate": '{"user": "admin"}', "GenerateStringKey": "password"})
    document = json.loads(text)
    assert document["user"] == "admin"
    assert len(document["password"]) == 32
