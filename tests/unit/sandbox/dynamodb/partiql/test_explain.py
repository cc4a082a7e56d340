"""What a refused statement is told; the sentences themselves are in the conformance tests."""

import pytest

from sandbox.dynamodb.partiql.explain import explain, refuse_columns
from sandbox.dynamodb.partiql.grammar import WORDS_MAX
from sandbox.dynamodb.partiql.grammar_terms import LEVELS_MAX
from sandbox.dynamodb.partiql.tokens import Tokens
from sandbox.dynamodb.partiql.translation import TOO_FEW_PARAMETERS
from sandbox.values.attribute import AttributeValue


def told(text: str, parameter_count: int | None = None) -> str | None:
    parameters: list[AttributeValue] | None = [{"S": "x"}] * parameter_count if parameter_count is not None else None
    fault = explain(Tokens(text), parameters)
    return fault.message if fault is not None else None


def test_what_cannot_be_read_comes_first() -> None:
    assert told("SELECT a, a FROM tab AS") == (
        "Statement wasn't well formed, can't be processed: Expected identifier for AS-alias"
    )


@pytest.mark.parametrize(
    ("text", "count", "message"),
    [
        ("SELECT * FROM tab WHERE a = ? AND foo(b)", None, "Unrecognized function: foo"),
        ("SELECT * FROM tab WHERE a = ? AND foo(b)", 1, "Unrecognized function: foo"),
        ("SELECT * FROM tab WHERE a = ? AND foo(b)", 0, TOO_FEW_PARAMETERS),
        ("SELECT * FROM tab WHERE foo(b) AND a = ?", 0, "Unrecognized function: foo"),
        ("UPDATE tab SET a = ? WHERE b = ? AND foo(c)", 1, TOO_FEW_PARAMETERS),
        ("UPDATE tab SET a = ? WHERE foo(c)", 0, "Unrecognized function: foo"),
        ("INSERT INTO tab VALUE {'a': ?, 'b': c}", 0, TOO_FEW_PARAMETERS),
        ("INSERT INTO tab VALUE {'b': c, 'a': ?}", 0, "Unsupported data type: c under key root at 1:29:1"),
    ],
)
def test_a_parameter_too_few_is_told_where_it_is_missed(text: str, count: int | None, message: str) -> None:
    assert told(text, count) == message


@pytest.mark.parametrize(
    "text",
    [
        "SELECT * FROM tab WHERE " + "a = 1 AND " * WORDS_MAX + "b",
        "SELECT * FROM tab WHERE " + "(" * LEVELS_MAX + "b" + ")" * LEVELS_MAX,
        "SELECT * FROM tab WHERE a = 1 AND b < TRUE",
    ],
)
def test_what_is_not_told(text: str) -> None:
    """Too long, too deep, or nothing that comes up before types are looked at."""
    assert told(text) is None


def test_columns_are_told_apart_by_their_last_names() -> None:
    refuse_columns([("a", "b"), ("c", 0), ("c", 1), ("d", 0, "e"), ("d", 1, "f")])
    with pytest.raises(Exception, match=r"^Duplicate identifiers in select clause: c\[0\]$"):
        refuse_columns([("c", 0), ("a", "c", 0)])
