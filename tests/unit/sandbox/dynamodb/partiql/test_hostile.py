"""Whatever a statement holds, it is read or refused in AWS's form, and soon."""

import time
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sandbox.dynamodb.faults import ValidationException
from sandbox.dynamodb.partiql.bind import bind
from sandbox.dynamodb.partiql.parse import parse
from sandbox.values.invalid import InvalidValue

WORDS = """
SELECT FROM WHERE INSERT INTO VALUE UPDATE SET REMOVE DELETE RETURNING ALL OLD NEW EXISTS ORDER BY ASC DESC * a b.c "d" t
= <> != < <= > >= + - AND OR NOT BETWEEN IN IS MISSING NULL TRUE ( ) [ ] { } << >> , : ; . ? 'x' 1 -2 1e3 [0] ['k']
size contains begins_with attribute_type list_append set_add set_delete -- /* */ ' " ` \u00e9
"""
PIECES = st.sampled_from(WORDS.split())
STARTS = st.sampled_from(
    [
        "",
        "SELECT * FROM tab WHERE",
        "SELECT",
        "UPDATE tab SET a =",
        "UPDATE tab SET",
        "DELETE FROM tab WHERE",
        "INSERT INTO tab VALUE {'a':",
    ]
)


def use(text: str) -> None:
    """Read a statement and judge it with as many parameters as it has question marks."""
    with suppress(ValidationException, InvalidValue):
        parsed = parse(text)
        bind(parsed, [{"N": "1"} for _ in range(parsed.literals.parameter_count)])


@settings(max_examples=600, deadline=None)
@given(STARTS, st.lists(PIECES, max_size=30).map(" ".join))
def test_whatever_the_tokens_only_a_refusal_comes_out(start: str, text: str) -> None:
    use(f"{start} {text}")


@settings(max_examples=200, deadline=None)
@given(STARTS, st.text(max_size=60))
def test_whatever_the_characters_only_a_refusal_comes_out(start: str, text: str) -> None:
    use(f"{start} {text}")


HOSTILE = {
    "parentheses": "SELECT * FROM tab WHERE " + "(" * 8000,
    "closed parentheses": "SELECT * FROM tab WHERE " + "(" * 4000 + "a = 1" + ")" * 4000,
    "nots": "SELECT * FROM tab WHERE " + "NOT " * 2000,
    "lists": "SELECT * FROM tab WHERE a = " + "[" * 8000,
    "maps": "INSERT INTO tab VALUE " + "{'a':" * 1600,
    "sets": "INSERT INTO tab VALUE " + "<<" * 4000,
    "ors": "SELECT * FROM tab WHERE " + " OR ".join(["a=1"] * 1000),
    "in": "SELECT * FROM tab WHERE a IN (" + ",".join("1" * 4000),
    "calls": "SELECT * FROM tab WHERE " + "size(" * 1600,
    "is": "SELECT * FROM tab WHERE a " + "IS MISSING " * 700,
    "dots": "SELECT * FROM tab WHERE " + "a." * 4000,
    "indexes": "SELECT * FROM tab WHERE a" + "[0]" * 2600,
    "sums": "UPDATE tab SET a = 1" + "+1" * 4000,
    "set functions": "UPDATE tab SET a = " + "list_append(" * 680,
    "quotes": "SELECT * FROM tab WHERE a = " + "'" * 8001,
    "double quotes": '"' * 8001,
    "comments": "/* " * 2700,
    "dashes": "SELECT " + "-" * 8000,
    "semicolons": ";" * 8192,
    "exists": "EXISTS(" * 1170,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_statements_are_refused_soon(name: str) -> None:
    """The best of several tries: the bound is the reader's, not that of a busy machine."""
    best = 1.0
    for _ in range(7):
        started = time.process_time()
        with pytest.raises((ValidationException, InvalidValue)):
            parse(HOSTILE[name])
        best = min(best, time.process_time() - started)
    assert best < 0.02
