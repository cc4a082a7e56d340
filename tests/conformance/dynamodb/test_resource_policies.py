"""PutResourcePolicy, GetResourcePolicy, DeleteResourcePolicy. Source: their pages of the API reference."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.conformance.expect import refused


def _policy(action: str) -> str:
    statement = {"Effect": "Allow", "Principal": "*", "Action": action, "Resource": "*"}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


READ, WRITE = _policy("dynamodb:GetItem"), _policy("dynamodb:PutItem")


@pytest.fixture
def arn(dynamodb: Any, make_table: Callable[..., str]) -> str:
    """A table of its own, by its ARN."""
    description = dynamodb.describe_table(TableName=make_table())["Table"]
    found: str = description["TableArn"]
    return found


def test_a_policy_comes_changes_and_goes(dynamodb: Any, arn: str) -> None:
    first = dynamodb.put_resource_policy(ResourceArn=arn, Policy=READ)["RevisionId"]
    told = dynamodb.get_resource_policy(ResourceArn=arn)
    assert (told["Policy"], told["RevisionId"]) == (READ, first)
    assert dynamodb.put_resource_policy(ResourceArn=arn, Policy=READ)["RevisionId"] == first
    second = dynamodb.put_resource_policy(ResourceArn=arn, Policy=WRITE, ExpectedRevisionId=first)["RevisionId"]
    assert second != first
    assert dynamodb.delete_resource_policy(ResourceArn=arn, ExpectedRevisionId=second)["RevisionId"] == second
    with refused("PolicyNotFoundException"):
        dynamodb.get_resource_policy(ResourceArn=arn)
    assert "RevisionId" not in dynamodb.delete_resource_policy(ResourceArn=arn)


def test_a_policy_given_at_creation(dynamodb: Any, make_table: Callable[..., str]) -> None:
    table = make_table(ResourcePolicy=READ)
    arn = dynamodb.describe_table(TableName=table)["Table"]["TableArn"]
    assert dynamodb.get_resource_policy(ResourceArn=arn)["Policy"] == READ


def test_a_stream_has_a_policy_of_its_own(dynamodb: Any, make_table: Callable[..., str]) -> None:
    table = make_table(StreamSpecification={"StreamEnabled": True, "StreamViewType": "KEYS_ONLY"})
    description = dynamodb.describe_table(TableName=table)["Table"]
    dynamodb.put_resource_policy(ResourceArn=description["LatestStreamArn"], Policy=READ)
    assert dynamodb.get_resource_policy(ResourceArn=description["LatestStreamArn"])["Policy"] == READ
    with refused("PolicyNotFoundException"):
        dynamodb.get_resource_policy(ResourceArn=description["TableArn"])


def test_another_revision_is_expected(dynamodb: Any, arn: str) -> None:
    with refused("PolicyNotFoundException"):
        dynamodb.put_resource_policy(ResourceArn=arn, Policy=READ, ExpectedRevisionId="1")
    dynamodb.put_resource_policy(ResourceArn=arn, Policy=READ, ExpectedRevisionId="NO_POLICY")
    for expected in ("1", "NO_POLICY"):
        with refused("PolicyNotFoundException"):
            dynamodb.put_resource_policy(ResourceArn=arn, Policy=WRITE, ExpectedRevisionId=expected)
    with refused("PolicyNotFoundException"):
        dynamodb.delete_resource_policy(ResourceArn=arn, ExpectedRevisionId="1")


def test_a_missing_table(dynamodb: Any, arn: str) -> None:
    missing = f"{arn}-missing"
    for operation, members in (
        ("put_resource_policy", {"Policy": READ}),
        ("get_resource_policy", {}),
        ("delete_resource_policy", {}),
    ):
        with refused("ResourceNotFoundException"):
            getattr(dynamodb, operation)(ResourceArn=missing, **members)


@pytest.mark.parametrize("text", ["no policy", "{}", "[]"])
def test_no_policy(dynamodb: Any, arn: str, text: str) -> None:
    with refused("ValidationException") as refusal:
        dynamodb.put_resource_policy(ResourceArn=arn, Policy=text)
    assert refusal.message.startswith("One or more parameter values were invalid: Invalid policy document: ")
