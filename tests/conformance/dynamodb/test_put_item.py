"""PutItem: what it stores, what it returns, what it refuses and in which order.

Source, unless a test names another: dynamodb-exact §3.3-3.5, §5, §7.2, §8, §9.2, §11.
"""

from collections.abc import Callable
from typing import Any

import pytest

from tests.conformance.expect import refused

Unique = Callable[[], str]
P = "One or more parameter values were invalid: "


def test_a_put_item_is_read_back(dynamodb: Any, table: str, unique: Unique) -> None:
    item = {"pk": {"S": unique()}, "text": {"S": "hello"}, "list": {"L": [{"N": "1"}, {"BOOL": True}]}}
    assert "Attributes" not in dynamodb.put_item(TableName=table, Item=item)
    assert dynamodb.get_item(TableName=table, Key={"pk": item["pk"]})["Item"] == item


def test_a_put_replaces_the_whole_item(dynamodb: Any, table: str, unique: Unique) -> None:
    key = {"pk": {"S": unique()}}
    dynamodb.put_item(TableName=table, Item={**key, "a": {"S": "1"}, "b": {"S": "2"}})
    dynamodb.put_item(TableName=table, Item={**key, "c": {"S": "3"}})
    assert dynamodb.get_item(TableName=table, Key=key)["Item"] == {**key, "c": {"S": "3"}}


def test_the_table_may_be_named_by_its_arn(dynamodb: Any, table: str, unique: Unique) -> None:
    """Source: §4: an ARN is accepted as ``TableName`` by item operations."""
    arn = dynamodb.describe_table(TableName=table)["Table"]["TableArn"]
    key = {"pk": {"S": unique()}}
    dynamodb.put_item(TableName=arn, Item=key)
    assert dynamodb.get_item(TableName=table, Key=key)["Item"] == key


def test_all_old_returns_what_was_there(dynamodb: Any, table: str, unique: Unique) -> None:
    key = {"pk": {"S": unique()}}
    assert "Attributes" not in dynamodb.put_item(TableName=table, Item=key, ReturnValues="ALL_OLD")
    answer = dynamodb.put_item(TableName=table, Item={**key, "a": {"N": "1"}}, ReturnValues="ALL_OLD")
    assert answer["Attributes"] == key


def test_a_condition_decides_whether_it_is_written(dynamodb: Any, table: str, unique: Unique) -> None:
    key = {"pk": {"S": unique()}}
    dynamodb.put_item(TableName=table, Item={**key, "a": {"N": "1"}}, ConditionExpression="attribute_not_exists(pk)")
    with refused("ConditionalCheckFailedException", "The conditional request failed") as refusal:
        dynamodb.put_item(
            TableName=table, Item={**key, "a": {"N": "2"}}, ConditionExpression="attribute_not_exists(pk)"
        )
    assert "Item" not in refusal.response
    assert dynamodb.get_item(TableName=table, Key=key)["Item"]["a"] == {"N": "1"}


def test_a_failed_condition_can_return_the_item(dynamodb: Any, table: str, unique: Unique) -> None:
    item = {"pk": {"S": unique()}, "a": {"N": "1"}}
    dynamodb.put_item(TableName=table, Item=item)
    with refused("ConditionalCheckFailedException", "The conditional request failed") as refusal:
        dynamodb.put_item(
            TableName=table,
            Item=item,
            ConditionExpression="a = :v",
            ExpressionAttributeValues={":v": {"N": "2"}},
            ReturnValuesOnConditionCheckFailure="ALL_OLD",
        )
    assert refusal.response["Item"] == item


def test_a_failed_condition_on_no_item_returns_none(dynamodb: Any, table: str, unique: Unique) -> None:
    with refused("ConditionalCheckFailedException") as refusal:
        dynamodb.put_item(
            TableName=table,
            Item={"pk": {"S": unique()}},
            ConditionExpression="attribute_exists(pk)",
            ReturnValuesOnConditionCheckFailure="ALL_OLD",
        )
    assert "Item" not in refusal.response


@pytest.mark.parametrize("value", ["ALL_NEW", "UPDATED_OLD", "UPDATED_NEW"])
def test_only_old_values_can_be_returned(dynamodb: Any, table: str, value: str) -> None:
    with refused("ValidationException", "1 validation error detected: ReturnValues can only be ALL_OLD or NONE"):
        dynamodb.put_item(TableName=table, Item={"pk": {"S": "x"}}, ReturnValues=value)


