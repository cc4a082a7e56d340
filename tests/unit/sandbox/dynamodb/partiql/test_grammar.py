"""What AWS's published parser refuses, and that it takes whatever is taken here."""

from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sandbox.dynamodb.faults import ValidationException
from sandbox.dynamodb.partiql.explain import explain
from sandbox.dynamodb.partiql.grammar import WORDS_MAX, read_statement
from sandbox.dynamodb.partiql.grammar_terms import FaultError
from sandbox.dynamodb.partiql.parse import parse
from sandbox.dynamodb.partiql.tokens import Tokens
from sandbox.values.invalid import InvalidValue


def find_fault(text: str) -> str | None:
    try:
        read_statement(Tokens(text))
    except FaultError as fault:
        return str(fault)
    return None


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("SELECT DISTINCT a AS b, c d FROM t AS x WHERE x.a = 1", None),
        ("SELECT VALUE a FROM t, u CROSS JOIN v JOIN w ON v.a = w.a", None),
        ("SELECT * FROM (SELECT * FROM t) x", None),
        ("SELECT a.*, COUNT(*), f(1, 'x') FROM t GROUP BY a HAVING a > 1 LIMIT 2", None),
        ("SELECT {'a': b, c: [1, <<2>>]}, ? FROM t", None),
        ("SELECT * FROM t WHERE a IN (1, 2) AND b NOT IN [1] AND c IN ? AND d LIKE 'x' ESCAPE 'y'", None),
        ("SELECT * FROM t WHERE NOT a IS NOT NULL OR b NOT BETWEEN -1 AND +2 * 3", None),
        ("INSERT INTO t VALUE {} AT 1 ON CONFLICT WHERE a = 1 DO NOTHING RETURNING ALL OLD *", None),
        ("INSERT INTO t VALUES (1, 2), (3)", None),
        ("UPDATE t AS x SET a = 1, b[0].c = 2 REMOVE d SET e = 3 WHERE f RETURNING MODIFIED OLD *, ALL NEW a.b", None),
        ("DELETE FROM t x WHERE a = 1;", None),
        ("SELECT PIVOT a AT b FROM t", None),
        ("SELECT * FROM t AS", "Expected identifier for AS-alias"),
        ("SELECT * FROM t AT 1", "Expected identifier for AT-alias"),
        ("SELECT * FROM t JOIN u", "Expected 'ON'"),
        ("SELECT * FROM t,", "Unexpected term"),
        ("SELECT * FROM t WHERE a IS INT AND", "Missing right-hand side expression of infix operator"),
        ("SELECT * FROM t WHERE a LIKE", "Missing right-hand side expression of infix operator"),
        ("SELECT * FROM t WHERE a LIKE 'b' ESCAPE", "Expected expression after ESCAPE"),
        ("SELECT * FROM t LIMIT 5 x", "Unexpected token after expression"),
        ("SELECT * FROM t ORDER BY a DESC b", "Unexpected token after expression"),
        ("SELECT COUNT(*) FROM", "Unexpected term"),
        ("SELECT COUNT(*)", "Expected FROM after SELECT list"),
        ("SELECT a[0].* FROM t", "Cannot use [] and * together in SELECT list expression"),
        ("SELECT * FROM t GROUP BY 1", "Literals (including ordinals) not supported in GROUP BY"),
        ("SELECT * FROM t GROUP a", "Expected BY"),
        ("SELECT MAX(a, b) FROM t", "Aggregate functions are always unary"),
        ("SELECT * FROM t WHERE a = {'b'}", "Expected COLON"),
        ("SELECT * FROM t WHERE a = {'b': }", "Unexpected term"),
        ("SELECT * FROM t WHERE as = 1", "Unexpected term"),
        ("SELECT * FROM t WHERE a = (1, 2", "Expected RIGHT_PAREN"),
        ("INSERT INTO t VALUE {} ON CONFLICT DO NOTHING", "invalid ON CONFLICT syntax"),
        ("INSERT INTO t [1]", "Unexpected term"),
        ("INSERT INTO t VALUE", "Unexpected term"),
        ("UPDATE t SET a + 1", "Expected '='"),
        ("UPDATE t x, y SET a = 1", "Expected data manipulation"),
        ("UPDATE t SET a = 1 RETURNING ALL OLD a.b.c", "More than two paths in RETURNING columns."),
        (
            "UPDATE t SET a = 1 RETURNING NEW ALL *",
            "Expected ( MODIFIED | ALL ) ( NEW | OLD ) in each returning element.",
        ),
        ("SELECT * FROM t WHERE a = DELETE FROM u", "Keyword delete only expected at the top level in the query"),
        ("SELECT * FROM t WHERE f(REMOVE a)", "Keyword null only expected at the top level in the query"),
        ("SELECT * FROM t WHERE a = DATE '2020-02-29' OR b = TIME (2) WITH TIME ZONE '10:00:00.5'", None),
        ("SELECT * FROM t WHERE a = DATE '2020-02-30'", "Unexpected keyword"),
        ("SELECT CASE a WHEN 1 THEN 2 ELSE 3 END, CAST(a AS CHAR(1)), EXTRACT(year FROM a), TRIM(a) FROM t", None),
        ("SELECT CASE a END FROM t", "Unexpected keyword"),
        ("DELETE FROM t; DELETE FROM t", "Unexpected token after semicolon. (Only one query is allowed.)"),
    ],
)
def test_what_it_says(text: str, fault: str | None) -> None:
    """Source: partiql/partiql-lang-kotlin, its SqlParser."""
    assert find_fault(text) == fault


