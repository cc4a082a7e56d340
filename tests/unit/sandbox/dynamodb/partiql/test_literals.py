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
        ("[(1), ((2), 'a'), <<('b')>>]", {"L": [{"N": "1"}, {"L": [{"N": "2"}, {"S": "a"}]}, {"SS": ["b"]}]}),
        ("{'a': ({'b': 1})}", {"M": {"a": {"M": {"b": {"N": "1"}}}}}),
    ],
)
def test_values(text: str, expected: Any) -> None:
    assert value(text) == expected


def item(text: str, *parameters: dict[str, Any]) -> Any:
    reader = LiteralReader()
    slot, _ = reader.read_item(Tokens(text), 0)
    return reader.finish().fill(parameters)[slot.slot]


def refusal(text: str) -> str:
    try:
        value(text)
    except (ValidationException, InvalidValue) as error:
        return str(error.message)
    return "accepted"


def test_parameters_are_whole_values_or_attributes_of_an_item() -> None:
    assert value("?", {"S": "x"}) == {"S": "x"}
    parameters: tuple[dict[str, Any], ...] = ({"N": "1"}, {"BS": ["AQ=="]})
    assert item("{'a': ?, 'b': [1], 'c': ?}", *parameters) == {
        "M": {"a": {"N": "1"}, "b": {"L": [{"N": "1"}]}, "c": {"BS": ["AQ=="]}}
    }


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("[1, ?]", "root[1] at 1:5:1"),
        ("<<?>>", "root at 1:3:1"),
        ("{'a': {'b': [?]}}", "root.a.b[0] at 1:14:1"),
    ],
)
def test_no_parameters_within(text: str, place: str) -> None:
    """Source: floci pull request 3798."""
    assert refusal(text) == f"Unsupported data type: Parameter under key {place}"


def test_places_in_an_item_begin_at_its_attributes() -> None:
    """Source: floci pull request 3798."""
    with pytest.raises(ValidationException) as refused:
        item("{'b': ?, 'a': [?]}")
    assert refused.value.message == "Unsupported data type: Parameter under key root[0] at 1:16:1"


def test_as_many_parameters_as_question_marks_at_least() -> None:
    """Source: DynamoDB Local 3.3.1, asked 2026-11."""
    assert value("?", {"S": "a"}, {"S": "b"}) == {"S": "a"}
    with pytest.raises(ValidationException) as refused:
        value("?")
    assert refused.value.message == "Number of parameters in request and statement don't match."


_NO_BAG = "Unsupported data type in Bag. DynamoDB only supports either numbers or strings in bags"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("<<>>", "Empty bags are not supported"),
        (
            "<<1, 1.0>>",
            "One or more parameter values were invalid: Input collection [1, 1.0] contains duplicates! under root",
        ),
        ("<<'a', 'a'>>", "One or more parameter values were invalid: Input collection [a, a] contains duplicates."),
        ("<<1, 'a'>>", _NO_BAG),
        ("<<[1]>>", _NO_BAG),
        ("<<TRUE>>", _NO_BAG),
    ],
)
def test_sets_that_no_item_can_hold(text: str, message: str) -> None:
    """Source: floci pull request 3798."""
    assert refusal(text) == message


def nested(levels: int) -> str:
    return "[" * levels + "1" + "]" * levels


def test_nesting() -> None:
    """32 levels are the limit of a value; of a map that is an item they begin below it. Source: dynamodb-exact §5.1."""
    value(nested(31))
    too_deep = "Nesting Levels have exceeded supported limits under root" + "[0]" * 32
    assert refusal(nested(32)) == too_deep
    assert refusal(nested(4000)) == too_deep
    item(f"{{'a': {nested(31)}}}")
    with pytest.raises(ValidationException) as refused:
        item(f"{{'a': {nested(32)}}}")
    assert refused.value.message == too_deep


def test_constants_serve_many_executions() -> None:
    """A statement is remembered with its values, so filling it in must not change them."""
    reader = LiteralReader()
    slot, _ = reader.read_item(Tokens("{'a': ?, 'b': <<2.0>>}"), 0)
    literals = reader.finish()
    first = literals.fill([{"N": "1"}])[slot.slot]
    first["M"]["c"] = {"S": "mine"}
    assert literals.fill([{"N": "2"}])[slot.slot] == {"M": {"a": {"N": "2"}, "b": {"NS": ["2"]}}}
