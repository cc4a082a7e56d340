"""Global indexes whose keys are several attributes: what a Query may ask of them.

Source: the developer's guide (multi-attribute keys); scylladb/scylladb pull request 31448 and issue 31393 (what AWS
takes and refuses); DynamoDB Local 3.3.1, asked 2026-11 (the sentences and their order).
"""

from collections.abc import Callable
from typing import Any

import pytest

from tests.conformance.expect import refused

VALUES = {
    ":t": {"S": "spring"},
    ":r": {"S": "eu"},
    ":round": {"S": "final"},
    ":semi": {"S": "semi"},
    ":m": {"N": "1"},
    ":day": {"S": "d2"},
}


@pytest.fixture(scope="module")
def matches(dynamodb: Any, make_table: Callable[..., str]) -> str:
    """Matches by tournament and region; sorted by round, number and day."""
    table = make_table(
        "pk:S",
        definitions=["tour:S", "reg:S", "stage:S", "num:N", "date1:S"],
        GlobalSecondaryIndexes=[
            {
                "IndexName": "by-tour",
                "KeySchema": [
                    *({"AttributeName": name, "KeyType": "HASH"} for name in ("tour", "reg")),
                    *({"AttributeName": name, "KeyType": "RANGE"} for name in ("stage", "num", "date1")),
                ],
                "Projection": {"ProjectionType": "KEYS_ONLY"},
            }
        ],
    )
    rows = [("final", 1, "d1"), ("final", 1, "d2"), ("final", 10, "d1"), ("final", 9, "d1"), ("semi", 1, "d1")]
    for place, (stage, number, day) in enumerate(rows):
        dynamodb.put_item(
            TableName=table,
            Item={
                "pk": {"S": f"m{place}"},
                "tour": {"S": "spring"},
                "reg": {"S": "eu"},
                "stage": {"S": stage},
                "num": {"N": str(number)},
                "date1": {"S": day},
            },
        )
    dynamodb.put_item(TableName=table, Item={"pk": {"S": "unsorted"}, "tour": {"S": "spring"}, "reg": {"S": "eu"}})
    return table


def _query(dynamodb: Any, table: str, condition: str, **members: Any) -> Any:
    names = condition.replace("(", " ").replace(")", " ").replace(",", " ").split()
    values = {name: VALUES[name] for name in names if name in VALUES}
    return dynamodb.query(
        TableName=table,
        IndexName="by-tour",
        KeyConditionExpression=condition,
        ExpressionAttributeValues=values,
        **members,
    )


@pytest.mark.parametrize(
    ("condition", "found"),
    [
        ("tour = :t AND reg = :r", ["m0", "m1", "m3", "m2", "m4"]),
        ("reg = :r AND tour = :t AND stage = :round", ["m0", "m1", "m3", "m2"]),
        ("tour = :t AND reg = :r AND stage < :semi", ["m0", "m1", "m3", "m2"]),
        ("tour = :t AND reg = :r AND begins_with(stage, :semi)", ["m4"]),
        ("tour = :t AND reg = :r AND stage = :round AND num > :m", ["m3", "m2"]),
        ("num = :m AND stage = :round AND date1 >= :day AND tour = :t AND reg = :r", ["m1"]),
    ],
)
def test_conditions_from_the_left(dynamodb: Any, matches: str, condition: str, found: list[str]) -> None:
    assert [item["pk"]["S"] for item in _query(dynamodb, matches, condition)["Items"]] == found


@pytest.mark.parametrize(
    ("condition", "missing", "present"),
    [
        ("tour = :t AND reg = :r AND num = :m", "stage", "num"),
        ("tour = :t AND reg = :r AND stage = :round AND date1 = :day", "num", "date1"),
        ("tour = :t AND reg = :r AND stage > :round AND num = :m", "stage", "num"),
        ("tour = :t AND reg = :r AND stage > :round AND num > :m", "stage", "num"),
        ("tour = :t AND reg = :r AND begins_with(stage, :round) AND num = :m", "stage", "num"),
        ("tour = :t AND reg = :r AND date1 = :day", "stage, num", "date1"),
        ("tour = :t AND reg = :r AND stage > :round AND date1 = :day", "num", "date1"),
        ("tour = :t AND reg = :r AND stage > :round AND num = :m AND date1 = :day", "stage", "date1"),
        ("tour = :t AND reg = :r AND stage > :round AND num > :m AND date1 = :day", "stage, num", "date1"),
    ],
)
def test_gaps_are_refused(dynamodb: Any, matches: str, condition: str, missing: str, present: str) -> None:
    with refused(
        "ValidationException",
        f"RANGE key attributes {missing} must have equality conditions specified in the query because a condition "
        f"is present on key attribute {present}",
    ):
        _query(dynamodb, matches, condition)


