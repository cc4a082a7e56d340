"""What AWS says of statements that its published PartiQL parser reads and DynamoDB does not take.

The sentences come before any table is looked up, so there is none.

Source: DynamoDB Local 3.3.1, asked 2026-11, which has AWS's own PartiQL.
"""

from typing import Any

import pytest

from tests.conformance.expect import refused


@pytest.mark.parametrize(
    ("statement", "message"),
    [
        (
            "SELECT * FROM book WHERE exists(a)",
            "Unrecognized function: exists",
        ),
        (
            "SELECT * FROM book WHERE foo(a)",
            "Unrecognized function: foo",
        ),
        (
            "SELECT * FROM book WHERE extract(year from a) = 1",
            "Unsupported data type: SYMBOL under key root at 1:34:4",
        ),
        (
            "SELECT * FROM book WHERE date_add(year, 1, a) = 1",
            "Unsupported data type: SYMBOL under key root at 1:35:4",
        ),
        (
            "SELECT * FROM book WHERE cast(a as int) = 1",
            "Unsupported token in expression: cast at 1:30:1",
        ),
        (
            "SELECT * FROM book WHERE count(a) = 1",
            "Unsupported token in expression: count at 1:26:5",
        ),
        (
            "SELECT * FROM book WHERE list_append(a, [1]) = a",
            "The function is not allowed in a condition expression; function: list_append",
        ),
        (
            "SELECT * FROM book WHERE if_not_exists(a, 1) = a",
            "The function is not allowed in a condition expression; function: if_not_exists",
        ),
        (
            "SELECT * FROM book WHERE size(a)",
            "WHERE clause must contain an expression that resolves to a boolean",
        ),
        (
            "SELECT * FROM book WHERE size(a, b) = 1",
            "Incorrect number of operands for operator or function; operator or function: size, number of operands: 2",
        ),
        (
            "SELECT * FROM book WHERE size() = 1",
            "Incorrect number of operands for operator or function; operator or function: size, number of operands: 0",
        ),
        (
            "SELECT * FROM book WHERE attribute_exists('a')",
            "Operator or function requires a document path; operator or function: attribute_exists",
        ),
        (
            "SELECT * FROM book WHERE attribute_exists(1)",
            "Operator or function requires a document path; operator or function: attribute_exists",
        ),
        (
            "SELECT * FROM book WHERE attribute_type(a, 'X')",
            "Invalid attribute type name found; type: X, valid types: {N,BS,L,B,NULL,M,S,SS,NS,BOOL}",
        ),
        (
            "SELECT * FROM book WHERE attribute_type(a, 's')",
            "Invalid attribute type name found; type: s, valid types: {N,BS,L,B,NULL,M,S,SS,NS,BOOL}",
        ),
        (
            "SELECT * FROM book WHERE attribute_type(a, ?)",
            "Number of parameters in request and statement don't match.",
        ),
        (
            "SELECT * FROM book WHERE size(a + 1) = 1",
            "Unsupported operator in Condition Expression. Operator: +",
        ),
        (
            "SELECT * FROM book WHERE size(?) = 1",
            "Number of parameters in request and statement don't match.",
        ),
        (
            "SELECT * FROM book WHERE a IS INT AND foo(a)",
            "Unsupported data type for IS operator: INTEGER. Supported data types are [MISSING, NULL, BOOLEAN, BLOB, STRING, NUMERIC, STRUCT, TUPLE, LIST] at 1:28:2",
        ),
        (
            "SELECT * FROM book WHERE (a = 5) IS NULL",
            "The left hand side argument to IS must be a Variable Reference, Literal, or Path",
        ),
        (
            "SELECT * FROM book WHERE NOT a",
            "The argument to NOT must be a Type or Expression",
        ),
        (
            "SELECT * FROM book WHERE NOT b",
            "The argument to NOT must be a Type or Expression",
        ),
        (
            "SELECT * FROM book WHERE b",
            "WHERE clause must contain an expression that resolves to a boolean",
        ),
        (
            "SELECT * FROM book WHERE a AND b",
            "The arguments to AND/OR must be Expressions",
        ),
        (
            "SELECT * FROM book WHERE b = TRUE AND TRUE",
            "The arguments to AND/OR must be Expressions",
        ),
        (
            "SELECT * FROM book WHERE MISSING",
            "MISSING must be compared using IS operator",
        ),
        (
            "SELECT * FROM book WHERE size(a) IS NULL",
            "The left hand side argument to IS must be a Variable Reference, Literal, or Path",
        ),
        (
            "SELECT * FROM book WHERE a = `1`",
            "Ion Literals are not supported: INT under key root at 1:30:3",
        ),
        (
            "SELECT * FROM book WHERE a = `abc`",
            "Ion Literals are not supported: SYMBOL under key root at 1:30:5",
        ),
        (
            "SELECT * FROM book WHERE a = CASE b WHEN 1 THEN 2 ELSE 3 END",
            "Unsupported token in expression: CASE b at 1:30:4",
        ),
        (
            "SELECT * FROM book WHERE a LIKE 'x'",
            "Unsupported operator in Condition Expression. Operator: like",
        ),
        (
            "SELECT * FROM book WHERE a IN []",
            "IN operator must have a left hand argument of type Variable Reference and right hand argument of type Seq with at least one member",
        ),
        (
            "SELECT * FROM book WHERE a IN <<>>",
            "IN operator must have a left hand argument of type Variable Reference and right hand argument of type Seq with at least one member",
        ),
        (
            "SELECT * FROM book WHERE a IN (1, MISSING)",
            "MISSING must be compared using IS operator",
        ),
        (
            "SELECT * FROM book WHERE a IS INTEGER",
            "Unsupported data type for IS operator: INTEGER. Supported data types are [MISSING, NULL, BOOLEAN, BLOB, STRING, NUMERIC, STRUCT, TUPLE, LIST] at 1:28:2",
        ),
        (
            "SELECT * FROM book WHERE a[1.0] = 1",
            "Unexpected path component at 1:28:3",
        ),
        (
            "SELECT * FROM book WHERE a[1.5] = 1",
            "Unexpected path component at 1:28:3",
        ),
        (
            "SELECT * FROM book WHERE a[-1] = 1",
            "List index is not within the allowable range; index: [-1] at 1:29:1",
        ),
        (
            "SELECT * FROM book WHERE a[*] = 1",
            "Wildcard path component like a[*].b are not supported at 1:28:1",
        ),
        (
            "SELECT * FROM book WHERE a.* = 1",
            "Unpivot path component like a.*.b are not supported at 1:28:1",
        ),
        (
            "SELECT * FROM book WHERE a[99999999999] = 1",
            "List index is not within the allowable range; index: [99999999999] at 1:28:11",
        ),
        (
            "SELECT * FROM book WHERE [1][0] = a",
            "A path cannot start with a list index at 1:26:1",
        ),
        (
            'SELECT * FROM book WHERE a."" = 1',
            "Path component cannot be an empty string",
        ),
        (
            'SELECT * FROM book WHERE "" = 1',
            "Path component cannot be an empty string",
        ),
        (
            "SELECT * FROM book WHERE a = {'x': 1, 'x': 2}",
            "Duplicate keys in tuple. Key: x under root at 1:30:1",
        ),
        (
            "SELECT * FROM book WHERE a = {x: 1}",
            "Tuple keys must be of type String. Actual type: VariableReference under root at 1:31:1",
        ),
        (
            'SELECT * FROM book WHERE a = {"x": 1}',
            "Tuple keys must be of type String. Actual type: VariableReference under root at 1:31:3",
        ),
        (
            "SELECT * FROM book WHERE a = {'x': y}",
            "Unsupported data type: VariableReference under key root.x at 1:36:1",
        ),
        (
            "SELECT * FROM book WHERE a = {'x': {'y': b}}",
            "Unsupported data type: VariableReference under key root.x.y at 1:42:1",
        ),
        (
            "SELECT * FROM book WHERE a = {'x': ?}",
            "Unsupported data type: Parameter under key root.x at 1:36:1",
        ),
        (
            "SELECT * FROM book WHERE a = <<1, 'x'>>",
            "Unsupported data type in Bag. DynamoDB only supports either numbers or strings in bags",
        ),
        (
            "SELECT a, a FROM nowhere",
            "Duplicate identifiers in select clause: a",
        ),
        (
            "SELECT a, a FROM book WHERE foo(a)",
            "Duplicate identifiers in select clause: a",
        ),
        (
            "SELECT * FROM book AS p WHERE foo(a)",
            "Aliasing is not supported",
        ),
        (
            "SELECT a, a FROM book AS p",
            "Aliasing is not supported",
        ),
        (
            "SELECT * FROM book, txt",
            "Only select from a single table or index is supported.",
        ),
        (
            "SELECT a AS x FROM book, txt",
            "Only select from a single table or index is supported.",
        ),
        (
            "SELECT * FROM (SELECT * FROM book)",
            "Unexpected from source",
        ),
        (
            "SELECT * FROM [1,2]",
            "Unexpected from source",
        ),
        (
            "SELECT * FROM book.*",
            "Unpivot path component like a.*.b are not supported at 1:20:1",
        ),
        (
            "SELECT * FROM book[0]",
            "Invalid list expression in source.",
        ),
        (
            "SELECT * FROM book[*]",
            "Wildcard path component like a[*].b are not supported at 1:20:1",
        ),
        (
            'SELECT * FROM book."gall"."x"',
            "A path may contain at most 2 components in the FROM clause",
        ),
        (
            "SELECT DISTINCT a FROM book",
            "Unsupported token in expression: DISTINCT",
        ),
        (
            "SELECT VALUE a FROM book",
            "Select projection doesn't support value or pivot keywords",
        ),
        (
            "SELECT VALUE {'a': 1} FROM book",
            "Select projection doesn't support value or pivot keywords",
        ),
        (
            "SELECT DISTINCT * FROM book",
            "Unsupported token in expression: DISTINCT",
        ),
        (
            "SELECT a.* FROM book",
            "Changing item's hierarchy while reading isn't supported",
        ),
        (
            "SELECT book.* FROM book",
            "Changing item's hierarchy while reading isn't supported",
        ),
        (
            "SELECT l[0], l FROM book WHERE pk='p1' AND sk='1'",
            "Two document paths overlap with each other; must remove or rewrite one of these paths; path one: [l], path two: [l, [0]]",
        ),
        (
            "SELECT m.x.y[2].z, m.x.y[2] FROM book",
            "Two document paths overlap with each other; must remove or rewrite one of these paths; path one: [m, x, y, [2]], path two: [m, x, y, [2], z]",
        ),
        (
            "SELECT m, m.x FROM book",
            "Two document paths overlap with each other; must remove or rewrite one of these paths; path one: [m, x], path two: [m]",
        ),
        (
            "SELECT * FROM book LIMIT 1",
            "Unsupported clause: LIMIT at 1:26:1",
        ),
        (
            "SELECT * FROM book LIMIT a",
            "Unsupported clause: LIMIT at 1:26:1",
        ),
        (
            "SELECT * FROM book GROUP BY a",
            "Unsupported clause: GROUP BY",
        ),
        (
            "SELECT a FROM book GROUP BY a, b",
            "Unsupported clause: GROUP BY",
        ),
        (
            "UPDATE book SET x = size(l) WHERE pk = 'u' AND sk = 'v'",
            "The function is not allowed in an update expression; function: size",
        ),
        (
            "UPDATE book SET x = begins_with(a, 'x') WHERE pk = 'u' AND sk = 'v'",
            "The function is not allowed in an update expression; function: begins_with",
        ),
        (
            "UPDATE book SET ss = set_add(ss, 'y') WHERE pk = 'u' AND sk = 'v'",
            "The second argument to SET_ADD must be a value with type SET at 1:30:2",
        ),
        (
            "UPDATE book SET ss = set_add(ss, ['y']) WHERE pk = 'u' AND sk = 'v'",
            "The second argument to SET_ADD must be a value with type SET at 1:30:2",
        ),
        (
            "UPDATE book SET ss = set_add(ss) WHERE pk = 'u' AND sk = 'v'",
            "SET_ADD must have exactly two arguments at 1:22:7",
        ),
        (
            "UPDATE book SET a = a * 2 WHERE pk = 'u' AND sk = 'v'",
            "Unsupported operator in Update Expression. Operator: *",
        ),
        (
            "UPDATE book SET a = a / 2 WHERE pk = 'u' AND sk = 'v'",
            "Unsupported operator in Update Expression. Operator: /",
        ),
        (
            "UPDATE book SET a = a IS NULL WHERE pk = 'u' AND sk = 'v'",
            "IS operator is not supported in update expressions",
        ),
        (
            "UPDATE book SET a = {'x': 1, 'x': 2} WHERE pk = 'u' AND sk = 'v'",
            "Duplicate keys in tuple. Key: x under root at 1:21:1",
        ),
        (
            "UPDATE book SET a = [1][0] WHERE pk = 'u' AND sk = 'v'",
            "A path cannot start with a list index at 1:21:1",
        ),
        (
            "UPDATE book SET a = 1",
            "Where clause does not contain a mandatory equality on all key attributes",
        ),
        (
            "UPDATE nowhere SET a = 1",
            "Where clause does not contain a mandatory equality on all key attributes",
        ),
        (
            "UPDATE book.gall SET a = 1 WHERE pk = 'u' AND sk = 'v'",
            "This operation is not supported on an index",
        ),
        (
            "UPDATE book.gall.x SET a = 1 WHERE pk = 'u' AND sk = 'v'",
            "A path may contain at most 2 components in the FROM clause",
        ),
        (
            "UPDATE book['gall'] SET a = 1 WHERE pk = 'u' AND sk = 'v'",
            "This operation is not supported on an index",
        ),
        (
            "UPDATE book[0] SET a = 1 WHERE pk = 'u' AND sk = 'v'",
            "Invalid list expression in source.",
        ),
        (
            "UPDATE book INSERT INTO x VALUE 1 WHERE pk = 'u' AND sk = 'v'",
            "Unsupported FROM ... WHERE ... clause in INSERT statement. at 1:1:6",
        ),
        (
            "UPDATE book SET a = 1 INSERT INTO x VALUE 1 WHERE pk = 'u' AND sk = 'v'",
            "Only SET and REMOVE are supported in update expressions at this time",
        ),
        (
            "INSERT INTO book VALUE {'pk': 'i', 'sk': '7', 'a': {'x': {'y': b}}}",
            "Unsupported data type: VariableReference under key root.x.y at 1:64:1",
        ),
        (
            "INSERT INTO book VALUE {'pk': 'i', 'sk': '7', 'a': <<1, 'x'>>}",
            "Unsupported data type in Bag. DynamoDB only supports either numbers or strings in bags",
        ),
        (
            "INSERT INTO book VALUE [1]",
            "Unsupported format in item expression. Please use struct format {...} to express item values for insert statement. at 1:24:1",
        ),
        (
            "INSERT INTO book VALUE 1",
            "Unsupported format in item expression. Please use struct format {...} to express item values for insert statement. at 1:24:1",
        ),
        (
            "INSERT INTO book VALUE {'pk': 'i', 'sk': '7'}.pk",
            "Unsupported format in item expression. Please use struct format {...} to express item values for insert statement.",
        ),
        (
            "INSERT INTO book VALUE {'pk': 'i', 'sk': '7'} AT 1",
            "AT is not supported in insert statements. at 1:1:6",
        ),
        (
            "INSERT INTO book VALUE {'pk': 'i', 'sk': '7'} ON CONFLICT WHERE a = 1 DO NOTHING",
            "Unsupported clause: ON CONFLICT",
        ),
        (
            "SELECT pk, sk FROM book WHERE m[m.k] = 7",
            "Unexpected path component",
        ),
        (
            "SELECT pk, sk FROM book WHERE a = case b when 1 then 2 end",
            "Unsupported token in expression: CASE b at 1:35:4",
        ),
        (
            "SELECT pk, sk FROM book WHERE a = case m.k when 1 then 2 end",
            "Unsupported token in expression: CASE PATH at 1:35:4",
        ),
        (
            "SELECT pk, sk FROM book WHERE a = case 'x' when 1 then 2 end",
            'Unsupported token in expression: CASE "x" at 1:35:4',
        ),
        (
            "SELECT pk, sk FROM book WHERE a = case foo(a) when 1 then 2 end",
            "Unsupported token in expression: CASE foo at 1:35:4",
        ),
        (
            "SELECT pk, sk FROM book WHERE a = {'x': `1`}",
            "Ion Literals are not supported: INT under key root.x at 1:41:3",
        ),
        (
            "SELECT pk, sk FROM book WHERE a = {m.k: 1}",
            "Tuple keys must be of type String. Actual type: Path under root",
        ),
        (
            "SELECT pk, sk FROM book WHERE a = {'z': b, 'z': 2}",
            "Unsupported data type: VariableReference under key root.z at 1:41:1",
        ),
        (
            "SELECT pk, sk FROM book WHERE a = {'z': 1, 'z': b}",
            "Unsupported data type: VariableReference under key root.z at 1:49:1",
        ),
        (
            "SELECT pk, sk FROM book WHERE a = {'x.y': {'z': b}}",
            "Unsupported data type: VariableReference under key root.x.y.z at 1:49:1",
        ),
        (
            "UPDATE book SET a = foo(b) IS NULL WHERE pk = 'nn' AND sk = 'v'",
            "IS operator is not supported in update expressions",
        ),
        (
            "UPDATE book SET a = set_add(a, 1, 2) WHERE pk = 'nn' AND sk = 'v'",
            "SET_ADD must have exactly two arguments at 1:21:7",
        ),
    ],
)
def test_what_is_read_and_not_taken(dynamodb: Any, statement: str, message: str) -> None:
    with refused("ValidationException", message):
        dynamodb.execute_statement(Statement=statement)


