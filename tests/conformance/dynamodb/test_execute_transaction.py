"""ExecuteTransaction. Source, unless a test names another: dynamodb-exact §17 (transaction rows), §16, §18."""

import re
from collections.abc import Callable
from typing import Any

import pytest

from tests.conformance.expect import refused

Unique = Callable[[], str]


def _statement(text: str, *parameters: dict[str, Any], **members: Any) -> dict[str, Any]:
    if parameters:
        members["Parameters"] = list(parameters)
    return {"Statement": text, **members}


def _insert(table: str, key: str) -> dict[str, Any]:
    return _statement(f"INSERT INTO \"{table}\" VALUE {{'pk': ?}}", {"S": key})


def _get(table: str, key: str) -> dict[str, Any]:
    return _statement(f'SELECT * FROM "{table}" WHERE pk = ?', {"S": key})


def _run(dynamodb: Any, *statements: dict[str, Any], **members: Any) -> Any:
    return dynamodb.execute_transaction(TransactStatements=list(statements), **members)


def _has(dynamodb: Any, table: str, key: str) -> bool:
    return "Item" in dynamodb.get_item(TableName=table, Key={"pk": {"S": key}})


def test_all_kinds_of_writes_at_once(dynamodb: Any, table: str, sorted_table: str, unique: Unique) -> None:
    inserted, updated, deleted, checked = (unique() for _ in range(4))
    for key in (updated, deleted, checked):
        dynamodb.put_item(TableName=table, Item={"pk": {"S": key}, "a": {"N": "1"}})
    answer = _run(
        dynamodb,
        _statement(f"INSERT INTO \"{sorted_table}\" VALUE {{'pk': '{inserted}', 'sk': '1'}}"),
        _statement(f"UPDATE \"{table}\" SET a = a + 1 WHERE pk = '{updated}' AND a = 1"),
        _statement(f"DELETE FROM \"{table}\" WHERE pk = '{deleted}'"),
        _statement(f"EXISTS(SELECT * FROM \"{table}\" WHERE pk = '{checked}' AND a = 1)"),
    )
    assert answer["Responses"] == []
    assert "Item" in dynamodb.get_item(TableName=sorted_table, Key={"pk": {"S": inserted}, "sk": {"S": "1"}})
    assert dynamodb.get_item(TableName=table, Key={"pk": {"S": updated}})["Item"]["a"] == {"N": "2"}
    assert not _has(dynamodb, table, deleted)


def test_one_failure_cancels_everything(dynamodb: Any, table: str, unique: Unique) -> None:
    """Every statement gets its reason, in request order; the item only where it was asked for."""
    new, there = unique(), unique()
    item = {"pk": {"S": there}, "a": {"N": "1"}}
    dynamodb.put_item(TableName=table, Item=item)
    other = unique()
    dynamodb.put_item(TableName=table, Item={"pk": {"S": other}})
    with refused(
        "TransactionCanceledException",
        "Transaction cancelled, please refer cancellation reasons for specific reasons "
        "[None, DuplicateItem, ConditionalCheckFailed, ConditionalCheckFailed]",
    ) as refusal:
        _run(
            dynamodb,
            _insert(table, new),
            _insert(table, other),
            _statement(f"UPDATE \"{table}\" SET a = 2 WHERE pk = '{unique()}'"),
            _statement(
                f"DELETE FROM \"{table}\" WHERE pk = '{there}' AND a = 7", ReturnValuesOnConditionCheckFailure="ALL_OLD"
            ),
        )
    assert refusal.response["CancellationReasons"] == [
        {"Code": "None"},
        {"Code": "DuplicateItem", "Message": "Duplicate primary key exists in table"},
        {"Code": "ConditionalCheckFailed", "Message": "The conditional request failed"},
        {"Code": "ConditionalCheckFailed", "Message": "The conditional request failed", "Item": item},
    ]
    assert not _has(dynamodb, table, new)


