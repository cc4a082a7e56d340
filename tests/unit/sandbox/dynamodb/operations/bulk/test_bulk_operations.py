"""What of bulk operations depends on time, on how many there are, and on what else happens to the table."""

from collections.abc import Callable
from typing import Any

import pytest

from sandbox.dynamodb.faults import (
    IdempotentParameterMismatchException,
    LimitExceededException,
    ResourceInUseException,
    ValidationException,
)
from sandbox.dynamodb.operations.bulk.describe_bulk_operation import describe_bulk_operation
from sandbox.dynamodb.operations.bulk.list_bulk_operations import list_bulk_operations
from sandbox.dynamodb.operations.bulk.start_bulk_put_items import start_bulk_put_items
from sandbox.dynamodb.operations.tables.create_table import create_table
from sandbox.dynamodb.operations.tables.delete_table import delete_table
from sandbox.dynamodb.operations.tables.update_table import update_table
from sandbox.dynamodb.scope import Delays, Scope

Call = Callable[..., Any]
DAY = 86_400
BY_A = {
    "IndexName": "by-a",
    "KeySchema": [{"AttributeName": "a", "KeyType": "HASH"}],
    "Projection": {"ProjectionType": "ALL"},
}


@pytest.fixture
def begin(call: Call) -> Callable[..., str]:
    """Ask for a bulk put into the table ``orders``; gives its ARN."""
    call(
        create_table,
        TableName="orders",
        AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
        BillingMode="PAY_PER_REQUEST",
    )

    def start(**members: Any) -> str:
        asked = {
            "TableName": "orders",
            "InputS3Configuration": {"S3Bucket": "b-1", "InputFormat": "DYNAMODB_JSON"},
            "OutputS3Configuration": {"S3Bucket": "b-1", "OutputType": ["ERROR"]},
        }
        answer = call(start_bulk_put_items, **(asked | members))
        arn: str = answer["BulkOperationDescription"]["BulkOperationArn"]
        return arn

    return start


def listed(call: Call, **members: Any) -> list[str]:
    summaries = call(list_bulk_operations, **members)["BulkOperationsSummaryList"]
    return [summary["BulkOperationArn"] for summary in summaries]


def test_a_token_counts_for_eight_hours(scope: Scope, begin: Callable[..., str]) -> None:
    """From the first request on, whatever came after it; then it begins another one."""
    first = begin(ClientToken="t")
    scope.clock.advance(8 * 3600 - 1)
    assert begin(ClientToken="t") == first
    with pytest.raises(IdempotentParameterMismatchException):
        begin(ClientToken="t", PerformanceTier="ACCELERATED")
    scope.clock.advance(1)
    second = begin(ClientToken="t", PerformanceTier="ACCELERATED")
    assert second != first
    assert begin(ClientToken="t", PerformanceTier="ACCELERATED") == second


def test_a_default_that_is_said_is_no_other_parameter(begin: Callable[..., str]) -> None:
    assert begin(ClientToken="t") == begin(ClientToken="t", PerformanceTier="STANDARD")


def test_those_of_90_days_are_listed(call: Call, scope: Scope, begin: Callable[..., str]) -> None:
    """Older ones can be described."""
    old = begin()
    scope.clock.advance(89 * DAY)
    new = begin()
    assert listed(call) == [new, old]
    scope.clock.advance(2 * DAY)
    assert listed(call) == [new]
    assert call(describe_bulk_operation, BulkOperationArn=old)["BulkOperationDescription"]["BulkOperationArn"] == old


def test_a_page_has_ten(call: Call, scope: Scope, begin: Callable[..., str]) -> None:
    begun = []
    for _ in range(12):
        begun.append(begin())
        scope.clock.advance(1)
    page = call(list_bulk_operations)
    assert len(page["BulkOperationsSummaryList"]) == 10
    assert listed(call, NextToken=page["NextToken"]) == begun[1::-1]


def test_so_many_may_be_under_way(scope: Scope, begin: Callable[..., str]) -> None:
    """Those of other regions do not count."""
    for _ in range(50):
        begin()
    with pytest.raises(LimitExceededException, match="Only 50 bulk operations can be in progress simultaneously"):
        begin()
    with scope.store.database.write():
        (_, one), *_ = scope.store.bulk_operations.under_way()
        scope.store.database.connection.execute(
            "UPDATE bulk_operations SET region = 'eu-west-1' WHERE arn = ?", (one.arn,)
        )
    begin()


def test_a_table_on_its_way(call: Call, scope: Scope, begin: Callable[..., str]) -> None:
    """One that is being updated will do, unless it gets an index."""
    scope.delays = Delays(create_seconds=1, update_seconds=1, delete_seconds=1, index_seconds=5)
    call(
        update_table,
        TableName="orders",
        BillingMode="PROVISIONED",
        ProvisionedThroughput={"ReadCapacityUnits": 1, "WriteCapacityUnits": 1},
    )
    begin()
    scope.clock.advance(1)
    more = {"ProvisionedThroughput": {"ReadCapacityUnits": 1, "WriteCapacityUnits": 1}}
    call(
        update_table,
        TableName="orders",
        AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name in ("pk", "a")],
        GlobalSecondaryIndexUpdates=[{"Create": {**BY_A, **more}}],
    )
    with pytest.raises(ResourceInUseException, match="Table: orders is in the process of being updated"):
        begin()
    scope.clock.advance(5)
    begin()
    call(delete_table, TableName="orders")
    with pytest.raises(ResourceInUseException, match="Table is being deleted: orders"):
        begin()


@pytest.mark.parametrize(
    ("output", "message"),
    [
        ({"OutputType": ["ERROR"]}, "Invalid Request: S3Bucket must be provided in OutputS3Configuration"),
        (
            {"S3Bucket": "b-1", "OutputType": []},
            "Invalid Request: OutputType must be provided in OutputS3Configuration",
        ),
    ],
)
def test_a_report_needs_a_bucket_and_a_type(begin: Callable[..., str], output: Any, message: str) -> None:
    """Which the service model's sentences say, though the model itself requires less."""
    with pytest.raises(ValidationException, match=message):
        begin(OutputS3Configuration=output)
