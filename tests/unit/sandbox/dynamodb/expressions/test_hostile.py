import time
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sandbox.dynamodb.expressions import (
    InvalidExpression,
    InvalidUpdate,
    Placeholders,
    condition,
    parse_condition,
    parse_key_condition,
    parse_projection,
    parse_update,
    projection,
    update,
)
from sandbox.values import Item

WORDS = """
a b.c #n :v :w :l year size contains attribute_exists if_not_exists list_append attribute_type begins_with
( ) ( ) , , = <> < <= + - AND OR NOT BETWEEN IN SET REMOVE ADD DELETE [0] [ ] . 5 # : ! \u00e9 []
"""
PIECES = st.sampled_from(WORDS.split())
ITEM: Item = {"a": {"N": "1"}, "b": {"M": {"c": {"L": [{"S": "x"}]}}}, "n": {"SS": ["x"]}}


def placeholders() -> Placeholders:
    return Placeholders({"#n": "n"}, {":v": {"N": "1"}, ":w": {"S": "x"}, ":l": {"L": []}})


def use(text: str) -> None:
    """Read a text as every kind of expression, and run what is accepted."""
    with suppress(InvalidExpression):
        parse_condition(text, placeholders()).matches(ITEM)
    with suppress(InvalidExpression):
        parse_key_condition(text, placeholders())
    with suppress(InvalidExpression):
        parse_projection(text, placeholders()).apply(ITEM)
    for section in ("", "SET a = ", "SET "):
        with suppress(InvalidExpression, InvalidUpdate):
            parse_update(section + text, placeholders()).apply(ITEM)


@settings(max_examples=400, deadline=None)
@given(st.lists(PIECES, max_size=40).map(" ".join))
def test_whatever_the_tokens_only_a_refusal_comes_out(text: str) -> None:
    use(text)


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=60))
def test_whatever_the_characters_only_a_refusal_comes_out(text: str) -> None:
    use(text)


HOSTILE = {
    "parentheses": "(" * 4000,
    "closed parentheses": "(" * 1990 + "a=:v" + ")" * 1990,
    "parentheses around a call": "(" * 1990 + "size(a)" + ")" * 1990,
    "parentheses in a call": "size(" + "(" * 1990 + "a" + ")" * 1990 + ")=:v",
    "negations": "NOT " * 1000,
    "negations of a condition": "NOT " * 1000 + "a=:v",
    "nested negations": "NOT (" * 290 + "a=:v" + ")" * 290,
    "nested conditions": "a=:v AND (" * 140 + "a=:v" + ")" * 140,
    "sizes": "size(" * 700,
    "closed sizes": "size(" * 290 + "a" + ")" * 290 + "=:v",
    "fallbacks": "if_not_exists(a," * 200 + ":v" + ")" * 200,
    "sums": "(:v+" * 290 + ":v" + ")" * 290,
    "levels": "a" + ".a" * 1900,
    "indexes": "a" + "[0]" * 1200,
    "a long index": "a[" + "9" * 4000 + "]",
    "paths": "a," * 1900 + "b",
    "candidates": "a IN (" + ":v," * 1200 + ":v)",
    "bangs": "!" * 4000,
    "alternatives": "a=:v OR " * 500,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_no_text_of_legal_size_takes_long_or_exhausts_the_stack(name: str) -> None:
    """The loop serves everyone: the bound is generous for a busy machine, and linear work stays far below it."""
    best = float("inf")
    for _ in range(3):
        for read in (condition.read_condition, update._read, projection._read):
            read.cache_clear()
        before = time.process_time()
        use(HOSTILE[name])
        best = min(best, time.process_time() - before)
    assert best < 0.15


def test_the_memory_of_texts_and_plans_is_bounded() -> None:
    for number in range(1500):
        parse_condition(f"a{number} = :v", Placeholders(None, {":v": {"N": "1"}}))
    assert condition.read_condition.cache_info().currsize <= 1024
    assert len(condition._plans._entries) <= 1024


def test_long_names_are_not_remembered() -> None:
    before = len(condition._plans._entries)
    parsed = parse_condition("#long = :v", Placeholders({"#long": "x" * 300}, {":v": {"N": "1"}}))
    assert parsed.matches({"x" * 300: {"N": "1"}})
    assert len(condition._plans._entries) == before
