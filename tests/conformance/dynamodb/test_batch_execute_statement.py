"""BatchExecuteStatement. Source, unless a test names another: dynamodb-exact §17 (batch rows), §18."""

import re
from collections.abc import Callable
from typing import Any

import pytest

from tests.conformance.expect import refused

Unique = Callable[[], str]
NEEDS_KEY = "Select statements within BatchExecuteStatement must specify the primary key in the where clause."


def _insert(table: str, key: str, **attributes: str) -> dict[str, Any]:
    item = {"pk": {"S": key}, **{name: {"S": value} for name, value in attributes.items()}}
    members = ", ".join(f"'{name}': ?" for name in item)
    return {"Statement": f'INSERT INTO "{table}" VALUE {{{members}}}', "Parameters": list(item.values())}


def _get(table: str, key: str, **members: Any) -> dict[str, Any]:
    return {"Statement": f"SELECT * FROM \"{table}\" WHERE pk = '{key}'", **members}


def _run(dynamodb: Any, *statements: dict[str, Any], **members: Any) -> Any:
    return dynamodb.batch_execute_statement(Statements=list(statements), **members)


def test_writes_and_reads(dynamodb: Any, table: str, unique: Unique) -> None:
    """One response for each statement, in order; a missing item is a response without ``Item``."""
    one, two = unique(), unique()
    answer = _run(dynamodb, _insert(table, one, a="x"), _insert(table, two))
    assert answer["Responses"] == [{"TableName": table}, {"TableName": table}]
    answer = _run(dynamodb, _get(table, two), _get(table, unique()), _get(table, one))
    assert answer["Responses"] == [
        {"TableName": table, "Item": {"pk": {"S": two}}},
        {"TableName": table},
        {"TableName": table, "Item": {"pk": {"S": one}, "a": {"S": "x"}}},
    ]


def test_reads_project(dynamodb: Any, table: str, unique: Unique) -> None:
    key = unique()
    _run(dynamodb, _insert(table, key, a="x", b="y"))
    statement = f"SELECT a FROM \"{table}\" WHERE pk = '{key}'"
    assert _run(dynamodb, {"Statement": statement})["Responses"] == [{"TableName": table, "Item": {"a": {"S": "x"}}}]


def test_failures_stop_nothing(dynamodb: Any, table: str, unique: Unique) -> None:
    """``TableName`` stands beside what failed when it ran, and not beside what was refused before."""
    there, new, nowhere = unique(), unique(), unique()
    _run(dynamodb, _insert(table, there, a="x"))
    answer = _run(
        dynamodb,
        _insert(table, there),
        {"Statement": f"UPDATE \"{table}\" SET a = 'y' WHERE pk = '{unique()}'"},
        {"Statement": f"INSERT INTO \"{nowhere}\" VALUE {{'pk': 'x'}}"},
        {"Statement": "nonsense"},
        {"Statement": f"DELETE FROM \"{table}\" WHERE pk = 'x' RETURNING ALL NEW *"},
        _insert(table, new),
    )
    assert answer["Responses"] == [
        {
            "Error": {"Code": "DuplicateItem", "Message": "Duplicate primary key exists in table"},
            "TableName": table,
        },
        {"Error": {"Code": "ConditionalCheckFailed", "Message": "The conditional request failed"}, "TableName": table},
        {"Error": {"Code": "ResourceNotFound", "Message": "Requested resource not found"}, "TableName": nowhere},
        {
            "Error": {
                "Code": "ValidationError",
                "Message": "Statement wasn't well formed, can't be processed: Expected data manipulation",
            }
        },
        {
            "Error": {
                "Code": "ValidationError",
                "Message": "Invalid returning clause: RETURNING ALL NEW *. Only RETURNING ALL OLD * is allowed in DELETE statements.",
            }
        },
        {"TableName": table},
    ]
    assert "Item" in dynamodb.get_item(TableName=table, Key={"pk": {"S": new}})


def test_a_condition_that_fails_never_shows_the_item(dynamodb: Any, table: str, unique: Unique) -> None:
    """ReturnValuesOnConditionCheckFailure is accepted and has no effect."""
    key = unique()
    _run(dynamodb, _insert(table, key, a="x"))
    statement = f"UPDATE \"{table}\" SET a = 'y' WHERE pk = '{key}' AND a = 'z'"
    answer = _run(dynamodb, {"Statement": statement, "ReturnValuesOnConditionCheckFailure": "ALL_OLD"})
    assert answer["Responses"] == [
        {"Error": {"Code": "ConditionalCheckFailed", "Message": "The conditional request failed"}, "TableName": table}
    ]


