from typing import Any

import pytest

from sandbox.dynamodb.expressions.syntax import (
    AddTo,
    And,
    Arithmetic,
    Assign,
    Between,
    Call,
    Comparison,
    ConditionTree,
    DeleteFrom,
    In,
    Not,
    Or,
    Path,
    Remove,
    Value,
)
from sandbox.dynamodb.faults import ValidationException
from sandbox.dynamodb.partiql import parse as module
from sandbox.dynamodb.partiql.parse import parse
from sandbox.dynamodb.partiql.syntax import Delete, Exists, Insert, Ordering, Returning, Select, Target, Update
from sandbox.values.invalid import InvalidValue

A, B = Path(("a",)), Path(("b",))
C0, C1, C2 = Value("c0"), Value("c1"), Value("c2")


def where(text: str) -> ConditionTree:
    statement = parse(f"SELECT * FROM tab WHERE {text}").statement
    assert isinstance(statement, Select)
    assert statement.where is not None
    return statement.where.tree


SEVERAL = (
    "Unsupported operation: Inserting multiple items in a single statement is not supported, "
    'use "INSERT INTO tableName VALUE item" instead'
)
WRONG_TYPE = "Incorrect operand type for operator or function; "
MISSING = "Missing right-hand side expression of infix operator"
ALONE = "Other expressions may not be present in the select list when '*' is used without dot notation."


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("a = 1", Comparison("=", A, C0)),
        ("1 = a", Comparison("=", C0, A)),
        ("a != b", Comparison("<>", A, B)),
        ("a = -1", Comparison("=", A, C0)),
        ("a.b[0]['c d'].\"e\" = ?", Comparison("=", Path(("a", "b", 0, "c d", "e")), Value("?0"))),
        ("a = 1 AND b = 2 AND a = 3", And((Comparison("=", A, C0), Comparison("=", B, C1), Comparison("=", A, C2)))),
        (
            "a = 1 OR b = 2 AND a = 3",
            Or((Comparison("=", A, C0), And((Comparison("=", B, C1), Comparison("=", A, C2))))),
        ),
        (
            "(a = 1 OR b = 2) AND a = 3",
            And((Or((Comparison("=", A, C0), Comparison("=", B, C1))), Comparison("=", A, C2))),
        ),
        ("NOT a = 1 AND b = 2", And((Not(Comparison("=", A, C0)), Comparison("=", B, C1)))),
        ("NOT (a = 1 AND b = 2)", Not(And((Comparison("=", A, C0), Comparison("=", B, C1))))),
        ("NOT NOT a = 1", Not(Not(Comparison("=", A, C0)))),
        ("((a)) = ((1))", Comparison("=", A, C0)),
        ("a BETWEEN 1 AND 2 AND b = 3", And((Between(A, C0, C1), Comparison("=", B, C2)))),
        ("a NOT BETWEEN 1 AND 2", Not(Between(A, C0, C1))),
        ("a IN (1, ?)", In(A, (C0, Value("?0")))),
        ("a IN [1, 2]", In(A, (C0, C1))),
        ("a IN <<1>>", In(A, (C0,))),
        ("a NOT IN (1) AND b = 2", And((Not(In(A, (C0,))), Comparison("=", B, C1)))),
        ("a IS MISSING", Call("attribute_not_exists", (A,))),
        ("a IS NOT MISSING OR b = 1", Or((Call("attribute_exists", (A,)), Comparison("=", B, C0)))),
        ("a IS NULL", Comparison("=", A, C0)),
        ("a IS NOT NULL", Comparison("<>", A, C0)),
        ("a IS string", Call("attribute_type", (A, C0))),
        ("a IS NOT STRUCT", Not(Call("attribute_type", (A, C0)))),
        ("NOT a IS NULL", Not(Comparison("=", A, C0))),
        ("Begins_With(a, 'x')", Call("begins_with", (A, C0))),
        ("attribute_exists(a)", Call("attribute_exists", (A,))),
        ("NOT attribute_not_exists(a)", Not(Call("attribute_not_exists", (A,)))),
        ("SIZE(a) > size(b)", Comparison(">", Call("size", (A,)), Call("size", (B,)))),
        ("contains((a), (1))", Call("contains", (A, C0))),
    ],
)
def test_conditions(text: str, tree: ConditionTree) -> None:
    assert where(text) == tree


