"""Query on a table; indexes are in ``features/test_indexes.py``, the key language in ``features/test_key_conditions.py``.

Source, unless a test names another: dynamodb-exact §13, §18.
"""

from collections.abc import Callable
from typing import Any

import pytest

from tests.conformance.expect import refused

Unique = Callable[[], str]
BY_PK = {"KeyConditionExpression": "pk = :pk"}


@pytest.fixture(scope="session")
def partition(dynamodb: Any, sorted_table: str, unique: Unique) -> str:
    """A partition of twenty items ``s00`` … ``s19``; even ones have ``even`` = true."""
    partition = unique()
    for number in range(20):
        item = {"pk": {"S": partition}, "sk": {"S": f"s{number:02}"}, "n": {"N": str(number)}}
        if number % 2 == 0:
            item["even"] = {"BOOL": True}  # type: ignore[dict-item]  # one attribute of another shape
        dynamodb.put_item(TableName=sorted_table, Item=item)
    return partition


def _query(dynamodb: Any, table: str, partition: str, **members: Any) -> dict[str, Any]:
    values = {":pk": {"S": partition}, **members.pop("values", {})}
    answer: dict[str, Any] = dynamodb.query(TableName=table, **{**BY_PK, **members}, ExpressionAttributeValues=values)
    return answer


def _sort_keys(answer: dict[str, Any]) -> list[str]:
    return [item["sk"]["S"] for item in answer["Items"]]


def test_a_partition_comes_in_sort_order(dynamodb: Any, sorted_table: str, partition: str) -> None:
    answer = _query(dynamodb, sorted_table, partition)
    assert _sort_keys(answer) == [f"s{number:02}" for number in range(20)]
    assert (answer["Count"], answer["ScannedCount"]) == (20, 20)
    assert "LastEvaluatedKey" not in answer


def test_backwards(dynamodb: Any, sorted_table: str, partition: str) -> None:
    answer = _query(dynamodb, sorted_table, partition, ScanIndexForward=False, Limit=3)
    assert _sort_keys(answer) == ["s19", "s18", "s17"]
    rest = _query(
        dynamodb,
        sorted_table,
        partition,
        ScanIndexForward=False,
        Limit=2,
        ExclusiveStartKey=answer["LastEvaluatedKey"],
    )
    assert _sort_keys(rest) == ["s16", "s15"]


def test_an_empty_partition(dynamodb: Any, sorted_table: str, unique: Unique) -> None:
    answer = _query(dynamodb, sorted_table, unique())
    assert (answer["Items"], answer["Count"], answer["ScannedCount"]) == ([], 0, 0)
    assert "LastEvaluatedKey" not in answer


def test_pages_join_to_the_whole(dynamodb: Any, sorted_table: str, partition: str) -> None:
    found: list[str] = []
    start: dict[str, Any] = {}
    pages = 0
    while True:
        answer = _query(dynamodb, sorted_table, partition, Limit=7, **start)
        found += _sort_keys(answer)
        pages += 1
        if "LastEvaluatedKey" not in answer:
            break
        start = {"ExclusiveStartKey": answer["LastEvaluatedKey"]}
    assert found == [f"s{number:02}" for number in range(20)]
    assert pages == 3


def test_a_page_that_ends_with_the_partition_still_has_a_cursor(
    dynamodb: Any, sorted_table: str, partition: str
) -> None:
    """LastEvaluatedKey is present also when exactly exhausted by Limit."""
    answer = _query(dynamodb, sorted_table, partition, Limit=20)
    assert answer["LastEvaluatedKey"] == {"pk": {"S": partition}, "sk": {"S": "s19"}}
    rest = _query(dynamodb, sorted_table, partition, ExclusiveStartKey=answer["LastEvaluatedKey"])
    assert rest["Items"] == []


def test_limit_counts_before_the_filter(dynamodb: Any, sorted_table: str, partition: str) -> None:
    answer = _query(dynamodb, sorted_table, partition, Limit=5, FilterExpression="attribute_exists(even)")
    assert _sort_keys(answer) == ["s00", "s02", "s04"]
    assert (answer["Count"], answer["ScannedCount"]) == (3, 5)
    assert answer["LastEvaluatedKey"]["sk"] == {"S": "s04"}


def test_the_cursor_is_the_last_item_looked_at_even_if_filtered_out(
    dynamodb: Any, sorted_table: str, partition: str
) -> None:
    answer = _query(dynamodb, sorted_table, partition, Limit=2, FilterExpression="attribute_exists(even)")
    assert _sort_keys(answer) == ["s00"]
    assert answer["LastEvaluatedKey"]["sk"] == {"S": "s01"}


