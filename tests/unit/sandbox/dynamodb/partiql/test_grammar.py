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
        ("SELECT DISTINCT a AS b, c d FROM tab AS x WHERE x.a = 1", None),
        ("SELECT VALUE a FROM tab, u CROSS JOIN v JOIN w ON v.a = w.a", None),
        ("SELECT * FROM (SELECT * FROM tab) x", None),
        ("SELECT a.*, COUNT(*), f(1, 'x') FROM tab GROUP BY a HAVING a > 1 LIMIT 2", None),
        ("SELECT {'a': b, c: [1, <<2>>]}, ? FROM tab", None),
        ("SELECT * FROM tab WHERE a IN (1, 2) AND b NOT IN [1] AND c IN ? AND d LIKE 'x' ESCAPE 'y'", None),
        ("SELECT * FROM tab WHERE NOT a IS NOT NULL OR b NOT BETWEEN -1 AND +2 * 3", None),
        ("INSERT INTO tab VALUE {} AT 1 ON CONFLICT WHERE a = 1 DO NOTHING RETURNING ALL OLD *", None),
        ("INSERT INTO tab VALUES (1, 2), (3)", None),
        (
            "UPDATE tab AS x SET a = 1, b[0].c = 2 REMOVE d SET e = 3 WHERE f RETURNING MODIFIED OLD *, ALL NEW a.b",
            None,
        ),
        ("DELETE FROM tab x WHERE a = 1;", None),
        ("SELECT PIVOT a AT b FROM tab", None),
        ("SELECT * FROM tab AS", "Expected identifier for AS-alias"),
        ("SELECT * FROM tab AT 1", "Expected identifier for AT-alias"),
        ("SELECT * FROM tab JOIN u", "Expected 'ON'"),
        ("SELECT * FROM tab,", "Unexpected term"),
        ("SELECT * FROM tab WHERE a IS INT AND", "Missing right-hand side expression of infix operator"),
        ("SELECT * FROM tab WHERE a LIKE", "Missing right-hand side expression of infix operator"),
        ("SELECT * FROM tab WHERE a LIKE 'b' ESCAPE", "Expected expression after ESCAPE"),
        ("SELECT * FROM tab LIMIT 5 x", "Unexpected token after expression"),
        ("SELECT * FROM tab ORDER BY a DESC b", "Unexpected token after expression"),
        ("SELECT COUNT(*) FROM", "Unexpected term"),
        ("SELECT COUNT(*)", "Expected FROM after SELECT list"),
        ("SELECT a[0].* FROM tab", "Cannot use [] and * together in SELECT list expression"),
        ("SELECT * FROM tab GROUP BY 1", "Literals (including ordinals) not supported in GROUP BY"),
        ("SELECT * FROM tab GROUP a", "Expected BY"),
        ("SELECT MAX(a, b) FROM tab", "Aggregate functions are always unary"),
        ("SELECT * FROM tab WHERE a = {'b'}", "Expected COLON"),
        ("SELECT * FROM tab WHERE a = {'b': }", "Unexpected term"),
        ("SELECT * FROM tab WHERE as = 1", "Unexpected term"),
        ("SELECT * FROM tab WHERE a = (1, 2", "Expected RIGHT_PAREN"),
        ("INSERT INTO tab VALUE {} ON CONFLICT DO NOTHING", "invalid ON CONFLICT syntax"),
        ("INSERT INTO tab [1]", "Unexpected term"),
        ("INSERT INTO tab VALUE", "Unexpected term"),
        ("UPDATE tab SET a + 1", "Expected '='"),
        ("UPDATE tab x, y SET a = 1", "Expected data manipulation"),
        ("UPDATE tab SET a = 1 RETURNING ALL OLD a.b.c", "More than two paths in RETURNING columns."),
        (
            "UPDATE tab SET a = 1 RETURNING NEW ALL *",
            "Expected ( MODIFIED | ALL ) ( NEW | OLD ) in each returning element.",
        ),
        ("SELECT * FROM tab WHERE a = DELETE FROM u", "Keyword delete only expected at the top level in the query"),
        ("SELECT * FROM tab WHERE f(REMOVE a)", "Keyword null only expected at the top level in the query"),
        ("SELECT * FROM tab WHERE a = DATE '2020-02-29' OR b = TIME (2) WITH TIME ZONE '10:00:00.5'", None),
        ("SELECT * FROM tab WHERE a = DATE '2020-02-30'", "Unexpected keyword"),
        ("SELECT CASE a WHEN 1 THEN 2 ELSE 3 END, CAST(a AS CHAR(1)), EXTRACT(year FROM a), TRIM(a) FROM tab", None),
        ("SELECT CASE a END FROM tab", "Unexpected keyword"),
        ("DELETE FROM tab; DELETE FROM tab", "Unexpected token after semicolon. (Only one query is allowed.)"),
    ],
)
def test_what_it_says(text: str, fault: str | None) -> None:
    """Source: partiql/partiql-lang-kotlin, its SqlParser."""
    assert find_fault(text) == fault


@pytest.mark.parametrize(
    "text",
    [
        "SELECT * FROM tab WHERE " + "(" * 200,
        "SELECT * FROM " + "(" * 200,
        "SELECT * FROM tab WHERE " + "a = 1 AND " * WORDS_MAX,
        "SELECT " + "f(" * 200,
        "SELECT CREATE(",
        "SELECT * FROM tab LEFT OUTER JOIN",
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
        "SELECT * FROM tab WHERE",
        "SELECT * FROM tab WHERE a = 1 ORDER BY",
        "UPDATE tab SET a =",
        "UPDATE tab SET a = 1 WHERE",
        "DELETE FROM tab WHERE a",
        "INSERT INTO tab VALUE",
        "EXISTS(SELECT * FROM tab WHERE",
    ]
)


@settings(max_examples=2_000, deadline=None)
@given(STARTS, st.lists(PIECES, max_size=7).map(" ".join), st.sampled_from(["", " FROM tab", ")", ";"]))
def test_whatever_is_read_here_is_no_fault_there(start: str, text: str, end: str) -> None:
    """Else somebody would be told that a statement cannot be read for something that can."""
    with suppress(ValidationException, InvalidValue):
        parse(f"{start} {text}{end}")
        fault = explain(Tokens(f"{start} {text}{end}"))
        assert fault is None or "Argument to ORDER BY" in str(fault.message), "which takes the table to tell"
