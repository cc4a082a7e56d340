"""Each function once, through the smallest template that shows it: a function's environment."""

from pathlib import Path

import pytest

from sandbox.project.load import load_project
from sandbox.project.problem import TemplateFault

HEAD = """
Transform: AWS::Serverless-2016-10-31
Parameters:
  Stage: {Type: String, Default: dev}
  Zones: {Type: CommaDelimitedList, Default: "a, b,c"}
  Missing: {Type: String}
  Stored: {Type: 'AWS::SSM::Parameter::Value<String>', Default: /path}
  Chosen: {Type: String, Default: x, AllowedValues: [y, z]}
Mappings:
  ByStage: {dev: {Size: 5}, prod: {Size: 50}}
Conditions:
  IsProd: !Equals [!Ref Stage, prod]
  IsDev: !Not [!Condition IsProd]
  Both: !And [!Condition IsDev, !Equals [a, a]]
  Either: !Or [!Condition IsProd, !Equals [a, b]]
  Circle: !Not [!Condition Circle]
Resources:
  Queue: {Type: AWS::SQS::Queue, Properties: {QueueName: !Sub "${Stage}-queue"}}
  Topic: {Type: AWS::SNS::Topic}
  Bucket: {Type: AWS::S3::Bucket, Properties: {BucketName: b}}
  Hidden: {Type: AWS::SQS::Queue, Condition: IsProd}
  Loop: {Type: AWS::Serverless::SimpleTable, Properties: {TableName: !Ref Loop}}
"""
# A line of its own for the value under test, so that its line is known.
FUNCTION = """
  Fn:
    Type: AWS::Serverless::Function
    Properties:
      InlineCode: "def handler(e, c): ..."
      Handler: index.handler
      Runtime: python3.13
      Environment: {Variables: {V: %s}}
"""


def value(tmp_path: Path, expression: str, **overrides: str) -> object:
    path = tmp_path / "template.yaml"
    head = HEAD.replace("  Loop: {Type: AWS::Serverless::SimpleTable, Properties: {TableName: !Ref Loop}}\n", "")
    path.write_text(head + FUNCTION % expression)
    project = load_project(path, overrides=overrides)
    return project.functions[0].request["Environment"]["Variables"].get("V")


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("!Ref Stage", "dev"),
        ("!Ref AWS::Region", "us-east-1"),
        ("!Ref AWS::AccountId", "000000000000"),
        ("!Ref AWS::StackName", "sandbox"),
        ("!Ref AWS::NoValue", None),
        ("!Sub '${Stage}-${AWS::Partition}-${!Literal}-${Queue.Arn}'", "dev-aws-${Literal}-arn:aws:sqs:us-east-1:000000000000:dev-queue"),
        ("!Sub ['${x}-${Stage}', {x: !Ref AWS::Region}]", "us-east-1-dev"),
        ("!Join ['-', [a, !Ref Stage, !Ref AWS::NoValue]]", "a-dev"),
        ("!Join ['/', !Ref Zones]", "a/b/c"),
        ("!Select [1, !Ref Zones]", "b"),
        ("!Select ['1', !Split ['-', x-y]]", "y"),
        ("!FindInMap [ByStage, !Ref Stage, Size]", "5"),
        ("!FindInMap [ByStage, test, Size, {DefaultValue: 7}]", "7"),
        ("!If [IsProd, big, small]", "small"),
        ("!If [IsDev, 1, 2]", "1"),
        ("!If [Both, 1, 2]", "1"),
        ("!If [Either, 1, 2]", "2"),
        ("!Base64 hello", "aGVsbG8="),
        ("!Select [0, !GetAZs '']", "us-east-1a"),
        ("{'Fn::Length': [1, 2]}", "2"),
        ("{'Fn::ToJsonString': {a: !Ref Stage}}", '{"a":"dev"}'),
        ("{'Fn::GetAtt': Queue.QueueName}", "dev-queue"),
        ("!Ref Queue", "{{sandbox:endpoint-url:}}/000000000000/dev-queue"),
        ("!Ref Topic", "arn:aws:sns:us-east-1:000000000000:Topic"),
        ("!Ref Bucket", "b"),
        ("!GetAtt Bucket.Arn", "arn:aws:s3:::b"),
        ("!GetAtt FnRole.Arn", "arn:aws:iam::000000000000:role/FnRole"),
    ],
)  # fmt: skip
def test_a_function_is_worked_out(tmp_path: Path, expression: str, expected: str | None) -> None:
    assert value(tmp_path, expression) == expected


def test_an_override_wins_over_the_default(tmp_path: Path) -> None:
    assert value(tmp_path, "!FindInMap [ByStage, !Ref Stage, Size]", Stage="prod") == "50"
    assert value(tmp_path, "!Ref Missing", Missing="given") == "given"
    assert value(tmp_path, "!Ref Stored", Stored="given") == "given"


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("!Ref Stagge", "there is no parameter or resource Stagge\n    Did you mean Stage?"),
        ("!Ref AWS::Regoin", "there is no pseudo parameter AWS::Regoin\n    Did you mean AWS::Region?"),
        (
            "!Ref Missing",
            "parameter Missing has no value\n    Give it a Default, or start with --parameter-overrides Missing=value",
        ),
        ("!Ref Stored", "parameter Stored has its value in AWS's Parameter Store"),
        ("!Ref Chosen", "parameter Chosen is 'x', which is not one of its AllowedValues\n    Give one of: y, z"),
        ("!Ref Hidden", "Hidden does not exist, because condition IsProd is false"),
        ("!GetAtt Queue.Arm", "AWS::SQS::Queue Queue has no attribute Arm\n    Did you mean Arn?"),
        ("!GetAtt Que.Arn", "there is no resource Que\n    Did you mean Queue?"),
        ("!FindInMap [ByStage, staging, Size]", "Mappings.ByStage has no staging"),
        ("!Select [3, !Ref Zones]", "Fn::Select asks for element 3 of a list of 3"),
        ("!If [IsPrd, 1, 2]", "there is no condition IsPrd\n    Did you mean IsProd?"),
        ("!If [Circle, 1, 2]", "these refer to each other in a circle: condition Circle -> condition Circle"),
        ("!If [IsProd, 1]", "Fn::If takes a list of 3"),
        (
            "!ImportValue other-stack",
            "Fn::ImportValue reads other-stack from another stack, and there are no other stacks here",
        ),
        ("!Cidr ['10.0.0.0/8', 1, 8]", "Fn::Cidr is not emulated here"),
        ("{'Fn::Jion': [a, b]}", "Fn::Jion is not a CloudFormation function\n    Did you mean Fn::Join?"),
    ],
)
def test_what_cannot_be_worked_out_is_told_with_its_line(tmp_path: Path, expression: str, expected: str) -> None:
    with pytest.raises(TemplateFault) as caught:
        value(tmp_path, expression)
    assert expected in str(caught.value)


def test_a_name_that_refers_to_itself(tmp_path: Path) -> None:
    path = tmp_path / "template.yaml"
    path.write_text(HEAD)
    with pytest.raises(TemplateFault, match="these refer to each other in a circle: Loop -> Loop"):
        load_project(path)
