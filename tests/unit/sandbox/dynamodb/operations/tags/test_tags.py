from collections.abc import Callable
from typing import Any

import pytest

from sandbox.dynamodb.faults import AccessDeniedException, ResourceNotFoundException, ValidationException
from sandbox.dynamodb.operations.tables.create_table import create_table
from sandbox.dynamodb.operations.tags.list_tags_of_resource import list_tags_of_resource
from sandbox.dynamodb.operations.tags.tag_resource import tag_resource
from sandbox.dynamodb.operations.tags.untag_resource import untag_resource

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
    call(tag_resource, ResourceArn=ARN, Tags=tags(**{f"k{number}": "v" for number in range(49)}))
    for refused in (tags(one="more"), tags(**{"aws:x": "y"}), tags(a="1") + tags(a="2")):
        with pytest.raises(ValidationException):
            call(tag_resource, ResourceArn=ARN, Tags=refused)
    call(tag_resource, ResourceArn=ARN, Tags=tags(k1="changed"))


@pytest.mark.parametrize(
    ("arn", "fault", "message"),
    [
        ("", ValidationException, "Invalid TableArn"),
        (
            "nonsense",
            AccessDeniedException,
            "User: arn:aws:iam::000000000000:root is not authorized to perform: dynamodb:TagResource on resource: nonsense",
        ),
        (
            "arn:aws:dynamodb:us-east-1:000000000000:other/orders",
            ValidationException,
            "Invalid TableArn: Invalid ResourceArn provided as input arn:aws:dynamodb:us-east-1:000000000000:other/orders",
        ),
        (
            ARN + "x",
            ResourceNotFoundException,
            f"Requested resource not found: ResourcArn: {ARN}x not found",
        ),
        (
            ARN.replace("us-east-1", "eu-west-1"),
            ValidationException,
            f"1 validation error detected: Invalid AWS region in '{ARN.replace('us-east-1', 'eu-west-1')}'",
        ),
        (
            ARN.replace("000000000000", "123456789012"),
            AccessDeniedException,
            (
                "User: arn:aws:iam::000000000000:root is not authorized to perform: dynamodb:TagResource on resource: "
                f"{ARN.replace('000000000000', '123456789012')} "
                "because no resource-based policy allows the dynamodb:TagResource action"
            ),
        ),
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
