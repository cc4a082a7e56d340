"""Tables with streams, and the records of a stream from its beginning."""

from collections.abc import Callable
from typing import Any

import pytest


@pytest.fixture(scope="session")
def make_streaming_table(dynamodb: Any, make_table: Callable[..., str]) -> Callable[..., tuple[str, str]]:
    """Make a table with a stream: its name and the stream's ARN."""

    def make(*keys: str, view_type: str = "NEW_AND_OLD_IMAGES", **members: Any) -> tuple[str, str]:
        name = make_table(*keys, StreamSpecification={"StreamEnabled": True, "StreamViewType": view_type}, **members)
        return name, dynamodb.describe_table(TableName=name)["Table"]["LatestStreamArn"]

    return make


@pytest.fixture(scope="session")
def records_of(streams: Any) -> Callable[[str], list[dict[str, Any]]]:
    """All records that a stream holds now, shard by shard from the trim horizon."""

    def read(stream_arn: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        for shard in streams.describe_stream(StreamArn=stream_arn)["StreamDescription"]["Shards"]:
            iterator = streams.get_shard_iterator(
                StreamArn=stream_arn, ShardId=shard["ShardId"], ShardIteratorType="TRIM_HORIZON"
            )["ShardIterator"]
            while iterator:
                answer = streams.get_records(ShardIterator=iterator)
                if not answer["Records"]:
                    break
                found += answer["Records"]
                iterator = answer.get("NextShardIterator")
        return found

    return read