@pytest.mark.parametrize(
    "text",
    [
        "SELECT * FROM t WHERE " + "(" * 200,
        "SELECT * FROM " + "(" * 200,
        "SELECT * FROM t WHERE " + "a = 1 AND " * WORDS_MAX,
        "SELECT " + "f(" * 200,
        "SELECT CREATE(",
        "SELECT * FROM t LEFT OUTER JOIN",
    ],
)
def test_what_is_not_worked_out(text: str) -> None:
    assert find_fault(text) is None


def test_what_is_no_token_comes_before_all() -> None:
    """The parser cuts the whole text into tokens first."""
    with pytest.raises(ValidationException) as refused:
        parse("SELECT FROM WHERE # 1")
    assert refused.value.message == "Statement wasn't well formed, can't be processed: "


PIECES = st.sampled_from(
    """
    a b.c "d" e[0] ['f'] 'x' 1 -2 1e3 ? TRUE NULL * , ( ) [ ] { } << >> : . = <> < >= + - AND OR NOT BETWEEN IN IS MISSING
    STRING size( contains( list_append( begins_with(a,'x') {'a':1} [1,2] SET REMOVE WHERE RETURNING ALL OLD ORDER BY DESC
    """.split()
)
STARTS = st.sampled_from(
    [
        "SELECT",
        "SELECT * FROM t WHERE",
        "SELECT * FROM t WHERE a = 1 ORDER BY",
        "UPDATE t SET a =",
        "UPDATE t SET a = 1 WHERE",
        "DELETE FROM t WHERE a",
        "INSERT INTO t VALUE",
        "EXISTS(SELECT * FROM t WHERE",
    ]
)


@settings(max_examples=2_000, deadline=None)
@given(STARTS, st.lists(PIECES, max_size=7).map(" ".join), st.sampled_from(["", " FROM t", ")", ";"]))
def test_whatever_is_read_here_is_no_fault_there(start: str, text: str, end: str) -> None:
    """Else somebody would be told that a statement cannot be read for something that can."""
    with suppress(ValidationException, InvalidValue):
        parse(f"{start} {text}{end}")
        fault = explain(Tokens(f"{start} {text}{end}"))
        assert fault is None or "Argument to ORDER BY" in str(fault.message), "which takes the table to tell"
