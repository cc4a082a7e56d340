"""What a write leaves in the stream.

Source, unless a test names another: lambda-event-source-mappings §2.1, §4.4; aws-recorded-answers §4, §8.
"""

import re
from collections.abc import Callable
from typing import Any

import pytest

Unique = Callable[[], str]
Make = Callable[..., tuple[str, str]]
Read = Callable[[str], list[dict[str, Any]]]


def _summary(records: list[dict[str, Any]]) -> list[tuple[Any, ...]]:
    return [
        (record["eventName"], record["dynamodb"].get("OldImage"), record["dynamodb"].get("NewImage"))
        for record in records
    ]


@pytest.mark.rule("4.4 insert", "4.4 modify", "4.4 remove")
def test_insert_modify_remove(dynamodb: Any, make_streaming_table: Make, records_of: Read) -> None:
    table, stream = make_streaming_table("pk:S")
    key = {"pk": {"S": "x"}}
    first, second = {**key, "a": {"N": "1"}}, {**key, "a": {"N": "2"}}
    dynamodb.put_item(TableName=table, Item=first)
    dynamodb.put_item(TableName=table, Item=second)
    dynamodb.delete_item(TableName=table, Key=key)
    records = records_of(stream)
    assert _summary(records) == [("INSERT", None, first), ("MODIFY", first, second), ("REMOVE", second, None)]
    assert [record["dynamodb"]["Keys"] for record in records] == [key, key, key]


@pytest.mark.rule("4.3 sequence number")
def test_the_frame_of_a_record(dynamodb: Any, make_streaming_table: Make, records_of: Read) -> None:
    table, stream = make_streaming_table("pk:S")
    dynamodb.put_item(TableName=table, Item={"pk": {"S": "x"}})
    (record,) = records_of(stream)
    assert set(record) == {"eventID", "eventName", "eventVersion", "eventSource", "awsRegion", "dynamodb"}
    assert re.fullmatch(r"[0-9a-f]{32}", record["eventID"])
    assert (record["eventVersion"], record["eventSource"], record["awsRegion"]) == ("1.1", "aws:dynamodb", "us-east-1")
    body = record["dynamodb"]
    assert re.fullmatch(r"[0-9]{21,40}", body["SequenceNumber"])
    assert body["StreamViewType"] == "NEW_AND_OLD_IMAGES"
    assert body["ApproximateCreationDateTime"].microsecond == 0


@pytest.mark.rule("2.1 images")
@pytest.mark.parametrize(
    ("view_type", "images"),
    [
        ("KEYS_ONLY", [set(), set(), set()]),
        ("NEW_IMAGE", [{"NewImage"}, {"NewImage"}, set()]),
        ("OLD_IMAGE", [set(), {"OldImage"}, {"OldImage"}]),
        ("NEW_AND_OLD_IMAGES", [{"NewImage"}, {"NewImage", "OldImage"}, {"OldImage"}]),
    ],
)
def test_view_types(
    dynamodb: Any, make_streaming_table: Make, records_of: Read, view_type: str, images: list[set[str]]
) -> None:
    table, stream = make_streaming_table("pk:S", view_type=view_type)
    dynamodb.put_item(TableName=table, Item={"pk": {"S": "x"}, "a": {"N": "1"}})
    dynamodb.put_item(TableName=table, Item={"pk": {"S": "x"}, "a": {"N": "2"}})
    dynamodb.delete_item(TableName=table, Key={"pk": {"S": "x"}})
    records = records_of(stream)
    assert [set(record["dynamodb"]) & {"NewImage", "OldImage"} for record in records] == images
    assert {record["dynamodb"]["StreamViewType"] for record in records} == {view_type}


@pytest.mark.rule("2.1 key-only item")
def test_an_item_of_its_key_alone_has_an_old_image(dynamodb: Any, make_streaming_table: Make, records_of: Read) -> None:
    table, stream = make_streaming_table("pk:S")
    dynamodb.put_item(TableName=table, Item={"pk": {"S": "x"}})
    dynamodb.put_item(TableName=table, Item={"pk": {"S": "x"}, "a": {"N": "1"}})
    assert records_of(stream)[1]["dynamodb"]["OldImage"] == {"pk": {"S": "x"}}


