from collections.abc import Callable
from typing import Any

import pytest

from sandbox.dynamodb.faults import (
    ExpiredIteratorException,
    ResourceNotFoundException,
    TrimmedDataAccessException,
    ValidationException,
)
from sandbox.dynamodb.operations.tables.create_table import create_table
from sandbox.dynamodb.operations.tables.delete_table import delete_table
from sandbox.dynamodb.operations.tables.update_table import update_table
from sandbox.dynamodb.scope import Delays, Scope
from sandbox.dynamodb.storage.commit import Change
from sandbox.streams.operations.describe_stream import describe_stream
from sandbox.streams.operations.get_records import get_records
from sandbox.streams.operations.get_shard_iterator import get_shard_iterator
from sandbox.streams.operations.list_streams import list_streams
from sandbox.streams.retention import Retention
from sandbox.streams.shard import Stream

Call = Callable[..., Any]
Put = Callable[..., None]


def create(call: Call, name: str = "orders", view_type: str = "NEW_AND_OLD_IMAGES") -> str:
    arn: str = call(
        create_table,
        TableName=name,
        AttributeDefinitions=[{"AttributeName": "a", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "a", "KeyType": "HASH"}],
        BillingMode="PAY_PER_REQUEST",
        StreamSpecification={"StreamEnabled": True, "StreamViewType": view_type},
    )["TableDescription"]["LatestStreamArn"]
    return arn


@pytest.fixture
def arn(call: Call) -> str:
    return create(call)


def described(call: Call, arn: str, **members: Any) -> dict[str, Any]:
    description: dict[str, Any] = call(describe_stream, StreamArn=arn, **members)["StreamDescription"]
    return description


def iterator(call: Call, arn: str, kind: str = "TRIM_HORIZON", **members: Any) -> str:
    shard_id = described(call, arn)["Shards"][0]["ShardId"]
    text: str = call(get_shard_iterator, StreamArn=arn, ShardId=shard_id, ShardIteratorType=kind, **members)[
        "ShardIterator"
    ]
    return text


def keys(answer: dict[str, Any]) -> list[str]:
    return [record["dynamodb"]["Keys"]["a"]["S"] for record in answer["Records"]]


def test_a_stream_is_in_between_while_its_table_is(call: Call, scope: Scope) -> None:
    """Source: ack-api-quirks DDB-TABLE-386."""
    scope.delays = Delays(create_seconds=5, update_seconds=5, delete_seconds=5)
    first = create(call)
    assert described(call, first)["StreamStatus"] == "ENABLING"
    scope.clock.advance(5)
    assert described(call, first)["StreamStatus"] == "ENABLED"
    call(update_table, TableName="orders", StreamSpecification={"StreamEnabled": False})
    assert described(call, first)["StreamStatus"] == "DISABLING"
    scope.clock.advance(5)
    assert described(call, first)["StreamStatus"] == "DISABLED"
    on = {"StreamEnabled": True, "StreamViewType": "KEYS_ONLY"}
    answer = call(update_table, TableName="orders", StreamSpecification=on)
    second = answer["TableDescription"]["LatestStreamArn"]
    assert [described(call, arn)["StreamStatus"] for arn in (first, second)] == ["DISABLED", "ENABLING"]
    scope.clock.advance(5)
    call(delete_table, TableName="orders")
    assert [described(call, arn)["StreamStatus"] for arn in (first, second)] == ["DISABLED", "DISABLING"]
    scope.clock.advance(5)
    assert described(call, second)["StreamStatus"] == "DISABLED"


def stream_of(scope: Scope, arn: str) -> Stream:
    stream = scope.store.log.by_arn(arn)
    assert stream is not None
    return stream


# -- ListStreams and DescribeStream ----------------------------------------------------------------------------------


def test_list_pages_survive_what_happens_between_them(call: Call) -> None:
    arns = [create(call, name) for name in ("one", "two", "six")]
    one, two, six = arns
    first = call(list_streams, Limit=1)
    assert first == {
        "Streams": [{"StreamArn": one, "StreamLabel": one.rpartition("/")[2], "TableName": "one"}],
        "LastEvaluatedStreamArn": one,
    }
    call(delete_table, TableName="one")
    rest = call(list_streams, ExclusiveStartStreamArn=one)
    assert [stream["StreamArn"] for stream in rest["Streams"]] == [six, two]
    assert "LastEvaluatedStreamArn" not in rest
    assert [stream["StreamArn"] for stream in call(list_streams, TableName="two")["Streams"]] == [two]
    assert call(list_streams, TableName="absent") == {"Streams": []}
    with pytest.raises(ValidationException):
        call(list_streams, ExclusiveStartStreamArn="nonsense")
    for limit, words in ((0, "at 'limit' failed to satisfy constraint"), (101, "Limit cannot be greater than")):
        with pytest.raises(ValidationException, match=words):
            call(list_streams, Limit=limit)