@pytest.mark.parametrize(
    ("text", "statement"),
    [
        ("SELECT * FROM tab", Select(Target("tab"), None, None, ())),
        ('select * from "tab"."idx" ;', Select(Target("tab", "idx"), None, None, ())),
        ('SELECT a, "b".c[0] FROM tab', Select(Target("tab"), (("a",), ("b", "c", 0)), None, ())),
        (
            'SELECT * FROM tab ORDER BY a, b DESC, "c" ASC',
            Select(Target("tab"), None, None, (Ordering("a", False), Ordering("b", True), Ordering("c", False))),
        ),
        ("INSERT INTO tab VALUE {'a': 1}", Insert(Target("tab"), "c0")),
        ("INSERT INTO tab VALUE {'a': ?}", Insert(Target("tab"), "t0")),
        ("UPDATE tab SET a = 1", Update(Target("tab"), (Assign(A, C0),), (), None, None)),
        (
            "UPDATE tab SET a = b REMOVE c SET d = d + 1",
            Update(
                Target("tab"),
                (Assign(A, B), Remove(Path(("c",))), Assign(Path(("d",)), Arithmetic("+", Path(("d",)), C0))),
                (("b",), ("d",)),
                None,
                None,
            ),
        ),
        ("UPDATE tab SET a = SET_ADD(a, <<1>>)", Update(Target("tab"), (AddTo(A, C0),), (("a",),), None, None)),
        (
            "UPDATE tab SET a = set_delete(a, ?)",
            Update(Target("tab"), (DeleteFrom(A, Value("?0")),), (("a",),), None, None),
        ),
        (
            "UPDATE tab SET a = list_append(list_append(a, [1]), b)",
            Update(
                Target("tab"),
                (Assign(A, Call("list_append", (Call("list_append", (A, C0)), B))),),
                (("a",), ("b",)),
                None,
                None,
            ),
        ),
        ("DELETE FROM tab", Delete(Target("tab"), None, None)),
        ("DELETE FROM tab returning all old *", Delete(Target("tab"), None, Returning(is_whole=True, is_old=True))),
        ("EXISTS(SELECT * FROM tab)", Exists(Select(Target("tab"), None, None, ()))),
    ],
)
def test_statements(text: str, statement: Any) -> None:
    assert parse(text, takes_exists=True).statement == statement


