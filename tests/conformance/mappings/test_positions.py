"""Where reading begins and goes on: several mappings, new shards, time that has passed.

Source: lambda-event-source-mappings §1.4, §3.1, §3.4, §3.9, §4.5. Hours pass at once where the endpoint's clock can be
moved; elsewhere such a test is skipped.
"""

from collections.abc import Callable
from typing import Any

import pytest

from tests.conformance.awslambda.conftest import settled
from tests.conformance.awslambda.test_delivery import Setup
from tests.conformance.expect import refused
from tests.conformance.mappings.test_checklist import put_all
from tests.conformance.mappings.test_outcomes import to
from tests.conformance.waiting import wait_for

SetUp = Callable[..., Setup]
PassTime = Callable[[float], None]
Failed = tuple[str, Callable[[], dict[str, Any]]]
HOUR = 3600.0


def versions(setup: Setup) -> list[tuple[str, str]]:
    """Key and version of each record delivered."""
    return [
        (record["dynamodb"]["Keys"]["pk"]["S"], record["dynamodb"]["NewImage"]["v"]["N"])
        for event in setup.events()
        for record in event["Records"]
    ]


def switch(awslambda: Any, setup: Setup, *, enabled: bool) -> None:
    awslambda.update_event_source_mapping(UUID=setup.uuid, Enabled=enabled)
    settled(awslambda, setup.uuid)