def test_exists(dynamodb: Any, table: str, unique: Unique) -> None:
    """Like ConditionCheck: it may stand among writes, and fails where no item meets the condition."""
    key, new = unique(), unique()
    check = _statement(f'EXISTS(SELECT * FROM "{table}" WHERE pk = ? AND a = 1)', {"S": key})
    for _ in range(2):
        with refused("TransactionCanceledException") as refusal:
            _run(dynamodb, _insert(table, new), check)
        assert [reason["Code"] for reason in refusal.response["CancellationReasons"]] == [
            "None",
            "ConditionalCheckFailed",
        ]
        dynamodb.put_item(TableName=table, Item={"pk": {"S": key}, "a": {"N": "2"}})
    dynamodb.put_item(TableName=table, Item={"pk": {"S": key}, "a": {"N": "1"}})
    assert _run(dynamodb, _insert(table, new), check)["Responses"] == []
    assert _has(dynamodb, table, new)


@pytest.mark.parametrize("where", ["pk = 'x'", "a = 1", "pk IN ('x', 'y') AND a = 1", "pk > 'x' AND a = 1"])
def test_exists_needs_a_whole_key_and_another_condition(dynamodb: Any, table: str, unique: Unique, where: str) -> None:
    """Source: developer guide, page on the EXISTS function; the words: floci pull request 3798."""
    with refused(
        "ValidationException",
        "Validation failed in TransactStatements[1]: EXISTS() must contain a single item read with additional condition",
    ):
        _run(dynamodb, _insert(table, unique()), _statement(f'EXISTS(SELECT * FROM "{table}" WHERE {where})'))


def test_reads(dynamodb: Any, table: str, unique: Unique) -> None:
    key = unique()
    item = {"pk": {"S": key}, "a": {"N": "1"}}
    dynamodb.put_item(TableName=table, Item=item)
    other = unique()
    dynamodb.put_item(TableName=table, Item={"pk": {"S": other}, "a": {"N": "1"}})
    answer = _run(
        dynamodb,
        _get(table, key),
        _get(table, unique()),
        _statement(f"SELECT a FROM \"{table}\" WHERE pk IN ('{other}') AND '{other}' = pk"),
    )
    assert answer["Responses"] == [{"Item": item}, {}, {"Item": {"a": {"N": "1"}}}]


@pytest.mark.parametrize(
    "where", ["", "WHERE pk = 'x' AND a = 1", "WHERE pk IN ('x', 'y')", "WHERE pk > 'x'", "WHERE pk = 'x' AND pk = 'y'"]
)
def test_reads_name_one_key_and_nothing_else(dynamodb: Any, table: str, unique: Unique, where: str) -> None:
    """Source: faiscadev/fakecloud pull request 2466; floci pull request 3674; the number of the statement: the same."""
    with refused(
        "ValidationException",
        "Validation failed in TransactStatements[1]: "
        "Select statements within ExecuteTransaction must specify the primary key in the where clause.",
    ):
        _run(dynamodb, _get(table, unique()), _statement(f'SELECT * FROM "{table}" {where}'))


def test_reads_and_writes_do_not_mix(dynamodb: Any, table: str, unique: Unique) -> None:
    key = unique()
    with refused(
        "ValidationException",
        "ExecuteTransaction API does not support both read and write operations in the same request.",
    ):
        _run(dynamodb, _insert(table, key), _get(table, unique()))
    assert not _has(dynamodb, table, key)


def test_one_item_twice(dynamodb: Any, table: str, unique: Unique) -> None:
    key = unique()
    arn = dynamodb.describe_table(TableName=table)["Table"]["TableArn"]
    for statements in ([_insert(table, key), _insert(arn, key)], [_get(table, key), _get(table, key)]):
        with refused("ValidationException", "Transaction request cannot include multiple operations on one item"):
            _run(dynamodb, *statements)


@pytest.mark.parametrize(
    ("statement", "refusal"),
    [
        (
            "UPDATE \"{}\" SET c = 1 WHERE pk = 'x' AND sk = 'y' RETURNING ALL NEW *",
            "RETURNING clause is not supported in ExecuteTransaction.",
        ),
        (
            "DELETE FROM \"{}\" WHERE pk = 'x' AND sk = 'y' RETURNING ALL OLD *",
            "RETURNING clause is not supported in ExecuteTransaction.",
        ),
        ('SELECT * FROM "{}"."by_a" WHERE a = \'x\'', "Reads on indices are not supported within transactions."),
        (
            'EXISTS(SELECT * FROM "{}"."by_a" WHERE a = \'x\')',
            "Operations on indices are not supported in transactions",  # DynamoDB Local 3.3.1, asked 2026-11
        ),
        (
            "INSERT INTO \"{}\" VALUE {{'pk': 'x', 'sk': 'y'}} RETURNING ALL OLD *",
            "RETURNING is not supported in INSERT",  # DynamoDB Local 3.3.1, asked 2026-11
        ),
    ],
)
def test_what_a_transaction_cannot_hold(dynamodb: Any, indexed_table: str, statement: str, refusal: str) -> None:
    """Statements are counted from 0. Source: floci pull request 3674, checked there on AWS."""
    with refused("ValidationException", f"Validation failed in TransactStatements[0]: {refusal}"):
        _run(dynamodb, _statement(statement.format(indexed_table)))