@pytest.mark.parametrize(
    ("text", "detail"),
    [
        ("", "Expected data manipulation"),
        ("EXPLAIN SELECT * FROM tab", "Expected data manipulation"),
        ('"SELECT" * FROM tab', "Expected data manipulation"),
        ("UPDATE tab", "Expected data manipulation"),
        ("INSERT INTO tab (key) VALUES (1)", "Unexpected keyword"),
        ("INSERT INTO tab (a) VALUES (1)", "Unexpected token after expression"),
        ("INSERT INTO tab VALUES {'a': 1}", "Expected LEFT_PAREN for row value constructor"),
        ("INSERT INTO tab {'a': 1} b", "Unexpected token after expression"),
        ("INSERT INTO tab", "Unexpected term"),
        ("SELECT * FROM tab; SELECT * FROM tab", "Unexpected token after semicolon. (Only one query is allowed.)"),
        ("SELECT * FROM tab;;", "Unexpected token after semicolon. (Only one query is allowed.)"),
        ("INSERT t VALUE {}", "Expected data manipulation"),
        ("SELECT FROM tab", "Expected data manipulation"),
        ("SELECT a, FROM tab WHERE b = 1", "Expected data manipulation"),
        ("SELECT FROM", "Unexpected term"),
        ("SELECT a[*] FROM tab", "Invalid use of * in select list"),
        ("SELECT a.*.b FROM tab", "Invalid use of * in select list"),
        ("SELECT a[] FROM tab", "Unexpected term"),
        ("SELECT MAX(*) FROM tab", "max(*) is not allowed"),
        ("SELECT Size(*) FROM tab", "size(*) is not allowed"),
        ("SELECT COUNT() FROM tab", "Aggregate functions are always unary"),
        ("SELECT * FROM tab WHERE contains(*)", "contains(*) is not allowed"),
        ("UPDATE tab SET a[?] = 1", "Invalid path component for simple path"),
        ("UPDATE tab REMOVE a[*]", "Invalid path component for simple path"),
        ("SELECT (a FROM tab", "Expected RIGHT_PAREN"),
        ("SELECT old FROM tab", "Unexpected keyword"),
        ("SELECT date FROM tab", "Unexpected keyword"),
        ("SELECT a.date FROM tab", "Invalid path dot component"),
        ("SELECT a", "Expected FROM after SELECT list"),
        ("SELECT * FROM tab WHERE a IS 'x'", "Expected type name"),
        ("SELECT * FROM tab WHERE a IS NOT TRUE", "Expected type name"),
        ("SELECT * FROM tab WHERE a IS", "Expected type name"),
        ("SELECT * FROM tab WHERE a BETWEEN 1 < 2", "Expected AND keyword"),
        ("SELECT * FROM tab WHERE a BETWEEN 1 IN (2)", "Expected AND keyword"),
        ("SELECT * FROM tab WHERE a 1", "Unexpected token after expression"),
        ("SELECT * FROM tab WHERE a b = 1", "Unexpected token after expression"),
        ("SELECT * FROM tab LIMIT", "Unexpected term"),
        ("SELECT * FROM tab WHERE a BETWEEN 1", "Expected AND keyword"),
        ("SELECT * FROM tab WHERE (a = 1", "Expected RIGHT_PAREN"),
        ("SELECT * FROM tab WHERE a IN [1)", "Expected RIGHT_BRACKET"),
        ("SELECT * FROM tab WHERE a IN ()", "Unexpected term"),
        ("SELECT * FROM tab WHERE a.0 = 1", "Unexpected token after expression"),
        ("SELECT * FROM tab ORDER a", "Expected BY"),
        ("DELETE t", "Expected FROM after DELETE"),
        ("UPDATE tab SET a 1", "Expected '='"),
        ("UPDATE tab SET key = 1", "Expected identifier for simple path"),
        ("UPDATE tab REMOVE 'a'", "Expected identifier for simple path"),
        ("UPDATE tab SET a.* = 1", "Invalid path dot component for simple path"),
        ("UPDATE 't' SET a = 1", "Expected identifier for simple path"),
        ("DELETE FROM table", "Expected identifier for simple path"),
        ("INSERT INTO VALUE {}", "Expected identifier for simple path"),
        ("SELECT * FROM table", "Unexpected keyword"),
        ("SELECT *, a FROM tab", ALONE),
        ("SELECT a, * FROM tab", ALONE),
        ("SELECT * FROM tab WHERE", "Unexpected term"),
        ("SELECT * FROM tab WHERE NOT", "Unexpected term"),
        ("SELECT * FROM tab WHERE a =", MISSING),
        ("SELECT * FROM tab WHERE a = ;", "Unexpected term"),
        ("SELECT * FROM tab WHERE a = 1 AND", MISSING),
        ("SELECT * FROM tab WHERE a = 1 OR", MISSING),
        ("SELECT * FROM tab WHERE a NOT IN", MISSING),
        ("SELECT * FROM tab WHERE a BETWEEN", MISSING),
        ("SELECT * FROM tab WHERE a BETWEEN 1 AND", "Expected expression after AND"),
        ("UPDATE tab SET a = b -", MISSING),
        ("UPDATE tab SET a =", "Unexpected term"),
        ("SELECT * FROM tab WHERE = 1", "Unexpected operator"),
        ("SELECT * FROM tab WHERE a = 1 AND OR b = 2", "Unexpected operator"),
        ("SELECT * FROM tab WHERE a < > 1", "Unexpected operator"),
        ("SELECT * FROM tab WHERE order = 1", "Unexpected keyword"),
        ("UPDATE tab REMOVE a, b", "Unexpected token after expression"),
        (
            "UPDATE tab SET a = 1 RETURNING ALL *",
            "Expected ( MODIFIED | ALL ) ( NEW | OLD ) in each returning element.",
        ),
        ("UPDATE tab SET a = 1 RETURNING ALL OLD", "Unexpected term"),
        ("INSERT INTO tab VALUE {'a' 1}", "Expected COLON"),
        ("INSERT INTO tab VALUE [1 2]", "Expected RIGHT_BRACKET"),
        ("INSERT INTO tab VALUE {'a': 1 'b': 2}", "Expected RIGHT_CURLY"),
        ("INSERT INTO tab VALUE {'a': <<1 2>>}", "Expected RIGHT_DOUBLE_ANGLE_BRACKET"),
        ("EXISTS SELECT * FROM tab", "Unexpected keyword"),
        ("INSERT INTO tab [{'a': 1}, {'a': 2}]", "Expected RIGHT_BRACKET"),
    ],
)
def test_what_is_not_well_formed(text: str, detail: str) -> None:
    with pytest.raises(ValidationException) as refused:
        parse(text)
    assert refused.value.message == f"Statement wasn't well formed, can't be processed: {detail}"


