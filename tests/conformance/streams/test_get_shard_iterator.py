"""GetShardIterator and GetRecords: positions, paging, refusals.

Source, unless a test names another: lambda-event-source-mappings §4.1, §4.2.
"""

from collections.abc import Callable
from typing import Any

import pytest

from tests.conformance.expect import refused

Make = Callable[..., tuple[str, str]]
P = "One or more parameter values were invalid: "
BELOW_ONE = (
    "1 validation error detected: Value '{}' at 'limit' failed to satisfy constraint: "
    "Member must have value greater than or equal to 1"
)


@pytest.fixture(scope="module")
def five(dynamodb: Any, streams: Any, make_streaming_table: Make) -> tuple[str, str, list[str]]:
    """Stream, shard and the five sequence numbers of its records."""
    table, stream = make_streaming_table("pk:S")
    for number in range(5):
        dynamodb.put_item(TableName=table, Item={"pk": {"S": "x"}, "n": {"N": str(number)}})
    (shard,) = streams.describe_stream(StreamArn=stream)["StreamDescription"]["Shards"]
    iterator = _iterator(streams, stream, shard["ShardId"], "TRIM_HORIZON")
    records = streams.get_records(ShardIterator=iterator)["Records"]
    return stream, shard["ShardId"], [record["dynamodb"]["SequenceNumber"] for record in records]


def _iterator(streams: Any, stream: str, shard: str, kind: str, **members: Any) -> str:
    answer = streams.get_shard_iterator(StreamArn=stream, ShardId=shard, ShardIteratorType=kind, **members)
    return str(answer["ShardIterator"])


def _numbers(streams: Any, iterator: str, **members: Any) -> list[str]:
    answer = streams.get_records(ShardIterator=iterator, **members)
    return [record["dynamodb"]["SequenceNumber"] for record in answer["Records"]]


@pytest.mark.rule("4.1 GetShardIterator")
def test_trim_horizon(streams: Any, five: tuple[str, str, list[str]]) -> None:
    stream, shard, numbers = five
    assert len(numbers) == 5
    assert _numbers(streams, _iterator(streams, stream, shard, "TRIM_HORIZON")) == numbers


@pytest.mark.rule("4.1 GetShardIterator")
def test_at_and_after_a_sequence_number(streams: Any, five: tuple[str, str, list[str]]) -> None:
    stream, shard, numbers = five
    at = _iterator(streams, stream, shard, "AT_SEQUENCE_NUMBER", SequenceNumber=numbers[2])
    after = _iterator(streams, stream, shard, "AFTER_SEQUENCE_NUMBER", SequenceNumber=numbers[2])
    assert _numbers(streams, at) == numbers[2:]
    assert _numbers(streams, after) == numbers[3:]


@pytest.mark.rule("4.1 GetShardIterator")
def test_latest_sees_only_what_comes(dynamodb: Any, streams: Any, make_streaming_table: Make) -> None:
    table, stream = make_streaming_table("pk:S")
    dynamodb.put_item(TableName=table, Item={"pk": {"S": "before"}})
    (shard,) = streams.describe_stream(StreamArn=stream)["StreamDescription"]["Shards"]
    iterator = _iterator(streams, stream, shard["ShardId"], "LATEST")
    dynamodb.put_item(TableName=table, Item={"pk": {"S": "after"}})
    answer = streams.get_records(ShardIterator=iterator)
    assert [record["dynamodb"]["Keys"]["pk"]["S"] for record in answer["Records"]] == ["after"]


@pytest.mark.rule("4.2 first number")
def test_the_shards_first_number_reads_everything(streams: Any, five: tuple[str, str, list[str]]) -> None:
    stream, shard, numbers = five
    (description,) = streams.describe_stream(StreamArn=stream)["StreamDescription"]["Shards"]
    start = description["SequenceNumberRange"]["StartingSequenceNumber"]
    assert _numbers(streams, _iterator(streams, stream, shard, "AT_SEQUENCE_NUMBER", SequenceNumber=start)) == numbers