def test_every_bad_member_is_listed(dynamodb: Any, table: str) -> None:
    """PutItem still lists every violation, in AWS's order. Source: §3.3."""
    with refused(
        "ValidationException",
        "4 validation errors detected: "
        "Value 'a' at 'returnConsumedCapacity' failed to satisfy constraint: Member must satisfy enum value set: [INDEXES, TOTAL, NONE]; "
        "Value null at 'item' failed to satisfy constraint: Member must not be null; "
        "Value 'b' at 'returnValues' failed to satisfy constraint: "
        "Member must satisfy enum value set: [ALL_NEW, UPDATED_OLD, ALL_OLD, NONE, UPDATED_NEW]; "
        "Value 'c' at 'returnItemCollectionMetrics' failed to satisfy constraint: Member must satisfy enum value set: [SIZE, NONE]",
    ):
        dynamodb.put_item(
            TableName=table, ReturnConsumedCapacity="a", ReturnValues="b", ReturnItemCollectionMetrics="c"
        )


def test_an_empty_table_name_is_reported_alone(dynamodb: Any) -> None:
    """Source: §3.3, 2026 deviation."""
    with refused(
        "ValidationException",
        "1 validation error detected: Value '' at 'tableName' failed to satisfy constraint: "
        "Member must have length greater than or equal to 1",
    ):
        dynamodb.put_item(TableName="", ReturnValues="b")


def test_a_missing_table_is_not_found(dynamodb: Any, unique: Unique) -> None:
    with refused("ResourceNotFoundException", "Requested resource not found"):
        dynamodb.put_item(TableName=unique(), Item={"pk": {"S": "x"}})


def test_the_request_is_checked_before_the_table_is_looked_up(dynamodb: Any, unique: Unique) -> None:
    """Source: §3.1: stages 1-7 run before the table is looked up."""
    with refused("ValidationException", "1 validation error detected: ReturnValues can only be ALL_OLD or NONE"):
        dynamodb.put_item(TableName=unique(), Item={"pk": {"S": "x"}}, ReturnValues="ALL_NEW")


@pytest.mark.parametrize(
    ("item", "message"),
    [
        ({"a": {"S": "x"}}, P + "Missing the key pk in the item"),
        ({"pk": {"N": "1"}}, P + "Type mismatch for key pk expected: S actual: N"),
        ({"pk": {"M": {}}}, P + "Type mismatch for key pk expected: S actual: M"),
        (
            {"pk": {"S": ""}},
            (
                "One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an "
                "empty string value. Key: pk"
            ),
        ),
        (
            {"pk": {"S": "x" * 2049}},
            P + "Size of hashkey has exceeded the maximum size limit of2048 bytes",
        ),
    ],
    ids=["missing", "number", "map", "empty", "too long"],
)
def test_a_bad_partition_key(dynamodb: Any, table: str, item: dict[str, Any], message: str) -> None:
    with refused("ValidationException", message):
        dynamodb.put_item(TableName=table, Item=item)


@pytest.mark.parametrize(
    ("sort_key", "message"),
    [
        (None, P + "Missing the key sk in the item"),
        ({"B": b"x"}, P + "Type mismatch for key sk expected: S actual: B"),
        (
            {"S": ""},
            (
                "One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an "
                "empty string value. Key: sk"
            ),
        ),
        ({"S": "x" * 1025}, P + "Aggregated size of all range keys has exceeded the size limit of 1024 bytes"),
    ],
    ids=["missing", "binary", "empty", "too long"],
)
def test_a_bad_sort_key(dynamodb: Any, sorted_table: str, sort_key: dict[str, Any] | None, message: str) -> None:
    item = {"pk": {"S": "x"}, **({"sk": sort_key} if sort_key else {})}
    with refused("ValidationException", message):
        dynamodb.put_item(TableName=sorted_table, Item=item)


