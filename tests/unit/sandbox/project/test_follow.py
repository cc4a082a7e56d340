"""What a followed template says and does, step by step, in a sandbox that answers as one would."""

import asyncio
import textwrap
from pathlib import Path
from typing import Any, ClassVar

import pytest

from sandbox.faults import ApiFault
from sandbox.project.apply import Applied
from sandbox.project.follow import FollowedProject, TemplateNews
from sandbox.project.load import load_project
from sandbox.project.references import Surroundings

TOPIC = """
Resources:
  Orders:
    Type: AWS::DynamoDB::Table
    Properties:
      AttributeDefinitions: [{AttributeName: pk, AttributeType: S}]
      KeySchema: [{AttributeName: pk, KeyType: HASH}]
      BillingMode: PAY_PER_REQUEST
  Queue: {Type: AWS::SQS::Queue}
  Topic: {Type: AWS::SNS::Topic}
  Fn:
    Type: AWS::Lambda::Function
    Properties:
      Code: .
      Handler: app.handler
      Runtime: python3.13
      Role: arn:aws:iam::000000000000:role/r
      ReservedConcurrentExecutions: 2
  Told:
    Type: AWS::SNS::Subscription
    Properties: {TopicArn: !Ref Topic, Protocol: lambda, Endpoint: !GetAtt Fn.Arn}
"""
FUNCTION_ARN = "arn:aws:lambda:us-east-1:000000000000:function:Fn"


TABLE = {
    "AttributeDefinitions": [{"AttributeName": "pk", "AttributeType": "S"}],
    "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}],
    "BillingModeSummary": {"BillingMode": "PAY_PER_REQUEST"},
}


class _Refused(ApiFault):
    code: ClassVar[str] = "InvalidParameterValueException"


class _NotFound(ApiFault):
    code: ClassVar[str] = "ResourceNotFoundException"


class _FakeSandbox:
    """Everything exists; what *refused* names is refused."""

    endpoint_url = "http://127.0.0.1:9"

    def __init__(self, refused: str = "") -> None:
        self.refused = refused
        self.has_no_tables = False
        self.calls: list[tuple[str, dict[str, Any]]] = []

    async def call(self, operation: str, parameters: dict[str, Any], **_: Any) -> Any:
        self.calls.append((operation, parameters))
        if operation == self.refused:
            raise _Refused("it cannot be")
        if operation == "DescribeTable":
            if self.has_no_tables:
                raise _NotFound("no table")
            return {"Table": TABLE}
        if operation == "ListSubscriptionsByTopic":
            return {
                "Subscriptions": [
                    {"SubscriptionArn": "arn:other", "Endpoint": "arn:other"},
                    {"SubscriptionArn": "arn:told", "Endpoint": FUNCTION_ARN},
                ]
            }
        return {}

    def names(self) -> list[str]:
        return [name for name, _ in self.calls if not name.startswith(("Describe", "Get", "List"))]


class _Story:
    """One template after the other."""

    def __init__(self, folder: Path, fake: _FakeSandbox, text: str = TOPIC) -> None:
        (folder / "app.py").write_text("def handler(event, context): ...\n")
        self.folder = folder
        self.told: list[TemplateNews] = []
        applied = Applied(stream_arns={}, layer_arns={}, mapping_uuids=(), urls=(), notices=())
        self._followed = FollowedProject(self._read(text), applied, fake, delete_removed=False, tell=self.told.append)

    def _read(self, text: str, region: str = "us-east-1") -> Any:
        (self.folder / "template.yaml").write_text(textwrap.dedent(text))
        return load_project(self.folder / "template.yaml", surroundings=Surroundings(region=region))

    def save(self, text: str, region: str = "us-east-1") -> list[str]:
        """What is told of *text*."""
        self.told.clear()
        asyncio.run(self._followed.follow(self._read(text, region)))
        return [news.text for news in self.told]


def test_a_subscription_ends_and_a_queue_stays(tmp_path: Path) -> None:
    fake = _FakeSandbox()
    story = _Story(tmp_path, fake)
    told = story.save(TOPIC.partition("  Told:")[0].replace("  Queue: {Type: AWS::SQS::Queue}\n", ""))
    assert told == [
        "removed SNS Subscription Told",
        "kept SQS Queue Queue with what is in it, though the template has it no more",
    ]
    assert fake.calls[-1] == ("Unsubscribe", {"SubscriptionArn": "arn:told"})


def test_what_a_function_no_longer_says_is_taken_back(tmp_path: Path) -> None:
    fake = _FakeSandbox()
    story = _Story(tmp_path, fake)
    without = TOPIC.replace("      ReservedConcurrentExecutions: 2\n", "")
    assert story.save(without) == ["changed function Fn (ReservedConcurrentExecutions)"]
    assert fake.names() == [
        "UpdateFunctionConfiguration",
        "DeleteFunctionConcurrency",
    ]  # and the code is not sent again
    assert story.save(without) == []


def test_a_refused_step_is_told_with_its_line_and_tried_again_with_the_next_save(tmp_path: Path) -> None:
    fake = _FakeSandbox(refused="UpdateFunctionConfiguration")
    story = _Story(tmp_path, fake)
    slower = TOPIC.replace("      Role:", "      Timeout: 9\n      Role:")
    (told,) = story.save(slower)
    assert told == f"{tmp_path / 'template.yaml'}:11: Lambda refuses this: it cannot be"
    assert story.told[0].is_fault
    fake.refused = ""
    assert story.save(slower) == ["changed function Fn (Timeout)"]


def test_a_template_that_comes_back_to_the_tables_key_is_not_refused(tmp_path: Path) -> None:
    """With kept data, the table may have had another key than the template from the start."""
    story = _Story(tmp_path, _FakeSandbox(), TOPIC.replace("pk", "id"))
    assert story.save(TOPIC) == ["changed table Orders (AttributeDefinitions, KeySchema)"]


def test_a_table_with_another_key_is_made_once_the_old_one_is_deleted(tmp_path: Path) -> None:
    fake = _FakeSandbox()
    story = _Story(tmp_path, fake)
    other = TOPIC.replace("pk", "id")
    (told,) = story.save(other)
    assert told.startswith("template.yaml:3 the key of a table cannot be changed: Orders stays as it is")
    assert fake.names() == []
    fake.has_no_tables = True
    assert story.save(other) == ["changed table Orders (AttributeDefinitions, KeySchema)"]
    assert fake.names() == ["CreateTable"]


@pytest.mark.parametrize("text", [TOPIC, "Resources: {}\n"], ids=["the same", "another"])
def test_another_region_needs_a_start_of_its_own(tmp_path: Path, text: str) -> None:
    fake = _FakeSandbox()
    story = _Story(tmp_path, fake)
    (told,) = story.save(text, region="eu-west-1")
    assert told == "template.yaml is now for eu-west-1, account 000000000000; start again to go there"
    assert fake.calls == []
