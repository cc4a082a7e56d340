"""Search conditions; what AWS was seen to say of them is in ``tests/conformance/dynamodb/test_search_vectors.py``."""

from typing import Any

import pytest

from sandbox.dynamodb.expressions import InvalidExpression, Placeholders, parse_search_condition, resolve_search

TYPES = {"shop": "S", "amount": "N", "code": "B"}


def parse(text: str, **values: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return parse_search_condition(
        text, Placeholders({"#s": "shop"}, {f":{name}": value for name, value in values.items()})
    )


def resolve(wanted: dict[str, dict[str, Any]] | None) -> dict[str, str]:
    return resolve_search(wanted, hash_name="shop", types=TYPES)


def test_values_are_taken_by_attribute() -> None:
    """On whichever side of the sign they stand, and in any parentheses."""
    wanted = parse("(#s = :a AND :b = amount) AND code = :c", a={"S": "x"}, b={"N": "1.0"}, c={"B": "AA=="})
    assert wanted == {"shop": {"S": "x"}, "amount": {"N": "1"}, "code": {"B": "AA=="}}
    assert resolve(wanted) == {"shop": "x", "amount": "1", "code": "AA=="}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("shop = amount", "Invalid condition in SearchConditionExpression: Multiple attribute names used in one condition"),
        (":a = :b", "Invalid condition in SearchConditionExpression: No key attribute specified"),
        ("size(shop) = :a", "Invalid condition in SearchConditionExpression: No key attribute specified"),
        ("shop BETWEEN :a AND :b", "Invalid SearchConditionExpression: Invalid operator used in SearchConditionExpression"),
        ("attribute_exists(shop)", "Invalid SearchConditionExpression: Invalid operator used in SearchConditionExpression"),
        ("shop[0] = :a", "Invalid SearchConditionExpression: SearchConditionExpression cannot have conditions on nested attributes"),
        ("#s = :a AND shop = :b", "Invalid SearchConditionExpression: SearchConditionExpression must only contain one condition per attribute"),
        ("#n = :a", "Invalid SearchConditionExpression: An expression attribute name used in the document path is not defined; attribute name: #n"),
        ("shop = ", 'Invalid SearchConditionExpression: Syntax error; token: "<EOF>", near: "= "'),
    ],
)  # fmt: skip
def test_what_is_no_equality_of_an_attribute_is_refused(text: str, message: str) -> None:
    with pytest.raises(InvalidExpression) as refusal:
        parse(text, a={"S": "x"}, b={"S": "y"})
    assert refusal.value.message == message


@pytest.mark.parametrize(
    ("wanted", "message"),
    [
        (None, "SearchConditionExpression must be provided when SearchSchema has a HASH key"),
        ({"amount": {"N": "1"}}, "SearchConditionExpression must have all HASH attributes"),
        ({"shop": {"S": "x"}, "amount": {"L": []}}, "Type of 'amount' attribute in SearchConditionExpression (L) does not match type in search schema (N)"),
        ({"shop": {"S": "x"}, "other": {"S": "x"}}, "SearchConditionExpression must not contain any attributes that is not in SearchSchema. Invalid attribute: other"),
    ],
)  # fmt: skip
def test_what_does_not_fit_the_schema_is_refused(wanted: dict[str, dict[str, Any]] | None, message: str) -> None:
    with pytest.raises(InvalidExpression) as refusal:
        resolve(wanted)
    assert refusal.value.message == message


def test_an_index_without_partitions_wants_no_condition() -> None:
    assert resolve_search(None, hash_name=None, types={}) == {}