@pytest.mark.parametrize(
    ("statements", "refusal"),
    [
        (["DELETE FROM \"{0}\" WHERE pk = 'x' RETURNING ALL NEW *"], "Invalid returning clause: RETURNING ALL NEW *. Only RETURNING ALL OLD * is allowed in DELETE statements."),
        (['UPDATE "{0}" SET a = 1 WHERE pk.x = 1 RETURNING ALL NEW *'], "Key attributes must be scalars; list random access '[]' and map lookup '.' are not allowed: Key pk"),
        (["UPDATE \"{0}\" SET a = 1 WHERE pk = 'x' RETURNING ALL NEW *", "UPDATE \"{0}\" SET a = foo(b) WHERE pk = 'y'"], "RETURNING clause is not supported in ExecuteTransaction."),
        (['SELECT a FROM "{0}" WHERE a = 1', "SELECT a, a FROM \"{0}\" WHERE pk = 'x'"], "Select statements within ExecuteTransaction must specify the primary key in the where clause."),
    ],
)  # fmt: skip
def test_each_statement_is_refused_in_its_turn(dynamodb: Any, table: str, statements: list[str], refusal: str) -> None:
    """Source: DynamoDB Local 3.3.1, asked 2026-11."""
    with refused("ValidationException", f"Validation failed in TransactStatements[0]: {refusal}"):
        _run(dynamodb, *[_statement(statement.format(table)) for statement in statements])


def test_reads_and_writes_are_told_apart_before_what_is_wrong_with_them(dynamodb: Any, table: str) -> None:
    """But for a statement that cannot be read. Source: DynamoDB Local 3.3.1, asked 2026-11."""
    wrong_read = f"SELECT a, a FROM \"{table}\" WHERE pk = 'x'"
    wrong_write = f"UPDATE \"{table}\" SET a = foo(b) WHERE pk = 'x'"
    mixed = "ExecuteTransaction API does not support both read and write operations in the same request."
    for statements in ([wrong_read, wrong_write], [wrong_read, "EXISTS(SELECT foo(a) FROM tab)"]):
        with refused("ValidationException", mixed):
            _run(dynamodb, *map(_statement, statements))
    with refused("ValidationException", None) as refusal:
        _run(dynamodb, _statement(wrong_read), _statement("UPDATE"))
    assert refusal.message.startswith("Validation failed in TransactStatements[1]: Statement wasn't well formed")


def test_a_key_that_does_not_fit_comes_before_a_later_statement(dynamodb: Any, table: str) -> None:
    """Source: DynamoDB Local 3.3.1, asked 2026-11."""
    with refused("TransactionCanceledException") as refusal:
        _run(
            dynamodb,
            _statement(f'UPDATE "{table}" SET a = 1 WHERE pk = 2'),
            _statement(f"UPDATE \"{table}\" SET a = foo(b) WHERE pk = 'x'"),
        )
    assert [reason["Code"] for reason in refusal.response["CancellationReasons"]] == ["ValidationError", "None"]


def test_paths_are_shown_as_they_are(dynamodb: Any, table: str, unique: Unique) -> None:
    """Source: DynamoDB Local 3.3.1, asked 2026-11; of what shows nothing TransactGetItems, dynamodb-exact §16."""
    key = unique()
    item = {"pk": {"S": key}, "m": {"M": {"a": {"S": "x"}, "b": {"S": "y"}}}, "l": {"L": [{"S": "p"}, {"S": "q"}]}}
    dynamodb.put_item(TableName=table, Item=item)
    for columns, shown in (
        ("m.a, l[1]", {"Item": {"m": {"M": {"a": {"S": "x"}}}, "l": {"L": [{"S": "q"}]}}}),
        ("none", {}),
    ):
        answer = _run(dynamodb, _statement(f"SELECT {columns} FROM \"{table}\" WHERE pk = '{key}'"))
        assert answer["Responses"] == [shown]


