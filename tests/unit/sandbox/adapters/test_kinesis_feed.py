"""What goes to Kinesis, without Kinesis."""

import asyncio
import base64
import json
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from sandbox.adapters.kinesis_feed import KinesisFeed
from sandbox.aws_services.reply import ForeignReply
from sandbox.dynamodb.operations.items.delete_item import delete_item
from sandbox.dynamodb.operations.items.put_item import put_item
from sandbox.dynamodb.operations.kinesis.disable_kinesis_streaming_destination import (
    disable_kinesis_streaming_destination,
)
from sandbox.dynamodb.operations.kinesis.enable_kinesis_streaming_destination import (
    enable_kinesis_streaming_destination,
)
from sandbox.dynamodb.operations.tables.create_table import create_table
from sandbox.dynamodb.operations.tables.delete_table import delete_table
from sandbox.dynamodb.scope import Scope
from sandbox.dynamodb.storage.store import Store

Call = Callable[..., Any]
STREAM = "arn:aws:kinesis:us-east-1:000000000000:stream/changes"
OTHER = "arn:aws:kinesis:us-east-1:000000000000:stream/other"


class NotedService:
    """Takes every request and answers as it is told."""

    def __init__(self) -> None:
        self.status = 200
        self.sent: dict[str, list[dict[str, Any]]] = {}

    async def call(
        self, service: str, *, account_id: str, region: str, headers: Mapping[str, str], body: bytes
    ) -> ForeignReply:
        """Note the records."""
        assert (service, account_id, region) == ("kinesis", "000000000000", "us-east-1")
        assert headers["x-amz-target"] == "Kinesis_20131202.PutRecords"
        request = json.loads(body)
        records = self.sent.setdefault(request["StreamARN"], [])
        for record in request["Records"]:
            told = json.loads(base64.b64decode(record["Data"]))
            records.append({**told, "PartitionKey": record["PartitionKey"]})
        return ForeignReply(status=self.status, headers=(), body=b"refused")


@pytest.fixture
def service() -> NotedService:
    return NotedService()


@pytest.fixture
def feed(scope: Scope, service: NotedService) -> KinesisFeed:
    return KinesisFeed(scope.store, service, scope.ids)


@pytest.fixture(autouse=True)
def orders(call: Call) -> None:
    call(
        create_table,
        TableName="orders",
        AttributeDefinitions=[{"AttributeName": "a", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "a", "KeyType": "HASH"}],
        BillingMode="PAY_PER_REQUEST",
    )


def put(call: Call, number: str = "1") -> None:
    call(put_item, TableName="orders", Item={"a": {"S": "x"}, "n": {"N": number}})


def test_a_record_has_the_documented_form(call: Call, feed: KinesisFeed, service: NotedService) -> None:
    call(enable_kinesis_streaming_destination, TableName="orders", StreamArn=STREAM)
    put(call)
    assert asyncio.run(feed.deliver())
    (record,) = service.sent[STREAM]
    assert record.pop("PartitionKey")
    assert len(record.pop("eventID")) == 36
    assert record == {
        "awsRegion": "us-east-1",
        "eventName": "INSERT",
        "userIdentity": None,
        "recordFormat": "application/json",
        "tableName": "orders",
        "dynamodb": {
            "ApproximateCreationDateTime": 1_700_000_000_250,
            "Keys": {"a": {"S": "x"}},
            "NewImage": {"a": {"S": "x"}, "n": {"N": "1"}},
            "SizeBytes": 7,
        },
        "eventSource": "aws:dynamodb",
    }
    assert not asyncio.run(feed.deliver())


def test_a_fine_time_is_told(call: Call, feed: KinesisFeed, service: NotedService) -> None:
    call(
        enable_kinesis_streaming_destination,
        TableName="orders",
        StreamArn=STREAM,
        EnableKinesisStreamingConfiguration={"ApproximateCreationDateTimePrecision": "MICROSECOND"},
    )
    put(call)
    asyncio.run(feed.deliver())
    told = service.sent[STREAM][0]["dynamodb"]
    assert told["ApproximateCreationDateTime"] == 1_700_000_000_250_000
    assert told["ApproximateCreationDateTimePrecision"] == "MICROSECOND"


def test_what_changes_nothing_stays(call: Call, feed: KinesisFeed, service: NotedService) -> None:
    call(enable_kinesis_streaming_destination, TableName="orders", StreamArn=STREAM)
    put(call)
    put(call)
    put(call, "2")
    call(delete_item, TableName="orders", Key={"a": {"S": "x"}})
    call(delete_item, TableName="orders", Key={"a": {"S": "x"}})
    asyncio.run(feed.deliver())
    assert [record["eventName"] for record in service.sent[STREAM]] == ["INSERT", "MODIFY", "REMOVE"]
    assert len({record["PartitionKey"] for record in service.sent[STREAM]}) == 1


def test_the_active_destination_gets_them(
    call: Call, feed: KinesisFeed, service: NotedService, caplog: pytest.LogCaptureFixture
) -> None:
    """What one refuses is gone, and keeps nothing from what comes later."""
    call(enable_kinesis_streaming_destination, TableName="orders", StreamArn=STREAM)
    service.status = 400
    put(call)
    asyncio.run(feed.deliver())
    assert set(service.sent) == {STREAM}
    assert "1 changes of orders were refused" in caplog.text
    call(disable_kinesis_streaming_destination, TableName="orders", StreamArn=STREAM)
    call(enable_kinesis_streaming_destination, TableName="orders", StreamArn=OTHER)
    put(call, "2")
    asyncio.run(feed.deliver())
    assert (len(service.sent[STREAM]), len(service.sent[OTHER])) == (1, 1)


def test_changes_wait_for_the_next_sandbox(call: Call, scope: Scope, service: NotedService) -> None:
    """They are kept with the data, and so is the table's will to keep them."""
    call(enable_kinesis_streaming_destination, TableName="orders", StreamArn=STREAM)
    put(call)
    scope.store = Store(scope.store.database)
    put(call, "2")
    asyncio.run(KinesisFeed(scope.store, service, scope.ids).deliver())
    assert len(service.sent[STREAM]) == 2


def test_changes_of_a_table_that_has_gone_are_dropped(call: Call, feed: KinesisFeed, service: NotedService) -> None:
    call(enable_kinesis_streaming_destination, TableName="orders", StreamArn=STREAM)
    put(call)
    call(delete_table, TableName="orders")
    assert asyncio.run(feed.deliver())
    assert service.sent == {}
    assert not asyncio.run(feed.deliver())
