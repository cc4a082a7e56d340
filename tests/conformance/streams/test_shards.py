"""The life of shards, seen through the Streams API.

Source: lambda-event-source-mappings §4.1, §4.2, §4.3, §4.5. Shards are split on command and hours pass at once where the
endpoint is a sandbox; elsewhere such a test is skipped.
"""

import time
from collections.abc import Callable
from typing import Any

import pytest

from tests.conformance.expect import refused
from tests.conformance.waiting import wait_for

Make = Callable[..., tuple[str, str]]
Split = Callable[[str, int], list[str]]
PassTime = Callable[[float], None]
HOUR = 3600.0
NO_SHARD = "shardId-00000000000000000000-00000000"


def describe(streams: Any, stream: str, **members: Any) -> dict[str, Any]:
    answer: dict[str, Any] = streams.describe_stream(StreamArn=stream, **members)["StreamDescription"]
    return answer


def iterator(streams: Any, stream: str, shard: str, kind: str = "TRIM_HORIZON", **members: Any) -> str:
    where = {"StreamArn": stream, "ShardId": shard, "ShardIteratorType": kind, **members}
    return str(streams.get_shard_iterator(**where)["ShardIterator"])


@pytest.mark.rule("4.2 shards sorted", "4.1 DescribeStream", "4.5 split")
def test_shards_come_sorted_and_in_pages(streams: Any, make_streaming_table: Make, split_shards: Split) -> None:
    _, stream = make_streaming_table("pk:S")
    split_shards(stream, 3)
    split_shards(stream, 2)
    ids = [shard["ShardId"] for shard in describe(streams, stream)["Shards"]]
    assert len(ids) == 1 + 3 + 6
    assert ids == sorted(ids)
    found: list[str] = []
    start: dict[str, str] = {}
    while True:
        page = describe(streams, stream, Limit=4, **start)
        found += [shard["ShardId"] for shard in page["Shards"]]
        if "LastEvaluatedShardId" not in page:
            break
        assert page["LastEvaluatedShardId"] == found[-1]
        start = {"ExclusiveStartShardId": found[-1]}
    assert found == ids


@pytest.mark.rule("4.2 behind the last shard")
def test_behind_an_unknown_shard_comes_nothing(streams: Any, make_streaming_table: Make) -> None:
    _, stream = make_streaming_table("pk:S")
    assert describe(streams, stream, ExclusiveStartShardId=NO_SHARD)["Shards"] == []


@pytest.mark.rule("4.2 limits", "4.1 DescribeStream")
@pytest.mark.parametrize(
    ("limit", "message"),
    [
        (
            0,
            (
                "1 validation error detected: Value '0' at 'limit' failed to satisfy constraint: "
                "Member must have value greater than or equal to 1"
            ),
        ),
        (101, "One or more parameter values were invalid: Limit cannot be greater than the maximum: 100"),
    ],
)
def test_a_limit_out_of_range(streams: Any, make_streaming_table: Make, limit: int, message: str) -> None:
    """Source of the words: DynamoDB Local 3.3.1, asked 2026-11."""
    _, stream = make_streaming_table("pk:S")
    with refused("ValidationException", message):
        describe(streams, stream, Limit=limit)