def test_refusals_of_the_whole_request(dynamodb: Any, table: str, sorted_table: str) -> None:
    """The statement is named. Source: floci pull request 3674, checked there on AWS."""
    for statement, message in (
        ("nonsense", "Statement wasn't well formed, can't be processed: Expected data manipulation"),
        (
            f"SELECT * FROM \"{sorted_table}\" WHERE pk = 'x'",
            "Select statements within ExecuteTransaction must specify the primary key in the where clause.",
        ),
        (
            f"UPDATE \"{table}\" SET pk = 1 WHERE pk = 'x'",
            "One or more parameter values were invalid: Cannot update attribute pk. This attribute is part of the key",
        ),
        (f'DELETE FROM "{table}" WHERE pk = ?', "Number of parameters in request and statement don't match."),
    ):
        with refused("ValidationException", f"Validation failed in TransactStatements[0]: {message}"):
            _run(dynamodb, _statement(statement))
    with refused("ValidationException"):
        _run(dynamodb, _statement(f"INSERT INTO \"{table}\" VALUE {{'pk': ''}}"))


def test_no_such_table_and_no_such_key_are_cancellations(
    dynamodb: Any, table: str, sorted_table: str, unique: Unique
) -> None:
    """Every statement that cannot be planned has its reason. Source: floci pull request 3674, checked there on AWS."""
    missing = {"Code": "ResourceNotFound", "Message": "Requested resource not found"}
    mismatch = {"Code": "ValidationError", "Message": "The provided key element does not match the schema"}
    new = unique()
    with refused(
        "TransactionCanceledException",
        "Transaction cancelled, please refer cancellation reasons for specific reasons "
        "[None, ResourceNotFound, ValidationError, ValidationError, ValidationError, None]",
    ) as refusal:
        _run(
            dynamodb,
            _insert(table, new),
            _insert(unique(), "x"),
            _statement(f"UPDATE \"{sorted_table}\" SET a = 1 WHERE pk = 'x'"),
            _statement(f"DELETE FROM \"{table}\" WHERE pk = 'x' AND pk = 'y'"),
            _statement(f'DELETE FROM "{table}" WHERE pk = 1'),
            _statement(f"UPDATE \"{table}\" SET a = 1 WHERE pk = '{unique()}'"),
        )
    assert refusal.response["CancellationReasons"] == [
        {"Code": "None"},
        missing,
        mismatch,
        mismatch,
        mismatch,
        {"Code": "None"},
    ]
    with refused("TransactionCanceledException") as refusal:
        _run(dynamodb, _get(table, new), _get(unique(), "x"), _statement(f'SELECT * FROM "{table}" WHERE pk = 1'))
    assert refusal.response["CancellationReasons"] == [{"Code": "None"}, missing, mismatch]


def test_a_key_of_the_wrong_type_is_a_cancellation(dynamodb: Any, table: str, unique: Unique) -> None:
    """As in TransactWriteItems. Source: §8; that PartiQL does the same is an assumption."""
    with refused("TransactionCanceledException") as refusal:
        _run(dynamodb, _insert(table, unique()), _statement(f"INSERT INTO \"{table}\" VALUE {{'pk': 1}}"))
    assert [reason["Code"] for reason in refusal.response["CancellationReasons"]] == ["None", "ValidationError"]


def test_a_parameter_nested_too_deep_is_a_cancellation(dynamodb: Any, table: str, unique: Unique) -> None:
    """Source: floci-io/floci, its PartiQL, checked there on AWS."""
    value: dict[str, Any] = {"S": "x"}
    for _ in range(32):
        value = {"L": [value]}
    key = unique()
    dynamodb.put_item(TableName=table, Item={"pk": {"S": key}})
    for text in (
        f"INSERT INTO \"{table}\" VALUE {{'pk': '{unique()}', 'a': ?}}",
        f"UPDATE \"{table}\" SET a = ? WHERE pk = '{key}'",
    ):
        with refused("TransactionCanceledException") as refusal:
            _run(dynamodb, _statement(text, value))
        assert refusal.response["CancellationReasons"] == [
            {"Code": "ValidationError", "Message": "Nesting Levels have exceeded supported limits"}
        ]


