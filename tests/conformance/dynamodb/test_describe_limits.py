"""DescribeLimits. Source: dynamodb-exact §20."""

import json
from collections.abc import Callable
from typing import Any

from tests.conformance.expect import refused


def test_the_default_quotas(dynamodb: Any) -> None:
    answer = dynamodb.describe_limits()
    del answer["ResponseMetadata"]
    assert answer == {
        "AccountMaxReadCapacityUnits": 80_000,
        "AccountMaxWriteCapacityUnits": 80_000,
        "TableMaxReadCapacityUnits": 40_000,
        "TableMaxWriteCapacityUnits": 40_000,
    }


def test_a_table_may_have_what_is_told_and_no_more(
    dynamodb: Any, make_table: Callable[..., str], unique: Callable[[], str]
) -> None:
    """A client that plans by the answer must not be refused by CreateTable."""
    most = dynamodb.describe_limits()["TableMaxReadCapacityUnits"]
    name = make_table("pk:S", ProvisionedThroughput={"ReadCapacityUnits": most, "WriteCapacityUnits": 1})
    described = dynamodb.describe_table(TableName=name)["Table"]["ProvisionedThroughput"]
    assert described["ReadCapacityUnits"] == most
    with refused("LimitExceededException"):
        dynamodb.create_table(
            TableName=unique(),
            KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
            ProvisionedThroughput={"ReadCapacityUnits": most + 1, "WriteCapacityUnits": 1},
        )


def test_members_that_there_are_none_of_are_passed_over(raw: Callable[..., Any]) -> None:
    assert raw("DescribeLimits", json.dumps({"TableName": 7})).status == 200
    assert raw("DescribeLimits", "").status == 400