@pytest.mark.rule("4.4 nothing", "4.4 remove")
def test_writes_that_change_nothing_leave_nothing(dynamodb: Any, make_streaming_table: Make, records_of: Read) -> None:
    table, stream = make_streaming_table("pk:S")
    key = {"pk": {"S": "x"}}
    item = {**key, "n": {"N": "1"}, "m": {"M": {"a": {"N": "1"}, "b": {"N": "2"}}}, "ss": {"SS": ["a", "b"]}}
    dynamodb.put_item(TableName=table, Item=item)
    dynamodb.put_item(TableName=table, Item=item)
    dynamodb.put_item(TableName=table, Item={**item, "n": {"N": "1.0"}})
    dynamodb.put_item(TableName=table, Item={**item, "m": {"M": {"b": {"N": "2"}, "a": {"N": "1"}}}})
    dynamodb.put_item(TableName=table, Item={**item, "ss": {"SS": ["b", "a"]}})
    dynamodb.update_item(
        TableName=table, Key=key, UpdateExpression="SET n = :v", ExpressionAttributeValues={":v": {"N": "1"}}
    )
    dynamodb.update_item(
        TableName=table, Key=key, UpdateExpression="ADD n :v", ExpressionAttributeValues={":v": {"N": "0"}}
    )
    dynamodb.update_item(TableName=table, Key=key, UpdateExpression="REMOVE nope")
    dynamodb.update_item(TableName=table, Key=key)
    dynamodb.delete_item(TableName=table, Key={"pk": {"S": "missing"}})
    dynamodb.batch_write_item(RequestItems={table: [{"PutRequest": {"Item": item}}]})
    dynamodb.transact_write_items(TransactItems=[{"Put": {"TableName": table, "Item": item}}])
    assert [record["eventName"] for record in records_of(stream)] == ["INSERT"]


@pytest.mark.rule("4.4 insert")
def test_an_update_that_creates_is_an_insert(dynamodb: Any, make_streaming_table: Make, records_of: Read) -> None:
    table, stream = make_streaming_table("pk:S")
    dynamodb.update_item(TableName=table, Key={"pk": {"S": "x"}})
    assert _summary(records_of(stream)) == [("INSERT", None, {"pk": {"S": "x"}})]


@pytest.mark.rule("4.4 batches and transactions")
def test_batches_and_transactions(dynamodb: Any, make_streaming_table: Make, records_of: Read) -> None:
    """One record per changed item; each table of a transaction feeds its own stream."""
    first, first_stream = make_streaming_table("pk:S")
    second, second_stream = make_streaming_table("pk:S")
    dynamodb.batch_write_item(
        RequestItems={first: [{"PutRequest": {"Item": {"pk": {"S": str(number)}}}} for number in range(3)]}
    )
    dynamodb.transact_write_items(
        TransactItems=[
            {"Delete": {"TableName": first, "Key": {"pk": {"S": "0"}}}},
            {"Put": {"TableName": second, "Item": {"pk": {"S": "x"}}}},
            {
                "ConditionCheck": {
                    "TableName": first,
                    "Key": {"pk": {"S": "1"}},
                    "ConditionExpression": "attribute_exists(pk)",
                }
            },
        ]
    )
    assert [record["eventName"] for record in records_of(first_stream)] == ["INSERT"] * 3 + ["REMOVE"]
    assert [record["eventName"] for record in records_of(second_stream)] == ["INSERT"]


def test_a_refused_write_leaves_nothing(dynamodb: Any, make_streaming_table: Make, records_of: Read) -> None:
    table, stream = make_streaming_table("pk:S")
    with pytest.raises(dynamodb.exceptions.ConditionalCheckFailedException):
        dynamodb.put_item(TableName=table, Item={"pk": {"S": "x"}}, ConditionExpression="attribute_exists(pk)")
    with pytest.raises(dynamodb.exceptions.TransactionCanceledException):
        dynamodb.transact_write_items(
            TransactItems=[
                {"Put": {"TableName": table, "Item": {"pk": {"S": "y"}}}},
                {
                    "Put": {
                        "TableName": table,
                        "Item": {"pk": {"S": "z"}},
                        "ConditionExpression": "attribute_exists(pk)",
                    }
                },
            ]
        )
    assert records_of(stream) == []


