"""Dead-letter queues and destinations of asynchronous events, as templates have them."""

import textwrap
from collections.abc import Callable
from pathlib import Path

import pytest

from sandbox.project.load import load_project
from sandbox.project.problem import TemplateFault
from sandbox.project.project import Project

Load = Callable[[str], Project]
QUEUE = "arn:aws:sqs:us-east-1:000000000000:Dead"


@pytest.fixture
def load(tmp_path: Path) -> Load:
    (tmp_path / "app.py").write_text("def handler(event, context): ...\n")

    def load_text(resources: str) -> Project:
        text = textwrap.indent(textwrap.dedent(resources), "  ")
        (tmp_path / "template.yaml").write_text(
            f"Transform: AWS::Serverless-2016-10-31\nResources:\n  Dead: {{Type: AWS::SQS::Queue}}\n{text}"
        )
        return load_project(tmp_path / "template.yaml")

    return load_text


def function(extra: str) -> str:
    return (
        "Fn: {Type: AWS::Serverless::Function, Properties: "
        f"{{CodeUri: ., Handler: app.handler, Runtime: python3.13, {extra}}}}}\n"
    )


def test_sams_dead_letter_queue(load: Load) -> None:
    (fn,) = load(function("DeadLetterQueue: {Type: SQS, TargetArn: !GetAtt Dead.Arn}")).functions
    assert fn.request["DeadLetterConfig"] == {"TargetArn": QUEUE}


def test_lambdas_dead_letter_config(load: Load) -> None:
    (fn,) = load(
        "Fn: {Type: AWS::Lambda::Function, Properties: {Handler: index.handler, Runtime: python3.13, "
        "Role: r, Code: {ZipFile: 'def handler(event, context): ...'}, DeadLetterConfig: {TargetArn: !GetAtt Dead.Arn}}}\n"
    ).functions
    assert fn.request["DeadLetterConfig"] == {"TargetArn": QUEUE}


def test_the_settings_of_a_sam_function(load: Load) -> None:
    (settings,) = load(
        function(
            "EventInvokeConfig: {MaximumRetryAttempts: 0, "
            "DestinationConfig: {OnFailure: {Type: SQS, Destination: !GetAtt Dead.Arn}}}"
        )
    ).invoke_settings
    assert settings.request == {
        "FunctionName": "Fn",
        "MaximumRetryAttempts": 0,
        "DestinationConfig": {"OnFailure": {"Destination": QUEUE}},
    }


def test_settings_as_a_resource(load: Load) -> None:
    (settings,) = load(
        function("Timeout: 3") + "Config: {Type: AWS::Lambda::EventInvokeConfig, Properties: "
        "{FunctionName: !Ref Fn, Qualifier: $LATEST, MaximumEventAgeInSeconds: 60}}\n"
    ).invoke_settings
    assert settings.request == {
        "FunctionName": "Fn",
        "Qualifier": "$LATEST",
        "MaximumEventAgeInSeconds": 60,
        "DestinationConfig": {},
    }


def test_a_destination_that_sam_would_make_is_told(load: Load) -> None:
    project = load(function("EventInvokeConfig: {DestinationConfig: {OnFailure: {Type: SQS}}}"))
    assert "OnFailure of Fn names no Destination; the one that SAM would make is not made" in [
        notice.text for notice in project.notices
    ]


def test_a_misspelt_setting_is_told(load: Load) -> None:
    with pytest.raises(TemplateFault, match="EventInvokeConfig has no property MaximumRetryAttemps"):
        load(function("EventInvokeConfig: {MaximumRetryAttemps: 0}"))