def test_how_many_statements(dynamodb: Any, table: str, unique: Unique) -> None:
    """Source: §23."""
    keys = [unique() for _ in range(101)]
    _run(dynamodb, *[_insert(table, key) for key in keys[:100]])
    assert _has(dynamodb, table, keys[99])
    with refused("ValidationException", re.compile(r"1 validation error detected: .*transactStatements.*", re.DOTALL)):
        _run(dynamodb, *[_insert(table, key) for key in keys])
    with refused("ValidationException", re.compile(r"1 validation error detected: .*transactStatements.*", re.DOTALL)):
        _run(dynamodb)


def test_a_token_makes_a_repetition_harmless(dynamodb: Any, table: str, unique: Unique) -> None:
    """The repetition is charged as reads, by its own ReturnConsumedCapacity."""
    key, token = unique(), unique()
    dynamodb.put_item(TableName=table, Item={"pk": {"S": key}, "n": {"N": "0"}})
    update = _statement(f'UPDATE "{table}" SET n = n + 1 WHERE pk = ?', {"S": key})
    for _ in range(3):
        assert _run(dynamodb, update, ClientRequestToken=token)["Responses"] == []
    assert dynamodb.get_item(TableName=table, Key={"pk": {"S": key}})["Item"]["n"] == {"N": "1"}
    answer = _run(dynamodb, update, ClientRequestToken=token, ReturnConsumedCapacity="TOTAL")
    assert answer["ConsumedCapacity"] == [{"TableName": table, "CapacityUnits": 2.0, "ReadCapacityUnits": 2.0}]
    with refused("IdempotentParameterMismatchException"):
        _run(dynamodb, _insert(table, unique()), ClientRequestToken=token)


def test_tokens_are_not_shared_with_transact_write_items(dynamodb: Any, table: str, unique: Unique) -> None:
    """Source: §16: scoped to each of the two operations."""
    token, one, two = unique(), unique(), unique()
    dynamodb.transact_write_items(
        TransactItems=[{"Put": {"TableName": table, "Item": {"pk": {"S": one}}}}], ClientRequestToken=token
    )
    _run(dynamodb, _insert(table, two), ClientRequestToken=token)
    assert _has(dynamodb, table, two)


def test_the_charge_is_twice_that_of_single_statements(dynamodb: Any, table: str, unique: Unique) -> None:
    """Units are repeated as WriteCapacityUnits or ReadCapacityUnits."""
    large = unique()
    dynamodb.put_item(TableName=table, Item={"pk": {"S": large}, "f": {"S": "x" * 1500}})
    answer = _run(
        dynamodb,
        _insert(table, unique()),
        _statement(f"EXISTS(SELECT * FROM \"{table}\" WHERE pk = '{large}' AND attribute_exists(f))"),
        ReturnConsumedCapacity="INDEXES",
    )
    assert answer["ConsumedCapacity"] == [
        {
            "TableName": table,
            "CapacityUnits": 6.0,
            "WriteCapacityUnits": 6.0,
            "Table": {"CapacityUnits": 6.0, "WriteCapacityUnits": 6.0},
        }
    ]
    answer = _run(dynamodb, _get(table, large), _get(table, unique()), ReturnConsumedCapacity="TOTAL")
    assert answer["ConsumedCapacity"] == [{"TableName": table, "CapacityUnits": 4.0, "ReadCapacityUnits": 4.0}]


def test_a_transaction_weighs_four_megabytes_at_most(dynamodb: Any, table: str) -> None:
    """Source: dynamodb-exact §16 for the limit; DynamoDB Local 3.3.1, asked 2026-11, for the words."""
    inserts = [
        {
            "Statement": f"INSERT INTO \"{table}\" VALUE {{'pk': ?, 'f': ?}}",
            "Parameters": [{"S": f"{number:02}"}, {"S": "x" * (400_000 - 5)}],
        }
        for number in range(11)
    ]
    with refused("ValidationException", "Transaction payload size cannot exceed 4MB. Payload Size: 4400000"):
        dynamodb.execute_transaction(TransactStatements=inserts)