def test_count_alone(dynamodb: Any, sorted_table: str, partition: str) -> None:
    answer = _query(dynamodb, sorted_table, partition, Select="COUNT", FilterExpression="attribute_exists(even)")
    assert "Items" not in answer
    assert (answer["Count"], answer["ScannedCount"]) == (10, 20)


def test_a_projection(dynamodb: Any, sorted_table: str, partition: str) -> None:
    answer = _query(dynamodb, sorted_table, partition, ProjectionExpression="n", Limit=2)
    assert answer["Items"] == [{"n": {"N": "0"}}, {"n": {"N": "1"}}]


def test_the_charge_is_one_for_the_whole_page(dynamodb: Any, sorted_table: str, partition: str) -> None:
    """The sizes of all evaluated items are summed, then rounded up once."""
    eventually = _query(dynamodb, sorted_table, partition, ReturnConsumedCapacity="TOTAL")
    strongly = _query(dynamodb, sorted_table, partition, ReturnConsumedCapacity="INDEXES", ConsistentRead=True)
    assert eventually["ConsumedCapacity"] == {"TableName": sorted_table, "CapacityUnits": 0.5}
    assert strongly["ConsumedCapacity"] == {
        "TableName": sorted_table,
        "CapacityUnits": 1.0,
        "Table": {"CapacityUnits": 1.0},
    }


def test_a_page_ends_at_one_megabyte(dynamodb: Any, sorted_table: str, unique: Unique) -> None:
    """Four items of 350 KB: the third brings the sum over 1 MB."""
    partition = unique()
    for number in range(4):
        dynamodb.put_item(
            TableName=sorted_table,
            Item={"pk": {"S": partition}, "sk": {"S": str(number)}, "f": {"S": "x" * 350 * 1024}},
        )
    answer = _query(dynamodb, sorted_table, partition)
    assert _sort_keys(answer) == ["0", "1", "2"]
    assert answer["LastEvaluatedKey"]["sk"] == {"S": "2"}
    rest = _query(dynamodb, sorted_table, partition, ExclusiveStartKey=answer["LastEvaluatedKey"])
    assert _sort_keys(rest) == ["3"]
    for number in range(4):
        dynamodb.delete_item(TableName=sorted_table, Key={"pk": {"S": partition}, "sk": {"S": str(number)}})


def test_number_sort_keys_come_in_number_order(dynamodb: Any, number_table: str, unique: Unique) -> None:
    partition = unique()
    numbers = ["-1E125", "-12.5", "-12", "-0.001", "0", "1E-130", "0.5", "2", "10", "10.5", "9E125"]
    for number in reversed(numbers):
        dynamodb.put_item(TableName=number_table, Item={"pk": {"S": partition}, "sk": {"N": number}})
    answer = _query(dynamodb, number_table, partition)
    assert [float(item["sk"]["N"]) for item in answer["Items"]] == [float(number) for number in numbers]


def test_string_sort_keys_come_in_utf8_order(dynamodb: Any, sorted_table: str, unique: Unique) -> None:
    """Byte order of UTF-8, not of UTF-16: U+FFFD comes before U+10000. Source: §10, S order."""
    partition = unique()
    texts = ["A", "B", "a", "ab", "b", "ä", "\ufffd", "\U00010000"]
    for text in reversed(texts):
        dynamodb.put_item(TableName=sorted_table, Item={"pk": {"S": partition}, "sk": {"S": text}})
    assert _sort_keys(_query(dynamodb, sorted_table, partition)) == texts


def test_binary_sort_keys_come_in_unsigned_order(dynamodb: Any, make_table: Callable[..., str], unique: Unique) -> None:
    table = make_table("pk:S", "sk:B")
    partition = unique()
    values = [b"\x00", b"\x00\x01", b"\x7f", b"\x80", b"\xff", b"\xff\x00"]
    for value in reversed(values):
        dynamodb.put_item(TableName=table, Item={"pk": {"S": partition}, "sk": {"B": value}})
    assert [item["sk"]["B"] for item in _query(dynamodb, table, partition)["Items"]] == values


