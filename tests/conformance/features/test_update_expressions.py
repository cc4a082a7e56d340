"""What updates do: SET, REMOVE, ADD, DELETE over documents. Source: dynamodb-exact §10, "update topic"."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.conformance.expect import refused

Unique = Callable[[], str]

BEFORE: dict[str, Any] = {
    "n": {"N": "5"},
    "s": {"S": "x"},
    "l": {"L": [{"N": "0"}, {"N": "1"}, {"N": "2"}]},
    "m": {"M": {"a": {"N": "1"}}},
    "ss": {"SS": ["a", "b"]},
    "ns": {"NS": ["1"]},
}
VALUES: dict[str, dict[str, Any]] = {
    ":one": {"N": "1"},
    ":minus": {"N": "-1"},
    ":half": {"N": "0.5"},
    ":x": {"S": "x"},
    ":new": {"S": "new"},
    ":list": {"L": [{"S": "p"}]},
    ":empty": {"L": []},
    ":map": {"M": {"z": {"N": "9"}}},
    ":ss": {"SS": ["b", "c"]},
    ":both": {"SS": ["a", "b"]},
    ":ns": {"NS": ["2"]},
    ":zero": {"N": "0"},
}

CASES: list[tuple[str, dict[str, Any]]] = [
    ("SET z = :new", {"z": {"S": "new"}}),
    ("SET n = n + :one", {"n": {"N": "6"}}),
    ("SET n = n - :half", {"n": {"N": "4.5"}}),
    ("SET n = :one - n", {"n": {"N": "-4"}}),
    ("SET z = n, n = :one", {"z": {"N": "5"}, "n": {"N": "1"}}),
    ("SET n = :one, z = n", {"z": {"N": "5"}, "n": {"N": "1"}}),
    ("SET z = if_not_exists(z, :one)", {"z": {"N": "1"}}),
    ("SET z = if_not_exists(n, :one)", {"z": {"N": "5"}}),
    ("SET z = if_not_exists(z, :zero) + :one", {"z": {"N": "1"}}),
    ("SET l = list_append(l, :list)", {"l": {"L": [{"N": "0"}, {"N": "1"}, {"N": "2"}, {"S": "p"}]}}),
    ("SET l = list_append(:list, l)", {"l": {"L": [{"S": "p"}, {"N": "0"}, {"N": "1"}, {"N": "2"}]}}),
    ("SET z = list_append(if_not_exists(z, :empty), :list)", {"z": {"L": [{"S": "p"}]}}),
    ("SET l[1] = :new", {"l": {"L": [{"N": "0"}, {"S": "new"}, {"N": "2"}]}}),
    ("SET l[9] = :new", {"l": {"L": [{"N": "0"}, {"N": "1"}, {"N": "2"}, {"S": "new"}]}}),
    (
        "SET l[20] = :new, l[10] = :x",
        {"l": {"L": [{"N": "0"}, {"N": "1"}, {"N": "2"}, {"S": "x"}, {"S": "new"}]}},
    ),
    ("SET m.b = :new", {"m": {"M": {"a": {"N": "1"}, "b": {"S": "new"}}}}),
    ("SET m.a = m.a + :one", {"m": {"M": {"a": {"N": "2"}}}}),
    ("SET m = :map", {"m": {"M": {"z": {"N": "9"}}}}),
    ("REMOVE s", {"s": None}),
    ("REMOVE nope", {}),
    ("REMOVE l[0]", {"l": {"L": [{"N": "1"}, {"N": "2"}]}}),
    ("REMOVE l[0], l[1]", {"l": {"L": [{"N": "2"}]}}),
    ("REMOVE l[9]", {}),
    ("REMOVE m.a", {"m": {"M": {}}}),
    ("REMOVE m.nope", {}),
    ("ADD n :one", {"n": {"N": "6"}}),
    ("ADD n :minus", {"n": {"N": "4"}}),
    ("ADD z :one", {"z": {"N": "1"}}),
    ("ADD m.a :one", {"m": {"M": {"a": {"N": "2"}}}}),
    ("ADD ss :ss", {"ss": {"SS": ["a", "b", "c"]}}),
    ("ADD z :ss", {"z": {"SS": ["b", "c"]}}),
    ("ADD ns :ns", {"ns": {"NS": ["1", "2"]}}),
    ("DELETE ss :ss", {"ss": {"SS": ["a"]}}),
    ("DELETE ss :both", {"ss": None}),
    ("DELETE nope :ss", {}),
    (
        "SET s = :new REMOVE n ADD ns :ns DELETE ss :ss",
        {"s": {"S": "new"}, "n": None, "ns": {"NS": ["1", "2"]}, "ss": {"SS": ["a"]}},
    ),
    ("set s = :new remove n", {"s": {"S": "new"}, "n": None}),
    ("SET n = (n + :one)", {"n": {"N": "6"}}),
]


def _sorted_sets(item: dict[str, Any]) -> dict[str, Any]:
    """Sets have no order."""
    return {
        name: {kind: sorted(value) if kind in {"SS", "NS", "BS"} else value for kind, value in one.items()}
        for name, one in item.items()
    }


def _update(dynamodb: Any, table: str, key: dict[str, Any], expression: str) -> dict[str, Any]:
    words = set(expression.replace("(", " ").replace(")", " ").replace(",", " ").split())
    values = {name: value for name, value in VALUES.items() if name in words}
    answer: dict[str, Any] = dynamodb.update_item(
        TableName=table,
        Key=key,
        UpdateExpression=expression,
        ReturnValues="ALL_NEW",
        **({"ExpressionAttributeValues": values} if values else {}),
    )
    return answer


@pytest.mark.parametrize(("expression", "changes"), CASES, ids=[case[0] for case in CASES])
def test_an_update(dynamodb: Any, table: str, unique: Unique, expression: str, changes: dict[str, Any]) -> None:
    key = {"pk": {"S": unique()}}
    dynamodb.put_item(TableName=table, Item={**key, **BEFORE})
    expected = {name: value for name, value in {**key, **BEFORE, **changes}.items() if value is not None}
    assert _sorted_sets(_update(dynamodb, table, key, expression)["Attributes"]) == expected
    assert _sorted_sets(dynamodb.get_item(TableName=table, Key=key)["Item"]) == expected


TYPE = "An operand in the update expression has an incorrect data type"
PATH = "The document path provided in the update expression is invalid for update"
MISSING = "The provided expression refers to an attribute that does not exist in the item"
REFUSED = [
    ("SET z = nope", MISSING),
    ("SET z = nope + :one", MISSING),
    ("SET n = s + :one", TYPE),
    ("SET z = list_append(s, :list)", TYPE),
    ("SET nope.a = :one", PATH),
    ("SET s.a = :one", PATH),
    ("SET m[0] = :one", PATH),
    ("SET l.a = :one", PATH),
    ("SET nope[0] = :one", PATH),
    ("REMOVE nope.a", PATH),
    ("ADD s :one", TYPE),
    ("ADD ss :ns", TYPE),
    ("ADD ns :one", TYPE),
    ("DELETE ss :ns", TYPE),
    ("DELETE n :ss", TYPE),
    # Which of several is told, and that both operands of if_not_exists are looked at: DynamoDB Local 3.3.1, asked 2026-11.
    ("SET nope.a = nope", PATH),
    ("SET m = nope, n.a = :one", PATH),
    ("SET a.b = :one, m = nope", MISSING),
    ("SET a = nope ADD s :one", TYPE),
    ("ADD s :one SET n = nope", MISSING),
    ("SET z = s + nope", TYPE),
    ("SET z = s + if_not_exists(nope, nope2)", MISSING),
    ("SET z = if_not_exists(n, nope)", MISSING),
]


def test_the_largest_index_of_a_list(dynamodb: Any, table: str, unique: Unique) -> None:
    """Source: floci-io/floci issue 3073 (AWS's answers of 2026-09-05 in us-east-1)."""
    key = {"pk": {"S": unique()}}
    dynamodb.put_item(TableName=table, Item={**key, "l": {"L": [{"S": "a"}]}})
    for expression in ("SET l[2000000000] = :one", "SET l[4294967294] = :one", "REMOVE l[4294967294]"):
        _update(dynamodb, table, key, expression)
    one = VALUES[":one"]
    assert dynamodb.get_item(TableName=table, Key=key)["Item"]["l"] == {"L": [{"S": "a"}, one, one]}
    with refused(
        "ValidationException",
        "1 validation error detected: Invalid UpdateExpression: List index is not within the allowable range; "
        "index: [4294967295]",
    ):
        _update(dynamodb, table, key, "SET l[4294967295] = :one")


@pytest.mark.parametrize(("expression", "message"), REFUSED, ids=[case[0] for case in REFUSED])
def test_an_update_that_does_not_fit_the_item(
    dynamodb: Any, table: str, unique: Unique, expression: str, message: str
) -> None:
    """These are bare on UpdateItem. Source: §3.5."""
    key = {"pk": {"S": unique()}}
    dynamodb.put_item(TableName=table, Item={**key, **BEFORE})
    with refused("ValidationException", message):
        _update(dynamodb, table, key, expression)
    assert _sorted_sets(dynamodb.get_item(TableName=table, Key=key)["Item"]) == {**key, **BEFORE}


@pytest.mark.parametrize("expression", ["ADD n :v", "SET n = n + :v", "SET n = n - :v"])
def test_a_result_of_too_many_digits_is_called_an_overflow(
    dynamodb: Any, table: str, unique: Unique, expression: str
) -> None:
    """Source: floci pull request 3447, checked there on AWS."""
    key = {"pk": {"S": unique()}}
    dynamodb.put_item(TableName=table, Item={**key, "n": {"N": "1E100"}})
    with refused(
        "ValidationException",
        "Number overflow. Attempting to store a number with magnitude larger than supported range",
    ):
        dynamodb.update_item(
            TableName=table, Key=key, UpdateExpression=expression, ExpressionAttributeValues={":v": {"N": "1"}}
        )
    assert dynamodb.get_item(TableName=table, Key=key)["Item"]["n"] == {"N": "1" + "0" * 100}


def test_a_counter_overflows(dynamodb: Any, table: str, unique: Unique) -> None:
    """Source: §6."""
    key = {"pk": {"S": unique()}}
    dynamodb.put_item(TableName=table, Item={**key, "n": {"N": "9.9999999999999999999999999999999999999E125"}})
    with refused(
        "ValidationException",
        "Number overflow. Attempting to store a number with magnitude larger than supported range",
    ):
        dynamodb.update_item(
            TableName=table,
            Key=key,
            UpdateExpression="ADD n :v",
            ExpressionAttributeValues={":v": {"N": "9E125"}},
        )