def test_returning(dynamodb: Any, table: str, unique: Unique) -> None:
    one, two = unique(), unique()
    _run(dynamodb, _insert(table, one, a="x"), _insert(table, two, a="x"))
    answer = _run(
        dynamodb,
        {"Statement": f"UPDATE \"{table}\" SET a = 'y' WHERE pk = '{one}' RETURNING MODIFIED NEW *"},
        {"Statement": f"DELETE FROM \"{table}\" WHERE pk = '{two}' RETURNING ALL OLD *"},
        {"Statement": f"DELETE FROM \"{table}\" WHERE pk = '{unique()}' RETURNING ALL OLD *"},
    )
    assert answer["Responses"] == [
        {"TableName": table, "Item": {"a": {"S": "y"}}},
        {"TableName": table, "Item": {"pk": {"S": two}, "a": {"S": "x"}}},
        {"TableName": table},
    ]


def test_reads_need_the_whole_key(dynamodb: Any, sorted_table: str, indexed_table: str, unique: Unique) -> None:
    """And nothing but the key. Source of that: faiscadev/fakecloud pull request 2466; floci-io/floci, checked on AWS."""
    nowhere = unique()
    answer = _run(
        dynamodb,
        {"Statement": f"SELECT * FROM \"{sorted_table}\" WHERE pk = 'a'"},
        {"Statement": f"SELECT * FROM \"{sorted_table}\" WHERE pk = 'a' AND sk > 'b'"},
        {"Statement": f"SELECT * FROM \"{sorted_table}\" WHERE pk = 'a' AND sk = 'b' AND c = 1"},
        {"Statement": f"SELECT * FROM \"{indexed_table}\".\"by_a\" WHERE pk = 'a' AND sk = 'b'"},
        {"Statement": f'SELECT * FROM "{nowhere}"'},
        {"Statement": f"SELECT * FROM \"{sorted_table}\" WHERE pk = 'a' AND sk = 'b'"},
    )
    refusal = {"Error": {"Code": "ValidationError", "Message": NEEDS_KEY}}
    missing = {"Error": {"Code": "ResourceNotFound", "Message": "Requested resource not found"}, "TableName": nowhere}
    assert answer["Responses"] == [refusal, refusal, refusal, refusal, missing, {"TableName": sorted_table}]


def test_paths_are_shown_as_they_are(dynamodb: Any, table: str, unique: Unique) -> None:
    """And nothing of an item is an empty one. Source: DynamoDB Local 3.3.1, asked 2026-11."""
    key = unique()
    dynamodb.put_item(TableName=table, Item={"pk": {"S": key}, "m": {"M": {"a": {"S": "x"}, "b": {"S": "y"}}}})
    for columns, shown in (("m.a", {"m": {"M": {"a": {"S": "x"}}}}), ("none", {})):
        answer = _run(dynamodb, {"Statement": f"SELECT {columns} FROM \"{table}\" WHERE pk = '{key}'"})
        assert answer["Responses"] == [{"TableName": table, "Item": shown}]


def test_the_table_of_what_fails_when_it_runs(dynamodb: Any, table: str, unique: Unique) -> None:
    """Source: DynamoDB Local 3.3.1, asked 2026-11."""
    key = unique()
    _run(dynamodb, _insert(table, key, a="x"))
    answer = _run(
        dynamodb,
        {"Statement": f"UPDATE \"{table}\" SET b.c = 1 WHERE pk = '{key}'"},
        {"Statement": f"DELETE FROM \"{table}\" WHERE pk = ''"},
        {"Statement": f'DELETE FROM "{table}" WHERE pk = 1'},
    )
    path, empty, type_ = answer["Responses"]
    message = "The document path provided in the update expression is invalid for update"
    assert path == {"Error": {"Code": "ValidationError", "Message": message}, "TableName": table}
    assert empty["Error"]["Message"].endswith("cannot contain an empty string value. Key: pk")
    assert empty["TableName"] == table
    assert "TableName" not in type_


def test_refused_statements_count_as_reads_or_writes(dynamodb: Any, table: str, unique: Unique) -> None:
    """But not one that cannot be read, nor EXISTS. Source: DynamoDB Local 3.3.1, asked 2026-11."""
    read = _get(table, unique())
    for other in (f"UPDATE \"{table}\" SET a = foo(b) WHERE pk = 'x'", f'DELETE FROM "{table}" x'):
        with refused("ValidationException", "Read and write requests together in the same batch is not supported."):
            _run(dynamodb, read, {"Statement": other})
    exists = f'EXISTS(SELECT foo(a) FROM "{table}")'
    found, unreadable, elsewhere = _run(dynamodb, read, {"Statement": "UPDATE"}, {"Statement": exists})["Responses"]
    assert found == {"TableName": table}
    assert unreadable["Error"]["Message"].startswith("Statement wasn't well formed")
    assert elsewhere["Error"]["Message"] == "EXISTS can only be used in ExecuteTransaction write requests."


