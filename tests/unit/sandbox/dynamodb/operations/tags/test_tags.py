from collections.abc import Callable
from typing import Any

import pytest

from sandbox.dynamodb.faults import AccessDeniedException, ResourceNotFoundException, ValidationException
from sandbox.dynamodb.operations.tables.create_table import create_table
from sandbox.dynamodb.operations.tags.list_tags_of_resource import list_tags_of_resource
from sandbox.dynamodb.operations.tags.tag_resource import tag_resource
from sandbox.dynamodb.operations.tags.untag_resource import untag_resource

P = "One or more parameter values were invalid: "
ARN = "arn:aws:dynamodb:us-east-1:000000000000:table/orders"

Call = Callable[..., Any]


def tags(**values: str) -> list[dict[str, str]]:
    return [{"Key": key, "Value": value} for key, value in values.items()]


@pytest.fixture(autouse=True)
def orders(call: Call) -> None:
    call(
        create_table,
        TableName="orders",
        AttributeDefinitions=[{"AttributeName": "a", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "a", "KeyType": "HASH"}],
        BillingMode="PAY_PER_REQUEST",
        Tags=tags(team="blue"),
    )


def test_tags_come_and_go(call: Call) -> None:
    assert call(tag_resource, ResourceArn=ARN, Tags=tags(team="red", stage="")) is None
    assert call(list_tags_of_resource, ResourceArn=ARN) == {"Tags": tags(team="red", stage="")}
    assert call(untag_resource, ResourceArn=ARN, TagKeys=["team", "absent"]) is None
    assert call(list_tags_of_resource, ResourceArn=ARN) == {"Tags": tags(stage="")}


def test_there_are_no_pages(call: Call) -> None:
    """The model has a token, the service uses none. Source: aws/aws-sdk 583."""
    call(tag_resource, ResourceArn=ARN, Tags=tags(**{f"k{number}": "v" for number in range(49)}))
    listed = call(list_tags_of_resource, ResourceArn=ARN)
    assert (len(listed["Tags"]), "NextToken" in listed) == (50, False)


def test_limits(call: Call) -> None:
    """The limit counts what there would be. Source: ack-api-quirks DDB-TABLE-108."""
    call(tag_resource, ResourceArn=ARN, Tags=tags(**{f"k{number}": "v" for number in range(49)}))
    for more in (tags(one="more"), tags(**{f"m{number}": "v" for number in range(51)})):
        with pytest.raises(
            ValidationException, match="Number of Tags exceed the current limit for the provided ResourceArn"
        ):
            call(tag_resource, ResourceArn=ARN, Tags=more)
    with pytest.raises(ValidationException, match="Number of Tags exceed the current limit"):
        call(untag_resource, ResourceArn=ARN, TagKeys=[f"k{number}" for number in range(51)])
    call(tag_resource, ResourceArn=ARN, Tags=tags(k1="changed"))


LONG = "k" * 129


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ([{}], "The Tag Key provided is invalid, Key: null"),
        ([{"Value": "v"}], "The Tag Key provided is invalid, Key: null"),
        ([{"Key": "k"}], "The Tag Value provided is invalid, Value: null"),
        (tags(**{"": "v"}), "The Tag Key provided is invalid, Key: "),
        (tags(**{LONG: "v"}), f"The Tag Key provided is invalid, Key: {LONG}"),
        (tags(k="v" * 257), f"The Tag Value provided is invalid, Value: {'v' * 257}"),
        (tags(**{"bad#char": "v"}), "The Tag Key provided is invalid, Key: bad#char"),
        (tags(k="100%"), "The Tag Value provided is invalid, Value: 100%"),
        (tags(good="v", **{"AWS:foo": "v"}), "Tag Key cannot be prefixed with aws:, Key: AWS:foo"),
        (tags(a="1") + tags(a="2"), "Duplicate Tag Keys provided as input: Duplicate Tag Key found a"),
    ],
)
def test_tags_that_are_none(call: Call, given: list[dict[str, str]], message: str) -> None:
    """All or nothing. Source: ack-api-quirks DDB-TABLE-105 to 107, 372, 457."""
    with pytest.raises(ValidationException) as refused:
        call(tag_resource, ResourceArn=ARN, Tags=given)
    assert refused.value.message == message
    assert call(list_tags_of_resource, ResourceArn=ARN) == {"Tags": tags(team="blue")}


def test_characters_of_tags(call: Call) -> None:
    """Letters and digits of any script, any blanks, seven signs and ``@``. Source: ack-api-quirks DDB-TABLE-106, 372."""
    given = tags(**{" sp ace": "a+b-c=d.e_f:g/h@i", "ключ": "表\u00a0", "myaws:foo": ""})
    call(tag_resource, ResourceArn=ARN, Tags=given)
    assert call(list_tags_of_resource, ResourceArn=ARN) == {"Tags": tags(team="blue") + given}


@pytest.mark.parametrize(
    ("arn", "fault", "message"),
    [
        ("", ValidationException, "Invalid TableArn"),
        ("orders", ValidationException, f"{P}ARNs must start with 'arn:': orders"),
        (
            f"{ARN}/backup/01700000000000-a1b2c3d4",
            ValidationException,
            f"{P}Provided Arn is not a DynamoDB resource arn: {ARN}/backup/01700000000000-a1b2c3d4",
        ),
        (
            f"{ARN}/index/by_a",
            ValidationException,
            f"{P}Invalid resource arn provided, only table or stream is accepted. Provided resource arn: {ARN}/index/by_a",
        ),
        (ARN + "x", ResourceNotFoundException, f"Requested resource not found: ResourceArn: {ARN}x not found"),
        (
            f"{ARN}/stream/2026-01-01T00:00:00.000",
            ResourceNotFoundException,
            f"Requested resource not found: ResourceArn: {ARN}/stream/2026-01-01T00:00:00.000 not found",
        ),
        (
            ARN.replace("us-east-1", "eu-west-1"),
            ValidationException,
            f"Invalid TableArn: Invalid ResourceArn provided as input {ARN.replace('us-east-1', 'eu-west-1')}",
        ),
        (ARN.replace("000000000000", "123456789012"), AccessDeniedException, "Access is denied"),
        ("arn:aws:s3:::orders", AccessDeniedException, "Access is denied"),
        (ARN.replace("dynamodb", "kinesis"), AccessDeniedException, "Access is denied"),
    ],
)
def test_resources_that_are_none(call: Call, arn: str, fault: type[Exception], message: str) -> None:
    with pytest.raises(fault) as refused:
        call(tag_resource, ResourceArn=arn, Tags=tags(a="b"))
    assert getattr(refused.value, "message", None) == message


def test_nothing_given(call: Call) -> None:
    """It is noticed before a table is looked for."""
    with pytest.raises(ValidationException) as refused:
        call(tag_resource, ResourceArn=f"{ARN}-missing", Tags=[])
    assert refused.value.message == "Atleast one Tag needs to be provided as Input."
    with pytest.raises(ValidationException) as refused:
        call(untag_resource, ResourceArn=f"{ARN}-missing", TagKeys=[])
    assert refused.value.message == "Atleast one Tag Key needs to be provided as Input."
    with pytest.raises(ValidationException) as refused:
        call(untag_resource, ResourceArn=ARN)
    assert refused.value.message == (
        "1 validation error detected: Value null at 'tagKeys' failed to satisfy constraint: Member must not be null"
    )
    with pytest.raises(ValidationException) as refused:
        call(tag_resource, Tags=tags(a="b"))
    assert refused.value.message == "Invalid TableArn"
