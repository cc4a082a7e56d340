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


INVALID = "One or more parameter values were invalid: Invalid policy document: "


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("no policy", INVALID + "This policy contains invalid Json"),
        ("", INVALID + "This policy contains invalid Json"),
        ("[]", INVALID + "This policy contains invalid Json"),
        ("null", INVALID + "This text appears not to be a policy"),
        ("{}", INVALID + "Syntax error at position (1,3)"),
        ('{"Statement": []}', INVALID + "Could not parse the policy: Statement is empty!"),
        ('{"Statement": [{}]}', INVALID + "Missing required field Effect"),
        (
            "x" * (20 * 1024 + 1),
            "One or more parameter values were invalid: Maximum policy size of 20480 bytes exceeded",
        ),
    ],
    ids=["text", "empty", "list", "null", "object", "no statement", "empty statement", "long"],
)
def test_no_policy(dynamodb: Any, arn: str, text: str, message: str) -> None:
    """Source: ack-api-quirks DDB-TABLE-442, 457."""
    with refused("ValidationException", message):
        dynamodb.put_resource_policy(ResourceArn=arn, Policy=text)


def test_resources_that_are_none(dynamodb: Any, arn: str) -> None:
    """Source: ack-api-quirks DDB-TABLE-212."""
    begin = "One or more parameter values were invalid: "
    for other, message in (
        ("orders", f"{begin}ARNs must start with 'arn:': orders"),
        (
            arn.replace("000000000000", "111122223333"),
            "This action is only supported by accounts that match the resource owner\u2019s account.",
        ),
        (
            arn.replace("us-east-1", "eu-west-1"),
            f"{begin}Invalid resource Arn: {arn.replace('us-east-1', 'eu-west-1')}",
        ),
        (
            f"{arn}/index/by_a",
            (
                f"{begin}Invalid resource arn provided, only table or stream is accepted. "
                f"Provided resource arn: {arn}/index/by_a"
            ),
        ),
    ):
        with refused("ValidationException", message):
            dynamodb.get_resource_policy(ResourceArn=other)
    name, label = arn.rpartition("/")[2], "2000-01-01T00:00:00.000"
    with refused(
        "ResourceNotFoundException", f"Requested resource not found: Stream: {label} not found for Table: {name}"
    ):
        dynamodb.get_resource_policy(ResourceArn=f"{arn}/stream/{label}")