@pytest.mark.parametrize(
    ("members", "message"),
    [
        (
            {"Limit": 0},
            (
                "1 validation error detected: Value at 'Limit' failed to satisfy constraint: "
                "Member must have value greater than or equal to 1"
            ),
        ),
        (
            {"Select": "SPECIFIC_ATTRIBUTES"},
            (
                "1 validation error detected: Must specify the AttributesToGet or ProjectionExpression when choosing to get "
                "SPECIFIC_ATTRIBUTES"
            ),
        ),
        (
            {"Select": "ALL_ATTRIBUTES", "ProjectionExpression": "a"},
            "1 validation error detected: Cannot specify the ProjectionExpression when choosing to get ALL_ATTRIBUTES",
        ),
        (
            {"Select": "COUNT", "ProjectionExpression": "a"},
            "1 validation error detected: Cannot specify the ProjectionExpression when choosing to get only the Count",
        ),
        (
            {"Select": "ALL_PROJECTED_ATTRIBUTES"},
            "1 validation error detected: ALL_PROJECTED_ATTRIBUTES can be used only when Querying using an IndexName",
        ),
        (
            {"Select": "x"},
            (
                "1 validation error detected: Value 'x' at 'select' failed to satisfy constraint: Member must satisfy enum "
                "value set: [SPECIFIC_ATTRIBUTES, COUNT, ALL_ATTRIBUTES, ALL_PROJECTED_ATTRIBUTES]"
            ),
        ),
        ({"IndexName": "no-such-index"}, "The table does not have the specified index: no-such-index"),
        (
            {"FilterExpression": "sk = :pk"},
            "Filter Expression can only contain non-primary key attributes: Primary key attribute: sk",
        ),
        (
            {"FilterExpression": "pk = :pk"},
            "Filter Expression can only contain non-primary key attributes: Primary key attribute: pk",
        ),
    ],
)
def test_refusals(dynamodb: Any, sorted_table: str, members: dict[str, Any], message: str) -> None:
    with refused("ValidationException", message):
        _query(dynamodb, sorted_table, "x", **members)


def test_bad_enums_are_reported_one_at_a_time(dynamodb: Any, sorted_table: str) -> None:
    """Source: ExtendDB/extenddb (``query.rs``), as measured on AWS 2026-08-24."""
    with refused(
        "ValidationException",
        "1 validation error detected: Value 'b' at 'returnConsumedCapacity' failed to satisfy constraint: "
        "Member must satisfy enum value set: [INDEXES, TOTAL, NONE]",
    ):
        _query(dynamodb, sorted_table, "x", Select="a", ReturnConsumedCapacity="b")


@pytest.mark.parametrize(
    ("index", "condition", "key"),
    [
        ("by_a", "a = :empty", "a"),
        ("by_l", "pk = :some AND l = :empty", "l"),
    ],
)
def test_an_empty_key_of_an_index(dynamodb: Any, indexed_table: str, index: str, condition: str, key: str) -> None:
    """Source: praetorian-inc/chariot-ui issue 353 (2024-07), of a global index."""
    values = {":empty": {"S": ""}} | ({":some": {"S": "x"}} if ":some" in condition else {})
    with refused(
        "ValidationException",
        "One or more parameter values are not valid. A value specified for a secondary index key is not supported. "
        f"The AttributeValue for a key attribute cannot contain an empty string value. IndexName: {index}, IndexKey: {key}",
    ):
        dynamodb.query(
            TableName=indexed_table,
            IndexName=index,
            KeyConditionExpression=condition,
            ExpressionAttributeValues=values,
        )


@pytest.mark.parametrize(
    ("start", "message"),
    [
        ({"pk": {"S": "x"}}, "The provided starting key is invalid"),
        ({"pk": {"S": "x"}, "sk": {"S": "1"}, "a": {"S": "1"}}, "The provided starting key is invalid"),
        ({"pk": {"S": "x"}, "a": {"S": "1"}}, "The provided starting key is invalid"),
        ({"pk": {"S": "x"}, "sk": {"N": "1"}}, "The provided starting key is invalid"),
        (
            {"pk": {"S": "other"}, "sk": {"S": "1"}},
            "The provided starting key is outside query boundaries based on provided conditions",
        ),
        (
            {"pk": {"S": "x"}, "sk": {"S": ""}},
            (
                "The provided starting key is invalid: One or more parameter values are not valid. The AttributeValue for a "
                "key attribute cannot contain an empty string value. Key: sk"
            ),
        ),
    ],
    ids=["too few", "too many", "another name", "wrong type", "another partition", "empty"],
)
def test_a_start_key_that_does_not_fit(dynamodb: Any, sorted_table: str, start: dict[str, Any], message: str) -> None:
    with refused("ValidationException", message):
        _query(dynamodb, sorted_table, "x", ExclusiveStartKey=start)