def test_paths_of_a_select_may_stand_in_parentheses() -> None:
    """AWS's published parser makes nothing of them."""
    statement = parse("SELECT (a), ((b.c[1])), d FROM tab").statement
    assert isinstance(statement, Select)
    assert statement.paths == (("a",), ("b", "c", 1), ("d",))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("SELECT COUNT(*) FROM tab", "Unexpected path component at 1:8:5"),
        ("SELECT a, size(b) FROM tab", "Unexpected path component at 1:11:4"),
        ("SELECT 'a' FROM tab", "Unexpected path component at 1:8:3"),
        ("SELECT a + 1 FROM tab", "Unexpected path component at 1:10:1"),
        ("SELECT a, [b] FROM tab", "Unexpected path component at 1:11:1"),
        ("SELECT {'a': b} FROM tab", "Unexpected path component at 1:8:1"),
        ("SELECT ? FROM tab", "Unexpected path component at 1:8:1"),
        ("SELECT (a, b) FROM tab", "Unexpected path component at 1:8:1"),
        ("SELECT a = 1 FROM tab", "Unexpected path component at 1:10:1"),
        ("SELECT a, UPPER(b) FROM tab", "Unexpected path component at 1:11:5"),
        ("SELECT * FROM tab LIMIT 50", "Unsupported clause: LIMIT at 1:25:2"),
        ("SELECT * FROM tab HAVING a", "Unsupported clause: HAVING at 1:26:1"),
        ("INSERT INTO tab VALUES (1)", SEVERAL),
        ("INSERT INTO tab VALUES ('a'), ('b')", SEVERAL),
        ("INSERT INTO tab {'a': 1};", SEVERAL),
        ("INSERT INTO tab <<{'a': 1}, {'a': 2}>>", SEVERAL),
        ("INSERT INTO tab ?", SEVERAL),
        ("SELECT * FROM tab WHERE attribute_exists(a) > 1", WRONG_TYPE + "operator or function: >, operand type: BOOL"),
        ("SELECT * FROM tab WHERE 1 <= (a = 1)", WRONG_TYPE + "operator or function: <=, operand type: BOOL"),
        ("SELECT * FROM tab WHERE a < 1 < 2", WRONG_TYPE + "operator or function: <, operand type: BOOL"),
        (
            "SELECT * FROM tab WHERE contains(a, 'x') NOT BETWEEN 1 AND 2",
            WRONG_TYPE + "operator or function: BETWEEN, operand type: BOOL",
        ),
        ("SELECT * FROM a.b.c", "A path may contain at most 2 components in the FROM clause"),
        ('SELECT * FROM "a".""', "Path component cannot be an empty string"),
        (
            "INSERT INTO\n a.b VALUE {}",
            "FROM clause may only contain a single table name in data manipulation statements at 2:2:1",
        ),
        ("UPDATE tab.idx SET c = 1", "This operation is not supported on an index"),
        ("DELETE FROM tab.idx", "This operation is not supported on an index"),
        ("SELECT * FROM tab WHERE a LIKE 'x'", "Unsupported operator in Condition Expression. Operator: like"),
        ("SELECT * FROM tab WHERE a NOT LIKE 'x'", "Unsupported operator in Condition Expression. Operator: like"),
        ("SELECT * FROM tab WHERE a || 'x' = 'y'", "Unsupported operator in Condition Expression. Operator: ||"),
        ("SELECT * FROM tab WHERE a = -b", "Unsupported operator in Condition Expression. Operator: -"),
        ("SELECT * FROM tab WHERE a = -+?", "Unsupported operator in Condition Expression. Operator: -"),
        ("UPDATE tab SET a = b * 2", "Unsupported operator in Update Expression. Operator: *"),
        (
            "UPDATE tab SET a = -b",
            "Incorrect number of operands for operator or function; operator or function: -, number of operands: 1",
        ),
        (
            f"SELECT * FROM tab WHERE a IN ({', '.join('1' * 163)})",
            "The IN operator is provided with too many operands; number of operands: 163",
        ),
        (
            "UPDATE tab SET a = set_add(b, <<1>>)",
            "The first argument to SET_ADD must equal the assignment value at 1:20:7",
        ),
        (
            'UPDATE tab SET "a" = Set_Delete("a", [1])',
            "The second argument to SET_DELETE must be a value with type SET at 1:33:3",
        ),
        (
            "UPDATE tab SET a.b = 1 REMOVE a",
            "Two document paths overlap with each other; must remove or rewrite one of these paths; path one: [a], path two: [a, b]",
        ),
        (
            "SELECT * FROM tab WHERE a[99999999999] = 1",
            "List index is not within the allowable range; index: [99999999999] at 1:27:11",
        ),
        ("SELECT a[-1] FROM tab", "List index is not within the allowable range; index: [-1] at 1:11:1"),
        (
            f"SELECT * FROM tab WHERE a[{'1' * 5000}] = 1",
            f"List index is not within the allowable range; index: [{'1' * 5000}] at 1:27:5000",
        ),
        (
            f"SELECT {'.'.join('a' * 33)} FROM tab",
            "The document path has too many nesting levels; nesting levels: 33",
        ),
    ],
)
def test_other_refusals(text: str, message: str) -> None:
    with pytest.raises(ValidationException) as refused:
        parse(text)
    assert refused.value.message == message


def test_a_statement_is_read_once() -> None:
    text = "SELECT * FROM remembered WHERE a = 1"
    assert parse(text) is parse(text)


def test_the_memory_is_bounded() -> None:
    """Long statements are not remembered at all, so that the memory has a size in bytes and not only in entries."""
    text = f"SELECT * FROM tab WHERE a = '{'x' * module.REMEMBERED_LENGTH_MAX}'"
    assert parse(text) is not parse(text)
    assert module._remembered.cache_info().maxsize == module.STATEMENTS_MAX


def test_values_are_checked_when_they_are_read() -> None:
    with pytest.raises(InvalidValue, match="contains duplicates"):
        parse("INSERT INTO tab VALUE {'a': <<'x', 'x'>>}")
    with pytest.raises(InvalidValue, match="more than 38 significant digits"):
        parse(f"SELECT * FROM tab WHERE a = {'1' * 39}")
