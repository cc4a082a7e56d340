from collections.abc import Callable
from typing import Any

import pytest

from sandbox.dynamodb.faults import LimitExceededException
from sandbox.dynamodb.operations.tables.create_table import create_table
from sandbox.dynamodb.operations.tables.update_table import update_table
from sandbox.dynamodb.scope import Scope

Call = Callable[..., Any]

ON_DEMAND = {"BillingMode": "PAY_PER_REQUEST"}
ORDERS = {
    "TableName": "orders",
    "AttributeDefinitions": [{"AttributeName": "a", "AttributeType": "S"}],
    "KeySchema": [{"AttributeName": "a", "KeyType": "HASH"}],
}
INDEX = {"IndexName": "again", "KeySchema": ORDERS["KeySchema"], "Projection": {"ProjectionType": "ALL"}}
GUIDE = "Refer to the Amazon DynamoDB Developer Guide for current limits and how to request higher limits."


def units(read: int, write: int) -> dict[str, dict[str, int]]:
    return {"ProvisionedThroughput": {"ReadCapacityUnits": read, "WriteCapacityUnits": write}}


@pytest.mark.parametrize(
    ("members", "message"),
    [
        (
            units(40001, 1),
            (
                "The requested ReadCapacityUnits, 40001, is above the per table maximum for the account in us-east-1. "
                f"Per table maximum: 40000. {GUIDE}"
            ),
        ),
        (
            {**units(1, 1), "GlobalSecondaryIndexes": [{**INDEX, **units(1, 70000)}]},
            (
                "The requested WriteCapacityUnits for index again, 70000, is above the per index maximum for the account in "
                f"us-east-1. Per table maximum: 40000. {GUIDE}"
            ),
        ),
        (
            {**ON_DEMAND, "OnDemandThroughput": {"MaxReadRequestUnits": 40001}},
            (
                "Subscriber limit exceeded: Requested MaxReadRequestUnits for OnDemandThroughput for table exceeds "
                "TableMaxReadCapacityUnits of the account in region us-east-1"
            ),
        ),
        (
            {**ON_DEMAND, "GlobalSecondaryIndexes": [{**INDEX, "OnDemandThroughput": {"MaxWriteRequestUnits": 50000}}]},
            (
                "Subscriber limit exceeded: Requested MaxWriteRequestUnits for OnDemandThroughput for index : again exceeds "
                "TableMaxWriteCapacityUnits of the account in region us-east-1"
            ),
        ),
        (
            {**ON_DEMAND, "WarmThroughput": {"WriteUnitsPerSecond": 40001}},
            (
                "Subscriber limit exceeded: Requested WriteUnitsPerSecond for WarmThroughput for table exceeds "
                "TableMaxWriteCapacityUnits of the account in region us-east-1"
            ),
        ),
    ],
)
def test_new_table_beyond_what_an_account_may_ask_for(
    call: Call, scope: Scope, members: dict[str, Any], message: str
) -> None:
    with pytest.raises(LimitExceededException) as refused:
        call(create_table, **ORDERS, **members)
    assert refused.value.message == message
    assert scope.store.table_names("000000000000", "us-east-1") == []


def test_the_maximum_itself_is_granted(call: Call) -> None:
    created = call(create_table, **ORDERS, **units(40000, 40000))["TableDescription"]
    assert created["ProvisionedThroughput"]["ReadCapacityUnits"] == 40000


@pytest.mark.parametrize(
    ("members", "message"),
    [
        (units(1, 40001), "The requested WriteCapacityUnits, 40001, is above"),
        (
            {"GlobalSecondaryIndexUpdates": [{"Update": {"IndexName": "again", **units(40001, 1)}}]},
            "The requested ReadCapacityUnits for index again, 40001, is above",
        ),
        (
            {
                "AttributeDefinitions": ORDERS["AttributeDefinitions"],
                "GlobalSecondaryIndexUpdates": [{"Create": {**INDEX, "IndexName": "third", **units(1, 40001)}}],
            },
            "The requested WriteCapacityUnits for index third, 40001, is above",
        ),
    ],
)
def test_present_table_beyond_what_an_account_may_ask_for(call: Call, members: dict[str, Any], message: str) -> None:
    call(create_table, **ORDERS, **units(1, 1), GlobalSecondaryIndexes=[{**INDEX, **units(1, 1)}])
    with pytest.raises(LimitExceededException, match=message):
        call(update_table, TableName="orders", **members)