def test_open_stream_as_recorded(call: Call, arn: str) -> None:
    description = described(call, arn)
    (shard,) = description.pop("Shards")
    assert description == {
        "CreationRequestDateTime": 1_700_000_000.25,
        "KeySchema": [{"AttributeName": "a", "KeyType": "HASH"}],
        "StreamArn": arn,
        "StreamLabel": arn.rpartition("/")[2],
        "StreamStatus": "ENABLED",
        "StreamViewType": "NEW_AND_OLD_IMAGES",
        "TableName": "orders",
    }
    assert set(shard) == {"ShardId", "SequenceNumberRange"}
    assert set(shard["SequenceNumberRange"]) == {"StartingSequenceNumber"}
    assert len(shard["SequenceNumberRange"]["StartingSequenceNumber"]) == 21


def test_shards_page_by_page(call: Call, scope: Scope) -> None:
    scope.stream_shards = 3
    arn = create(call)
    ids = [shard["ShardId"] for shard in described(call, arn)["Shards"]]
    assert ids == sorted(ids)
    assert len(set(ids)) == 3
    first = described(call, arn, Limit=2)
    assert first["LastEvaluatedShardId"] == ids[1]
    second = described(call, arn, ExclusiveStartShardId=ids[1])
    assert [shard["ShardId"] for shard in second["Shards"]] == ids[2:]
    assert "LastEvaluatedShardId" not in second
    assert described(call, arn, ExclusiveStartShardId=ids[2])["Shards"] == []
    assert described(call, arn, ExclusiveStartShardId="shardId-00000000000000000000-absent")["Shards"] == []
    with pytest.raises(ValidationException):
        described(call, arn, ExclusiveStartShardId="shardId-of-another-shape-altogether")


def test_children_of_a_shard(call: Call, arn: str, scope: Scope) -> None:
    stream = stream_of(scope, arn)
    parent = stream.shards[0]
    with scope.store.database.write():
        children = scope.store.log.roll(stream, parent, children=2, now=scope.clock.now(), ids_hex=scope.ids.hex)
    child_ids = sorted(child.shard_id for child in children)
    shown = described(call, arn, ShardFilter={"Type": "CHILD_SHARDS", "ShardId": parent.shard_id})["Shards"]
    assert [(shard["ShardId"], shard["ParentShardId"]) for shard in shown] == [
        (one, parent.shard_id) for one in child_ids
    ]
    assert described(call, arn, ShardFilter={"Type": "CHILD_SHARDS", "ShardId": child_ids[0]})["Shards"] == []
    with pytest.raises(ValidationException, match=r"ShardFilter\.ShardId"):
        described(call, arn, ShardFilter={"Type": "CHILD_SHARDS", "ShardId": "nonsense-that-is-long-enough"})
    for broken in ({"Type": "OTHER", "ShardId": child_ids[0]}, {"ShardId": child_ids[0]}, {"Type": "CHILD_SHARDS"}):
        with pytest.raises(ValidationException, match="1 validation error detected"):
            described(call, arn, ShardFilter=broken)


def test_streams_that_are_none(call: Call, arn: str) -> None:
    with pytest.raises(ValidationException) as refused:
        described(call, "fake-stream")
    assert refused.value.message == "Invalid StreamArn"
    for unknown in (arn[:-1] + "9", arn.replace("us-east-1", "eu-west-1")):
        with pytest.raises(ResourceNotFoundException) as missing:
            described(call, unknown)
        assert missing.value.message == f"Requested resource not found: Stream: {unknown} not found"


# -- GetShardIterator and GetRecords ---------------------------------------------------------------------------------


def test_record_as_recorded(call: Call, put: Put, arn: str) -> None:
    put("orders", a={"S": "1"}, n={"N": "5"})
    put("orders", a={"S": "1"}, n={"N": "6"})
    inserted, modified = call(get_records, ShardIterator=iterator(call, arn))["Records"]
    event_ids = {inserted.pop("eventID"), modified.pop("eventID")}
    assert len(event_ids) == 2
    sequence = modified["dynamodb"].pop("SequenceNumber")
    assert int(sequence) > int(inserted["dynamodb"]["SequenceNumber"])
    assert modified == {
        "awsRegion": "us-east-1",
        "dynamodb": {
            "ApproximateCreationDateTime": 1_700_000_000.0,
            "Keys": {"a": {"S": "1"}},
            "NewImage": {"a": {"S": "1"}, "n": {"N": "6"}},
            "OldImage": {"a": {"S": "1"}, "n": {"N": "5"}},
            "SizeBytes": 12,
            "StreamViewType": "NEW_AND_OLD_IMAGES",
        },
        "eventName": "MODIFY",
        "eventSource": "aws:dynamodb",
        "eventVersion": "1.1",
    }
    assert inserted["eventName"] == "INSERT"