def test_keys_of_the_greatest_size_are_accepted(dynamodb: Any, sorted_table: str) -> None:
    key = {"pk": {"S": "p" * 2048}, "sk": {"S": "s" * 1024}}
    dynamodb.put_item(TableName=sorted_table, Item=key)
    assert dynamodb.delete_item(TableName=sorted_table, Key=key, ReturnValues="ALL_OLD")["Attributes"] == key


def test_an_empty_binary_key(dynamodb: Any, make_table: Callable[..., str]) -> None:
    binary = make_table("pk:B")
    with refused(
        "ValidationException",
        "One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an "
        "empty binary value. Key: pk",
    ):
        dynamodb.put_item(TableName=binary, Item={"pk": {"B": b""}})


def test_an_index_key_of_another_type(dynamodb: Any, indexed_table: str, unique: Unique) -> None:
    """Several indexes have the bad key: the alphabetically first is named."""
    with refused("ValidationException", P + "Type mismatch for Index Key a Expected: S Actual: N IndexName: by_a"):
        dynamodb.put_item(TableName=indexed_table, Item={"pk": {"S": unique()}, "sk": {"S": "1"}, "a": {"N": "1"}})


def test_an_empty_index_key(dynamodb: Any, indexed_table: str, unique: Unique) -> None:
    with refused(
        "ValidationException",
        "One or more parameter values are not valid. A value specified for a secondary index key is not supported. "
        "The AttributeValue for a key attribute cannot contain an empty string value. IndexName: by_a, IndexKey: a",
    ):
        dynamodb.put_item(TableName=indexed_table, Item={"pk": {"S": unique()}, "sk": {"S": "1"}, "a": {"S": ""}})


@pytest.mark.parametrize(("name", "size", "size_max", "index"), [("a", 2049, 2048, "by_a"), ("l", 1025, 1024, "by_l")])
def test_an_index_key_that_is_too_long(
    dynamodb: Any, indexed_table: str, unique: Unique, name: str, size: int, size_max: int, index: str
) -> None:
    """Source: architect/dynalite issue 35, wellcomecollection/platform issue 2285."""
    with refused(
        "ValidationException",
        P + f"Size limit exceeded for Index Key {name} Actual Size: {size} bytes Max Size: {size_max} bytes "
        f"IndexName: {index}",
    ):
        dynamodb.put_item(
            TableName=indexed_table, Item={"pk": {"S": unique()}, "sk": {"S": "1"}, name: {"S": "x" * size}}
        )


def test_an_item_of_exactly_400_kb(dynamodb: Any, table: str, unique: Unique) -> None:
    """Source: §7.1, §7.2: names and values count; 409,600 bytes are accepted, one more is not."""
    key = unique()
    filling = 409_600 - len("pk") - len(key) - len("f")
    dynamodb.put_item(TableName=table, Item={"pk": {"S": key}, "f": {"S": "x" * filling}})
    with refused("ValidationException", "Item size has exceeded the maximum allowed size"):
        dynamodb.put_item(TableName=table, Item={"pk": {"S": key}, "f": {"S": "x" * (filling + 1)}})
    dynamodb.delete_item(TableName=table, Key={"pk": {"S": key}})