def test_every_attribute_of_the_partition_key_is_asked_for(dynamodb: Any, matches: str) -> None:
    def refuses(names: str) -> Any:
        return refused(
            "ValidationException",
            f"HASH key attributes {names} must have equality conditions specified in the query",
        )

    with refuses("reg"):
        _query(dynamodb, matches, "tour = :t")
    with refuses("tour"):
        _query(dynamodb, matches, "reg = :r AND stage = :round")
    with refuses("tour, reg"):
        _query(dynamodb, matches, "stage = :round")
    with refuses("reg"):
        _query(dynamodb, matches, "begins_with(reg, :r) AND tour = :t")


def test_attributes_that_are_not_of_the_key(dynamodb: Any, matches: str) -> None:
    with refused("ValidationException", "Query condition missed key schema element: stage"):
        _query(dynamodb, matches, "tour = :t AND reg = :r AND side = :m")
    with refused("ValidationException", "Query key condition not supported"):
        _query(
            dynamodb,
            matches,
            "tour = :t AND reg = :r AND stage = :round AND num = :m AND date1 = :day AND side = :m",
        )


@pytest.mark.parametrize(
    ("attributes", "sentence"),
    [
        (
            {"tour": {"S": "x" * 2000}, "reg": {"S": "x" * 49}},
            (
                "Aggregate size for HASH key attributes tour, reg of index by-tour has exceeded limit 2048 bytes, "
                "with actual size 2049 bytes"
            ),
        ),
        (
            {"stage": {"S": "x" * 1021}, "num": {"N": "-12.5"}},
            (
                "Aggregate size for RANGE key attributes stage, num of index by-tour has exceeded limit 1024 bytes, "
                "with actual size 1025 bytes"
            ),
        ),
        (
            {"stage": {"S": "x" * 1023}, "num": {"N": "1"}, "date1": {"S": ""}},
            (
                "One or more parameter values are not valid. A value specified for a secondary index key is not supported. "
                "The AttributeValue for a key attribute cannot contain an empty string value. "
                "IndexName: by-tour, IndexKey: date1"
            ),
        ),
    ],
    ids=["partition key", "sort key", "each alone first"],
)
def test_attributes_that_are_too_long_together(
    dynamodb: Any, matches: str, unique: Callable[[], str], attributes: dict[str, Any], sentence: str
) -> None:
    """Whether or not the item has all attributes of the key."""
    item = {"pk": {"S": unique()}, **attributes}
    with refused("ValidationException", sentence):
        dynamodb.put_item(TableName=matches, Item=item)
    with refused("ValidationException", sentence):
        dynamodb.batch_write_item(RequestItems={matches: [{"PutRequest": {"Item": item}}]})


def test_attributes_that_fit_together(dynamodb: Any, matches: str, unique: Callable[[], str]) -> None:
    item = {"pk": {"S": unique()}, "stage": {"S": "x" * 1022}, "num": {"N": "1"}}
    dynamodb.put_item(TableName=matches, Item=item)
    with refused(
        "ValidationException",
        "The update expression attempted to update the secondary index key beyond allowed size limits",
    ):
        dynamodb.update_item(
            TableName=matches,
            Key={"pk": item["pk"]},
            UpdateExpression="SET date1 = :day",
            ExpressionAttributeValues={":day": {"S": "d"}},
        )


def test_legacy_conditions_do_too(dynamodb: Any, matches: str) -> None:
    conditions = {
        name: {"ComparisonOperator": "EQ", "AttributeValueList": [VALUES[value]]}
        for name, value in {"tour": ":t", "reg": ":r", "stage": ":semi"}.items()
    }
    answer = dynamodb.query(TableName=matches, IndexName="by-tour", KeyConditions=conditions)
    assert [item["pk"]["S"] for item in answer["Items"]] == ["m4"]


@pytest.mark.parametrize("forward", [True, False])
def test_pages_follow_each_other(dynamodb: Any, matches: str, forward: bool) -> None:
    found: list[str] = []
    start: dict[str, Any] = {}
    while True:
        page = _query(dynamodb, matches, "tour = :t AND reg = :r", Limit=1, ScanIndexForward=forward, **start)
        found += [item["pk"]["S"] for item in page["Items"]]
        if "LastEvaluatedKey" not in page:
            break
        assert set(page["LastEvaluatedKey"]) == {"pk", "tour", "reg", "stage", "num", "date1"}
        start = {"ExclusiveStartKey": page["LastEvaluatedKey"]}
    assert found == (["m0", "m1", "m3", "m2", "m4"] if forward else ["m4", "m2", "m3", "m1", "m0"])
