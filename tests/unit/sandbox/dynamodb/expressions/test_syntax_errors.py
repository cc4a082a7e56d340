from collections.abc import Callable
from typing import Any

import pytest

from sandbox.dynamodb.expressions import (
    InvalidExpression,
    Placeholders,
    parse_condition,
    parse_key_condition,
    parse_projection,
    parse_update,
)

PARSERS: dict[str, Callable[[str, Placeholders], Any]] = {
    "UpdateExpression": parse_update,
    "ConditionExpression": parse_condition,
    "KeyConditionExpression": parse_key_condition,
    "ProjectionExpression": parse_projection,
}


def refused(kind: str, text: str) -> InvalidExpression:
    with pytest.raises(InvalidExpression) as fault:
        PARSERS[kind](text, Placeholders(None, {":v": {"N": "1"}}))
    return fault.value


@pytest.mark.parametrize(
    ("kind", "text", "token", "near"),
    [
        # quoted from AWS
        ("UpdateExpression", "ADD hits : incr", ":", "hits : incr"),
        ("UpdateExpression", "INVALID SYNTAX HERE", "INVALID", "INVALID SYNTAX"),
        ("UpdateExpression", "SET a = :v, #, b", "#", ", #,"),
        ("ProjectionExpression", "!!! INVALID !!!", "!", "!!"),
        ("ConditionExpression", "contains (themes, :theme", "<EOF>", ":theme"),
        ("KeyConditionExpression", "pk = :v AND :gsi1sk", "<EOF>", ":gsi1sk"),
        ("ConditionExpression", "foo", "<EOF>", "foo"),
        ("ConditionExpression", "NOT (#deleted)", "<EOF>", ")"),
        (
            "ConditionExpression",
            "attribute_exists(car_id) AND NOT #has_air_conditioner",
            "<EOF>",
            "#has_air_conditioner",
        ),
        ("ConditionExpression", "__typename <> :__typename", "_", "__"),
        ("ProjectionExpression", "#AMZN_MAPPED_mymap.#AMZN_MAPPED_2021-03-03", "-", "#AMZN_MAPPED_2021-0"),
        ("ConditionExpression", "tenantAgent:abc123-1 = :v", ":abc123", "tenantAgent:abc123-"),
        (
            "ConditionExpression",
            "#articleId attribute_not_exists :ckpst",
            "attribute_not_exists",
            "#articleId attribute_not_exists :ckpst",
        ),
        # worked out from the same rule
        ("UpdateExpression", "SET a._b = :v", "_", "._b"),
        ("UpdateExpression", "SET a[03] = :v", "3", "03]"),
        ("ProjectionExpression", "a[00]", "0", "00]"),
        ("ProjectionExpression", "a, _b", "_", ", _b"),
        ("ConditionExpression", "a = b = :v", "=", "b = :v"),
        ("ConditionExpression", "a AND b = :v", "AND", "a AND b"),
        ("ConditionExpression", "(a) AND b = :v", "AND", ") AND b"),
        ("ConditionExpression", "a = :v AND", "<EOF>", "AND"),
        ("ConditionExpression", "a = (b = :v)", "=", "b = :v"),
        ("ConditionExpression", "(a = :v) = :v", "=", ") = :v"),
        ("ConditionExpression", "(a = :v", "<EOF>", ":v"),
        ("ConditionExpression", "a = :v)", ")", ":v)"),
        ("ConditionExpression", "()", ")", "()"),
        ("ConditionExpression", "contains()", ")", "()"),
        ("ConditionExpression", "contains(a,)", ")", ",)"),
        ("ConditionExpression", "contains(a = :v, b)", "=", "a = :v"),
        ("ConditionExpression", "a = NOT :v", "NOT", "= NOT :v"),
        ("ConditionExpression", "a BETWEEN :v OR :v", "OR", ":v OR :v"),
        ("ConditionExpression", "a BETWEEN :v", "<EOF>", ":v"),
        ("ConditionExpression", "a BETWEEN (:v AND :v)", "AND", ":v AND :v"),
        ("ConditionExpression", "a IN :v", ":v", "IN :v"),
        ("ConditionExpression", "a IN ()", ")", "()"),
        ("ConditionExpression", "a IN (:v) = :v", "=", ") = :v"),
        ("ConditionExpression", "a = 5", "5", "= 5"),
        ("ConditionExpression", "a = 'x'", "'", "= 'x"),
        ("ConditionExpression", "a == :v", "=", "== :v"),
        ("ConditionExpression", "a + b = :v", "+", "a + b"),
        ("ConditionExpression", " \t a", "<EOF>", "a"),
        ("ConditionExpression", " = a", "=", " = a"),
        ("ConditionExpression", "a =  ", "<EOF>", "=  "),
        ("ConditionExpression", "a = :v  b ", "b", ":v  b "),
        ("ConditionExpression", " \r\n", "<EOF>", " \r\n"),
        ("ConditionExpression", "a.b(c) = :v", "(", "b(c"),
        ("ConditionExpression", "a. = :v", "=", ". = :v"),
        ("ConditionExpression", "a[b] = :v", "b", "[b]"),
        ("ConditionExpression", "a[-1] = :v", "-", "[-1"),
        ("ConditionExpression", "a[#i] = :v", "#i", "[#i]"),
        ("ConditionExpression", "[0] = :v", "[", "[0"),
        ("ConditionExpression", "#\u00e9 = :v", "#", "#\u00e9"),
        ("ConditionExpression", "remove = :v", "remove", "remove ="),
        ("ConditionExpression", "a\u00a0= :v", "\u00a0", "a\u00a0="),
        ("UpdateExpression", "SET a", "<EOF>", "a"),
        ("UpdateExpression", "SET a = b + c + d", "+", "c + d"),
        ("UpdateExpression", "SET a = list_append(b + c, d)", "+", "b + c"),
        ("UpdateExpression", "SET a = (b + c) - d", "-", ") - d"),
        ("UpdateExpression", "SET a = b - (c + d)", "+", "c + d"),
        ("UpdateExpression", "SET a = if_not_exists(b, (c + d))", "+", "c + d"),
        ("UpdateExpression", "SET a = b = c", "=", "b = c"),
        ("UpdateExpression", "SET a = b AND c", "AND", "b AND c"),
        ("UpdateExpression", "SET :v = a", ":v", "SET :v ="),
        ("UpdateExpression", "SET a = :v,", "<EOF>", ","),
        ("UpdateExpression", "SET a = :v b", "b", ":v b"),
        ("UpdateExpression", "SET", "<EOF>", "SET"),
        ("UpdateExpression", "REMOVE a = :v", "=", "a = :v"),
        ("UpdateExpression", "ADD a b", "b", "a b"),
        ("UpdateExpression", "ADD a :v + :v", "+", ":v + :v"),
        ("UpdateExpression", "DELETE a", "<EOF>", "a"),
        ("ProjectionExpression", "a b", "b", "a b"),
        ("ProjectionExpression", "a,", "<EOF>", ","),
        ("ProjectionExpression", "a,,b", ",", ",,b"),
        ("ProjectionExpression", "a, :v", ":v", ", :v"),
        ("ProjectionExpression", "(a)", "(", "(a"),
    ],
)
def test_a_syntax_error_names_its_token_and_the_text_around_it(kind: str, text: str, token: str, near: str) -> None:
    fault = refused(kind, text)
    assert fault.message == f'Invalid {kind}: Syntax error; token: "{token}", near: "{near}"'
    assert fault.enveloped_message == "1 validation error detected: " + fault.message


