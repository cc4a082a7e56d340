"""DescribeStream. Source: lambda-event-source-mappings §4.1, §4.2; aws-recorded-answers §8."""

import re
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from tests.conformance.expect import refused

Make = Callable[..., tuple[str, str]]


@pytest.mark.rule("4.1 DescribeStream")
def test_an_open_stream(dynamodb: Any, streams: Any, make_streaming_table: Make) -> None:
    table, stream = make_streaming_table("pk:S", "sk:N", view_type="NEW_IMAGE")
    answer = streams.describe_stream(StreamArn=stream)["StreamDescription"]
    assert set(answer) == {
        "CreationRequestDateTime",
        "KeySchema",
        "Shards",
        "StreamArn",
        "StreamLabel",
        "StreamStatus",
        "StreamViewType",
        "TableName",
    }
    assert answer["StreamStatus"] == "ENABLED"
    assert (answer["TableName"], answer["StreamViewType"]) == (table, "NEW_IMAGE")
    assert answer["KeySchema"] == dynamodb.describe_table(TableName=table)["Table"]["KeySchema"]
    assert stream.endswith(f"/stream/{answer['StreamLabel']}")
    assert answer["CreationRequestDateTime"] == datetime.fromisoformat(f"{answer['StreamLabel']}+00:00")


@pytest.mark.rule("4.1 shard", "4.3 shard id")
def test_an_open_shard(streams: Any, make_streaming_table: Make) -> None:
    _, stream = make_streaming_table("pk:S")
    for shard in streams.describe_stream(StreamArn=stream)["StreamDescription"]["Shards"]:
        assert set(shard) == {"ShardId", "SequenceNumberRange"}
        assert set(shard["SequenceNumberRange"]) == {"StartingSequenceNumber"}
        assert re.fullmatch(r"shardId-[0-9]{20}-[0-9a-zA-Z]{1,36}", shard["ShardId"])
        assert re.fullmatch(r"[0-9]{21,40}", shard["SequenceNumberRange"]["StartingSequenceNumber"])


@pytest.mark.rule("4.3 shard id")
def test_a_shard_id_tells_when_the_shard_was_opened(streams: Any, make_streaming_table: Make) -> None:
    """Readers take the age of a shard from its id, in milliseconds.

    Source: ids that people show of AWS, such as shardId-00000001446500994480-a69421f6 on 2015-11-02
    (amazon-archives/logstash-input-dynamodb issue 4); the example in the API reference of DescribeStream.
    """
    _, stream = make_streaming_table("pk:S")
    described = streams.describe_stream(StreamArn=stream)["StreamDescription"]
    for shard in described["Shards"]:
        opened_seconds = int(shard["ShardId"].split("-")[1]) / 1000
        assert abs(opened_seconds - described["CreationRequestDateTime"].timestamp()) < 3600


@pytest.mark.rule("4.2 behind the last shard")
def test_after_the_last_shard_comes_nothing(streams: Any, make_streaming_table: Make) -> None:
    _, stream = make_streaming_table("pk:S")
    shards = streams.describe_stream(StreamArn=stream)["StreamDescription"]["Shards"]
    rest = streams.describe_stream(StreamArn=stream, ExclusiveStartShardId=shards[-1]["ShardId"])
    assert rest["StreamDescription"]["Shards"] == []


@pytest.mark.rule("4.2 unknown stream")
def test_an_unknown_stream(streams: Any, make_streaming_table: Make) -> None:
    _, stream = make_streaming_table("pk:S")
    arn = stream.rsplit("/", 1)[0] + "/2020-01-01T00:00:00.000"
    with refused("ResourceNotFoundException", f"Requested resource not found: Stream: {arn} not found"):
        streams.describe_stream(StreamArn=arn)


@pytest.mark.rule("4.2 malformed ARN")
def test_a_malformed_arn(streams: Any) -> None:
    with refused("ValidationException"):
        streams.describe_stream(StreamArn="x")
