"""Secondary indexes: what is in them, what they project, how they are read and paged.

Source, unless a test names another: dynamodb-exact §8, §13.
"""

from collections.abc import Callable
from typing import Any

import pytest

from tests.conformance.expect import refused

Unique = Callable[[], str]


@pytest.fixture(scope="module")
def group(dynamodb: Any, indexed_table: str, unique: Unique) -> str:
    """Ten items with ``a`` = the group, ``b`` = 0 … 9, ``l`` descending, ``x`` and ``y``; two more lack an index key."""
    group = unique()
    for number in range(10):
        dynamodb.put_item(
            TableName=indexed_table,
            Item={
                "pk": {"S": group},
                "sk": {"S": f"s{number}"},
                "a": {"S": group},
                "b": {"N": str(number)},
                "l": {"S": f"l{9 - number}"},
                "x": {"S": f"x{number}"},
                "y": {"S": f"y{number}"},
            },
        )
    dynamodb.put_item(TableName=indexed_table, Item={"pk": {"S": group}, "sk": {"S": "t1"}, "a": {"S": group}})
    dynamodb.put_item(TableName=indexed_table, Item={"pk": {"S": group}, "sk": {"S": "t2"}})
    return group


def _by(dynamodb: Any, table: str, index: str, attribute: str, value: str, **members: Any) -> dict[str, Any]:
    answer: dict[str, Any] = dynamodb.query(
        TableName=table,
        IndexName=index,
        **{
            "KeyConditionExpression": f"{attribute} = :v",
            **members,
            "ExpressionAttributeValues": {":v": {"S": value}, **members.get("ExpressionAttributeValues", {})},
        },
    )
    return answer


def test_a_gsi_is_sorted_by_its_own_key(dynamodb: Any, indexed_table: str, group: str) -> None:
    answer = _by(dynamodb, indexed_table, "by_a", "a", group, ScanIndexForward=False)
    assert [item["b"]["N"] for item in answer["Items"]] == [str(number) for number in range(9, -1, -1)]
    assert len(answer["Items"][0]) == 7


def test_an_item_without_all_index_keys_is_not_in_the_index(dynamodb: Any, indexed_table: str, group: str) -> None:
    """``t1`` has ``a`` but no ``b``: it is in the index keyed by ``a`` alone."""
    assert _by(dynamodb, indexed_table, "by_a", "a", group)["Count"] == 10
    assert _by(dynamodb, indexed_table, "keys_of_a", "a", group)["Count"] == 11


def test_keys_only(dynamodb: Any, indexed_table: str, group: str) -> None:
    for item in _by(dynamodb, indexed_table, "keys_of_a", "a", group)["Items"]:
        assert set(item) == {"a", "pk", "sk"}


def test_included_attributes(dynamodb: Any, indexed_table: str, group: str) -> None:
    items = _by(dynamodb, indexed_table, "some_of_a", "a", group)["Items"]
    assert {frozenset(item) for item in items} == {frozenset({"a", "pk", "sk", "x"}), frozenset({"a", "pk", "sk"})}


def test_an_lsi_is_sorted_by_its_own_key(dynamodb: Any, indexed_table: str, group: str) -> None:
    answer = _by(dynamodb, indexed_table, "by_l", "pk", group)
    assert [item["l"]["S"] for item in answer["Items"]] == [f"l{number}" for number in range(10)]


def test_an_lsi_fetches_what_it_does_not_project(dynamodb: Any, indexed_table: str, group: str) -> None:
    answer = _by(dynamodb, indexed_table, "keys_of_l", "pk", group, ProjectionExpression="y", Limit=1)
    assert answer["Items"] == [{"y": {"S": "y9"}}]
    whole = _by(dynamodb, indexed_table, "keys_of_l", "pk", group, Select="ALL_ATTRIBUTES", Limit=1)
    assert len(whole["Items"][0]) == 7


def test_an_lsi_may_be_read_consistently(dynamodb: Any, indexed_table: str, group: str) -> None:
    assert _by(dynamodb, indexed_table, "by_l", "pk", group, ConsistentRead=True)["Count"] == 10