@pytest.mark.parametrize("kind", PARSERS)
def test_an_expression_may_not_be_empty(kind: str) -> None:
    fault = refused(kind, "")
    assert fault.message == f"Invalid {kind}: The expression can not be empty;"
    assert fault.enveloped_message == "1 validation error detected: " + fault.message


@pytest.mark.parametrize("kind", PARSERS)
def test_the_size_is_judged_in_bytes_before_anything_else(kind: str) -> None:
    fault = refused(kind, "\N{EURO SIGN}" * 1366)
    assert fault.message == f"Invalid {kind}: Expression size has exceeded the maximum allowed size;"
    assert fault.enveloped


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("ConditionExpression", "((a = :v))"),
        ("ConditionExpression", "((a)) = :v"),
        ("ConditionExpression", "a = ((:v))"),
        ("ConditionExpression", "b = :v OR NOT ((a = :v))"),
        ("ConditionExpression", "attribute_exists(((a)))"),
        ("ConditionExpression", "a IN (((:v)))"),
        ("UpdateExpression", "SET a = ((b + :v))"),
    ],
)
def test_doubled_parentheses_are_refused(kind: str, text: str) -> None:
    fault = refused(kind, text)
    assert fault.message == f"Invalid {kind}: The expression has redundant parentheses;"
    assert fault.enveloped


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("ConditionExpression", "(a = :v)"),
        ("ConditionExpression", "((a = :v) AND b = :v)"),
        ("ConditionExpression", "(NOT (a = :v))"),
        ("ConditionExpression", "(a) = (:v)"),
        ("ConditionExpression", "(size(a)) > :v"),
        ("ConditionExpression", "(attribute_exists((a)))"),
        ("ConditionExpression", "a BETWEEN (b) AND (:v) AND (c) IN ((:v), d)"),
        ("ConditionExpression", "NOT NOT not a=:v Or b<>:v aNd c<:v"),
        ("ConditionExpression", "a . b [ 0 ] . c = :v"),
        ("UpdateExpression", "set a = (b + :v) remove c add d :v"),
        ("UpdateExpression", "SET a = (b) - (:v), c = ((b) + :v)"),
        ("UpdateExpression", "SET a = if_not_exists((b), (:v))"),
        ("ProjectionExpression", "a,b.c[0],c [1].d"),
    ],
)
def test_what_the_grammar_allows(kind: str, text: str) -> None:
    PARSERS[kind](text, Placeholders(None, {":v": {"N": "1"}}))