@pytest.mark.rule("2.1 SizeBytes")
@pytest.mark.parametrize(
    ("hash_key", "key", "more", "size"),
    [
        ("my_partition_key", "hello world", {}, 54),
        ("my_partition_key", "hello world", {"binary_key": {"B": b"foobar"}}, 70),
        ("my_partition_key", "testId0", {"should_fail": {"BOOL": True}}, 58),
        ("id", "id_value", {}, 20),
        ("id", "id_value_1", {"numericFilter": {"N": "42"}}, 39),
    ],
)
def test_sizes_as_recorded(
    dynamodb: Any,
    make_streaming_table: Make,
    records_of: Read,
    hash_key: str,
    key: str,
    more: dict[str, Any],
    size: int,
) -> None:
    """Source: aws-recorded-answers §4, the table of ``SizeBytes``."""
    table, stream = make_streaming_table(f"{hash_key}:S")
    dynamodb.put_item(TableName=table, Item={hash_key: {"S": key}, **more})
    (record,) = records_of(stream)
    assert record["dynamodb"]["SizeBytes"] == size


@pytest.mark.rule("2.1 SizeBytes")
def test_size_of_both_images_and_of_none(dynamodb: Any, make_streaming_table: Make, records_of: Read) -> None:
    """Source: aws-recorded-answers §4: 46 for a changed item, 38 for a removed one, 12 for keys alone."""
    table, stream = make_streaming_table("id:S")
    dynamodb.put_item(TableName=table, Item={"id": {"S": "id_value"}})
    dynamodb.put_item(TableName=table, Item={"id": {"S": "id_value"}, "id2": {"S": "id2_new_value"}})
    removed = {"id": {"S": "NewKey"}, "attr1": {"S": "value1"}, "attr2": {"S": "value2"}}
    dynamodb.put_item(TableName=table, Item=removed)
    dynamodb.delete_item(TableName=table, Key={"id": {"S": "NewKey"}})
    records = records_of(stream)
    sizes = {
        (record["eventName"], record["dynamodb"]["Keys"]["id"]["S"]): record["dynamodb"]["SizeBytes"]
        for record in records
    }
    assert sizes["MODIFY", "id_value"] == 46
    assert sizes["REMOVE", "NewKey"] == 38
    keys_only, keys_stream = make_streaming_table("Username:S", view_type="KEYS_ONLY")
    dynamodb.put_item(TableName=keys_only, Item={"Username": {"S": "Fred"}, "x": {"S": "y"}})
    assert records_of(keys_stream)[0]["dynamodb"]["SizeBytes"] == 12


@pytest.mark.rule("2.1 SizeBytes")
def test_sizes_of_the_walkthrough(dynamodb: Any, make_streaming_table: Make, records_of: Read) -> None:
    """Source: developer guide, Streams.LowLevel.Walkthrough, whose output is AWS's of 2017-12-04."""
    table, stream = make_streaming_table("Id:N")
    key = {"Id": {"N": "1"}}
    dynamodb.put_item(TableName=table, Item={**key, "Message": {"S": "New item!"}})
    change = {"Message": {"Action": "PUT", "Value": {"S": "This item has changed"}}}
    dynamodb.update_item(TableName=table, Key=key, AttributeUpdates=change)
    dynamodb.delete_item(TableName=table, Key=key)
    sizes = [(record["eventName"], record["dynamodb"]["SizeBytes"]) for record in records_of(stream)]
    assert sizes == [("INSERT", 24), ("MODIFY", 56), ("REMOVE", 36)]


@pytest.mark.rule("4.3 sequence number", "4.4 order")
def test_sequence_numbers_grow(dynamodb: Any, make_streaming_table: Make, records_of: Read) -> None:
    table, stream = make_streaming_table("pk:S")
    for number in range(20):
        dynamodb.put_item(TableName=table, Item={"pk": {"S": "x"}, "n": {"N": str(number)}})
    numbers = [int(record["dynamodb"]["SequenceNumber"]) for record in records_of(stream)]
    assert numbers == sorted(set(numbers))
