"""Scan of a table, in one piece and in segments.

Source, unless a test names another: dynamodb-exact §13, §13.1, §18.
"""

from collections.abc import Callable
from typing import Any

import pytest

from tests.conformance.expect import refused

Unique = Callable[[], str]


@pytest.fixture(scope="module")
def scanned(dynamodb: Any, make_table: Callable[..., str]) -> str:
    """A table of its own with the keys ``k0`` … ``k59`` and ``n`` = 0 … 59."""
    table = make_table("pk:S")
    for start in range(0, 60, 20):
        dynamodb.batch_write_item(
            RequestItems={
                table: [
                    {"PutRequest": {"Item": {"pk": {"S": f"k{number}"}, "n": {"N": str(number)}}}}
                    for number in range(start, start + 20)
                ]
            }
        )
    return table


def _keys(answer: dict[str, Any]) -> list[str]:
    return [item["pk"]["S"] for item in answer["Items"]]


def test_every_item_comes_once(dynamodb: Any, scanned: str) -> None:
    answer = dynamodb.scan(TableName=scanned)
    assert sorted(_keys(answer)) == sorted(f"k{number}" for number in range(60))
    assert (answer["Count"], answer["ScannedCount"]) == (60, 60)
    assert "LastEvaluatedKey" not in answer


def test_pages_join_to_the_same_order(dynamodb: Any, scanned: str) -> None:
    whole = _keys(dynamodb.scan(TableName=scanned))
    pages = dynamodb.get_paginator("scan").paginate(TableName=scanned, PaginationConfig={"PageSize": 7})
    assert [key for page in pages for key in _keys(page)] == whole


@pytest.mark.parametrize("total", [1, 2, 3, 7, 100])
def test_segments_share_out_the_table(dynamodb: Any, scanned: str, total: int) -> None:
    found: list[str] = []
    for segment in range(total):
        found += _keys(dynamodb.scan(TableName=scanned, Segment=segment, TotalSegments=total))
    assert sorted(found) == sorted(f"k{number}" for number in range(60))


def test_the_order_is_that_of_the_hashed_partition_key(dynamodb: Any, make_table: Callable[..., str]) -> None:
    """The order of the hashes that the source lists: hello 8f051e, a f6558e, b 6521ac, 1 48e6ac."""
    table = make_table("pk:S")
    for key in ("a", "b", "hello", "1"):
        dynamodb.put_item(TableName=table, Item={"pk": {"S": key}})
    assert _keys(dynamodb.scan(TableName=table)) == ["1", "b", "hello", "a"]


def test_number_keys_are_hashed_by_value(dynamodb: Any, make_table: Callable[..., str]) -> None:
    """Ascending hashes from the source: -1 0267df, 1E125 2f2857, 123 574207, 100 6840bd, 12 70366a and so on."""
    table = make_table("pk:N")
    order = ["-1", "1E125", "123", "100", "12", "1.5", "0.05", "1", "-12.5", "0"]
    for key in sorted(order):
        dynamodb.put_item(TableName=table, Item={"pk": {"N": key}})
    found = [item["pk"]["N"] for item in dynamodb.scan(TableName=table)["Items"]]
    assert [float(key) for key in found] == [float(key) for key in order]


def test_the_movies_of_the_guide_come_in_its_order(dynamodb: Any, make_table: Callable[..., str]) -> None:
    """The developer guide shows bodies that AWS sent for a Scan of thousands of movies with the year as partition key.

    The first hundred end within 2013, with one of 1958 before it; the last six are led by one of 1983.
    Source: developer guide, "Working with scans", responses of 2017-07-07.
    """
    table = make_table("year:N", "title:S")
    movies = [
        ("1958", "Monster on the Campus"),
        ("2013", "+1"),
        ("2013", "100 Degrees Below Zero"),
        ("2013", "About Time"),
        ("2013", "Curse of Chucky"),
        *((str(year), "any") for year in range(1984, 2013)),
        ("1983", "WarGames"),
    ]
    for year, title in sorted(movies):
        dynamodb.put_item(TableName=table, Item={"year": {"N": year}, "title": {"S": title}})
    found = [(item["year"]["N"], item["title"]["S"]) for item in dynamodb.scan(TableName=table)["Items"]]
    assert found[:5] == movies[:5]
    assert found[-1] == movies[-1]


def test_segment_bounds_follow_the_hash(dynamodb: Any, make_table: Callable[..., str]) -> None:
    """Of two segments the second begins at hash 800: hello (8f0) and a (f65) lie in it, 1 (48e) and b (652) do not."""
    table = make_table("pk:S")
    for key in ("a", "b", "hello", "1"):
        dynamodb.put_item(TableName=table, Item={"pk": {"S": key}})
    assert _keys(dynamodb.scan(TableName=table, Segment=0, TotalSegments=2)) == ["1", "b"]
    assert _keys(dynamodb.scan(TableName=table, Segment=1, TotalSegments=2)) == ["hello", "a"]


def test_a_filter_counts_what_it_saw(dynamodb: Any, scanned: str) -> None:
    answer = dynamodb.scan(TableName=scanned, FilterExpression="n < :v", ExpressionAttributeValues={":v": {"N": "10"}})
    assert (answer["Count"], answer["ScannedCount"]) == (10, 60)


def test_a_filter_may_use_the_key(dynamodb: Any, scanned: str) -> None:
    answer = dynamodb.scan(TableName=scanned, FilterExpression="pk = :v", ExpressionAttributeValues={":v": {"S": "k7"}})
    assert _keys(answer) == ["k7"]


def test_count_alone(dynamodb: Any, scanned: str) -> None:
    answer = dynamodb.scan(TableName=scanned, Select="COUNT")
    assert "Items" not in answer
    assert answer["Count"] == 60


