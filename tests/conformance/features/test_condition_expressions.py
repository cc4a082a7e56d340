"""What conditions mean: operators and functions over every type, and what they say of missing attributes.

Each case asks one ConditionCheck-like question by a put-free path: an UpdateItem without update that either passes or
fails its condition. Source: dynamodb-exact §9.1, §10.
"""

from collections.abc import Callable
from typing import Any

import pytest

Unique = Callable[[], str]

ITEM = {
    "s": {"S": "hello"},
    "blank": {"S": ""},
    "n": {"N": "5"},
    "b": {"B": b"\x01\x02\x03"},
    "yes": {"BOOL": True},
    "nothing": {"NULL": True},
    "ss": {"SS": ["a", "b"]},
    "ns": {"NS": ["1", "2.50"]},
    "bs": {"BS": [b"x", b"y"]},
    "l": {"L": [{"S": "a"}, {"N": "1"}, {"M": {"k": {"S": "v"}}}]},
    "m": {"M": {"k": {"S": "v"}, "deep": {"M": {"n": {"N": "1"}}}}},
    "emoji": {"S": "😀"},
}
VALUES: dict[str, dict[str, Any]] = {
    ":hello": {"S": "hello"},
    ":he": {"S": "he"},
    ":zz": {"S": "zz"},
    ":a": {"S": "a"},
    ":v": {"S": "v"},
    ":four": {"N": "4"},
    ":five": {"N": "5.0"},
    ":six": {"N": "6"},
    ":one": {"N": "1"},
    ":two": {"N": "2"},
    ":three": {"N": "3"},
    ":b12": {"B": b"\x01\x02"},
    ":b23": {"B": b"\x02\x03"},
    ":true": {"BOOL": True},
    ":null": {"NULL": True},
    ":ss": {"SS": ["b", "a"]},
    ":ns": {"NS": ["2.5", "1.0"]},
    ":list": {"L": [{"S": "a"}, {"N": "1"}, {"M": {"k": {"S": "v"}}}]},
    ":map": {"M": {"deep": {"M": {"n": {"N": "1.0"}}}, "k": {"S": "v"}}},
    ":mapk": {"M": {"k": {"S": "v"}}},
    ":S": {"S": "S"},
    ":N": {"S": "N"},
    ":L": {"S": "L"},
    ":NULL": {"S": "NULL"},
}

CASES = [
    # comparison
    ("s = :hello", True),
    ("s <> :hello", False),
    ("n = :five", True),
    ("n < :six AND n <= :five AND n > :four AND n >= :five", True),
    ("s = :five", False),
    ("s <> :five", True),
    ("s < :five", False),
    ("s > :five", False),
    ("b > :b12", True),
    ("s > :he", True),
    ("yes = :true", True),
    ("nothing = :null", True),
    ("ss = :ss", True),
    ("ns = :ns", True),
    ("l = :list", True),
    ("m = :map", True),
    ("m.k = :v", True),
    ("m.deep.n = :one", True),
    ("l[1] = :one", True),
    ("l[2].k = :v", True),
    # missing operands: everything false but <>
    ("nope = :hello", False),
    ("nope <> :hello", True),
    ("nope < :hello", False),
    ("m.nope.deeper = :v", False),
    ("l[9] = :one", False),
    ("NOT nope = :hello", True),
    ("nope = nope2", False),
    # BETWEEN, IN
    ("n BETWEEN :four AND :six", True),
    ("n BETWEEN :five AND :five", True),
    ("n BETWEEN :six AND :six", False),
    ("s BETWEEN :he AND :zz", True),
    ("nope BETWEEN :four AND :six", False),
    ("n IN (:four, :five)", True),
    ("n IN (:four, :hello)", False),
    ("m IN (:map)", True),
    ("nope IN (:hello)", False),
    # logic
    ("s = :zz OR n = :five", True),
    ("s = :zz OR n = :five AND b = :b12", False),
    ("(s = :hello OR n = :six) AND yes = :true", True),
    ("NOT s = :zz", True),
    ("NOT (s = :hello AND n = :five)", False),
    ("not s = :zz and n = :five", True),
    # functions
    ("attribute_exists(s)", True),
    ("attribute_exists(nothing)", True),
    ("attribute_exists(m.deep.n)", True),
    ("attribute_exists(l[2].k)", True),
    ("attribute_exists(nope)", False),
    ("attribute_not_exists(nope)", True),
    ("attribute_not_exists(l[3])", True),
    ("attribute_not_exists(s)", False),
    ("attribute_type(s, :S)", True),
    ("attribute_type(s, :N)", False),
    ("attribute_type(l, :L)", True),
    ("attribute_type(nothing, :NULL)", True),
    ("attribute_type(nope, :S)", False),
    ("begins_with(s, :he)", True),
    ("begins_with(s, :hello)", True),
    ("begins_with(s, :zz)", False),
    ("begins_with(b, :b12)", True),
    ("begins_with(b, :he)", False),
    ("begins_with(n, :he)", False),
    ("begins_with(nope, :he)", False),
    ("contains(s, :he)", True),
    ("contains(s, :zz)", False),
    ("contains(b, :b23)", True),
    ("contains(ss, :a)", True),
    ("contains(ss, :zz)", False),
    ("contains(ns, :one)", True),
    ("contains(ns, :a)", False),
    ("contains(l, :a)", True),
    ("contains(l, :one)", True),
    ("contains(l, :mapk)", True),
    ("contains(l, :zz)", False),
    ("contains(n, :five)", False),
    ("contains(nope, :a)", False),
    ("size(s) = :five", True),
    ("size(blank) < :one", True),
    ("size(b) = :three", True),
    ("size(ss) = :two", True),
    ("size(l) = :three", True),
    ("size(m) = :two", True),
    ("size(emoji) = :two", True),
    ("size(n) = :one", False),
    ("size(yes) = :one", False),
    ("size(nope) = :one", False),
    ("size(nope) <> :one", True),
    ("size(s) BETWEEN :four AND :six", True),
    ("size(l[2]) = :one", True),
    # two paths, values on the left
    ("m.k = l[2].k", True),
    (":five = n", True),
    ("contains(s, :he) AND NOT contains(s, :zz)", True),
]