@pytest.mark.rule("4.1 GetRecords")
def test_pages(streams: Any, five: tuple[str, str, list[str]]) -> None:
    stream, shard, numbers = five
    iterator = _iterator(streams, stream, shard, "TRIM_HORIZON")
    found: list[str] = []
    for _ in range(3):
        answer = streams.get_records(ShardIterator=iterator, Limit=2)
        found += [record["dynamodb"]["SequenceNumber"] for record in answer["Records"]]
        iterator = answer["NextShardIterator"]
    assert found == numbers


@pytest.mark.rule("4.2 no news")
def test_no_news_is_an_empty_page_with_a_next_iterator(streams: Any, five: tuple[str, str, list[str]]) -> None:
    stream, shard, _ = five
    answer = streams.get_records(ShardIterator=_iterator(streams, stream, shard, "LATEST"))
    assert answer["Records"] == []
    assert answer["NextShardIterator"]


def test_an_iterator_may_be_used_twice(streams: Any, five: tuple[str, str, list[str]]) -> None:
    stream, shard, numbers = five
    iterator = _iterator(streams, stream, shard, "TRIM_HORIZON")
    assert _numbers(streams, iterator) == _numbers(streams, iterator) == numbers


@pytest.mark.rule("4.3 iterator")
def test_an_iterator_names_its_stream(streams: Any, five: tuple[str, str, list[str]]) -> None:
    """``<stream arn>|<one digit>|<opaque>``. Source: aws-recorded-answers §8."""
    stream, shard, _ = five
    arn, digit, opaque = _iterator(streams, stream, shard, "TRIM_HORIZON").split("|")
    assert arn == stream
    assert digit.isdigit()
    assert opaque


@pytest.mark.rule("C 21", "4.2 end of shard", "4.1 shard")
def test_the_end_of_a_closed_shard_has_no_next_iterator(
    dynamodb: Any, streams: Any, make_streaming_table: Make
) -> None:
    """Absent: not null, not empty. The stream stays readable after it was disabled."""
    table, stream = make_streaming_table("pk:S")
    dynamodb.put_item(TableName=table, Item={"pk": {"S": "x"}})
    dynamodb.update_table(TableName=table, StreamSpecification={"StreamEnabled": False})
    description = streams.describe_stream(StreamArn=stream)["StreamDescription"]
    assert description["StreamStatus"] in {"DISABLING", "DISABLED"}
    (shard,) = description["Shards"]
    assert "EndingSequenceNumber" in shard["SequenceNumberRange"]
    answer = streams.get_records(ShardIterator=_iterator(streams, stream, shard["ShardId"], "TRIM_HORIZON"))
    while answer["Records"] and "NextShardIterator" in answer:
        answer = streams.get_records(ShardIterator=answer["NextShardIterator"])
    assert "NextShardIterator" not in answer


@pytest.mark.rule("4.2 number wanted")
@pytest.mark.parametrize("kind", ["AT_SEQUENCE_NUMBER", "AFTER_SEQUENCE_NUMBER"])
def test_a_position_without_its_number(streams: Any, five: tuple[str, str, list[str]], kind: str) -> None:
    """Source of the words, and of those below about numbers and limits: DynamoDB Local 3.3.1, asked 2026-11."""
    with refused("ValidationException", P + "Invalid SequenceNumber"):
        _iterator(streams, five[0], five[1], kind)


@pytest.mark.rule("4.2 number wanted")
@pytest.mark.parametrize("kind", ["TRIM_HORIZON", "LATEST"])
def test_a_number_without_its_position(streams: Any, five: tuple[str, str, list[str]], kind: str) -> None:
    with refused("ValidationException", P + "SequenceNumber should not be passed for this iterator type"):
        _iterator(streams, five[0], five[1], kind, SequenceNumber=five[2][0])