def test_service_identity(call: Call, put: Put, arn: str, scope: Scope) -> None:
    put("orders", a={"S": "1"})
    table = scope.table("orders")
    row_key = table.keys.of({"a": {"S": "1"}})
    scope.store.commit([Change(table, row_key, table.items.get(row_key), None)], now=0, by_service=True)
    removed = call(get_records, ShardIterator=iterator(call, arn))["Records"][1]
    assert removed["userIdentity"] == {"PrincipalId": "dynamodb.amazonaws.com", "Type": "Service"}


def test_reading_on_and_on(call: Call, put: Put, arn: str) -> None:
    """An open shard always has a next iterator, with or without news."""
    for name in "abc":
        put("orders", a={"S": name})
    first = call(get_records, ShardIterator=iterator(call, arn), Limit=2)
    assert keys(first) == ["a", "b"]
    second = call(get_records, ShardIterator=first["NextShardIterator"])
    assert keys(second) == ["c"]
    third = call(get_records, ShardIterator=second["NextShardIterator"])
    assert third["Records"] == []
    put("orders", a={"S": "d"})
    assert keys(call(get_records, ShardIterator=third["NextShardIterator"])) == ["d"]


def test_every_starting_position(call: Call, put: Put, arn: str, scope: Scope) -> None:
    for name in "abc":
        put("orders", a={"S": name})
        scope.clock.advance(10)
    records = call(get_records, ShardIterator=iterator(call, arn))["Records"]
    middle = records[1]["dynamodb"]["SequenceNumber"]

    def read(kind: str, **members: Any) -> list[str]:
        return keys(call(get_records, ShardIterator=iterator(call, arn, kind, **members)))

    assert read("TRIM_HORIZON") == ["a", "b", "c"]
    assert read("LATEST") == []
    assert read("AT_SEQUENCE_NUMBER", SequenceNumber=middle) == ["b", "c"]
    assert read("AFTER_SEQUENCE_NUMBER", SequenceNumber=middle) == ["c"]
    assert read("AT_TIMESTAMP", Timestamp=1_700_000_005) == ["b", "c"]
    assert read("AT_TIMESTAMP", Timestamp=1) == ["a", "b", "c"]
    assert read("AT_TIMESTAMP", Timestamp=1_700_009_999) == []
    start = described(call, arn)["Shards"][0]["SequenceNumberRange"]["StartingSequenceNumber"]
    assert read("AT_SEQUENCE_NUMBER", SequenceNumber=start) == ["a", "b", "c"]


@pytest.mark.parametrize(
    ("kind", "members"),
    [
        ("AT_SEQUENCE_NUMBER", {}),
        ("AFTER_SEQUENCE_NUMBER", {}),
        ("AT_SEQUENCE_NUMBER", {"SequenceNumber": "x" * 21}),
        ("AT_SEQUENCE_NUMBER", {"SequenceNumber": "9" * 41}),
        ("TRIM_HORIZON", {"SequenceNumber": "1" * 21}),
        ("LATEST", {"SequenceNumber": "1" * 21}),
        ("AT_TIMESTAMP", {}),
        ("LATEST", {"Timestamp": 5}),
        ("SOMEWHERE", {}),
    ],
)
def test_positions_that_are_none(call: Call, arn: str, kind: str, members: dict[str, Any]) -> None:
    with pytest.raises(ValidationException):
        iterator(call, arn, kind, **members)


def test_unknown_shard(call: Call, arn: str) -> None:
    with pytest.raises(ResourceNotFoundException):
        call(
            get_shard_iterator, StreamArn=arn, ShardId="shardId-00000000000000000000-absent", ShardIteratorType="LATEST"
        )