@pytest.mark.parametrize(
    ("statement", "message"),
    [
        ("SELECT a, a FROM book b LIMIT 1", "Unsupported clause: LIMIT at 1:31:1"),
        ("SELECT DISTINCT foo(a) FROM book b", "Unsupported token in expression: DISTINCT"),
        ("SELECT a AS b FROM book, other", "Only select from a single table or index is supported."),
        ("SELECT foo(a) FROM book b", "Aliasing is not supported"),
        ("SELECT foo(a) FROM [1]", "Unexpected from source"),
        ("SELECT a, a, foo(b) FROM book WHERE foo(a)", "Unexpected path component at 1:14:3"),
        ("SELECT b, b, a, a.c FROM book WHERE foo(a)", "Duplicate identifiers in select clause: b"),
        ("SELECT * FROM book WHERE foo(bar(a)) AND a = MISSING", "Unrecognized function: bar"),
        ("SELECT * FROM book WHERE a = MISSING AND foo(b)", "MISSING must be compared using IS operator"),
        ("SELECT * FROM book WHERE a < TRUE AND foo(b)", "Unrecognized function: foo"),
        ("SELECT * FROM book WHERE a AND foo(b)", "Unrecognized function: foo"),
        (
            "SELECT * FROM book WHERE foo(a) + MISSING = 1",
            "Unsupported operator in Condition Expression. Operator: +",
        ),
        ("UPDATE book b SET a = foo(c) WHERE bar(d)", "Unrecognized function: bar"),
        ("UPDATE book b SET a = foo(c) WHERE d = 1", "Unrecognized function: foo"),
        ("UPDATE book b SET a = 1 WHERE d = 1 RETURNING ALL OLD d", "Aliasing is not supported"),
        ("DELETE FROM book b WHERE foo(a)", "Unrecognized function: foo"),
        (
            "INSERT INTO book[0] VALUE {'a': 1}",
            "FROM clause may only contain a single table name in data manipulation statements at 1:13:4",
        ),
        (
            "INSERT INTO book.gb.more VALUE {'a': 1}",
            "FROM clause may only contain a single table name in data manipulation statements at 1:13:4",
        ),
        (
            "INSERT INTO book.gb VALUE {'a': foo(b), 'a': 1}",
            "Unsupported data type: foo under key root at 1:33:3",
        ),
    ],
)
def test_what_is_told_first(dynamodb: Any, statement: str, message: str) -> None:
    """Clauses in an order of AWS's own; within one what is inside before what is around it, and types after all that."""
    with refused("ValidationException", message):
        dynamodb.execute_statement(Statement=statement)
