"""The language of key conditions: what selects, what is refused. Source: dynamodb-exact §9.1, §9.4."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.conformance.expect import refused

Unique = Callable[[], str]
VALUES: dict[str, dict[str, Any]] = {
    ":b": {"S": "b"},
    ":c": {"S": "c"},
    ":ba": {"S": "ba"},
    ":n": {"N": "1"},
    ":empty": {"S": ""},
}


@pytest.fixture(scope="module")
def partition(dynamodb: Any, sorted_table: str, unique: Unique) -> str:
    partition = unique()
    for key in ("a", "b", "ba", "bb", "c"):
        dynamodb.put_item(TableName=sorted_table, Item={"pk": {"S": partition}, "sk": {"S": key}})
    return partition


def _query(dynamodb: Any, table: str, partition: str, condition: str) -> list[str]:
    words = set(condition.replace("(", " ").replace(")", " ").replace(",", " ").split())
    values = {name: value for name, value in VALUES.items() if name in words}
    if ":pk" in words:
        values[":pk"] = {"S": partition}
    answer = dynamodb.query(TableName=table, KeyConditionExpression=condition, ExpressionAttributeValues=values)
    return [item["sk"]["S"] for item in answer["Items"]]


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ("pk = :pk", ["a", "b", "ba", "bb", "c"]),
        ("pk = :pk AND sk = :b", ["b"]),
        ("pk = :pk AND sk < :b", ["a"]),
        ("pk = :pk AND sk <= :b", ["a", "b"]),
        ("pk = :pk AND sk > :b", ["ba", "bb", "c"]),
        ("pk = :pk AND sk >= :b", ["b", "ba", "bb", "c"]),
        ("pk = :pk AND sk BETWEEN :b AND :ba", ["b", "ba"]),
        ("pk = :pk AND begins_with(sk, :b)", ["b", "ba", "bb"]),
        ("sk = :b AND pk = :pk", ["b"]),
        ("(pk = :pk) AND (sk = :b)", ["b"]),
        ("(pk = :pk AND sk = :b)", ["b"]),
        (":pk = pk AND :b < sk", ["ba", "bb", "c"]),
        ("pk = :pk and sk between :b and :ba", ["b", "ba"]),
    ],
)
def test_a_condition_selects(
    dynamodb: Any, sorted_table: str, partition: str, condition: str, expected: list[str]
) -> None:
    assert _query(dynamodb, sorted_table, partition, condition) == expected


@pytest.mark.parametrize(
    ("condition", "message"),
    [
        ("pk = :pk OR sk = :b", "Invalid operator used in KeyConditionExpression: OR"),
        ("NOT pk = :pk", "Invalid operator used in KeyConditionExpression: NOT"),
        ("pk IN (:pk)", "Invalid operator used in KeyConditionExpression: IN"),
        ("pk = :pk AND sk <> :b", "Invalid operator used in KeyConditionExpression: <>"),
        ("pk = :pk AND attribute_exists(sk)", "Invalid operator used in KeyConditionExpression: attribute_exists"),
        ("pk = :pk AND contains(sk, :b)", "Invalid operator used in KeyConditionExpression: contains"),
        ("pk = :pk AND size(sk) = :n", "KeyConditionExpressions cannot contain nested operations"),
        ("sk = :b", "Query condition missed key schema element: pk"),
        ("pk > :pk", "Query key condition not supported"),
        ("pk = :pk AND side = :b", "Query condition missed key schema element: sk"),
        (
            "pk = :pk AND pk = :b",
            "Invalid KeyConditionExpression: KeyConditionExpressions must only contain one condition per key",
        ),
        ("pk = :pk AND sk = :b AND side = :c", "Conditions can be of length 1 or 2 only"),
        (
            "pk = :n",
            "One or more parameter values were invalid: Condition parameter type does not match schema type",
        ),
        (
            "pk = :pk AND sk.a = :b",
            "Invalid KeyConditionExpression: KeyConditionExpressions cannot have conditions on nested attributes",
        ),
        (
            "pk = sk",
            "Invalid condition in KeyConditionExpression: Multiple attribute names used in one condition",
        ),
        (
            ":pk = :b",
            "Invalid condition in KeyConditionExpression: No key attribute specified",
        ),
        (
            "pk = :empty",
            (
                "One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an "
                "empty string value. Key: pk"
            ),
        ),
        ("pk = :pk AND ((sk = :b))", "Invalid KeyConditionExpression: The expression has redundant parentheses;"),
    ],
)
def test_a_condition_is_refused(dynamodb: Any, sorted_table: str, condition: str, message: str) -> None:
    values = {**VALUES, ":pk": {"S": "x"}}
    words = set(condition.replace("(", " ").replace(")", " ").replace(",", " ").split())
    used = {name: value for name, value in values.items() if name in words}
    with refused("ValidationException", message):
        dynamodb.query(
            TableName=sorted_table,
            KeyConditionExpression=condition,
            **({"ExpressionAttributeValues": used} if used else {}),
        )


def test_a_sort_condition_on_a_table_without_sort_key(dynamodb: Any, table: str) -> None:
    with refused("ValidationException", "Query key condition not supported"):
        dynamodb.query(
            TableName=table,
            KeyConditionExpression="pk = :a AND sk = :a",
            ExpressionAttributeValues={":a": {"S": "x"}},
        )


def test_begins_with_on_a_number(dynamodb: Any, number_table: str) -> None:
    with refused(
        "ValidationException",
        "Invalid KeyConditionExpression: Incorrect operand type for operator or function; "
        "operator or function: begins_with, operand type: N",
    ):
        dynamodb.query(
            TableName=number_table,
            KeyConditionExpression="pk = :a AND begins_with(sk, :n)",
            ExpressionAttributeValues={":a": {"S": "x"}, ":n": {"N": "1"}},
        )


def test_reversed_bounds(dynamodb: Any, sorted_table: str) -> None:
    with refused(
        "ValidationException",
        "Invalid KeyConditionExpression: The BETWEEN operator requires upper bound to be greater than or equal to lower "
        "bound; lower bound operand: AttributeValue: {S:c}, upper bound operand: AttributeValue: {S:b}",
    ):
        dynamodb.query(
            TableName=sorted_table,
            KeyConditionExpression="pk = :b AND sk BETWEEN :c AND :b",
            ExpressionAttributeValues={":b": {"S": "b"}, ":c": {"S": "c"}},
        )