def test_closed_shard_ends(call: Call, put: Put, arn: str) -> None:
    """The page with the last record has no next iterator, and neither has a later look. Source: §4.2."""
    for name in "ab":
        put("orders", a={"S": name})
    waiting = call(get_records, ShardIterator=iterator(call, arn))["NextShardIterator"]
    start = iterator(call, arn)
    call(update_table, TableName="orders", StreamSpecification={"StreamEnabled": False})
    put("orders", a={"S": "c"})
    assert described(call, arn)["StreamStatus"] == "DISABLED"
    ending = described(call, arn)["Shards"][0]["SequenceNumberRange"]["EndingSequenceNumber"]
    first = call(get_records, ShardIterator=start, Limit=1)
    last = call(get_records, ShardIterator=first["NextShardIterator"], Limit=1)
    assert (keys(first), keys(last)) == (["a"], ["b"])
    assert "NextShardIterator" not in last
    assert int(last["Records"][0]["dynamodb"]["SequenceNumber"]) <= int(ending)
    assert call(get_records, ShardIterator=waiting) == {"Records": []}
    assert call(get_records, ShardIterator=iterator(call, arn, "LATEST")) == {"Records": []}
    with pytest.raises(ValidationException):
        iterator(call, arn, "AT_SEQUENCE_NUMBER", SequenceNumber=str(int(ending) + 1))


def test_page_of_a_megabyte(call: Call, put: Put, arn: str) -> None:
    for name in "abcd":
        put("orders", a={"S": name}, blob={"S": "x" * 350_000})
    first = call(get_records, ShardIterator=iterator(call, arn))
    assert keys(first) == ["a", "b"]
    assert keys(call(get_records, ShardIterator=first["NextShardIterator"])) == ["c", "d"]


def test_iterators_that_are_none(call: Call, arn: str) -> None:
    for text in ("nonsense", f"{arn}|1|nonsense"):
        with pytest.raises(ValidationException) as refused:
            call(get_records, ShardIterator=text)
        assert refused.value.message == "Invalid ShardIterator"
    for limit in (0, -1):
        with pytest.raises(ValidationException, match="at 'limit' failed to satisfy constraint"):
            call(get_records, ShardIterator=iterator(call, arn), Limit=limit)
    with pytest.raises(ValidationException, match="Limit should be less than or equal to 1000"):
        call(get_records, ShardIterator=iterator(call, arn), Limit=1001)


def test_old_iterator(call: Call, arn: str, scope: Scope) -> None:
    start = iterator(call, arn)
    scope.clock.advance(900)
    fresh = call(get_records, ShardIterator=start)["NextShardIterator"]
    scope.clock.advance(1)
    with pytest.raises(ExpiredIteratorException, match=r"\AShard iterator has expired\Z"):
        call(get_records, ShardIterator=start)
    call(get_records, ShardIterator=fresh)


# -- retention -------------------------------------------------------------------------------------------------------


def test_trimmed_records(call: Call, put: Put, arn: str, scope: Scope) -> None:
    """A day later the old record is gone; whoever would silently miss it is told."""
    put("orders", a={"S": "old"})
    old = call(get_records, ShardIterator=iterator(call, arn))["Records"][0]["dynamodb"]["SequenceNumber"]
    scope.clock.advance(86_000)
    put("orders", a={"S": "young"})
    scope.clock.advance(401)
    stale = iterator(call, arn)
    retention = Retention(scope.store.log, scope.clock, scope.store.database)
    assert retention.trim_step() == 1
    assert retention.trim_step() == 0
    with pytest.raises(TrimmedDataAccessException) as refused:
        call(get_records, ShardIterator=stale)
    assert refused.value.message == "The data you are trying to access has been trimmed"
    with pytest.raises(TrimmedDataAccessException):
        iterator(call, arn, "AT_SEQUENCE_NUMBER", SequenceNumber=old)
    assert keys(call(get_records, ShardIterator=iterator(call, arn))) == ["young"]
    assert keys(call(get_records, ShardIterator=iterator(call, arn, "AFTER_SEQUENCE_NUMBER", SequenceNumber=old))) == [
        "young"
    ]


def test_deleted_table_s_stream_leaves_after_a_day(call: Call, put: Put, arn: str, scope: Scope) -> None:
    put("orders", a={"S": "1"})
    start = iterator(call, arn)
    call(delete_table, TableName="orders")
    retention = Retention(scope.store.log, scope.clock, scope.store.database)
    retention.trim_step()
    assert keys(call(get_records, ShardIterator=start)) == ["1"]
    assert scope.store.log.next_trim() == pytest.approx(scope.clock.now() + 86_400)
    scope.clock.advance(86_401)
    retention.trim_step()
    assert call(list_streams) == {"Streams": []}
    assert scope.store.log.next_trim() is None
    with pytest.raises(ResourceNotFoundException):
        described(call, arn)
