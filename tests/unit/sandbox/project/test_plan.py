"""What a saved template asks for, found out without doing anything."""

import textwrap
from collections.abc import Callable
from pathlib import Path

import pytest

from sandbox.project.load import load_project
from sandbox.project.plan import Step, declared_in, plan, title
from sandbox.project.project import Project

TEMPLATE = """
Transform: AWS::Serverless-2016-10-31
Resources:
  Orders:
    Type: AWS::DynamoDB::Table
    Properties:
      AttributeDefinitions: [{AttributeName: pk, AttributeType: S}]
      KeySchema: [{AttributeName: pk, KeyType: HASH}]
      BillingMode: PAY_PER_REQUEST
      StreamSpecification: {StreamViewType: NEW_IMAGE}
  Queue: {Type: AWS::SQS::Queue}
  Fn:
    Type: AWS::Serverless::Function
    Properties:
      CodeUri: .
      Handler: app.handler
      Runtime: python3.13
      Environment: {Variables: {STREAM: !GetAtt Orders.StreamArn}}
      Events:
        E: {Type: DynamoDB, Properties: {Stream: !GetAtt Orders.StreamArn, StartingPosition: LATEST, BatchSize: 5}}
"""
OTHER = """
  Other:
    Type: AWS::Serverless::Function
    Properties: {CodeUri: ., Handler: app.handler, Runtime: python3.13}
"""
LOCAL_INDEX = "{IndexName: l, KeySchema: [{AttributeName: pk, KeyType: HASH}], Projection: {ProjectionType: ALL}}"
Read = Callable[[str], Project]


@pytest.fixture
def read(tmp_path: Path) -> Read:
    (tmp_path / "app.py").write_text("def handler(event, context): ...\n")

    def project(text: str) -> Project:
        (tmp_path / "template.yaml").write_text(textwrap.dedent(text))
        return load_project(tmp_path / "template.yaml")

    return project


def _steps(before: Project, after: Project) -> tuple[Step, ...]:
    return plan(declared_in(before), declared_in(after))


def _told(steps: tuple[Step, ...]) -> list[str]:
    told = []
    for step in steps:
        declared = step.after or step.before
        assert declared is not None
        verb = "add" if step.before is None else "remove" if step.after is None else "change"
        told.append(f"{verb} {title(declared)}")
    return told


def test_lines_that_moved_are_no_difference(read: Read) -> None:
    assert _steps(read(TEMPLATE), read("# a comment\n\n" + TEMPLATE)) == ()


def test_tags_and_policies_of_a_stream_are_not_applied(read: Read) -> None:
    more = "NEW_IMAGE, Tags: [{Key: a, Value: b}], ResourcePolicy: {PolicyDocument: {Statement: []}}"
    assert _steps(read(TEMPLATE), read(TEMPLATE.replace("NEW_IMAGE", more))) == ()


def test_only_what_differs_is_a_step(read: Read) -> None:
    (step,) = _steps(read(TEMPLATE), read(TEMPLATE.replace("BatchSize: 5", "BatchSize: 9")))
    assert (_told((step,)), step.members) == (["change mapping Orders -> Fn"], ("BatchSize",))


def test_everything_is_made_before_what_needs_it(read: Read) -> None:
    nothing = read("Resources: {}\n")
    assert _told(_steps(nothing, read(TEMPLATE))) == [
        "add table Orders",
        "add SQS Queue Queue",
        "add function Fn",
        "add mapping Orders -> Fn",
    ]


def test_everything_goes_after_what_needs_it(read: Read) -> None:
    """A function that is removed first would leave its mapping to fail."""
    assert _told(_steps(read(TEMPLATE), read("Resources: {}\n"))) == [
        "remove mapping Orders -> Fn",
        "remove function Fn",
        "remove SQS Queue Queue",
        "remove table Orders",
    ]


def test_a_renamed_function_takes_its_mapping_along(read: Read) -> None:
    renamed = TEMPLATE.replace("CodeUri: .", "CodeUri: .\n      FunctionName: renamed")
    assert _told(_steps(read(TEMPLATE), read(renamed))) == [
        "remove mapping Orders -> Fn",
        "add function renamed",
        "add mapping Orders -> renamed",
        "remove function Fn",
    ]


def test_what_names_a_stream_follows_the_new_one(read: Read) -> None:
    """The function's own words are the same, but the ARN they stand for is another one."""
    before = read(TEMPLATE + OTHER)
    assert _told(_steps(before, read(TEMPLATE.replace("NEW_IMAGE", "KEYS_ONLY") + OTHER))) == [
        "change table Orders",
        "change function Fn",
        "change mapping Orders -> Fn",
    ]


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("pk", "id", "the key of a table cannot be changed"),
        ("AttributeType: S", "AttributeType: N", "the type of the key of a table cannot be changed"),
        (
            "      BillingMode",
            f"      LocalSecondaryIndexes: [{LOCAL_INDEX}]\n      BillingMode",
            "the local secondary indexes of a table cannot be changed",
        ),
    ],
    ids=["another key", "another type", "local index"],
)
def test_what_dynamodb_fixes_at_creation_is_refused(read: Read, old: str, new: str, words: str) -> None:
    (step,) = _steps(read(TEMPLATE), read(TEMPLATE.replace(old, new)))
    assert step.refusal.startswith(words)
    assert "Orders stays as it is, with its data" in step.refusal