@pytest.mark.parametrize(
    ("empty", "message"),
    [
        ("pk", "{hash}The provided starting key is invalid: {words}{kind} Key: pk"),
        ("a", "{hash}The provided starting key is invalid: {words}{index}{kind} IndexName: by_a, IndexKey: a"),
    ],
)
@pytest.mark.parametrize("is_query", [True, False])
def test_an_empty_value_in_a_start_key(
    dynamodb: Any, indexed_table: str, empty: str, message: str, is_query: bool
) -> None:
    """Source: DynamoDB Local 3.3.1, asked 2026-11."""
    sentence = message.format(
        hash="The query can return at most one row and cannot be restarted. ",
        words="One or more parameter values are not valid. ",
        index="A value specified for a secondary index key is not supported. ",
        kind="The AttributeValue for a key attribute cannot contain an empty string value.",
    )
    key = {"pk": {"S": "x"}, "sk": {"S": "x"}, "a": {"S": "x"}, "b": {"N": "1"}} | {empty: {"S": ""}}
    asked: dict[str, Any] = {"TableName": indexed_table, "IndexName": "by_a", "ExclusiveStartKey": key}
    with refused("ValidationException", sentence):
        if is_query:
            dynamodb.query(**asked, KeyConditionExpression="a = :a", ExpressionAttributeValues={":a": {"S": "x"}})
        else:
            dynamodb.scan(**asked)


@pytest.mark.parametrize(
    ("start", "message"),
    [
        ({"pk": {"S": "x"}, "sk": {"S": "1"}}, "The provided starting key does not match the range key predicate"),
        ({"pk": {"S": "y"}, "sk": {"S": "1"}}, "The provided starting key does not match the range key predicate"),
        ({"pk": {"S": "y"}, "sk": {"S": "6"}}, "The query can return at most one row and cannot be restarted"),
    ],
    ids=["the sort key", "both keys", "the partition key"],
)
def test_a_start_key_outside_a_sort_condition(
    dynamodb: Any, sorted_table: str, start: dict[str, Any], message: str
) -> None:
    """With a sort condition its own predicate is looked at first, and another partition is told in other words."""
    with refused("ValidationException", message):
        _query(
            dynamodb,
            sorted_table,
            "x",
            KeyConditionExpression="pk = :pk AND sk > :s",
            values={":s": {"S": "5"}},
            ExclusiveStartKey=start,
        )


def test_another_partition_of_a_table_without_sort_key(dynamodb: Any, table: str) -> None:
    with refused(
        "ValidationException", "The provided starting key is outside query boundaries based on provided conditions"
    ):
        _query(dynamodb, table, "x", ExclusiveStartKey={"pk": {"S": "y"}})


@pytest.mark.parametrize(
    ("condition", "forward", "found"),
    [
        ("sk <= :high", True, ["s00", "s01", "s02", "s03"]),
        ("sk >= :low", False, [f"s{number:02}" for number in range(19, 1, -1)]),
        ("sk BETWEEN :low AND :high", True, ["s02", "s03"]),
        ("sk BETWEEN :low AND :high", False, ["s03", "s02"]),
    ],
)
def test_nothing_follows_the_bound_of_a_condition(
    dynamodb: Any, sorted_table: str, partition: str, condition: str, forward: bool, found: list[str]
) -> None:
    """A full page that ends at the bound is the last one, and reading can't begin there.

    Source: aws/aws-sdk-ruby issue 2456 (the refusal, of ``>=`` backwards); DynamoDB Local 3.3.1, asked 2026-11.
    """
    values = {":low": {"S": "s02"}, ":high": {"S": "s03"}}
    members = {
        "KeyConditionExpression": f"pk = :pk AND {condition}",
        "values": {name: value for name, value in values.items() if name in condition},
        "ScanIndexForward": forward,
    }
    answer = _query(dynamodb, sorted_table, partition, **members, Limit=len(found))
    assert _sort_keys(answer) == found
    assert "LastEvaluatedKey" not in answer
    answer = _query(dynamodb, sorted_table, partition, **members, Limit=len(found) - 1)
    assert _sort_keys(answer) == found[:-1]
    start = answer["LastEvaluatedKey"]
    answer = _query(dynamodb, sorted_table, partition, **members, Limit=1, ExclusiveStartKey=start)
    assert _sort_keys(answer) == found[-1:]
    assert "LastEvaluatedKey" not in answer
    with refused("ValidationException", "The provided starting key does not match the range key predicate"):
        _query(
            dynamodb,
            sorted_table,
            partition,
            **members,
            ExclusiveStartKey={"pk": {"S": partition}, "sk": {"S": found[-1]}},
        )