@pytest.mark.rule("4.2 CHILD_SHARDS", "4.1 shard")
def test_the_children_of_a_shard(streams: Any, make_streaming_table: Make, split_shards: Split) -> None:
    _, stream = make_streaming_table("pk:S")
    (root,) = describe(streams, stream)["Shards"]
    children = split_shards(stream, 2)
    grandchildren = set(split_shards(stream, 2))

    def children_of(shard: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = describe(streams, stream, ShardFilter={"Type": "CHILD_SHARDS", "ShardId": shard})[
            "Shards"
        ]
        return found

    of_root = children_of(root["ShardId"])
    assert sorted(shard["ShardId"] for shard in of_root) == sorted(children)
    assert {shard["ParentShardId"] for shard in of_root} == {root["ShardId"]}
    assert all("EndingSequenceNumber" in shard["SequenceNumberRange"] for shard in of_root)
    of_children = [shard for child in children for shard in children_of(child)]
    assert {shard["ShardId"] for shard in of_children} == grandchildren
    assert all("EndingSequenceNumber" not in shard["SequenceNumberRange"] for shard in of_children)
    assert [children_of(leaf) for leaf in grandchildren] == [[]] * 4


@pytest.mark.rule("4.2 CHILD_SHARDS")
def test_a_shard_of_its_own_has_no_children(streams: Any, make_streaming_table: Make) -> None:
    _, stream = make_streaming_table("pk:S")
    (shard,) = describe(streams, stream)["Shards"]
    leaf = {"Type": "CHILD_SHARDS", "ShardId": shard["ShardId"]}
    assert describe(streams, stream, ShardFilter=leaf)["Shards"] == []


@pytest.mark.rule("4.2 bad ShardFilter")
def test_a_filter_has_no_start(streams: Any, make_streaming_table: Make) -> None:
    """Source: DynamoDB Local 3.3.1, asked 2026-11."""
    _, stream = make_streaming_table("pk:S")
    message = "ShardFilter and ExclusiveStartShardId both should not be specified in the request."
    with refused("ValidationException", message):
        children = {"Type": "CHILD_SHARDS", "ShardId": NO_SHARD}
        describe(streams, stream, ShardFilter=children, ExclusiveStartShardId=NO_SHARD)


@pytest.mark.rule("4.2 bad ShardFilter")
@pytest.mark.parametrize(
    "shard_filter",
    [{"Type": "ALL_SHARDS", "ShardId": NO_SHARD}, {"ShardId": NO_SHARD}, {"Type": "CHILD_SHARDS"}],
    ids=["wrong type", "no type", "no id"],
)
def test_a_filter_that_cannot_be(streams: Any, make_streaming_table: Make, shard_filter: dict[str, str]) -> None:
    _, stream = make_streaming_table("pk:S")
    with refused("ValidationException"):
        describe(streams, stream, ShardFilter=shard_filter)


@pytest.mark.rule("4.2 bad ShardFilter")
def test_a_filter_with_a_malformed_id(streams: Any, make_streaming_table: Make) -> None:
    _, stream = make_streaming_table("pk:S")
    with refused("ValidationException") as refusal:
        describe(streams, stream, ShardFilter={"Type": "CHILD_SHARDS", "ShardId": "no-shard-id-at-all-but-long-enough"})
    assert "ShardFilter.ShardId" in refusal.message


@pytest.mark.rule("4.1 AT_TIMESTAMP")
def test_reading_from_an_instant(
    dynamodb: Any, streams: Any, make_streaming_table: Make, records_of: Callable[[str], list[dict[str, Any]]]
) -> None:
    """Times of records are whole seconds, so the test waits for a second to pass by writing."""
    table, stream = make_streaming_table("pk:S")
    number = 0
    while len({record["dynamodb"]["ApproximateCreationDateTime"] for record in records_of(stream)}) < 2:
        dynamodb.put_item(TableName=table, Item={"pk": {"S": str(number)}})
        number += 1
    records = records_of(stream)
    (shard,) = describe(streams, stream)["Shards"]

    def since(instant: float) -> list[dict[str, Any]]:
        start = iterator(streams, stream, shard["ShardId"], "AT_TIMESTAMP", Timestamp=instant)
        found: list[dict[str, Any]] = streams.get_records(ShardIterator=start)["Records"]
        return found

    first, last = (records[at]["dynamodb"]["ApproximateCreationDateTime"] for at in (0, -1))
    assert since(first.timestamp()) == records
    assert since(first.timestamp() - HOUR) == records
    assert since(last.timestamp()) == [
        record for record in records if record["dynamodb"]["ApproximateCreationDateTime"] == last
    ]
    assert since(last.timestamp() + HOUR) == []


@pytest.mark.rule("4.1 AT_TIMESTAMP")
@pytest.mark.parametrize(("kind", "members"), [("AT_TIMESTAMP", {}), ("TRIM_HORIZON", {"Timestamp": time.time()})])
def test_an_instant_where_none_belongs(
    streams: Any, make_streaming_table: Make, kind: str, members: dict[str, Any]
) -> None:
    _, stream = make_streaming_table("pk:S")
    (shard,) = describe(streams, stream)["Shards"]
    with refused("ValidationException"):
        iterator(streams, stream, shard["ShardId"], kind, **members)


@pytest.mark.rule("4.1 GetRecords")
def test_a_page_holds_about_a_megabyte(dynamodb: Any, streams: Any, make_streaming_table: Make) -> None:
    table, stream = make_streaming_table("pk:S")
    for number in range(5):
        dynamodb.put_item(TableName=table, Item={"pk": {"S": str(number)}, "data": {"S": "x" * 390_000}})
    (shard,) = describe(streams, stream)["Shards"]
    at = iterator(streams, stream, shard["ShardId"])
    counts: list[int] = []
    while sum(counts) < 5:
        page = streams.get_records(ShardIterator=at)
        counts.append(len(page["Records"]))
        at = page["NextShardIterator"]
    assert max(counts) <= 3


@pytest.mark.rule("4.3 trimmed data", "4.5 trimming")
def test_a_position_that_left_the_stream(
    dynamodb: Any, streams: Any, make_streaming_table: Make, pass_time: PassTime
) -> None:
    """After a day a record is gone; whoever stands before it is told."""
    table, stream = make_streaming_table("pk:S")
    dynamodb.put_item(TableName=table, Item={"pk": {"S": "old"}})
    (shard,) = describe(streams, stream)["Shards"]
    (record,) = streams.get_records(ShardIterator=iterator(streams, stream, shard["ShardId"]))["Records"]
    number = record["dynamodb"]["SequenceNumber"]
    dynamodb.put_item(TableName=table, Item={"pk": {"S": "old too"}})
    pass_time(23 * HOUR)
    dynamodb.put_item(TableName=table, Item={"pk": {"S": "young"}})
    pass_time(2 * HOUR)

    def is_trimmed() -> bool:
        try:
            iterator(streams, stream, shard["ShardId"], "AFTER_SEQUENCE_NUMBER", SequenceNumber=number)
        except (streams.exceptions.TrimmedDataAccessException, streams.exceptions.ResourceNotFoundException):
            return True
        return False

    wait_for(is_trimmed)


@pytest.mark.rule("4.5 parent gone", "4.5 trimming", "4.5 rollover")
def test_a_child_outlives_its_parent(
    dynamodb: Any, streams: Any, make_streaming_table: Make, split_shards: Split, pass_time: PassTime
) -> None:
    """A closed shard leaves with its last record; its child keeps naming it and can be read from its beginning."""
    table, stream = make_streaming_table("pk:S")
    dynamodb.put_item(TableName=table, Item={"pk": {"S": "old"}})
    (parent,) = describe(streams, stream)["Shards"]
    (child,) = split_shards(stream, 1)
    pass_time(23 * HOUR)
    dynamodb.put_item(TableName=table, Item={"pk": {"S": "young"}})
    pass_time(2 * HOUR)
    wait_for(lambda: parent["ShardId"] not in {shard["ShardId"] for shard in describe(streams, stream)["Shards"]})
    shards = {shard["ShardId"]: shard for shard in describe(streams, stream)["Shards"]}
    assert shards[child]["ParentShardId"] == parent["ShardId"]
    with refused("ResourceNotFoundException"):
        iterator(streams, stream, parent["ShardId"])
    pages = [streams.get_records(ShardIterator=iterator(streams, stream, shard))["Records"] for shard in shards]
    assert [record["dynamodb"]["Keys"]["pk"]["S"] for page in pages for record in page] == ["young"]


@pytest.mark.rule("4.2 list pages")
def test_a_page_goes_on_behind_a_table_that_is_gone(dynamodb: Any, streams: Any, make_streaming_table: Make) -> None:
    made = sorted(make_streaming_table("pk:S") for _ in range(3))
    seen: list[str] = []
    start: dict[str, str] = {}
    while made[0][1] not in seen:
        page = streams.list_streams(Limit=1, **start)
        seen += [one["StreamArn"] for one in page["Streams"]]
        start = {"ExclusiveStartStreamArn": page["LastEvaluatedStreamArn"]}
    dynamodb.delete_table(TableName=made[0][0])
    rest: list[str] = []
    while start:
        page = streams.list_streams(**start)
        rest += [one["StreamArn"] for one in page["Streams"]]
        last = page.get("LastEvaluatedStreamArn")
        start = {"ExclusiveStartStreamArn": last} if last else {}
    assert {made[1][1], made[2][1]} <= {*seen, *rest}


@pytest.mark.rule("4.2 other updates")
def test_other_updates_leave_the_stream_as_it_is(dynamodb: Any, make_streaming_table: Make) -> None:
    table, stream = make_streaming_table("pk:S")
    arn = dynamodb.describe_table(TableName=table)["Table"]["TableArn"]
    dynamodb.tag_resource(ResourceArn=arn, Tags=[{"Key": "a", "Value": "1"}])
    dynamodb.update_table(TableName=table, DeletionProtectionEnabled=True)
    wait_for(lambda: dynamodb.describe_table(TableName=table)["Table"]["TableStatus"] == "ACTIVE")
    assert dynamodb.describe_table(TableName=table)["Table"]["LatestStreamArn"] == stream
    dynamodb.update_table(TableName=table, DeletionProtectionEnabled=False)


@pytest.mark.rule("4.2 disabled stream", "3.9 disabled stream")
def test_a_stream_enabled_again_is_empty_and_the_old_one_still_reads(
    dynamodb: Any, streams: Any, make_streaming_table: Make, records_of: Callable[[str], list[dict[str, Any]]]
) -> None:
    table, old = make_streaming_table("pk:S")
    dynamodb.put_item(TableName=table, Item={"pk": {"S": "x"}})

    def switch(specification: dict[str, Any]) -> str:
        dynamodb.update_table(TableName=table, StreamSpecification=specification)
        wait_for(lambda: dynamodb.describe_table(TableName=table)["Table"]["TableStatus"] == "ACTIVE")
        return str(dynamodb.describe_table(TableName=table)["Table"].get("LatestStreamArn"))

    switch({"StreamEnabled": False})
    assert all("EndingSequenceNumber" in shard["SequenceNumberRange"] for shard in describe(streams, old)["Shards"])
    new = switch({"StreamEnabled": True, "StreamViewType": "KEYS_ONLY"})
    assert new != old
    assert records_of(new) == []
    assert [record["dynamodb"]["Keys"] for record in records_of(old)] == [{"pk": {"S": "x"}}]
