"""ExecuteStatement: which fault of a statement is told, where there are two.

Source, unless a test names another: DynamoDB Local 3.3.1, asked 2026-11.
"""

from collections.abc import Callable
from typing import Any

import pytest

from tests.conformance.expect import refused

WHERE = "pk = 'a' AND sk = 'b'"
NOT_FOUND = "Requested resource not found"
OVERLAP = "Two document paths overlap with each other; must remove or rewrite one of these paths; path one: [c], path two: [c]"
TYPE = "Incorrect operand type for operator or function; operator or function: "
SCALARS = "Key attributes must be scalars; list random access '[]' and map lookup '.' are not allowed: "


@pytest.mark.parametrize(
    ("statement", "parameters", "message"),
    [
        ("UPDATE tab SET c = foo(d) WHERE e > TRUE", [], TYPE + ">, operand type: BOOL"),
        ("UPDATE tab SET c = ? WHERE e > ?", [{"N": "1"}, {"BOOL": True}], TYPE + ">, operand type: BOOL"),
        ("UPDATE tab SET c = 1, c = 2 WHERE begins_with(e, 1)", [], TYPE + "begins_with, operand type: N"),
        ("UPDATE tab SET c = set_add(c, ?) WHERE e > TRUE", [{"N": "1"}], TYPE + ">, operand type: BOOL"),
        ("UPDATE tab SET c = set_add(c, ?), c = foo(d) WHERE a = 1", [{"N": "1"}], "The second argument to SET_ADD must be a value with type SET at 1:28:1"),
        ("UPDATE tab SET c = list_append(1, d), c = 2 WHERE a = 1", [], OVERLAP),
        ("UPDATE tab x SET c = list_append(1, d) WHERE a = 1", [], TYPE + "list_append, operand type: N"),
        ("UPDATE tab.idx SET c = 'd' + 1 WHERE a = 1", [], TYPE + "+, operand type: S"),
        ("UPDATE tab.idx SET c = 1 WHERE e > TRUE", [], TYPE + ">, operand type: BOOL"),
        ("UPDATE tab.idx SET c = e WHERE a = 1 AND b = 2", [], "This operation is not supported on an index"),
        ("DELETE FROM tab x WHERE e > TRUE", [], TYPE + ">, operand type: BOOL"),
        ("DELETE FROM tab.idx WHERE e BETWEEN 'f' AND TRUE", [], TYPE + "BETWEEN, operand type: BOOL"),
        ("SELECT * FROM tab WHERE e > TRUE ORDER BY f = 1", [], TYPE + ">, operand type: BOOL"),
    ],
)  # fmt: skip
def test_where_comes_before_changes_and_both_before_the_table(
    dynamodb: Any, statement: str, parameters: list[dict[str, Any]], message: str
) -> None:
    with refused("ValidationException", message):
        dynamodb.execute_statement(Statement=statement, **({"Parameters": parameters} if parameters else {}))


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT foo(a) FROM ta",
        "SELECT * FROM tab.i",
        'SELECT * FROM "ta ble" WHERE e > TRUE',
        f'SELECT * FROM "{"x" * 256}"',
        "SELECT * FROM ta[0]",
        "UPDATE ta SET a = 1",
        "DELETE FROM tab.i WHERE a = 1",
    ],
)
def test_names_that_no_table_has(dynamodb: Any, statement: str) -> None:
    """An INSERT just finds no such table."""
    message = "Table name should be within the length [3, 255] and only contain 'a-z', 'A-Z', '0-9', '-', '_', '.'."
    with refused("ValidationException", message):
        dynamodb.execute_statement(Statement=statement)
    with refused("ResourceNotFoundException", NOT_FOUND):
        dynamodb.execute_statement(Statement="INSERT INTO ta VALUE {'pk': 'a'}")


@pytest.mark.parametrize(
    "statement", ["SELECT * FROM tab x", "UPDATE tab SET a = ? WHERE foo(b)", "SELECT COUNT(*) FROM tab"]
)
def test_parameters_come_before_what_a_statement_asks_for(dynamodb: Any, statement: str) -> None:
    with refused("ValidationException", "The parameter cannot be converted to a numeric value: x"):
        dynamodb.execute_statement(Statement=statement, Parameters=[{"N": "x"}])


@pytest.mark.parametrize("statement", ["SELECT * FROM tab WHERE", "SELECT * FROM tab x y"])
def test_parameters_come_behind_a_statement_that_cannot_be_read(dynamodb: Any, statement: str) -> None:
    with refused("ValidationException", None) as refusal:
        dynamodb.execute_statement(Statement=statement, Parameters=[{"N": "x"}])
    assert refusal.message.startswith("Statement wasn't well formed, can't be processed: ")


_TWICE = "Multiple conditions on same key {}. Only single item Update/Insert/Delete are supported"