@pytest.fixture(scope="module")
def key(dynamodb: Any, table: str, unique: Unique) -> dict[str, Any]:
    key = {"pk": {"S": unique()}}
    dynamodb.put_item(TableName=table, Item={**key, **ITEM})
    return key


def holds(dynamodb: Any, table: str, key: dict[str, Any], condition: str) -> bool:
    values = {name: value for name, value in VALUES.items() if name in _words(condition)}
    try:
        dynamodb.update_item(
            TableName=table,
            Key=key,
            ConditionExpression=condition,
            **({"ExpressionAttributeValues": values} if values else {}),
        )
    except dynamodb.exceptions.ConditionalCheckFailedException:
        return False
    return True


def _words(text: str) -> set[str]:
    for mark in "(),":
        text = text.replace(mark, " ")
    return set(text.split())


@pytest.mark.parametrize(("condition", "expected"), CASES, ids=[condition for condition, _ in CASES])
def test_a_condition(dynamodb: Any, table: str, key: dict[str, Any], condition: str, expected: bool) -> None:
    assert holds(dynamodb, table, key, condition) is expected


def test_a_filter_means_the_same(dynamodb: Any, table: str, key: dict[str, Any]) -> None:
    """One language: the same text as a filter of a scan keeps or drops the item."""
    for condition, expected in CASES[:12]:
        values = {name: value for name, value in VALUES.items() if name in _words(condition)}
        answer = dynamodb.query(
            TableName=table,
            KeyConditionExpression="pk = :pk",
            FilterExpression=condition,
            ExpressionAttributeValues={":pk": key["pk"], **values},
        )
        assert (answer["Count"] == 1) is expected, condition


def test_placeholders_stand_for_names_anywhere_in_a_path(dynamodb: Any, table: str, key: dict[str, Any]) -> None:
    dynamodb.update_item(
        TableName=table,
        Key=key,
        ConditionExpression="#m.#d.n = :one AND #l[2].#k = :v",
        ExpressionAttributeNames={"#m": "m", "#d": "deep", "#l": "l", "#k": "k"},
        ExpressionAttributeValues={":one": {"N": "1"}, ":v": {"S": "v"}},
    )


def test_a_placeholder_with_a_dot_is_one_name(dynamodb: Any, table: str, unique: Unique) -> None:
    """A substituted name is one element, dots and all."""
    key = {"pk": {"S": unique()}}
    dynamodb.put_item(TableName=table, Item={**key, "a.b": {"N": "1"}})
    dynamodb.update_item(
        TableName=table,
        Key=key,
        ConditionExpression="#ab = :one",
        ExpressionAttributeNames={"#ab": "a.b"},
        ExpressionAttributeValues={":one": {"N": "1"}},
    )
