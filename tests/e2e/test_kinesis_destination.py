"""A table's changes in a Kinesis stream, over real HTTP."""

import json
from typing import Any

from sandbox.testing.embedded import EmbeddedSandbox


def _records(kinesis: Any, stream: str) -> list[Any]:
    (shard,) = kinesis.list_shards(StreamName=stream)["Shards"]
    iterator = kinesis.get_shard_iterator(
        StreamName=stream, ShardId=shard["ShardId"], ShardIteratorType="TRIM_HORIZON"
    )["ShardIterator"]
    return [json.loads(record["Data"]) for record in kinesis.get_records(ShardIterator=iterator)["Records"]]


def test_changes_arrive_in_order(sandbox: EmbeddedSandbox) -> None:
    """``drain`` waits for them; what comes after the destination is disabled stays away."""
    kinesis, dynamodb = sandbox.client("kinesis"), sandbox.client("dynamodb")
    kinesis.create_stream(StreamName="changes", ShardCount=1)
    arn = kinesis.describe_stream_summary(StreamName="changes")["StreamDescriptionSummary"]["StreamARN"]
    table = sandbox.table("orders")
    dynamodb.enable_kinesis_streaming_destination(TableName=table, StreamArn=arn)
    dynamodb.put_item(TableName=table, Item={"pk": {"S": "a"}, "n": {"N": "1"}})
    dynamodb.put_item(TableName=table, Item={"pk": {"S": "a"}, "n": {"N": "1"}})
    dynamodb.put_item(TableName=table, Item={"pk": {"S": "a"}, "n": {"N": "2"}})
    dynamodb.delete_item(TableName=table, Key={"pk": {"S": "a"}})
    sandbox.drain()
    dynamodb.disable_kinesis_streaming_destination(TableName=table, StreamArn=arn)
    dynamodb.put_item(TableName=table, Item={"pk": {"S": "b"}})
    sandbox.drain()
    told = _records(kinesis, "changes")
    assert [record["eventName"] for record in told] == ["INSERT", "MODIFY", "REMOVE"]
    assert told[1]["dynamodb"]["OldImage"]["n"] == {"N": "1"}
    assert told[1]["dynamodb"]["NewImage"]["n"] == {"N": "2"}
    assert {record["tableName"] for record in told} == {table}
