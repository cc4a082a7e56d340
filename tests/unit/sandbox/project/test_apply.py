"""Which calls bring a sandbox to a project; the calls' own doings are tested where they are."""

import asyncio
import textwrap
from collections.abc import Callable
from pathlib import Path
from typing import Any, ClassVar

import pytest

from sandbox.faults import ApiFault
from sandbox.project.apply import Applied, apply
from sandbox.project.load import load_project
from sandbox.project.problem import TemplateFault

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
      ReservedConcurrentExecutions: 2
      Environment: {Variables: {STREAM: !GetAtt Orders.StreamArn, QUEUE: !Ref Queue}}
      Events:
        E: {Type: DynamoDB, Properties: {Stream: !GetAtt Orders.StreamArn, StartingPosition: LATEST, BatchSize: 5}}
"""
STREAM_ARN = "arn:aws:dynamodb:us-east-1:000000000000:table/Orders/stream/label"


class _NotFound(ApiFault):
    code: ClassVar[str] = "ResourceNotFoundException"


class _Refused(ApiFault):
    code: ClassVar[str] = "ValidationException"


class _FakeSandbox:
    """Answers as a sandbox would; *answers* by operation replace the default, which is that nothing exists."""

    endpoint_url = "http://127.0.0.1:9"

    def __init__(self, **answers: Any) -> None:
        self.calls: list[tuple[str, dict[str, Any]]] = []
        self.created: set[str] = set()
        self.answers = answers

    async def call(self, operation: str, parameters: dict[str, Any], **_: Any) -> Any:
        self.calls.append((operation, parameters))
        answer = self.answers.get(operation)
        if isinstance(answer, ApiFault):
            raise answer
        if answer is not None:
            return answer
        match operation:
            case "DescribeTable":
                if "CreateTable" not in self.names():
                    raise _NotFound("no table")
                return {"Table": {"StreamSpecification": {"StreamEnabled": True}, "LatestStreamArn": STREAM_ARN}}
            case "GetFunctionConfiguration":
                raise _NotFound("no function")
            case "CreateEventSourceMapping":
                return {"UUID": "new"}
            case _:
                return {}

    def names(self) -> list[str]:
        return [name for name, _ in self.calls]

    def only(self, operation: str) -> dict[str, Any]:
        (parameters,) = [parameters for name, parameters in self.calls if name == operation]
        return parameters

    def changes(self) -> list[str]:
        return [name for name in self.names() if not name.startswith(("Describe", "Get", "List"))]


Run = Callable[..., Applied]


@pytest.fixture
def run(tmp_path: Path) -> Run:
    (tmp_path / "app.py").write_text("def handler(event, context): ...\n")

    def apply_text(fake: _FakeSandbox, text: str = TEMPLATE) -> Applied:
        (tmp_path / "template.yaml").write_text(textwrap.dedent(text))
        return asyncio.run(apply(load_project(tmp_path / "template.yaml"), fake))

    return apply_text


def existing_table(**members: Any) -> dict[str, Any]:
    return {
        "Table": {
            "AttributeDefinitions": [{"AttributeName": "pk", "AttributeType": "S"}],
            "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}],
            "BillingModeSummary": {"BillingMode": "PAY_PER_REQUEST"},
            "StreamSpecification": {"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"},
            "LatestStreamArn": STREAM_ARN,
            **members,
        }
    }


def test_everything_is_created_in_order(run: Run, tmp_path: Path) -> None:
    fake = _FakeSandbox()
    applied = run(fake)
    assert fake.changes() == [
        "CreateTable",
        "CreateQueue",
        "CreateFunction",
        "PutFunctionConcurrency",
        "CreateEventSourceMapping",
    ]
    assert applied.stream_arns == {"Orders": STREAM_ARN}
    assert applied.mapping_uuids == ("new",)
    created = fake.only("CreateFunction")
    assert created["Code"] == {"S3Bucket": "hot-reload", "S3Key": str(tmp_path)}
    assert created["Environment"] == {
        "Variables": {"STREAM": STREAM_ARN, "QUEUE": "http://127.0.0.1:9/000000000000/Queue"}
    }
    assert fake.only("CreateEventSourceMapping")["EventSourceArn"] == STREAM_ARN


def test_a_function_that_may_feed_itself(run: Run) -> None:
    fake = _FakeSandbox()
    run(fake, TEMPLATE.replace("      ReservedConcurrentExecutions: 2\n", "      RecursiveLoop: Allow\n"))
    assert fake.only("PutFunctionRecursionConfig") == {"FunctionName": "Fn", "RecursiveLoop": "Allow"}
    assert "RecursiveLoop" not in fake.only("CreateFunction")


def test_what_exists_is_updated_and_keeps_its_data(run: Run) -> None:
    fake = _FakeSandbox(
        DescribeTable=existing_table(),
        GetFunctionConfiguration={"FunctionName": "Fn"},
        ListEventSourceMappings={"EventSourceMappings": [{"UUID": "old"}]},
    )
    applied = run(fake)
    assert fake.changes() == [
        "CreateQueue",
        "UpdateFunctionCode",
        "UpdateFunctionConfiguration",
        "PutFunctionConcurrency",
        "UpdateEventSourceMapping",
    ]
    assert applied.mapping_uuids == ("old",)
    update = fake.only("UpdateEventSourceMapping")
    assert update["BatchSize"] == 5
    assert not {"StartingPosition", "EventSourceArn"} & update.keys()


@pytest.mark.parametrize(
    ("existing", "changes"),
    [
        ({"BillingModeSummary": {}}, [{"BillingMode": "PAY_PER_REQUEST"}]),
        (
            {"StreamSpecification": {"StreamEnabled": True, "StreamViewType": "KEYS_ONLY"}},
            [
                {"StreamSpecification": {"StreamEnabled": False}},
                {"StreamSpecification": {"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"}},
            ],
        ),
        (
            {
                "GlobalSecondaryIndexes": [
                    {"IndexName": "old", "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}], "Projection": {}}
                ]
            },
            [{"GlobalSecondaryIndexUpdates": [{"Delete": {"IndexName": "old"}}]}],
        ),
        ({"DeletionProtectionEnabled": True}, [{"DeletionProtectionEnabled": False}]),
    ],
)
def test_a_table_is_changed_one_kind_of_change_at_a_time(run: Run, existing: Any, changes: list[Any]) -> None:
    fake = _FakeSandbox(DescribeTable=existing_table(**existing))
    run(fake)
    assert [parameters for name, parameters in fake.calls if name == "UpdateTable"] == [
        {"TableName": "Orders", **change} for change in changes
    ]


def test_a_vector_index_that_differs_is_made_anew(run: Run) -> None:
    """Nothing of it can be changed otherwise; what AWS adds to its description is no difference."""
    declared = {
        "IndexName": "near",
        "VectorAttribute": {"AttributeName": "v"},
        "Dimensions": 2,
        "DistanceFunction": "COSINE",
        "Projection": {"ProjectionType": "ALL"},
    }
    text = TEMPLATE.replace(
        "      StreamSpecification",
        "      VectorIndexes: [{IndexName: near, VectorAttribute: {AttributeName: v}, Dimensions: 2, "
        "DistanceFunction: COSINE, Projection: {ProjectionType: ALL}}]\n      StreamSpecification",
    )
    described = {**declared, "IndexStatus": "ACTIVE", "ItemCount": 0}
    same = _FakeSandbox(DescribeTable=existing_table(VectorIndexes=[described]))
    run(same, text)
    assert "UpdateTable" not in same.names()
    other = _FakeSandbox(DescribeTable=existing_table(VectorIndexes=[{**described, "Dimensions": 3}]))
    run(other, text)
    assert [parameters["VectorIndexUpdates"] for name, parameters in other.calls if name == "UpdateTable"] == [
        [{"Delete": {"IndexName": "near"}}],
        [{"Create": declared}],
    ]


def test_a_table_with_another_key_is_never_replaced(run: Run) -> None:
    fake = _FakeSandbox(DescribeTable=existing_table(KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}]))
    applied = run(fake)
    assert "CreateTable" not in fake.names()
    assert "exists with another key and keeps it" in applied.notices[0].text


def test_time_to_live_is_switched_when_it_differs(run: Run) -> None:
    text = TEMPLATE.replace(
        "      StreamSpecification",
        "      TimeToLiveSpecification: {AttributeName: ttl, Enabled: true}\n      StreamSpecification",
    )
    fake = _FakeSandbox()
    run(fake, text)
    assert fake.only("UpdateTimeToLive")["TimeToLiveSpecification"] == {"AttributeName": "ttl", "Enabled": True}
    described = {"TimeToLiveDescription": {"TimeToLiveStatus": "ENABLED", "AttributeName": "ttl"}}
    unchanged = _FakeSandbox(DescribeTimeToLive=described)
    run(unchanged, text)
    assert "UpdateTimeToLive" not in unchanged.names()


def test_a_refusal_is_told_at_the_line_of_its_resource(run: Run) -> None:
    with pytest.raises(TemplateFault) as caught:
        run(_FakeSandbox(CreateTable=_Refused("One or more parameter values were invalid")))
    (problem,) = caught.value.problems
    assert (problem.line, problem.what) == (4, "DynamoDB refuses this: One or more parameter values were invalid")


def test_a_table_without_a_billing_mode_is_told_which_to_take(run: Run) -> None:
    refused = _FakeSandbox(CreateTable=_Refused("ReadCapacityUnits and WriteCapacityUnits must both be specified"))
    with pytest.raises(
        TemplateFault, match=r"must both be specified\n    Add to its Properties: BillingMode: PAY_PER_REQUEST"
    ):
        run(refused, TEMPLATE.replace("      BillingMode: PAY_PER_REQUEST\n", ""))


class _Taken(ApiFault):
    code: ClassVar[str] = "QueueAlreadyExists"


def test_a_queue_that_is_there_is_as_good_as_made(run: Run) -> None:
    run(_FakeSandbox(CreateQueue=_Taken("it exists")))


def test_a_refusal_of_a_service_is_told_at_its_line(run: Run) -> None:
    with pytest.raises(TemplateFault, match=r"template.yaml:11: SQS refuses this: no such attribute"):
        run(_FakeSandbox(CreateQueue=_Refused("no such attribute")))


def test_things_are_made_before_they_are_connected(run: Run) -> None:
    """A template may name its dead-letter queue before or after the queue that uses it."""
    fake = _FakeSandbox()
    text = """
    Resources:
      Orders:
        Type: AWS::SQS::Queue
        Properties: {RedrivePolicy: {deadLetterTargetArn: !GetAtt Dead.Arn, maxReceiveCount: 2}}
      Dead: {Type: AWS::SQS::Queue}
    """
    run(fake, text)
    assert fake.changes() == ["CreateQueue", "CreateQueue", "SetQueueAttributes"]
    assert fake.only("SetQueueAttributes") == {
        "QueueUrl": "http://localhost/000000000000/Orders",
        "Attributes": {
            "RedrivePolicy": '{"deadLetterTargetArn": "arn:aws:sqs:us-east-1:000000000000:Dead", "maxReceiveCount": 2}'
        },
    }