@pytest.mark.parametrize(
    ("kind", "text", "sentence"),
    [
        ("ConditionExpression", "Year = :v", "Attribute name is a reserved keyword; reserved keyword: Year"),
        ("ConditionExpression", "a.b.status = :v", "Attribute name is a reserved keyword; reserved keyword: status"),
        ("ConditionExpression", "size = :v", "Attribute name is a reserved keyword; reserved keyword: size"),
        ("UpdateExpression", "SET a = name", "Attribute name is a reserved keyword; reserved keyword: name"),
        ("ProjectionExpression", "a, Date", "Attribute name is a reserved keyword; reserved keyword: Date"),
        ("ConditionExpression", "exist(a)", "Invalid function name; function: exist"),
        ("ConditionExpression", "SIZE(a) = :v", "Invalid function name; function: SIZE"),
        (
            "ConditionExpression",
            "if_not_exists(a, :v)",
            "The function is not allowed in a condition expression; function: if_not_exists",
        ),
        ("UpdateExpression", "SET a = plus(b, c)", "Invalid function name; function: plus"),
        ("UpdateExpression", "SET a = size(b)", "The function is not allowed in an update expression; function: size"),
        (
            "ConditionExpression",
            "size(a)",
            "The function is not allowed to be used this way in an expression; function: size",
        ),
        (
            "ConditionExpression",
            "attribute_exists(a) = :v",
            "The function is not allowed to be used this way in an expression; function: attribute_exists",
        ),
        (
            "ConditionExpression",
            "contains(a, begins_with(b, c))",
            "The function is not allowed to be used this way in an expression; function: begins_with",
        ),
        (
            "ConditionExpression",
            "a[99999999999] = :v",
            "List index is not within the allowable range; index: [99999999999]",
        ),
        (
            "ProjectionExpression",
            "a" + ".b" * 32,
            "The document path has too many nesting levels; nesting levels: 33",
        ),
        (
            "ConditionExpression",
            " OR ".join(["a = :v"] * 200),
            "The expression contains too many operators; operator count: 301",
        ),
        (
            "ConditionExpression",
            f"a IN ({', '.join([':v'] * 101)})",
            "The IN operator is provided with too many operands; number of operands: 101",
        ),
        (
            "UpdateExpression",
            "SET a = :v SET b = :v",
            'The "SET" section can only be used once in an update expression;',
        ),
        (
            "UpdateExpression",
            "remove a set b = :v Remove c",
            'The "REMOVE" section can only be used once in an update expression;',
        ),
    ],
)
def test_faults_of_the_text_alone(kind: str, text: str, sentence: str) -> None:
    fault = refused(kind, text)
    assert fault.message == f"Invalid {kind}: {sentence}"
    assert fault.enveloped