def test_a_gsi_may_not(dynamodb: Any, indexed_table: str) -> None:
    with refused("ValidationException", "Consistent reads are not supported on global secondary indexes"):
        _by(dynamodb, indexed_table, "by_a", "a", "x", ConsistentRead=True)
    with refused("ValidationException", "Consistent reads are not supported on global secondary indexes"):
        dynamodb.scan(TableName=indexed_table, IndexName="by_a", ConsistentRead=True)


def test_all_attributes_of_a_gsi_that_has_not_all(dynamodb: Any, indexed_table: str) -> None:
    with refused(
        "ValidationException",
        "One or more parameter values were invalid: Select type ALL_ATTRIBUTES is not supported for global secondary "
        "index keys_of_a because its projection type is not ALL",
    ):
        _by(dynamodb, indexed_table, "keys_of_a", "a", "x", Select="ALL_ATTRIBUTES")


def test_an_attribute_a_gsi_does_not_project(dynamodb: Any, indexed_table: str) -> None:
    with refused(
        "ValidationException",
        "One or more parameter values were invalid: Global secondary index keys_of_a does not project [y]",
    ):
        _by(dynamodb, indexed_table, "keys_of_a", "a", "x", ProjectionExpression="y")


@pytest.mark.parametrize("index", ["by_a", "keys_of_a"])
def test_pages_of_an_index_lose_nothing(dynamodb: Any, indexed_table: str, group: str, index: str) -> None:
    """Also where the index key is the same for all items."""
    found: list[str] = []
    start: dict[str, Any] = {}
    while True:
        answer = _by(dynamodb, indexed_table, index, "a", group, Limit=3, **start)
        found += [item["sk"]["S"] for item in answer["Items"]]
        if "LastEvaluatedKey" not in answer:
            break
        assert {"a", "pk", "sk"} <= set(answer["LastEvaluatedKey"])
        start = {"ExclusiveStartKey": answer["LastEvaluatedKey"]}
    expected = {f"s{number}" for number in range(10)} | ({"t1"} if index == "keys_of_a" else set())
    assert len(found) == len(expected)
    assert set(found) == expected


def test_a_filter_on_the_index_key(dynamodb: Any, indexed_table: str) -> None:
    with refused(
        "ValidationException",
        "Filter Expression can only contain non-primary key attributes: Primary key attribute: b",
    ):
        _by(
            dynamodb,
            indexed_table,
            "by_a",
            "a",
            "x",
            FilterExpression="b > :n",
            ExpressionAttributeValues={":n": {"N": "1"}},
        )


def test_a_filter_on_the_table_key_of_an_index(dynamodb: Any, indexed_table: str, group: str) -> None:
    """Only the keys of the index in use are refused."""
    answer = _by(
        dynamodb,
        indexed_table,
        "by_a",
        "a",
        group,
        FilterExpression="sk = :s",
        ExpressionAttributeValues={":s": {"S": "s3"}},
    )
    assert (answer["Count"], answer["ScannedCount"]) == (1, 10)


@pytest.mark.parametrize(("index", "key"), [("keys_of_a", "a"), ("keys_of_l", "pk")])
def test_a_filter_on_what_an_index_does_not_project(dynamodb: Any, indexed_table: str, index: str, key: str) -> None:
    """Source: dynamodb-toolbox/dynamodb-toolbox issue 1195, sensedeep/dynamodb-onetable issue 93."""
    with refused(
        "ValidationException",
        f"One or more parameter values were invalid: Secondary index {index} does not project one or more filter "
        "attributes: [x, y]",
    ):
        _by(
            dynamodb,
            indexed_table,
            index,
            key,
            "x",
            FilterExpression="y = :v OR x = :v",
            ExpressionAttributeValues={":v": {"S": "1"}},
        )


def test_a_scan_does_not_find_what_an_index_does_not_project(dynamodb: Any, indexed_table: str, unique: Unique) -> None:
    """Source: dynamodb-exact §17, of an unkeyed read by PartiQL."""
    value = unique()
    item = {name: {"S": value} for name in ("pk", "sk", "a", "l", "y")}
    dynamodb.put_item(TableName=indexed_table, Item=item)
    for index in ("keys_of_a", "keys_of_l"):
        answer = dynamodb.scan(
            TableName=indexed_table,
            IndexName=index,
            FilterExpression="y = :v",
            ExpressionAttributeValues={":v": {"S": value}},
        )
        assert answer["Count"] == 0


