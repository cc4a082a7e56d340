"""PutResourcePolicy, GetResourcePolicy, DeleteResourcePolicy. Source: their pages of the API reference."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.conformance.expect import refused

OWNER = {"AWS": "arn:aws:iam::000000000000:root"}


def _text(*statements: Any, **members: Any) -> str:
    return json.dumps({**members, "Statement": list(statements)}, separators=(",", ":"))


def _statement(**members: Any) -> dict[str, Any]:
    """One in the order AWS tells it in, but for a Sid or a condition in *members*."""
    return {"Effect": "Allow", "Principal": OWNER, "Action": "dynamodb:GetItem", "Resource": "*", **members}


def _policy(action: str) -> str:
    return _text(_statement(Action=action), Version="2012-10-17")


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


@pytest.mark.parametrize(
    ("put", "told"),
    [
        ({"Action": ["dynamodb:GetItem"], "Resource": ["*"]}, {}),
        (
            {"Action": ["dynamodb:Query", "dynamodb:GetItem", "dynamodb:Query"]},
            {"Action": ["dynamodb:Query", "dynamodb:GetItem", "dynamodb:Query"]},
        ),
        ({"Action": "dynamodb:getitem"}, {"Action": "dynamodb:getitem"}),
        ({"Principal": {"AWS": "000000000000"}}, {}),
        ({"Principal": {"AWS": ["000000000000", "arn:aws:iam::000000000000:root"]}}, {}),
        ({"Effect": "allow"}, {}),
        (
            {"Condition": {"StringEquals": {"aws:PrincipalAccount": ["000000000000"]}}},
            {"Condition": {"StringEquals": {"aws:PrincipalAccount": "000000000000"}}},
        ),
    ],
    ids=["lists of one", "list", "lower case", "account", "same account twice", "effect", "condition"],
)
def test_a_policy_is_told_in_one_form(dynamodb: Any, arn: str, put: dict[str, Any], told: dict[str, Any]) -> None:
    """And a policy that has the same form keeps its revision. Source: ack-api-quirks DDB-TABLE-207, 208, 351 to 355."""
    text = json.dumps({"Statement": _statement() | put, "Version": "2012-10-17"}, indent=2)
    revision = dynamodb.put_resource_policy(ResourceArn=arn, Policy=text)["RevisionId"]
    answer = dynamodb.get_resource_policy(ResourceArn=arn)
    assert answer["Policy"] == _text(_statement() | told, Version="2012-10-17")
    assert dynamodb.put_resource_policy(ResourceArn=arn, Policy=answer["Policy"])["RevisionId"] == revision


def test_members_are_told_in_one_order(dynamodb: Any, arn: str) -> None:
    """Source: ack-api-quirks DDB-TABLE-351."""
    statement = {"Sid": "one"} | _statement(Condition={"Bool": {"aws:SecureTransport": "true"}})
    scrambled = dict(reversed(statement.items()))
    dynamodb.put_resource_policy(ResourceArn=arn, Policy=_text(scrambled, Version="2012-10-17"))
    answer = dynamodb.get_resource_policy(ResourceArn=arn)
    assert answer["Policy"] == _text(statement, Version="2012-10-17")


def test_a_policy_without_a_version(dynamodb: Any, arn: str) -> None:
    """It is told with the oldest, and is another than one that names it. Source: ack-api-quirks DDB-TABLE-354."""
    revision = dynamodb.put_resource_policy(ResourceArn=arn, Policy=_text(_statement()))["RevisionId"]
    told = dynamodb.get_resource_policy(ResourceArn=arn)["Policy"]
    assert told == _text(_statement(), Version="2008-10-17")
    assert dynamodb.put_resource_policy(ResourceArn=arn, Policy=_text(_statement()))["RevisionId"] == revision
    assert dynamodb.put_resource_policy(ResourceArn=arn, Policy=told)["RevisionId"] != revision


@pytest.mark.parametrize("principal", ["*", {"AWS": "*"}], ids=["star", "AWS"])
def test_a_policy_for_everybody(dynamodb: Any, arn: str, principal: Any) -> None:
    """Source: ack-api-quirks DDB-TABLE-352, 356."""
    with refused(
        "ValidationException",
        "Resource-based policy grants unbounded access in one or more elements. "
        "Please revise the policy to ensure least-privilege form of access",
    ):
        dynamodb.put_resource_policy(ResourceArn=arn, Policy=_text(_statement(Principal=principal)))


def test_a_policy_that_cannot_be_changed_again(dynamodb: Any, arn: str) -> None:
    """Source: ack-api-quirks DDB-TABLE-210."""
    text = _text(_statement(Effect="Deny", Principal="*", Action="dynamodb:PutResourcePolicy"))
    for members in ({}, {"ConfirmRemoveSelfResourceAccess": False}):
        with refused(
            "AccessDeniedException",
            "The new resource policy will not allow you to update the resource policy in the future.",
        ):
            dynamodb.put_resource_policy(ResourceArn=arn, Policy=text, **members)
    dynamodb.put_resource_policy(ResourceArn=arn, Policy=text, ConfirmRemoveSelfResourceAccess=True)
    harmless = _text(_statement(Effect="Deny", Principal="*", Action="dynamodb:DeleteResourcePolicy"))
    dynamodb.put_resource_policy(ResourceArn=arn, Policy=harmless)


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
            json.dumps({"Statement": [{"Effect": "Allow", "Principal": OWNER, "Action": "dynamodb:GetItem"}]}),
            INVALID + "Missing required field Resource",
        ),
        (
            _text(_statement(Sid="a"), _statement(Sid="a")),
            INVALID + "The Statement Ids in the policy are not unique",
        ),
        (
            _text(_statement(Action=["dynamodb:DescribeStream", "dynamodb:GetRecords"])),
            INVALID + 'The following action names are invalid: "dynamodb:GetRecords", "dynamodb:DescribeStream"',
        ),
        ('{"Statement":[{"Effect":"Allow","Principal":"000000000000"', INVALID + "This policy contains invalid Json"),
        (
            _text(_statement(Principal="000000000000")),
            INVALID + "Syntax error at position (1,59)",
        ),
        (
            "x" * (20 * 1024 + 1),
            "One or more parameter values were invalid: Maximum policy size of 20480 bytes exceeded",
        ),
    ],
    ids=[
        "text",
        "empty",
        "list",
        "null",
        "object",
        "no statement",
        "empty statement",
        "no resource",
        "same Sid",
        "actions of streams",
        "broken off",
        "bare principal",
        "long",
    ],
)
def test_no_policy(dynamodb: Any, arn: str, text: str, message: str) -> None:
    """Source: ack-api-quirks DDB-TABLE-211, 356, 442, 457; where in the text the bare principal is, is not measured."""
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