@pytest.mark.parametrize(
    ("condition", "message"),
    [
        ("pk.x = 1 AND pk = 'a' AND pk = 'b' AND sk = 'c'", SCALARS + "Key pk"),
        ("pk = 'a' AND pk = 'b' AND pk.x = 1 AND sk = 'c'", _TWICE.format("pk")),
        ("pk = 'a' AND pk = 'b'", _TWICE.format("pk")),
        ("pk.x IS NULL AND sk = 1", SCALARS + "Key pk"),
        ("attribute_exists(pk.x) AND pk = 'a' AND sk = 'b'", SCALARS + "Key: pk"),
        ("pk = 'a' AND sk = 'b' AND sk IS NULL", _TWICE.format("sk")),
        ("pk IS NULL", "Where clause does not contain a mandatory equality on all key attributes"),
        ("pk = 'a' AND sk IS NULL", "Key value must be of type S, N, or B. Key name: sk, Key type: NULL"),
        ("sk = 1 AND pk = 2", "Key attribute's data type should match its data type in table's schema: Key sk"),
        ("sk = 'a' AND pk = 'b' AND pk[0] = 1", SCALARS + "Key pk"),
    ],
)
def test_the_key_of_a_write_is_looked_at_in_the_order_of_the_text(
    dynamodb: Any, sorted_table: str, condition: str, message: str
) -> None:
    for statement in (f'UPDATE "{sorted_table}" SET c = 1', f'DELETE FROM "{sorted_table}"'):
        with refused("ValidationException", message):
            dynamodb.execute_statement(Statement=f"{statement} WHERE {condition}")


def test_a_stored_null_is_looked_for_in_keys(dynamodb: Any, sorted_table: str) -> None:
    with refused("ValidationException", "Key value must be of type S, N, or B. Key name: sk, Key type: NULL"):
        dynamodb.execute_statement(Statement=f"SELECT * FROM \"{sorted_table}\" WHERE pk = 'a' AND sk IS NULL")
    dynamodb.execute_statement(Statement=f"SELECT * FROM \"{sorted_table}\" WHERE pk = 'a' AND sk IS NOT NULL")


def test_what_a_set_reads_of_an_index_key(dynamodb: Any, indexed_table: str) -> None:
    with refused("ValidationException", f"{SCALARS}IndexKey: l"):
        dynamodb.execute_statement(Statement=f'UPDATE "{indexed_table}" SET c = l.x WHERE {WHERE}')


@pytest.mark.parametrize(
    ("rest", "message"),
    [
        ("WHERE pk = 'a' AND pk.x = 1 ORDER BY n", SCALARS + "Key: pk"),
        ("WHERE pk = 1 AND pk.x = 1", "Key attribute's data type should match its data type in table's schema: Key pk"),
        (
            "WHERE sk = 1 ORDER BY n",
            "Must have at least one non-optional hash key condition in WHERE clause when using ORDER BY clause.",
        ),
    ],
)
def test_reads(dynamodb: Any, sorted_table: str, rest: str, message: str) -> None:
    with refused("ValidationException", message):
        dynamodb.execute_statement(Statement=f'SELECT * FROM "{sorted_table}" {rest}')


def test_a_table_comes_before_a_token(dynamodb: Any, table: str) -> None:
    with refused("ResourceNotFoundException", NOT_FOUND):
        dynamodb.execute_statement(Statement="SELECT * FROM nowhere WHERE pk = 'a'", NextToken="x")
    with refused("ValidationException", "Invalid NextToken"):
        dynamodb.execute_statement(Statement=f"SELECT * FROM \"{table}\".none WHERE pk = 'a'", NextToken="x")


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ("SET a.x = 1, q = none", "The document path provided in the update expression is invalid for update"),
        ("SET q = none, a.x = 1", "The provided expression refers to an attribute that does not exist in the item"),
        ("SET q = set_add(q, <<1>>) REMOVE a.x", "An operand in the update expression has an incorrect data type"),
        ("REMOVE a.x SET q = set_add(q, <<1>>)", "The document path provided in the update expression is invalid for update"),
    ],
)  # fmt: skip
def test_of_attributes_in_one_bucket_the_first_change_is_made_first(
    dynamodb: Any, table: str, unique: Callable[[], str], changes: str, message: str
) -> None:
    """Those of an update expression are looked at from the last."""
    key = unique()
    dynamodb.put_item(TableName=table, Item={"pk": {"S": key}, "a": {"N": "1"}, "q": {"SS": ["x"]}})
    with refused("ValidationException", message):
        dynamodb.execute_statement(Statement=f"UPDATE \"{table}\" {changes} WHERE pk = '{key}'")


def test_statements_may_stand_in_parentheses(dynamodb: Any, table: str, unique: Callable[[], str]) -> None:
    key = unique()
    dynamodb.execute_statement(Statement=f"(INSERT INTO \"{table}\" VALUE {{'pk': '{key}'}})")
    dynamodb.execute_statement(Statement=f"((UPDATE \"{table}\" SET a = (1) WHERE pk = '{key}'));")
    answer = dynamodb.execute_statement(Statement=f"(SELECT * FROM \"{table}\" WHERE (pk = '{key}'))")
    assert answer["Items"] == [{"pk": {"S": key}, "a": {"N": "1"}}]
    for statement, message in (
        ("(SELECT foo(a) FROM tab)", "Unexpected path component at 1:9:3"),
        ("((UPDATE tab SET a = foo(b)));", "Unrecognized function: foo"),
        ("(EXISTS(SELECT * FROM tab))", "EXISTS can only be used in ExecuteTransaction write requests."),
        ("(SELECT * FROM tab", "Statement wasn't well formed, can't be processed: Expected RIGHT_PAREN"),
    ):
        with refused("ValidationException", message):
            dynamodb.execute_statement(Statement=statement)