def test_entries_in_local_indexes_count_towards_the_400_kb(
    dynamodb: Any, make_table: Callable[..., str], unique: Unique
) -> None:
    """Of all local indexes, keys and projected attributes; that the words are the usual ones is an assumption.

    Source: developer guide, "Constraints: item size for tables with local secondary indexes"; meansoup.github.io,
    "DynamoSizeLimitException" (AWS refused 210 KB beside one index).
    """
    whole, keys_only = (
        {
            "IndexName": name,
            "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": name, "KeyType": "RANGE"}],
            "Projection": {"ProjectionType": projection},
        }
        for name, projection in (("whole", "ALL"), ("keys", "KEYS_ONLY"))
    )
    table = make_table("pk:S", "sk:S", definitions=["whole:S", "keys:S"], LocalSecondaryIndexes=[whole, keys_only])
    key = {"pk": {"S": unique()}, "sk": {"S": "1"}}
    key_bytes = len("pksk1") + len(key["pk"]["S"])
    in_both = {**key, "whole": {"S": "x"}, "keys": {"S": "x"}}
    entry_bytes = key_bytes + len("keysx")
    item_bytes = (409_600 - entry_bytes) // 2
    filling = item_bytes - key_bytes - len("wholexkeysx") - len("f")
    too_much = "x" * (filling + 1)
    dynamodb.put_item(TableName=table, Item={**in_both, "f": {"S": "x" * filling}})
    too_large = "Item size has exceeded the maximum allowed size"
    with refused("ValidationException", too_large):
        dynamodb.put_item(TableName=table, Item={**in_both, "f": {"S": too_much}})
    put = {"Item": {**in_both, "f": {"S": too_much}}}
    with refused("ValidationException", too_large):
        dynamodb.batch_write_item(RequestItems={table: [{"PutRequest": put}]})
    with pytest.raises(dynamodb.exceptions.TransactionCanceledException) as cancelled:
        dynamodb.transact_write_items(TransactItems=[{"Put": {"TableName": table, **put}}])
    assert cancelled.value.response["CancellationReasons"] == [{"Code": "ValidationError", "Message": too_large}]
    with refused("ValidationException", "Item size to update has exceeded the maximum allowed size"):
        dynamodb.update_item(
            TableName=table,
            Key=key,
            UpdateExpression="SET f = :f",
            ExpressionAttributeValues={":f": {"S": too_much}},
        )
    dynamodb.put_item(TableName=table, Item={**key, "keys": {"S": "x"}, "f": {"S": "x" * 400_000}})


def test_a_put_that_is_too_large_is_refused_before_the_table_lookup(dynamodb: Any, unique: Unique) -> None:
    with refused("ValidationException", "Item size has exceeded the maximum allowed size"):
        dynamodb.put_item(TableName=unique(), Item={"pk": {"S": "x"}, "f": {"S": "x" * 409_600}})


def test_both_kinds_of_condition(dynamodb: Any, table: str) -> None:
    with refused(
        "ValidationException",
        "1 validation error detected: Can not use both expression and non-expression parameters in the same request: "
        "Non-expression parameters: {Expected} Expression parameters: {ConditionExpression}",
    ):
        dynamodb.put_item(
            TableName=table,
            Item={"pk": {"S": "x"}},
            Expected={"a": {"Exists": False}},
            ConditionExpression="attribute_exists(a)",
        )


def test_placeholders_without_an_expression(dynamodb: Any, table: str) -> None:
    prefix = "1 validation error detected: "
    with refused(
        "ValidationException", prefix + "ExpressionAttributeNames can only be specified when using expressions"
    ):
        dynamodb.put_item(TableName=table, Item={"pk": {"S": "x"}}, ExpressionAttributeNames={"#a": "a"})
    with refused(
        "ValidationException",
        prefix + "ExpressionAttributeValues can only be specified when using expressions: ConditionExpression is null",
    ):
        dynamodb.put_item(TableName=table, Item={"pk": {"S": "x"}}, ExpressionAttributeValues={":a": {"S": "a"}})


def test_unused_placeholders(dynamodb: Any, table: str) -> None:
    """Source: floci-io/floci issue 2893 (AWS's answers of 2026-09-01); in July they had no prefix in eu-west-2."""
    prefix = "1 validation error detected: "
    with refused(
        "ValidationException", prefix + "Value provided in ExpressionAttributeNames unused in expressions: keys: {#a}"
    ):
        dynamodb.put_item(
            TableName=table,
            Item={"pk": {"S": "x"}},
            ConditionExpression="attribute_exists(b)",
            ExpressionAttributeNames={"#a": "a"},
            ExpressionAttributeValues={":v": {"S": "a"}},
        )
    with refused(
        "ValidationException", prefix + "Value provided in ExpressionAttributeValues unused in expressions: keys: {:v}"
    ):
        dynamodb.put_item(
            TableName=table,
            Item={"pk": {"S": "x"}},
            ConditionExpression="attribute_exists(b)",
            ExpressionAttributeValues={":v": {"S": "a"}},
        )


def test_an_identical_put_succeeds_and_is_charged(dynamodb: Any, table: str, unique: Unique) -> None:
    item = {"pk": {"S": unique()}, "a": {"S": "x" * 1500}}
    for _ in range(2):
        answer = dynamodb.put_item(TableName=table, Item=item, ReturnConsumedCapacity="TOTAL")
        assert answer["ConsumedCapacity"] == {"TableName": table, "CapacityUnits": 2.0}