def test_writes_move_items_in_and_out(dynamodb: Any, indexed_table: str, unique: Unique) -> None:
    key, first, second = {"pk": {"S": unique()}, "sk": {"S": "1"}}, unique(), unique()

    def indexed(value: str) -> int:
        return int(_by(dynamodb, indexed_table, "keys_of_a", "a", value)["Count"])

    dynamodb.put_item(TableName=indexed_table, Item={**key, "a": {"S": first}})
    assert (indexed(first), indexed(second)) == (1, 0)
    dynamodb.update_item(
        TableName=indexed_table,
        Key=key,
        UpdateExpression="SET a = :v",
        ExpressionAttributeValues={":v": {"S": second}},
    )
    assert (indexed(first), indexed(second)) == (0, 1)
    dynamodb.update_item(TableName=indexed_table, Key=key, UpdateExpression="REMOVE a")
    assert (indexed(first), indexed(second)) == (0, 0)
    dynamodb.put_item(TableName=indexed_table, Item={**key, "a": {"S": first}})
    dynamodb.delete_item(TableName=indexed_table, Key=key)
    assert indexed(first) == 0


def test_a_scan_of_an_index(dynamodb: Any, make_table: Callable[..., str]) -> None:
    table = make_table(
        definitions=["a:S"],
        GlobalSecondaryIndexes=[
            {
                "IndexName": "by_a",
                "KeySchema": [{"AttributeName": "a", "KeyType": "HASH"}],
                "Projection": {"ProjectionType": "KEYS_ONLY"},
            }
        ],
    )
    for number in range(6):
        dynamodb.put_item(
            TableName=table,
            Item={"pk": {"S": str(number)}, "x": {"S": "x"}, **({"a": {"S": "g"}} if number % 2 else {})},
        )
    answer = dynamodb.scan(TableName=table, IndexName="by_a")
    assert sorted(item["pk"]["S"] for item in answer["Items"]) == ["1", "3", "5"]
    assert all(set(item) == {"a", "pk"} for item in answer["Items"])
    pages = dynamodb.get_paginator("scan").paginate(TableName=table, IndexName="by_a", PaginationConfig={"PageSize": 2})
    assert sorted(item["pk"]["S"] for page in pages for item in page["Items"]) == ["1", "3", "5"]


@pytest.mark.parametrize(
    ("start", "message"),
    [
        ({"pk": {"S": "x"}, "sk": {"S": "1"}}, "The provided starting key is invalid"),
        (
            {"pk": {"S": "x"}, "sk": {"S": "1"}, "a": {"S": "x"}, "b": {"S": "1"}},
            "The provided key element does not match the schema",
        ),
    ],
    ids=["without the index key", "index key of another type"],
)
def test_a_start_key_that_does_not_fit(dynamodb: Any, indexed_table: str, start: dict[str, Any], message: str) -> None:
    with refused("ValidationException", message):
        _by(dynamodb, indexed_table, "by_a", "a", "x", ExclusiveStartKey=start)


def test_a_partition_key_that_is_a_sort_key_of_an_index(
    dynamodb: Any, make_table: Callable[..., str], unique: Unique
) -> None:
    """It may be as long as a sort key, in every write. Source: DynamoDB Local 3.3.1, asked 2026-11."""
    table = make_table(
        "pk:S",
        definitions=["group:S"],
        GlobalSecondaryIndexes=[
            {
                "IndexName": "turned",
                "KeySchema": [
                    {"AttributeName": "group", "KeyType": "HASH"},
                    {"AttributeName": "pk", "KeyType": "RANGE"},
                ],
                "Projection": {"ProjectionType": "KEYS_ONLY"},
            }
        ],
    )
    prefix = unique()
    longest = {"pk": {"S": prefix.ljust(1024, "x")}}
    longer = {"pk": {"S": prefix.ljust(1025, "x")}}
    sentence = (
        "One or more parameter values were invalid: Size limit exceeded for Index Key pk Actual Size: 1025 bytes "
        "Max Size: 1024 bytes IndexName: turned"
    )
    dynamodb.put_item(TableName=table, Item=longest)
    with refused("ValidationException", sentence):
        dynamodb.put_item(TableName=table, Item=longer)
    with refused("ValidationException", sentence):
        dynamodb.update_item(TableName=table, Key=longer)
    assert "Item" not in dynamodb.get_item(TableName=table, Key=longer)
