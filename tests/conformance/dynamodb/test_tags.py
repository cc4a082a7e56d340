"""TagResource, UntagResource, ListTagsOfResource: a table has tags, and so has each of its streams.

Source: AWS's documentation of attribute-based access control with DynamoDB Streams; go-to-k/cdkd issue 3458.
"""

from collections.abc import Callable
from typing import Any

import pytest

from tests.conformance.expect import refused

TEAM = {"Key": "team", "Value": "blue"}
STAGE = {"Key": "stage", "Value": "test"}
STREAM = {"StreamEnabled": True, "StreamViewType": "KEYS_ONLY"}


@pytest.fixture
def arns(dynamodb: Any, make_table: Callable[..., str]) -> tuple[str, str]:
    """A table with one tag, and its stream."""
    table = dynamodb.describe_table(TableName=make_table(StreamSpecification=STREAM, Tags=[TEAM]))["Table"]
    return table["TableArn"], table["LatestStreamArn"]


def test_a_stream_has_tags_of_its_own(dynamodb: Any, arns: tuple[str, str]) -> None:
    """It inherits none."""
    table, stream = arns
    assert dynamodb.list_tags_of_resource(ResourceArn=stream)["Tags"] == []
    dynamodb.tag_resource(ResourceArn=stream, Tags=[STAGE, TEAM | {"Value": "red"}])
    dynamodb.untag_resource(ResourceArn=stream, TagKeys=["team"])
    assert dynamodb.list_tags_of_resource(ResourceArn=stream)["Tags"] == [STAGE]
    assert dynamodb.list_tags_of_resource(ResourceArn=table)["Tags"] == [TEAM]


def test_a_stream_may_have_fifty_tags(dynamodb: Any, arns: tuple[str, str]) -> None:
    _, stream = arns
    dynamodb.tag_resource(ResourceArn=stream, Tags=[{"Key": f"k{number}", "Value": "v"} for number in range(50)])
    with refused("ValidationException", "Number of Tags exceed the current limit for the provided ResourceArn"):
        dynamodb.tag_resource(ResourceArn=stream, Tags=[STAGE])


def test_a_stream_that_there_is_not(dynamodb: Any, arns: tuple[str, str]) -> None:
    table, _ = arns
    stream = f"{table}/stream/2015-01-01T00:00:00.000"
    with refused("ResourceNotFoundException", f"Requested resource not found: ResourceArn: {stream} not found"):
        dynamodb.list_tags_of_resource(ResourceArn=stream)
