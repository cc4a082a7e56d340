"""DescribeTable.

Source, unless a test names another: dynamodb-exact §3.6, §19.2.
"""

from collections.abc import Callable
from typing import Any

import pytest

from tests.conformance.expect import refused

Unique = Callable[[], str]


def test_an_active_on_demand_table(dynamodb: Any, make_table: Callable[..., str]) -> None:
    answer = dynamodb.describe_table(TableName=make_table())["Table"]
    assert answer["TableStatus"] == "ACTIVE"
    assert answer["BillingModeSummary"]["BillingMode"] == "PAY_PER_REQUEST"
    assert "LastUpdateToPayPerRequestDateTime" in answer["BillingModeSummary"]
    assert answer["WarmThroughput"] == {"ReadUnitsPerSecond": 12000, "WriteUnitsPerSecond": 4000, "Status": "ACTIVE"}
    assert answer["DeletionProtectionEnabled"] is False


def test_an_active_provisioned_table(dynamodb: Any, make_table: Callable[..., str]) -> None:
    name = make_table(ProvisionedThroughput={"ReadCapacityUnits": 5, "WriteCapacityUnits": 6})
    answer = dynamodb.describe_table(TableName=name)["Table"]
    assert "BillingModeSummary" not in answer
    assert answer["WarmThroughput"] == {"ReadUnitsPerSecond": 5, "WriteUnitsPerSecond": 6, "Status": "ACTIVE"}


def test_nothing_is_described_that_is_not_there(dynamodb: Any, table: str) -> None:
    answer = dynamodb.describe_table(TableName=table)["Table"]
    for absent in (
        "GlobalSecondaryIndexes",
        "LocalSecondaryIndexes",
        "StreamSpecification",
        "LatestStreamArn",
        "SSEDescription",
        "TableClassSummary",
        "OnDemandThroughput",
        "Replicas",
    ):
        assert absent not in answer


def test_indexes_become_active(dynamodb: Any, indexed_table: str) -> None:
    answer = dynamodb.describe_table(TableName=indexed_table)["Table"]
    assert {index["IndexStatus"] for index in answer["GlobalSecondaryIndexes"]} == {"ACTIVE"}
    assert {index["IndexName"] for index in answer["LocalSecondaryIndexes"]} == {"by_l", "keys_of_l"}


def test_the_id_lasts_as_long_as_the_table(dynamodb: Any, make_table: Callable[..., str]) -> None:
    name = make_table()
    first = dynamodb.describe_table(TableName=name)["Table"]["TableId"]
    assert dynamodb.describe_table(TableName=name)["Table"]["TableId"] == first
    dynamodb.delete_table(TableName=name)
    dynamodb.get_waiter("table_not_exists").wait(TableName=name, WaiterConfig={"Delay": 1})
    make_table(TableName=name)
    assert dynamodb.describe_table(TableName=name)["Table"]["TableId"] != first


def test_by_arn(dynamodb: Any, table: str) -> None:
    arn = dynamodb.describe_table(TableName=table)["Table"]["TableArn"]
    assert dynamodb.describe_table(TableName=arn)["Table"]["TableName"] == table


def test_a_missing_table(dynamodb: Any, unique: Unique) -> None:
    name = unique()
    with refused("ResourceNotFoundException", f"Requested resource not found: Table: {name} not found"):
        dynamodb.describe_table(TableName=name)


LENGTH = "Value '{}' at 'tableName' failed to satisfy constraint: Member must have length {} than or equal to {}"
PATTERN = "Value '{}' at 'tableName' failed to satisfy constraint: Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+"


@pytest.mark.parametrize(
    ("name", "sentences"),
    [
        ("", [LENGTH.format("", "greater", 3), PATTERN.format("")]),
        ("ab", [LENGTH.format("ab", "greater", 3)]),
        ("ab;", [PATTERN.format("ab;")]),
        ("x" * 256, [LENGTH.format("x" * 256, "less", 255)]),
    ],
    ids=["empty", "two", "sign", "256"],
)
def test_a_name_of_the_wrong_form(dynamodb: Any, name: str, sentences: list[str]) -> None:
    """The length first. Source: ack-api-quirks DDB-TABLE-442, 457."""
    plural = "s" if len(sentences) > 1 else ""
    with refused("ValidationException", f"{len(sentences)} validation error{plural} detected: {'; '.join(sentences)}"):
        dynamodb.describe_table(TableName=name)


def test_a_table_of_another_account(dynamodb: Any) -> None:
    """Source: ack-api-quirks DDB-TABLE-011."""
    with refused("AccessDeniedException", "Access is denied"):
        dynamodb.describe_table(TableName="arn:aws:dynamodb:us-east-1:111122223333:table/orders")


def test_no_name_at_all(dynamodb: Any) -> None:
    with refused("ValidationException", "The parameter 'TableName' is required but was not present in the request"):
        dynamodb.describe_table()


def test_an_arn_of_another_region(dynamodb: Any, table: str) -> None:
    """Source: hashicorp/terraform-provider-aws 42792, which quotes DescribeContinuousBackups."""
    arn = dynamodb.describe_table(TableName=table)["Table"]["TableArn"].replace(":us-east-1:", ":eu-west-1:")
    with refused("ValidationException", f"1 validation error detected: Invalid AWS region in '{arn}'"):
        dynamodb.describe_table(TableName=arn)


def test_an_arn_of_another_partition(dynamodb: Any, table: str) -> None:
    """Source: ack-api-quirks DDB-TABLE-442."""
    arn = dynamodb.describe_table(TableName=table)["Table"]["TableArn"].replace("arn:aws:", "arn:other:")
    with refused("ValidationException", f"1 validation error detected: Invalid AWS partition in '{arn}'"):
        dynamodb.describe_table(TableName=arn)


NO_ARN = (
    "Valid ARN format is 'arn:<awsPartition>:<vendor>:<region>:<subscriber>:resourceType/resourceName', where Resource name "
    "must have length less than or equal to 255, Resource name must have length greater than or equal to 3, Resource name "
    "must satisfyregular expression pattern: [a-zA-Z0-9_.-]+"
)


@pytest.mark.parametrize(
    "arn",
    [
        "arn:",
        "arn:aws:s3:us-east-1:000000000000:table/orders",
        "arn:aws:dynamodb:us-east-1:000000000000:orders",
        "arn:aws:dynamodb:us-east-1:000000000000:table/orders/index/by_a",
        "arn:aws:dynamodb:us-east-1:000000000000:table/ab",
        "arn:aws:dynamodb:us-east-1:000000000000:table/" + "x" * 256,
        "arn:aws:dynamodb:us-east-1:000000000000:table/a b c",
    ],
    ids=["nothing", "service", "no type", "index", "short", "long", "characters"],
)
def test_an_arn_that_is_none(dynamodb: Any, arn: str) -> None:
    """Source: ack-api-quirks DDB-TABLE-442; of how the sentence ends, DynamoDB Local 3.3.1, asked 2026-11."""
    definition = {
        "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}],
        "AttributeDefinitions": [{"AttributeName": "pk", "AttributeType": "S"}],
        "BillingMode": "PAY_PER_REQUEST",
    }
    refusal = f"1 validation error detected: Value '{arn}' at 'tableName' failed to satisfy constraint: {NO_ARN}"
    with refused("ValidationException", refusal):
        dynamodb.describe_table(TableName=arn)
    with refused("ValidationException", refusal):
        dynamodb.create_table(TableName=arn, **definition)
    with refused("ValidationException", refusal):
        dynamodb.get_item(TableName=arn, Key={"pk": {"S": "a"}})