def test_reads_and_writes_do_not_mix(dynamodb: Any, table: str, unique: Unique) -> None:
    key = unique()
    with refused("ValidationException", "Read and write requests together in the same batch is not supported."):
        _run(dynamodb, _insert(table, key), _get(table, key))
    assert "Item" not in dynamodb.get_item(TableName=table, Key={"pk": {"S": key}})


def test_one_item_twice(dynamodb: Any, table: str, unique: Unique) -> None:
    key = unique()
    for statements in (
        [_get(table, key), _get(table, key)],
        [_insert(table, key), {"Statement": f"DELETE FROM \"{table}\" WHERE pk = '{key}'"}],
    ):
        with refused("ValidationException", "Provided list of item keys contains duplicates"):
            _run(dynamodb, *statements)


def test_how_many_statements(dynamodb: Any, table: str, unique: Unique) -> None:
    """Source: §23."""
    _run(dynamodb, *[_insert(table, unique()) for _ in range(25)])
    with refused("ValidationException", re.compile(r"1 validation error detected: .*statements.*", re.DOTALL)):
        _run(dynamodb, *[_insert(table, unique()) for _ in range(26)])
    with refused("ValidationException", re.compile(r"1 validation error detected: .*statements.*", re.DOTALL)):
        _run(dynamodb)


def test_capacity_is_summed_by_table(dynamodb: Any, table: str, sorted_table: str, unique: Unique) -> None:
    """Each statement's ConsistentRead sets its rate."""
    key = unique()
    answer = _run(
        dynamodb,
        _insert(table, key, f="x" * 1500),
        _insert(table, unique()),
        {"Statement": f"INSERT INTO \"{sorted_table}\" VALUE {{'pk': '{key}', 'sk': '1'}}"},
        ReturnConsumedCapacity="TOTAL",
    )
    assert answer["ConsumedCapacity"] == [
        {"TableName": table, "CapacityUnits": 3.0},
        {"TableName": sorted_table, "CapacityUnits": 1.0},
    ]
    reads = [_get(table, key), _get(table, unique(), ConsistentRead=True)]
    answer = _run(dynamodb, *reads, ReturnConsumedCapacity="INDEXES")
    assert answer["ConsumedCapacity"] == [
        {"TableName": table, "CapacityUnits": 1.5, "Table": {"CapacityUnits": 1.5}},
    ]


def test_failed_writes_are_charged_where_any_succeeds(dynamodb: Any, table: str, unique: Unique) -> None:
    """For the larger of what is stored and what the statement carries; where all fail nothing is reported."""
    large, small = unique(), unique()
    _run(dynamodb, _insert(table, large, f="x" * 2500), _insert(table, small))
    failures = [_insert(table, large), _insert(table, small, f="x" * 1500)]
    answer = _run(dynamodb, *failures, ReturnConsumedCapacity="TOTAL")
    assert "ConsumedCapacity" not in answer
    answer = _run(dynamodb, *failures, _insert(table, unique()), ReturnConsumedCapacity="TOTAL")
    assert answer["ConsumedCapacity"] == [{"TableName": table, "CapacityUnits": 6.0}]


@pytest.mark.parametrize(
    ("statement", "message"),
    [
        (
            "EXISTS(SELECT * FROM nowhere WHERE pk = 'x')",
            "EXISTS can only be used in ExecuteTransaction write requests.",
        ),
        ("SELECT * FROM", "Statement wasn't well formed, can't be processed: Unexpected term"),
    ],
)
def test_what_a_batch_cannot_hold(dynamodb: Any, statement: str, message: str) -> None:
    """A failure of the statement alone, before it ran. Source of the first: floci-io/floci; of the second: AWS's parser."""
    [response] = _run(dynamodb, {"Statement": statement})["Responses"]
    assert response == {"Error": {"Code": "ValidationError", "Message": message}}


def test_an_empty_statement_breaks_a_constraint(dynamodb: Any, table: str, unique: Unique) -> None:
    """Source: §23: the whole request is refused."""
    with refused("ValidationException", re.compile(r"1 validation error detected: .*", re.DOTALL)):
        _run(dynamodb, _insert(table, unique()), {"Statement": ""})
