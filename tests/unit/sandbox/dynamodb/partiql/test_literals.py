from typing import Any

import pytest

from sandbox.dynamodb.faults import ValidationException
from sandbox.dynamodb.partiql.literals import LiteralReader
from sandbox.dynamodb.partiql.tokens import Tokens
from sandbox.values.invalid import InvalidValue


def value(text: str, *parameters: dict[str, Any]) -> Any:
    reader = LiteralReader()
    slot, _ = reader.read(Tokens(text), 0)
    return reader.finish().fill(parameters)[slot.slot]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("'x'", {"S": "x"}),
        ("''", {"S": ""}),
        ("1.50", {"N": "1.5"}),
        ("-1e2", {"N": "-100"}),
        ("+ 5", {"N": "5"}),
        ("TRUE", {"BOOL": True}),
        ("false", {"BOOL": False}),
        ("null", {"NULL": True}),
        ("[]", {"L": []}),
        ("{}", {"M": {}}),
        ("[1, 'a', [TRUE]]", {"L": [{"N": "1"}, {"S": "a"}, {"L": [{"BOOL": True}]}]}),
        ("{'a': 1, 'b': {'c': NULL}}", {"M": {"a": {"N": "1"}, "b": {"M": {"c": {"NULL": True}}}}}),
        ("<<1, 2.0>>", {"NS": ["1", "2"]}),
        ("<<'a'>>", {"SS": ["a"]}),
    ],
)
def test_values(text: str, expected: Any) -> None:
    assert value(text) == expected


def test_parameters_stand_anywhere() -> None:
    parameters: tuple[dict[str, Any], ...] = ({"N": "1"}, {"B": "AQ=="}, {"B": "Ag=="}, {"L": []})
    assert value("[?, <<?, ?>>, {'a': ?}]", *parameters) == {
        "L": [{"N": "1"}, {"BS": ["AQ==", "Ag=="]}, {"M": {"a": {"L": []}}}]
    }
    assert value("?", {"S": "x"}) == {"S": "x"}


@pytest.mark.parametrize("parameters", [[], [{"S": "a"}, {"S": "b"}]])
def test_as_many_parameters_as_question_marks(parameters: list[Any]) -> None:
    with pytest.raises(ValidationException) as refused:
        value("[?]", *parameters)
    assert refused.value.message == "Number of parameters in request and statement don't match."


@pytest.mark.parametrize(("text", "parameters"), [("<<>>", ()), ("<<1, 1>>", ()), ("<<1, ?>>", ({"N": "1"},))])
def test_sets_that_no_item_can_hold(text: str, parameters: tuple[Any, ...]) -> None:
    with pytest.raises(InvalidValue):
        value(text, *parameters)


@pytest.mark.parametrize("text", ["<<1, 'a'>>", "<<[1]>>", "<<TRUE>>"])
def test_members_of_a_set_are_of_one_scalar_type(text: str) -> None:
    with pytest.raises(ValidationException):
        value(text)


def nested(levels: int) -> str:
    return "[" * levels + "1" + "]" * levels


def test_nesting() -> None:
    """32 levels are the limit of a value; of a map that is an item they begin below it. Source: dynamodb-exact §5.1."""
    value(nested(31))
    with pytest.raises(InvalidValue, match="Nesting Levels"):
        value(nested(32))
    LiteralReader().read(Tokens(f"{{'a': {nested(31)}}}"), 0, level=0)
    with pytest.raises(InvalidValue, match="Nesting Levels"):
        LiteralReader().read(Tokens(f"{{'a': {nested(32)}}}"), 0, level=0)
    with pytest.raises(InvalidValue, match="Nesting Levels"):
        value(nested(4000))


def test_constants_serve_many_executions() -> None:
    """A statement is remembered with its values, so filling it in must not change them."""
    reader = LiteralReader()
    slot, _ = reader.read(Tokens("{'a': [1, ?], 'b': <<2.0>>}"), 0)
    literals = reader.finish()
    first = literals.fill([{"N": "1"}])[slot.slot]
    first["M"]["a"]["L"].append({"S": "mine"})
    assert literals.fill([{"N": "2"}])[slot.slot] == {"M": {"a": {"L": [{"N": "1"}, {"N": "2"}]}, "b": {"NS": ["2"]}}}