@pytest.mark.parametrize(
    ("kind", "text", "beginning"),
    [
        ("ConditionExpression", "((a = :v) AND year = :v AND nope(", "Syntax error"),
        ("ConditionExpression", "((a = :v)) AND year = :v AND nope(", "The expression has redundant parentheses"),
        ("ConditionExpression", "((a)) = ", "The expression has redundant parentheses"),
        ("ConditionExpression", "((a)) AND", "Syntax error"),
        ("ConditionExpression", "contains(((a)), ", "Syntax error"),
        ("ConditionExpression", "contains(((a)), :v) AND", "The expression has redundant parentheses"),
        ("ConditionExpression", "(((contains(a, :v)))", "Syntax error"),
        ("ConditionExpression", "(((contains(a, :v))) AND", "The expression has redundant parentheses"),
        ("UpdateExpression", "SET a = ((:v)), b =", "The expression has redundant parentheses"),
        ("ConditionExpression", "((a = :v)) AND year = :v AND nope(a)", "The expression has redundant parentheses"),
        ("ConditionExpression", "nope(a) AND size(a) AND year = :v", "Invalid function name"),
        ("ConditionExpression", "size(a) AND nope(a) AND year = :v", "The function is not allowed to be used this way"),
        ("ConditionExpression", "year = :v AND size(a) AND nope(a)", "Attribute name is a reserved keyword"),
        ("ConditionExpression", "a[4294967295] = year", "List index is not within the allowable range"),
        ("ConditionExpression", "a = :undefined AND b = :v AND size(c, d) = #n", "An expression attribute value used"),
        ("ConditionExpression", "size(c, d) = #n", "Incorrect number of operands"),
        ("ConditionExpression", "a IN (" + ", ".join(["a"] * 101) + ")", "The first operand must be distinct"),
        ("ConditionExpression", " AND ".join([*["a = :v"] * 151, "a = a"]), "The first operand must be distinct"),
        ("ConditionExpression", "a = :undefined AND b" + ".c" * 32 + " = :v", "An expression attribute value used"),
        ("ConditionExpression", "b" + ".c" * 32 + " = :undefined", "The document path has too many nesting levels"),
        ("ConditionExpression", ":undefined = a AND year = :v", "Attribute name is a reserved keyword"),
        ("UpdateExpression", "SET a = nope(b) SET year = :v", "Invalid function name"),
        ("UpdateExpression", "SET year = :v SET a = nope(b)", "Attribute name is a reserved keyword"),
        ("UpdateExpression", "SET a = nope(b) SET c = :v", "Invalid function name"),
        ("UpdateExpression", "SET a = #n SET a = :v", 'The "SET" section'),
        ("UpdateExpression", "SET a = :undefined, #n = :v", "An expression attribute name used"),
        ("UpdateExpression", "SET a = :undefined, a = :v", "Two document paths overlap"),
        ("UpdateExpression", "SET a = :undefined, #n = :v, b = :v, b = :v", "Two document paths overlap"),
        ("UpdateExpression", "SET a = :undefined, b = :v + c, d = list_append(:v, :v)", "Incorrect operand type"),
        ("UpdateExpression", "SET a = if_not_exists(b, b) + :undefined", "The first operand must be distinct"),
        ("UpdateExpression", "SET b.c = :v, b[0] = :v, a = :v, a.b = :v", "Two document paths overlap"),
        ("UpdateExpression", "SET b.c = :v, b[0] = list_append(:v, :v) DELETE a :v", "Two document paths conflict"),
        (
            "UpdateExpression",
            "SET b = list_append(:v, :v) DELETE a :v",
            "Incorrect operand type for operator or function; operator: DELETE",
        ),
        ("ProjectionExpression", "#n, year", "Attribute name is a reserved keyword"),
        ("ProjectionExpression", "a, a, #n", "An expression attribute name used"),
        ("ProjectionExpression", "b.c, b[0], a, a", "Two document paths overlap"),
    ],
)
def test_of_several_faults_the_first_in_awss_order_is_told(kind: str, text: str, beginning: str) -> None:
    assert refused(kind, text).message.startswith(f"Invalid {kind}: {beginning}")


def test_thirty_two_levels_and_three_hundred_operators_are_accepted() -> None:
    values = Placeholders(None, {":v": {"N": "1"}})
    parse_projection("a" + ".b" * 31, values)
    parse_condition(" OR ".join(["a=:v"] * 150), values)
    parse_condition(f"a IN ({','.join([':v'] * 100)})", values)
