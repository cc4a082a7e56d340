"""What goes on calling functions is taken back when the template says so no more; what holds data is not."""

import textwrap
from pathlib import Path
from typing import Any

import pytest

from sandbox.project.load import load_project
from sandbox.project.project import ServiceResource
from sandbox.project.services.undo import undoing

RULE = """
Resources:
  Nightly:
    Type: AWS::Events::Rule
    Properties:
      Name: nightly
      ScheduleExpression: rate(1 day)
      Targets: [{Id: a, Arn: "arn:aws:sqs:us-east-1:000000000000:a"}, {Id: b, Arn: "arn:aws:sqs:us-east-1:000000000000:b"}]
"""
BUCKET = """
Resources:
  Uploads:
    Type: AWS::S3::Bucket
    Properties:
      BucketName: uploads
      NotificationConfiguration: {EventBridgeConfiguration: {EventBridgeEnabled: true}}
"""


def resource(text: str, folder: Path) -> ServiceResource:
    (folder / "template.yaml").write_text(textwrap.dedent(text))
    (only,) = load_project(folder / "template.yaml").services
    return only


def calls(before: ServiceResource, after: ServiceResource | None) -> list[tuple[str, Any]]:
    return [(call.operation, call.parameters) for call in undoing(before, after)]


def test_a_rule_goes_with_its_targets(tmp_path: Path) -> None:
    """EventBridge refuses to delete a rule that has targets."""
    assert calls(resource(RULE, tmp_path), None) == [
        ("RemoveTargets", {"Rule": "nightly", "Ids": ["a", "b"]}),
        ("DeleteRule", {"Name": "nightly"}),
    ]


def test_a_target_that_is_left_out_goes_alone(tmp_path: Path) -> None:
    before = resource(RULE, tmp_path)
    after = resource(RULE.replace(', {Id: b, Arn: "arn:aws:sqs:us-east-1:000000000000:b"}', ""), tmp_path)
    assert calls(before, after) == [("RemoveTargets", {"Rule": "nightly", "Ids": ["b"]})]
    assert calls(after, before) == []


@pytest.mark.parametrize("is_removed", [False, True], ids=["only its notifications", "the whole bucket"])
def test_a_bucket_stays_but_notifies_nobody(tmp_path: Path, is_removed: bool) -> None:
    before = resource(BUCKET, tmp_path)
    after = resource(BUCKET.partition("      NotificationConfiguration")[0], tmp_path)
    expected = ("PutBucketNotificationConfiguration", {"Bucket": "uploads", "NotificationConfiguration": {}})
    assert calls(before, None if is_removed else after) == [expected]