@pytest.mark.parametrize("kind", ["AT_SEQUENCE_NUMBER", "AFTER_SEQUENCE_NUMBER"])
def test_a_number_from_before_the_shard(streams: Any, five: tuple[str, str, list[str]], kind: str) -> None:
    before = str(int(five[2][0]) - 1).zfill(21)
    with refused("ValidationException", "Invalid SequenceNumber for the shard"):
        _iterator(streams, five[0], five[1], kind, SequenceNumber=before)


@pytest.mark.parametrize("kind", ["AT_SEQUENCE_NUMBER", "AFTER_SEQUENCE_NUMBER"])
def test_a_number_from_behind_a_closed_shard(
    dynamodb: Any, streams: Any, make_streaming_table: Make, kind: str
) -> None:
    table, stream = make_streaming_table("pk:S")
    dynamodb.put_item(TableName=table, Item={"pk": {"S": "x"}})
    dynamodb.update_table(TableName=table, StreamSpecification={"StreamEnabled": False})
    (shard,) = streams.describe_stream(StreamArn=stream)["StreamDescription"]["Shards"]
    end = shard["SequenceNumberRange"]["EndingSequenceNumber"]
    behind = str(int(end) + 1).zfill(21)
    with refused("ValidationException", "Invalid SequenceNumber for the shard"):
        _iterator(streams, stream, shard["ShardId"], kind, SequenceNumber=behind)
    assert _numbers(streams, _iterator(streams, stream, shard["ShardId"], kind, SequenceNumber=end)) in ([], [end])


def test_an_unknown_kind(streams: Any, five: tuple[str, str, list[str]]) -> None:
    """The kinds come in the order that was worked out from other lists: ``sandbox.wire.hash_order``."""
    with refused(
        "ValidationException",
        "1 validation error detected: Value 'SOMEWHERE' at 'shardIteratorType' failed to satisfy constraint: Member must "
        "satisfy enum value set: [AFTER_SEQUENCE_NUMBER, LATEST, AT_TIMESTAMP, AT_SEQUENCE_NUMBER, TRIM_HORIZON]",
    ):
        _iterator(streams, five[0], five[1], "SOMEWHERE")


@pytest.mark.rule("4.2 unknown shard")
def test_an_unknown_shard(streams: Any, five: tuple[str, str, list[str]]) -> None:
    """Source of the words: ironSource/node-dynamodb-stream issue 16, opensearch-project/data-prepper issue 4401."""
    with refused("ResourceNotFoundException", "Requested resource not found: Shard does not exist"):
        _iterator(streams, five[0], "shardId-00000000000000000000-00000000", "TRIM_HORIZON")


@pytest.mark.rule("4.2 unknown stream")
def test_an_unknown_stream(streams: Any, five: tuple[str, str, list[str]]) -> None:
    arn = five[0].rsplit("/", 1)[0] + "/2020-01-01T00:00:00.000"
    with refused("ResourceNotFoundException", f"Requested resource not found: Stream: {arn} not found"):
        _iterator(streams, arn, five[1], "TRIM_HORIZON")


@pytest.mark.rule("4.2 limits", "4.1 GetRecords")
@pytest.mark.parametrize(
    ("limit", "message"),
    [
        (0, BELOW_ONE.format(0)),
        (-1, BELOW_ONE.format(-1)),
        (1001, P + "Limit should be less than or equal to 1000"),
    ],
)
def test_a_limit_out_of_range(streams: Any, five: tuple[str, str, list[str]], limit: int, message: str) -> None:
    iterator = _iterator(streams, five[0], five[1], "TRIM_HORIZON")
    with refused("ValidationException", message):
        streams.get_records(ShardIterator=iterator, Limit=limit)


@pytest.mark.rule("4.2 garbage iterator")
def test_garbage_for_an_iterator(streams: Any, five: tuple[str, str, list[str]]) -> None:
    good = _iterator(streams, five[0], five[1], "TRIM_HORIZON")
    for text in ("garbage", five[0], f"{five[0]}|1|AAAA", good + "x", good[:-3]):
        with refused("ValidationException", "Invalid ShardIterator"):
            streams.get_records(ShardIterator=text)