def shards_of(streams: Any, stream: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = streams.describe_stream(StreamArn=stream)["StreamDescription"]["Shards"]
    return found


@pytest.mark.rule("1.4 made anew")
def test_a_mapping_made_anew_begins_at_its_starting_position(
    set_up: SetUp, awslambda: Any, make_mapping: Callable[..., dict[str, Any]]
) -> None:
    setup = set_up(before=put_all("x"))
    setup.wait_for_records(1)
    awslambda.delete_event_source_mapping(UUID=setup.uuid)

    def is_gone() -> bool:
        try:
            awslambda.get_event_source_mapping(UUID=setup.uuid)
        except awslambda.exceptions.ResourceNotFoundException:
            return True
        return False

    wait_for(is_gone)
    make_mapping(setup.function, setup.stream)
    setup.wait_for_records(2)
    assert setup.delivered() == [["x"], ["x"]]


@pytest.mark.rule("1.4 many to many")
def test_every_mapping_of_a_stream_gets_every_record(
    set_up: SetUp, make_mapping: Callable[..., dict[str, Any]]
) -> None:
    """Two functions on one stream, and one function on two streams."""
    first, second = set_up(), set_up()
    make_mapping(first.function, second.stream)
    first.put("one")
    second.put("two")
    first.wait_for_records(2)
    second.wait_for_records(1)
    assert sorted(key for batch in first.delivered() for key in batch) == ["one", "two"]
    assert second.delivered() == [["two"]]


@pytest.mark.rule("1.4 same pair")
def test_a_qualifier_makes_another_pair(
    make_mapping: Callable[..., dict[str, Any]], function: str, own_stream: str
) -> None:
    make_mapping(function, own_stream)
    make_mapping(f"{function}:$LATEST", own_stream)
    with refused("ResourceConflictException", status=409):
        make_mapping(f"{function}:$LATEST", own_stream)


@pytest.mark.rule("3.9 new shards")
def test_new_shards_are_read_from_their_beginning_under_latest(
    set_up: SetUp, awslambda: Any, split_shards: Callable[[str, int], list[str]]
) -> None:
    """What was written into them before the mapping knew of them is not skipped."""
    setup = set_up(before=put_all("before"), StartingPosition="LATEST")
    setup.put("first")
    setup.wait_for_records(1)
    switch(awslambda, setup, enabled=False)
    split_shards(setup.stream, 3)
    keys = [str(number) for number in range(12)]
    for key in keys:
        setup.put(key)
    switch(awslambda, setup, enabled=True)
    setup.wait_for_records(13)
    delivered = [key for batch in setup.delivered() for key in batch]
    assert delivered[0] == "first"
    assert sorted(delivered[1:]) == sorted(keys)


@pytest.mark.rule("3.9 disabled stream")
@pytest.mark.parametrize("ending", ["stream disabled", "table deleted"])
def test_a_closed_stream_is_drained(set_up: SetUp, awslambda: Any, dynamodb: Any, ending: str) -> None:
    """What was written before is delivered, though stream or table are no more."""
    setup = set_up(Enabled=False)
    for key in "abc":
        setup.put(key)
    if ending == "stream disabled":
        dynamodb.update_table(TableName=setup.table, StreamSpecification={"StreamEnabled": False})
    else:
        dynamodb.delete_table(TableName=setup.table)
    switch(awslambda, setup, enabled=True)
    setup.wait_for_records(3)
    assert [key for batch in setup.delivered() for key in batch] == list("abc")


@pytest.mark.rule("3.9 disabled stream")
def test_a_stream_enabled_again_is_not_that_of_the_mapping(
    set_up: SetUp, dynamodb: Any, make_mapping: Callable[..., dict[str, Any]]
) -> None:
    """Another mapping reads it; when that one has delivered, the first has had time to and has not."""
    setup, other = set_up(), set_up()
    setup.put("before")
    setup.wait_for_records(1)
    view = {"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"}
    for specification in ({"StreamEnabled": False}, view):
        dynamodb.update_table(TableName=setup.table, StreamSpecification=specification)
        dynamodb.get_waiter("table_exists").wait(TableName=setup.table, WaiterConfig={"Delay": 1})
    setup.put("after")
    make_mapping(other.function, dynamodb.describe_table(TableName=setup.table)["Table"]["LatestStreamArn"])
    other.wait_for_records(1)
    assert (setup.delivered(), other.delivered()) == ([["before"]], [["after"]])


@pytest.mark.rule("C 18", "3.1 parent first", "4.5 rollover")
def test_c18_a_rollover_in_mid_stream(set_up: SetUp, streams: Any, pass_time: PassTime) -> None:
    """The parent's batch is stuck when its child fills: nothing of the child comes before it."""
    code = """
def handler(event, context):
    if not was_told("go on"):
        raise ValueError("not yet")
    note(event)
"""
    setup = set_up(code, BatchSize=10)
    for version in range(3):
        for key in "ab":
            setup.put(key, v={"N": str(version)})
    pass_time(4 * HOUR + 1)
    wait_for(lambda: len(shards_of(streams, setup.stream)) == 2)
    parent, child = shards_of(streams, setup.stream)
    assert "EndingSequenceNumber" in parent["SequenceNumberRange"]
    assert child["ParentShardId"] == parent["ShardId"]
    assert "EndingSequenceNumber" not in child["SequenceNumberRange"]
    for version in range(3, 6):
        for key in "ab":
            setup.put(key, v={"N": str(version)})
    setup.tell("go on")
    pass_time(60)
    setup.wait_for_records(12)
    assert versions(setup) == [(key, str(version)) for version in range(6) for key in "ab"]


@pytest.mark.rule("4.5 split", "3.1 parent first", "3.2 order per key")
def test_keys_keep_their_order_through_splits(
    set_up: SetUp, streams: Any, split_shards: Callable[[str, int], list[str]]
) -> None:
    setup = set_up(BatchSize=7, ParallelizationFactor=3)
    keys = [f"k{number}" for number in range(10)]
    for version in range(4):
        for key in keys:
            setup.put(key, v={"N": str(version)})
        before = {shard["ShardId"]: shard for shard in shards_of(streams, setup.stream)}
        children = set(split_shards(setup.stream, 2))
        after = shards_of(streams, setup.stream)
        assert {shard["ShardId"] for shard in after} - before.keys() == children
        assert {shard["ParentShardId"] for shard in after if shard["ShardId"] in children} <= before.keys()
    setup.wait_for_records(40)
    found = versions(setup)
    assert len(found) == 40
    for key in keys:
        assert [version for name, version in found if name == key] == ["0", "1", "2", "3"]


@pytest.mark.rule("C 20", "3.9 expired iterator", "4.3 iterator")
def test_c20_an_iterator_lives_for_fifteen_minutes(set_up: SetUp, streams: Any, pass_time: PassTime) -> None:
    """A poller whose own is too old goes on behind the last record: nothing is lost, nothing comes twice.

    Source of the sentence: what AWS answered in pull request 59 of spring-attic/spring-integration-aws (2017-03).
    """
    setup = set_up()
    setup.put("before")
    setup.wait_for_records(1)
    (shard,) = shards_of(streams, setup.stream)
    iterator = streams.get_shard_iterator(
        StreamArn=setup.stream, ShardId=shard["ShardId"], ShardIteratorType="TRIM_HORIZON"
    )["ShardIterator"]
    pass_time(14 * 60)
    assert len(streams.get_records(ShardIterator=iterator)["Records"]) == 1
    pass_time(2 * 60)
    with refused("ExpiredIteratorException", "Shard iterator has expired"):
        streams.get_records(ShardIterator=iterator)
    setup.put("after")
    setup.wait_for_records(2)
    assert setup.delivered() == [["before"], ["after"]]


@pytest.mark.rule("3.9 trimmed", "4.5 trimming")
def test_a_trimmed_checkpoint_goes_on_at_the_trim_horizon(
    set_up: SetUp, awslambda: Any, streams: Any, pass_time: PassTime
) -> None:
    setup = set_up()
    setup.put("first")
    setup.wait_for_records(1)
    switch(awslambda, setup, enabled=False)
    setup.put("too old")
    pass_time(25 * HOUR)
    setup.put("young")

    def is_trimmed() -> bool:
        pages = [
            streams.get_records(
                ShardIterator=streams.get_shard_iterator(
                    StreamArn=setup.stream, ShardId=shard["ShardId"], ShardIteratorType="TRIM_HORIZON"
                )["ShardIterator"]
            )
            for shard in shards_of(streams, setup.stream)
        ]
        keys = [record["dynamodb"]["Keys"]["pk"]["S"] for page in pages for record in page["Records"]]
        return keys == ["young"]

    wait_for(is_trimmed)
    switch(awslambda, setup, enabled=True)
    setup.wait_for_records(2)
    assert setup.delivered() == [["first"], ["young"]]


@pytest.mark.rule("C 7", "3.4 age before the first try", "3.8 RecordAgeExceeded")
def test_c7_too_old_before_the_first_poll(set_up: SetUp, failed: Failed, pass_time: PassTime) -> None:
    arn, receive = failed

    def write(setup: Setup) -> None:
        setup.put("old")
        pass_time(62)

    setup = set_up(before=write, MaximumRecordAgeInSeconds=60, DestinationConfig=to(arn))
    document = receive()
    assert list(document) == ["requestContext", "version", "timestamp", "DDBStreamBatchInfo"]
    assert document["requestContext"]["condition"] == "RecordAgeExceeded"
    assert document["requestContext"]["approximateInvokeCount"] == 1
    assert document["DDBStreamBatchInfo"]["batchSize"] == 1
    assert setup.delivered() == []


@pytest.mark.rule("C 8", "3.4 young records")
def test_c8_the_young_records_of_a_batch_are_delivered(set_up: SetUp, failed: Failed, pass_time: PassTime) -> None:
    arn, receive = failed

    def write(setup: Setup) -> None:
        setup.put("old 1")
        setup.put("old 2")
        pass_time(62)
        setup.put("young")

    setup = set_up(before=write, MaximumRecordAgeInSeconds=60, DestinationConfig=to(arn))
    document = receive()
    assert document["requestContext"]["condition"] == "RecordAgeExceeded"
    assert document["DDBStreamBatchInfo"]["batchSize"] == 2
    setup.wait_for_records(1)
    assert setup.delivered() == [["young"]]


@pytest.mark.rule("3.4 age between tries", "3.8 RecordAgeExceeded")
def test_a_record_grows_too_old_between_retries(set_up: SetUp, failed: Failed, pass_time: PassTime) -> None:
    """The count is that of the tries made."""
    arn, receive = failed
    code = """
def handler(event, context):
    note(event)
    raise ValueError("boom")
"""
    setup = set_up(code, MaximumRecordAgeInSeconds=60, DestinationConfig=to(arn))
    setup.put("x")
    setup.wait_for_records(1)
    pass_time(62)
    document = receive()
    assert document["requestContext"]["condition"] == "RecordAgeExceeded"
    assert document["requestContext"]["approximateInvokeCount"] == len(setup.events())
    assert "responseContext" not in document


@pytest.mark.rule("3.4 retention")
def test_a_poison_record_without_limits_leaves_with_the_stream(set_up: SetUp, pass_time: PassTime) -> None:
    code = """
def handler(event, context):
    note(event)
    if event["Records"][0]["dynamodb"]["Keys"]["pk"]["S"] == "poison":
        raise ValueError("poison")
"""
    setup = set_up(code, BatchSize=1)
    setup.put("poison")
    setup.wait_for_records(1)
    pass_time(24 * HOUR + 60)
    setup.put("after")
    setup.wait(lambda events: bool(events) and events[-1]["Records"][0]["dynamodb"]["Keys"]["pk"]["S"] == "after")