def test_a_limit_that_is_exactly_the_table_still_has_a_cursor(dynamodb: Any, scanned: str) -> None:
    answer = dynamodb.scan(TableName=scanned, Limit=60)
    assert "LastEvaluatedKey" in answer
    assert dynamodb.scan(TableName=scanned, ExclusiveStartKey=answer["LastEvaluatedKey"])["Items"] == []


def test_the_charge_is_one_for_the_whole_page(dynamodb: Any, scanned: str) -> None:
    assert dynamodb.scan(TableName=scanned, ReturnConsumedCapacity="TOTAL")["ConsumedCapacity"] == {
        "TableName": scanned,
        "CapacityUnits": 0.5,
    }


@pytest.mark.parametrize(
    ("members", "message"),
    [
        (
            {"Limit": 0},
            (
                "1 validation error detected: Value '0' at 'limit' failed to satisfy constraint: "
                "Member must have value greater than or equal to 1"
            ),
        ),
        (
            {"Segment": -1, "TotalSegments": 2},
            (
                "1 validation error detected: Value '-1' at 'segment' failed to satisfy constraint: "
                "Member must have value greater than or equal to 0"
            ),
        ),
        (
            {"Segment": 0},
            "The TotalSegments parameter is required but was not present in the request when Segment parameter is present",
        ),
        (
            {"TotalSegments": 2},
            "The Segment parameter is required but was not present in the request when parameter TotalSegments is present",
        ),
        (
            {"Segment": 2, "TotalSegments": 2},
            (
                "The Segment parameter is zero-based and must be less than parameter TotalSegments: Segment: 2 is not less "
                "than TotalSegments: 2"
            ),
        ),
        (
            {"Select": "SPECIFIC_ATTRIBUTES"},
            "Must specify the AttributesToGet or ProjectionExpression when choosing to get SPECIFIC_ATTRIBUTES",
        ),
        ({"IndexName": "no-such-index"}, "The table does not have the specified index: no-such-index"),
        (
            {"ExclusiveStartKey": {"a": {"S": "x"}, "b": {"S": "x"}}},
            "The provided starting key is invalid: The provided key element does not match the schema",
        ),
        (
            {"ExclusiveStartKey": {"pk": {"N": "1"}}},
            "The provided starting key is invalid: The provided key element does not match the schema",
        ),
    ],
)
def test_refusals(dynamodb: Any, table: str, members: dict[str, Any], message: str) -> None:
    with refused("ValidationException", message):
        dynamodb.scan(TableName=table, **members)


def test_a_start_key_of_another_segment(dynamodb: Any, table: str) -> None:
    """``a`` hashes to f65: of two segments it lies in the second."""
    with refused(
        "ValidationException",
        "The provided starting key is invalid: Invalid ExclusiveStartKey. Please use ExclusiveStartKey with correct Segment. "
        "TotalSegments: 2 Segment: 0",
    ):
        dynamodb.scan(TableName=table, Segment=0, TotalSegments=2, ExclusiveStartKey={"pk": {"S": "a"}})


def test_a_start_key_in_an_index_that_is_not_there(dynamodb: Any, table: str) -> None:
    """The index is what is refused. Source: dynalite 4.0.0 and DynamoDB Local 3.3.1, asked 2026-11."""
    with refused("ValidationException", "The table does not have the specified index: no-such-index"):
        dynamodb.scan(TableName=table, IndexName="no-such-index", ExclusiveStartKey={"a": {"S": "a"}})


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ({"NS": []}, "One or more parameter values were invalid: An number set  may not be empty"),
        ({"NS": ["1", "1.0"]}, "Input collection contains duplicates"),
        ({"N": "x"}, "The parameter cannot be converted to a numeric value: x"),
        (
            {"SS": []},
            "The provided starting key is invalid: One or more parameter values were invalid: An string set  may not be empty",
        ),
    ],
)
def test_refused_values_of_a_start_key(dynamodb: Any, table: str, value: dict[str, Any], message: str) -> None:
    """What is wrong with numbers has no wrapper. Source: dynamodb-exact §5.2; dynalite 4.0.0, asked 2026-11."""
    with refused("ValidationException", message):
        dynamodb.scan(TableName=table, ExclusiveStartKey={"pk": value})


def test_a_missing_table(dynamodb: Any, unique: Unique) -> None:
    with refused("ResourceNotFoundException", "Requested resource not found"):
        dynamodb.scan(TableName=unique())


def test_a_full_page_is_billed_128_and_a_half_units(dynamodb: Any, make_table: Callable[..., str]) -> None:
    """A page ends with the item that brings the items' own sizes to 1 MB, long names of attributes included.

    Source: Franck Pachot, "DynamoDB Scan (and why 128.5 RCU?)", dbi-services.com, November 2020, of such items on AWS.
    """
    table = make_table("MyKeyPart:N", "MyKeySort:N")
    for start in range(0, 1_050, 25):
        items = [
            {
                "MyKeyPart": {"N": str(number % 32 + 1)},
                "MyKeySort": {"N": str(number + 101)},
                "MyUnstructuredData": {"S": "x" * 1_000},
            }
            for number in range(start, start + 25)
        ]
        dynamodb.batch_write_item(RequestItems={table: [{"PutRequest": {"Item": item}} for item in items]})
    for consistent, units in ((False, 128.5), (True, 257.0)):
        page = dynamodb.scan(TableName=table, Select="COUNT", ReturnConsumedCapacity="TOTAL", ConsistentRead=consistent)
        assert "LastEvaluatedKey" in page
        assert page["ConsumedCapacity"] == {"TableName": table, "CapacityUnits": units}
        assert page["Count"] in (1_007, 1_008)  # their sort keys have one byte or two