def test_one_item_and_where_it_ends(dynamodb: Any, table: str, sorted_table: str, partition: str) -> None:
    """Source: DynamoDB Local 3.3.1, asked 2026-11."""
    dynamodb.put_item(TableName=table, Item={"pk": {"S": partition}})
    assert "LastEvaluatedKey" not in _query(dynamodb, table, partition, Limit=1)
    behind = _query(dynamodb, table, partition, ExclusiveStartKey={"pk": {"S": partition}})
    assert behind["Count"] == 0
    only = {"KeyConditionExpression": "pk = :pk AND sk = :s", "values": {":s": {"S": "s03"}}}
    key = _query(dynamodb, sorted_table, partition, **only, Limit=1)["LastEvaluatedKey"]
    assert _query(dynamodb, sorted_table, partition, **only, ExclusiveStartKey=key)["Count"] == 0


def test_the_start_key_comes_before_a_filter_on_a_key(dynamodb: Any, sorted_table: str) -> None:
    with refused("ValidationException", "The provided starting key is invalid"):
        _query(dynamodb, sorted_table, "x", ExclusiveStartKey={"pk": {"S": "x"}}, FilterExpression="sk = :pk")


def test_a_start_key_need_not_exist(dynamodb: Any, sorted_table: str, partition: str) -> None:
    answer = _query(dynamodb, sorted_table, partition, ExclusiveStartKey={"pk": {"S": partition}, "sk": {"S": "s17x"}})
    assert _sort_keys(answer) == ["s18", "s19"]


def test_no_key_condition_at_all(dynamodb: Any, sorted_table: str) -> None:
    with refused(
        "ValidationException",
        "Either the KeyConditions or KeyConditionExpression parameter must be specified in the request.",
    ):
        dynamodb.query(TableName=sorted_table)


def test_more_conditions_than_any_table_has_keys(dynamodb: Any, unique: Unique) -> None:
    """This is seen before the table is looked up."""
    with refused("ValidationException", "Conditions can be of length 1 or 2 only"):
        _query(dynamodb, unique(), "x", KeyConditionExpression="pk = :pk AND sk = :pk AND a = :pk")


def test_a_missing_table(dynamodb: Any, unique: Unique) -> None:
    with refused("ResourceNotFoundException", "Requested resource not found"):
        _query(dynamodb, unique(), "x")


def test_the_older_projection_with_another_select(dynamodb: Any, sorted_table: str) -> None:
    """The refusal names the member that was sent."""
    message = "1 validation error detected: Cannot specify the AttributesToGet when choosing to get only the Count"
    with refused("ValidationException", message):
        dynamodb.query(
            TableName=sorted_table,
            KeyConditions={"pk": {"ComparisonOperator": "EQ", "AttributeValueList": [{"S": "x"}]}},
            AttributesToGet=["a"],
            Select="COUNT",
        )


@pytest.mark.parametrize(
    ("condition", "value", "message"),
    [
        ("pk = :v", "x" * 2049, "Size of hashkey has exceeded the maximum size limit of2048 bytes"),
        (
            "pk = :p AND sk = :v",
            "é" * 513,
            "Aggregated size of all range keys has exceeded the size limit of 1024 bytes",
        ),
        (
            "pk = :p AND begins_with(sk, :v)",
            "x" * 1025,
            "Aggregated size of all range keys has exceeded the size limit of 1024 bytes",
        ),
    ],
)
def test_a_value_longer_than_any_key(
    dynamodb: Any, sorted_table: str, condition: str, value: str, message: str
) -> None:
    """Source: facebook/ThreatExchange issue 1324."""
    partition = {":p": {"S": "p"}} if ":p" in condition else {}
    dynamodb.query(  # the same text with another value, so that it is known from here on
        TableName=sorted_table,
        KeyConditionExpression=condition,
        ExpressionAttributeValues={**partition, ":v": {"S": "x"}},
    )
    with refused("ValidationException", f"One or more parameter values were invalid: {message}"):
        dynamodb.query(
            TableName=sorted_table,
            KeyConditionExpression=condition,
            ExpressionAttributeValues={**partition, ":v": {"S": value}},
        )


def test_a_start_key_longer_than_any_key(dynamodb: Any, sorted_table: str) -> None:
    with refused(
        "ValidationException",
        "The provided starting key is invalid: One or more parameter values were invalid: "
        "Aggregated size of all range keys has exceeded the size limit of 1024 bytes",
    ):
        dynamodb.query(
            TableName=sorted_table,
            KeyConditionExpression="pk = :p",
            ExpressionAttributeValues={":p": {"S": "p"}},
            ExclusiveStartKey={"pk": {"S": "p"}, "sk": {"S": "x" * 1025}},
        )
