"""ExecuteStatement.

Source, unless a test names another: dynamodb-exact §17. Tests whose wording AWS was never seen to send check the code alone.
"""

from collections.abc import Callable
from typing import Any

import pytest

from tests.conformance.expect import refused

Unique = Callable[[], str]
SAME_OPERANDS = "The first operand must be distinct from the remaining operands for this operator or function"
NOT_WELL_FORMED = "Statement wasn't well formed, can't be processed: "


@pytest.fixture
def run(dynamodb: Any) -> Callable[..., Any]:
    """Execute a statement with its parameters."""

    def execute(statement: str, *parameters: dict[str, Any], **members: Any) -> Any:
        if parameters:
            members["Parameters"] = list(parameters)
        return dynamodb.execute_statement(Statement=statement, **members)

    return execute


Run = Callable[..., Any]


@pytest.fixture
def five(dynamodb: Any, sorted_table: str, unique: Unique) -> str:
    """The key of a partition of ``sorted_table`` with sort keys ``1`` to ``5``; ``n`` is the number, ``m`` a map."""
    key = unique()
    for number in range(1, 6):
        item = {
            "pk": {"S": key},
            "sk": {"S": str(number)},
            "n": {"N": str(number)},
            "m": {"M": {"deep": {"L": [{"S": "a"}, {"N": str(number)}]}}},
        }
        dynamodb.put_item(TableName=sorted_table, Item=item)
    return key


def _sort_keys(answer: dict[str, Any]) -> str:
    return "".join(item["sk"]["S"] for item in answer["Items"])


# -- SELECT ----------------------------------------------------------------------------------------------------------


def test_a_partition_comes_in_the_order_of_its_sort_key(run: Run, sorted_table: str, five: str) -> None:
    answer = run(f'SELECT * FROM "{sorted_table}" WHERE pk = ?', {"S": five})
    assert _sort_keys(answer) == "12345"
    assert set(answer) == {"Items", "ResponseMetadata"}


@pytest.mark.parametrize(
    ("condition", "found"),
    [
        ("sk = '2'", "2"),
        ("sk > '2'", "345"),
        ("'2' < sk", "345"),
        ("sk >= '2' AND sk < '5'", "234"),
        ("sk BETWEEN '2' AND '4'", "234"),
        ("sk IN ['4', '2', '9']", "24"),
        ("sk IN ('4', '2')", "24"),
        ("begins_with(sk, '3')", "3"),
        ("BEGINS_WITH(\"sk\", '3')", "3"),
        ("(n = 2 OR n = 4)", "24"),
        ("NOT n = 2", "1345"),
        ("NOT (n = 2 OR sk = '4')", "135"),
        ("n <> 2", "1345"),
        ("n != 2", "1345"),
        ("n NOT IN (1, 2)", "345"),
        ("n NOT BETWEEN 2 AND 4", "15"),
        ("n BETWEEN 2 AND 4 AND n <> 3", "24"),
        ("other IS MISSING", "12345"),
        ("n IS NOT MISSING", "12345"),
        ("n IS MISSING", ""),
        ("n IS NULL", ""),
        ("m.deep[1] = 4", "4"),
        ("m.deep[0] = 'a'", "12345"),
        ("contains(m.deep, 3)", "3"),
        ("size(m.deep) = 2 AND n > 4", "5"),
        ("attribute_type(m, 'M')", "12345"),
        ("attribute_exists(m)", "12345"),
        ("attribute_not_exists(m.none)", "12345"),
        ("attribute_not_exists(m)", ""),
        ("m = {'deep': ['a', 2]}", "2"),
        ("n = 2e0", "2"),
        ("n > -1 AND n < +2", "1"),
        ("NOT other = 1", "12345"),
        ("other <> 1", "12345"),
        ("(sk = '2' OR sk = '4')", "24"),
        ("(sk < '2' OR sk > '4')", "15"),
        ("(sk = '2' OR sk = '4' AND n = 1)", "2"),
        ("attribute_exists(other) = FALSE AND n = 1", "1"),
        ("contains(m.deep, 3) = TRUE", "3"),
        ("contains(m.deep, 3) = 1", ""),
        ("TRUE <> contains(m.deep, 3)", "1245"),
        ("contains(m.deep, 3) IN [FALSE]", "1245"),
        ("(n = 1) = (sk = '1')", "12345"),
        ("n IS NUMERIC", "12345"),
        ("n IS STRING", ""),
        ("sk IS STRING", "12345"),
        ("m IS STRUCT AND m IS TUPLE", "12345"),
        ("m.deep IS LIST AND n IS NOT BOOLEAN", "12345"),
        ("other IS BLOB", ""),
    ],
)
def test_conditions(run: Run, sorted_table: str, five: str, condition: str, found: str) -> None:
    """Comparison semantics are those of condition expressions; NOT keeps rows that lack the attribute.

    Conditions as values: floci-io/floci, its PartiQL parser, checked there on AWS. Types behind IS: the developer guide's page
    on PartiQL operators.
    """
    assert _sort_keys(run(f'SELECT * FROM "{sorted_table}" WHERE pk = ? AND {condition}', {"S": five})) == found


def test_types_that_only_parameters_can_carry(run: Run, dynamodb: Any, table: str, unique: Unique) -> None:
    """Sets compare without order. Source: §17, §10."""
    key = unique()
    item = {
        "pk": {"S": key},
        "b": {"B": b"\x01\x02"},
        "s": {"SS": ["a", "b"]},
        "z": {"NULL": True},
        "t": {"BOOL": True},
    }
    dynamodb.put_item(TableName=table, Item=item)
    for name, value in (
        ("b", {"B": b"\x01\x02"}),
        ("s", {"SS": ["b", "a"]}),
        ("z", {"NULL": True}),
        ("t", {"BOOL": True}),
    ):
        answer = run(f'SELECT pk FROM "{table}" WHERE pk = ? AND {name} = ?', {"S": key}, value)
        assert answer["Items"] == [{"pk": {"S": key}}]
    assert run(f"SELECT pk FROM \"{table}\" WHERE pk = '{key}' AND s = <<'b', 'a'>> AND z = NULL AND t = true")["Items"]


def test_projections(run: Run, sorted_table: str, five: str) -> None:
    """A leaf comes under its last name. Source: §17 (marked weakest there)."""
    answer = run(f'SELECT n, m.deep[1], absent FROM "{sorted_table}" WHERE pk = ? AND sk = ?', {"S": five}, {"S": "3"})
    assert answer["Items"] == [{"n": {"N": "3"}, "deep[1]": {"N": "3"}}]


def test_names_are_case_sensitive_and_quotes_free_keywords(run: Run, table: str, unique: Unique) -> None:
    key = unique()
    run(f"INSERT INTO \"{table}\" VALUE {{'pk': ?, 'key': 1, 'Key': 2, 'it''s': 3}}", {"S": key})
    answer = run(f'SELECT "key", "it\'s" FROM "{table}" WHERE pk = ?', {"S": key})
    assert answer["Items"] == [{"key": {"N": "1"}, "it's": {"N": "3"}}]
    with refused("ValidationException", NOT_WELL_FORMED + "Unexpected keyword"):
        run(f'SELECT key FROM "{table}" WHERE pk = ?', {"S": key})


def test_an_empty_answer_has_its_list(run: Run, table: str, unique: Unique) -> None:
    assert run(f'SELECT * FROM "{table}" WHERE pk = ?', {"S": unique()})["Items"] == []


def test_limit_bounds_the_rows_evaluated(run: Run, sorted_table: str, five: str) -> None:
    """A page may be empty and still carry a token; the last page has none."""
    statement, found = f'SELECT * FROM "{sorted_table}" WHERE pk = ? AND n > 3', ""
    token: dict[str, str] = {}
    pages = []
    while True:
        answer = run(statement, {"S": five}, Limit=2, **token)
        pages.append(_sort_keys(answer))
        found += pages[-1]
        if "NextToken" not in answer:
            break
        assert set(answer["LastEvaluatedKey"]) == {"pk", "sk"}
        token = {"NextToken": answer["NextToken"]}
    assert found == "45"
    assert pages[:2] == ["", "4"]


def test_tokens_belong_to_a_statement_and_its_parameters(run: Run, sorted_table: str, five: str) -> None:
    statement = f'SELECT * FROM "{sorted_table}" WHERE pk = ?'
    token = run(statement, {"S": five}, Limit=1)["NextToken"]
    assert _sort_keys(run(statement, {"S": five}, NextToken=token)) == "2345"
    with refused("ValidationException", "NextToken does not match request"):
        run(statement, {"S": "other"}, NextToken=token)
    with refused("ValidationException", "NextToken does not match request"):
        run(f'SELECT n FROM "{sorted_table}" WHERE pk = ?', {"S": five}, NextToken=token)
    for garbage in ("x", "AAAA", token[:-8], "é"):
        with refused("ValidationException", "Invalid NextToken"):
            run(statement, {"S": five}, NextToken=garbage)


def test_order(run: Run, sorted_table: str, five: str) -> None:
    statement = f'SELECT * FROM "{sorted_table}" WHERE pk = ? ORDER BY '
    assert _sort_keys(run(statement + "sk DESC", {"S": five})) == "54321"
    assert _sort_keys(run(statement + "sk", {"S": five})) == "12345"
    assert _sort_keys(run(statement + "pk DESC, sk ASC", {"S": five})) == "12345"
    # Source: floci pull request 3798.
    assert _sort_keys(run(statement + "pk ASC", {"S": five})) == "54321"
    first = run(statement + "sk DESC", {"S": five}, Limit=2)
    assert _sort_keys(first) == "54"
    assert _sort_keys(run(statement + "sk DESC", {"S": five}, NextToken=first["NextToken"])) == "321"


def test_partitions_by_a_list(run: Run, dynamodb: Any, sorted_table: str, unique: Unique) -> None:
    """Pages of up to ten items, whatever the number of values. Source: developer guide, page on PartiQL operators."""
    keys = [unique() for _ in range(12)]
    for key in keys:
        dynamodb.put_item(TableName=sorted_table, Item={"pk": {"S": key}, "sk": {"S": "1"}})
    marks = ", ".join("?" for _ in keys)
    statement = f'SELECT pk FROM "{sorted_table}" WHERE pk IN [{marks}]'
    parameters = [{"S": key} for key in keys]
    first = run(statement, *parameters)
    second = run(statement, *parameters, NextToken=first["NextToken"])
    assert len(first["Items"]) == 10
    assert "NextToken" not in second
    assert sorted(item["pk"]["S"] for item in first["Items"] + second["Items"]) == sorted(keys)
    assert len(run(f'SELECT pk FROM "{sorted_table}" WHERE pk = ? OR pk = ?', *parameters[:2])["Items"]) == 2


def test_lists_of_partitions_in_order(run: Run, dynamodb: Any, sorted_table: str, unique: Unique) -> None:
    one, two = unique(), unique()
    for number in range(6):
        key = one if number % 2 else two
        dynamodb.put_item(TableName=sorted_table, Item={"pk": {"S": key}, "sk": {"S": str(number)}})
    statement = (
        f'SELECT sk FROM "{sorted_table}" WHERE pk IN (?, ?) ORDER BY pk {"DESC" if one > two else "ASC"}, sk DESC'
    )
    found = ""
    token: dict[str, str] = {}
    while True:
        answer = run(statement, {"S": one}, {"S": two}, Limit=4, **token)
        found += _sort_keys(answer)
        if "NextToken" not in answer:
            break
        token = {"NextToken": answer["NextToken"]}
    assert found == "531420"


def test_indexes(run: Run, dynamodb: Any, indexed_table: str, unique: Unique) -> None:
    """A GSI gives what it projects and nothing else; an LSI reads the rest from the table."""
    pk, a, local = unique(), unique(), unique()
    item = {"pk": {"S": pk}, "sk": {"S": "1"}, "a": {"S": a}, "b": {"N": "7"}, "l": {"S": local}, "y": {"S": "y"}}
    dynamodb.put_item(TableName=indexed_table, Item=item)
    dynamodb.put_item(TableName=indexed_table, Item={"pk": {"S": pk}, "sk": {"S": "2"}})
    through = f'SELECT * FROM "{indexed_table}"."%s" WHERE %s = ?'
    assert run(through % ("by_a", "a"), {"S": a})["Items"] == [item]
    keys = {name: item[name] for name in ("pk", "sk", "a")}
    assert run(through % ("keys_of_a", "a"), {"S": a})["Items"] == [keys]
    assert run(f'SELECT y FROM "{indexed_table}"."keys_of_l" WHERE pk = ?', {"S": pk})["Items"] == [{"y": {"S": "y"}}]


def test_what_an_index_does_not_project(run: Run, indexed_table: str) -> None:
    with refused(
        "ValidationException",
        "One or more parameter values were invalid: Global secondary index keys_of_a does not project [y]",
    ):
        run(f'SELECT y FROM "{indexed_table}"."keys_of_a" WHERE a = ?', {"S": "x"})
    message = (
        "One or more parameter values were invalid: Secondary index keys_of_a does not project one or more "
        "filter attributes: [y]"
    )
    for keyed in ("a = ? AND y = 1", "a IN (?, 'z') AND y = 1"):
        with refused("ValidationException", message):
            run(f'SELECT * FROM "{indexed_table}"."keys_of_a" WHERE {keyed}', {"S": "x"})
    # What is selected comes in the order of the statement, what is filtered by in that of a hash table.
    with refused(
        "ValidationException",
        "One or more parameter values were invalid: Global secondary index keys_of_a does not project [y, other, v]",
    ):
        run(f'SELECT y, other, a, v FROM "{indexed_table}"."keys_of_a" WHERE a = ?', {"S": "x"})
    with refused("ValidationException", message.replace("[y]", "[Volvo, Mazda, Ford, BMW]")):
        cars = " AND ".join(f"{name} = 1" for name in ("BMW", "Ford", "Mazda", "Volvo"))
        run(f'SELECT * FROM "{indexed_table}"."keys_of_a" WHERE a = ? AND {cars}', {"S": "x"})
    # A branch that needs no such attribute lets the others through. Source: floci-io/floci, its plan of PartiQL's keys.
    with refused("ValidationException", message):
        run(f'SELECT * FROM "{indexed_table}"."keys_of_a" WHERE (a = ? AND w = 1) OR (a = \'z\' AND y = 1)', {"S": "x"})
    assert "Items" in run(
        f'SELECT * FROM "{indexed_table}"."keys_of_a" WHERE a = ? OR (a = \'z\' AND y = 1)', {"S": "x"}
    )
    # Without a key the index is scanned, and nothing matches.
    assert run(f'SELECT * FROM "{indexed_table}"."keys_of_a" WHERE y = 1')["Items"] == []


def test_refusals_about_indexes(run: Run, indexed_table: str, unique: Unique) -> None:
    with refused("ValidationException", "The table does not have the specified index"):
        run(f'SELECT * FROM "{indexed_table}"."nothing"')
    with refused("ResourceNotFoundException", "Requested resource not found"):
        run(f'SELECT * FROM "{unique()}"."nothing"')
    with refused("ValidationException", "Strongly consistent read is not supported on Global Secondary Indexes"):
        run(f'SELECT * FROM "{indexed_table}"."by_a"', ConsistentRead=True)
    assert "Items" in run(f'SELECT * FROM "{indexed_table}"."by_l" WHERE pk = ?', {"S": "x"}, ConsistentRead=True)
    with refused("ValidationException", "A path may contain at most 2 components in the FROM clause"):
        run(f'SELECT * FROM "{indexed_table}"."by_a"."more"')
    with refused("ValidationException", "Path component cannot be an empty string"):
        run('SELECT * FROM ""')
    for statement in (f'UPDATE "{unique()}"."by_a" SET x = 1 WHERE pk = \'a\'', f'DELETE FROM "{unique()}"."by_a"'):
        with refused("ValidationException", "This operation is not supported on an index"):
            run(statement)


def test_an_index_where_only_a_table_can_stand(run: Run) -> None:
    with refused(
        "ValidationException",
        "FROM clause may only contain a single table name in data manipulation statements at 1:13:5",
    ):
        run("INSERT INTO \"tab\".\"index\" VALUE {'pk': 'a'}")


def test_counting_is_not_supported(run: Run) -> None:
    """Answered before the table is looked up; the position is that of the word."""
    with refused("ValidationException", "Unexpected path component at 1:8:5"):
        run("SELECT COUNT(*) FROM nowhere")
    with refused("ValidationException", "Unexpected path component at 2:3:5"):
        run("SELECT\n  count(a) FROM nowhere")


@pytest.mark.parametrize("operator", ["<", "<=", ">", ">="])
def test_ordering_needs_an_ordered_type(run: Run, operator: str) -> None:
    """Answered before the table is looked up."""
    message = f"Incorrect operand type for operator or function; operator or function: {operator}, operand type: BOOL"
    with refused("ValidationException", message):
        run(f"SELECT * FROM nowhere WHERE a {operator} TRUE")


def test_between_needs_an_ordered_type(run: Run) -> None:
    message = "Incorrect operand type for operator or function; operator or function: BETWEEN, operand type: L"
    with refused("ValidationException", message):
        run("SELECT * FROM nowhere WHERE a BETWEEN ? AND 2", {"L": []})


@pytest.mark.parametrize(
    ("statement", "detail"),
    [
        ("NOT A STATEMENT", "Expected data manipulation"),
        ("", None),
        ("UPDATE my-table SET a = 1 WHERE pk = 'x'", "Expected data manipulation"),
        ("UPDATE nowhere WHERE pk = 'x'", "Expected data manipulation"),
        ("INSERT INTO nowhere (key, other) VALUES (1, 2)", "Unexpected keyword"),
        ("INSERT INTO nowhere VALUES {'pk': 'x'}", "Expected LEFT_PAREN for row value constructor"),
        ("INSERT nowhere VALUE {'pk': 'x'}", "Expected data manipulation"),
        ("SELECT FROM nowhere", "Expected data manipulation"),
        ("SELECT COUNT(*)", "Expected FROM after SELECT list"),
        ("SELECT * FROM nowhere LIMIT 1 OFFSET 2", "Unexpected token after expression"),
        ("SELECT a[*] FROM nowhere", "Invalid use of * in select list"),
        ("SELECT * FROM nowhere WHERE a = {'b'}", "Expected COLON"),
        ("UPDATE nowhere SET a[?] = 1 WHERE pk = 'x'", "Invalid path component for simple path"),
        ("SELECT * FROM nowhere WHERE a 1", "Unexpected token after expression"),
        ("SELECT * FROM nowhere WHERE a BETWEEN 1", "Expected AND keyword"),
        ("SELECT * FROM nowhere WHERE a IS 'x'", "Expected type name"),
        (
            "SELECT * FROM nowhere; SELECT * FROM nowhere",
            "Unexpected token after semicolon. (Only one query is allowed.)",
        ),
        ("SELECT * FROM nowhere WHERE", "Unexpected term"),
        ("SELECT * FROM nowhere WHERE a =", "Missing right-hand side expression of infix operator"),
        ("SELECT * FROM nowhere WHERE (a = 1", "Expected RIGHT_PAREN"),
        ("UPDATE nowhere SET key = 1 WHERE pk = 'x'", "Expected identifier for simple path"),
        ("INSERT INTO nowhere VALUE {'a': [1 2]}", "Expected RIGHT_BRACKET"),
        ("SELECT * FROM nowhere WHERE = 1", "Unexpected operator"),
        ("SELECT * FROM nowhere AS n", None),
        ("SELECT * FROM one, two", None),
        ("SELECT * FROM one JOIN two", None),
        ("SELECT * FROM nowhere LIMIT 1", None),
        ("SELECT", None),
        ("DELETE nowhere WHERE pk = 'x'", None),
        ("INSERT INTO nowhere VALUE {'a': }", None),
        ("UPDATE nowhere SET a = 1, a = 2 WHERE pk = 'x'", None),
        ("UPDATE nowhere SET a = unknown(b, 1) WHERE pk = 'x'", None),
        ("UPDATE nowhere SET a = 1 + 'b' WHERE pk = 'x'", None),
        ("UPDATE nowhere SET a = 1 WHERE pk = 'x' RETURNING EVERYTHING", None),
        ("SELECT * FROM nowhere WHERE EXISTS(SELECT * FROM nowhere)", None),
    ],
)
def test_statements_that_cannot_be_read(run: Run, statement: str, detail: str | None) -> None:
    """All are refused before the table is looked up; where AWS's words were never seen only the code is checked.

    Most details are those of AWS's published parser, partiql/partiql-lang-kotlin: SqlParser.kt.
    """
    with refused("ValidationException", NOT_WELL_FORMED + detail if detail is not None else None):
        run(statement)


@pytest.mark.parametrize(
    ("statement", "message"),
    [
        ("INSERT INTO nowhere VALUE {'a': <<>>}", "Empty bags are not supported"),
        (
            "INSERT INTO nowhere VALUE {'a': <<1, 'b'>>}",
            "Unsupported data type in Bag. DynamoDB only supports either numbers or strings in bags",
        ),
        (
            "INSERT INTO nowhere VALUE {'a': <<1, 1.0>>}",
            "One or more parameter values were invalid: Input collection [1, 1.0] contains duplicates! under root",
        ),
        (
            "UPDATE nowhere SET a = set_add(b, <<1>>) WHERE pk = 'x'",
            "The first argument to SET_ADD must equal the assignment value at 1:24:7",
        ),
        (
            "UPDATE nowhere SET a = set_delete(a, 'x') WHERE pk = 'x'",
            "The second argument to SET_DELETE must be a value with type SET at 1:35:1",
        ),
        (
            "SELECT * FROM nowhere WHERE a[-1] = 1",
            "List index is not within the allowable range; index: [-1] at 1:32:1",
        ),
    ],
)
def test_words_about_values_and_paths(run: Run, statement: str, message: str) -> None:
    """Source: floci pull request 3798."""
    with refused("ValidationException", message):
        run(statement)


@pytest.mark.parametrize(
    ("statement", "message"),
    [
        ("SELECT * FROM nowhere WHERE a = 5 + 5", "Unsupported operator in Condition Expression. Operator: +"),
        ("SELECT * FROM nowhere WHERE a - 1 = 5", "Unsupported operator in Condition Expression. Operator: -"),
        ("SELECT * FROM nowhere WHERE a = -b", "Unsupported operator in Condition Expression. Operator: -"),
        (
            "SELECT * FROM nowhere WHERE attribute_type(a, 'X')",
            "Invalid attribute type name found; type: X, valid types: {N,BS,L,B,NULL,M,S,SS,NS,BOOL}",
        ),
        (
            f"SELECT * FROM nowhere WHERE a IN ({', '.join(map(str, range(163)))})",
            "The IN operator is provided with too many operands; number of operands: 163",
        ),
        (
            "EXISTS(SELECT * FROM nowhere WHERE pk = 'x')",
            "EXISTS can only be used in ExecuteTransaction write requests.",
        ),
        ("SELECT * FROM nowhere WHERE a = 'x", NOT_WELL_FORMED),
        (
            "SELECT * FROM nowhere WHERE attribute_exists(a) < TRUE",
            "Incorrect operand type for operator or function; operator or function: <, operand type: BOOL",
        ),
        (
            "SELECT * FROM nowhere WHERE contains(a, 1) BETWEEN 1 AND 2",
            "Incorrect operand type for operator or function; operator or function: BETWEEN, operand type: BOOL",
        ),
    ],
)
def test_words_about_operators(run: Run, statement: str, message: str) -> None:
    """Source: moriyoshi/winterbaume, its notes on what AWS answers; of signs, IN, truth and what has no end: floci-io/floci.

    The second is a PartiQL parser that was checked on AWS.
    """
    with refused("ValidationException", message):
        run(statement)


def test_signs_may_be_stacked(run: Run, table: str, unique: Unique) -> None:
    """Source: floci-io/floci, its PartiQL parser, checked there on AWS."""
    key = unique()
    run(f"INSERT INTO \"{table}\" VALUE {{'pk': '{key}', 'a': - + -5, 'b': [+-1]}}")
    [item] = run(f"SELECT a, b FROM \"{table}\" WHERE pk = '{key}' AND b[0] = - - -1")["Items"]
    assert item == {"a": {"N": "5"}, "b": {"L": [{"N": "-1"}]}}


def test_reads_by_more_than_50_keys(run: Run, sorted_table: str) -> None:
    """Partitions times listed sort keys. Source: floci-io/floci, its PartiQL, checked there on AWS."""
    few, many = (", ".join(f"'{number}'" for number in range(count)) for count in (26, 51))
    for where in (f"pk IN ({many})", f"pk = 'x' AND sk IN ({many})", f"pk IN ('x', 'y') AND sk IN ({few})"):
        with refused("ValidationException", "Too many decomposed read operations for a given query."):
            run(f'SELECT * FROM "{sorted_table}" WHERE {where}')


def _nested(levels: int) -> dict[str, Any]:
    value: dict[str, Any] = {"S": "x"}
    for _ in range(levels - 1):
        value = {"L": [value]}
    return value


def test_parameters_that_are_nested_too_deep(run: Run, table: str, unique: Unique) -> None:
    """By one level it is the item that is refused. Source: floci-io/floci, its PartiQL, checked there on AWS."""
    key = unique()
    run(f"INSERT INTO \"{table}\" VALUE {{'pk': '{key}', 'a': ?}}", _nested(32))
    insert, update = (
        f"INSERT INTO \"{table}\" VALUE {{'pk': '{unique()}', 'a': ?}}",
        f"UPDATE \"{table}\" SET a = ? WHERE pk = '{key}'",
    )
    for statement in (insert, update):
        with refused("ValidationException", "Nesting Levels have exceeded supported limits"):
            run(statement, _nested(33))
        with refused(
            "ValidationException",
            "Nesting Levels have exceeded supported limits: Attributes in the item have nested levels beyond supported limit",
        ):
            run(statement, _nested(34))
    assert run(f'SELECT * FROM "{table}" WHERE a = ?', _nested(33))["Items"] == []


def test_parameters_within_a_list(run: Run) -> None:
    """Source: floci pull request 3798."""
    with refused("ValidationException", "Unsupported data type: Parameter under key root[0] at 1:34:1"):
        run("INSERT INTO nowhere VALUE {'a': [?]}", {"N": "1"})


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT * FROM t WHERE " + "(" * 8000,
        "SELECT * FROM t WHERE " + "NOT " * 2000 + "a = 1",
        "SELECT * FROM t WHERE a = " + "[" * 8000,
        "INSERT INTO t VALUE " + "{'a':" * 1600,
        "SELECT * FROM t WHERE " + " OR ".join(["a = 1"] * 900),
        "SELECT * FROM t WHERE a IN (" + ",".join(["1"] * 101) + ")",
        "SELECT * FROM t WHERE " + "a." * 4000 + "a = 1",
        "UPDATE t SET a = 1" + " + 1" * 1900,
        "/*" * 4000,
        '"' * 8191,
    ],
)
def test_hostile_statements_are_refused(run: Run, statement: str) -> None:
    """Whatever eight kilobytes hold, the answer is a ValidationException."""
    with refused("ValidationException"):
        run(statement)


@pytest.mark.parametrize(
    ("clause", "message"),
    [
        ("ORDER BY other", "Must have WHERE clause in the statement when using ORDER BY clause."),
        ("WHERE pk = 'a' ORDER BY other", "Attribute other in ORDER BY clause must be part of the primary key"),
        ("WHERE pk = 'a' ORDER BY pk.a", "Argument to ORDER BY must be of type VariableReference. Type: PATH"),
        (
            "WHERE sk = 'a' ORDER BY other",
            "Must have at least one non-optional hash key condition in WHERE clause when using ORDER BY clause.",
        ),
        (
            "WHERE sk = 'a' ORDER BY sk",
            "Must have at least one non-optional hash key condition in WHERE clause when using ORDER BY clause.",
        ),
        (
            "WHERE pk IN ('a', 'b') ORDER BY sk",
            "Must have hash key in ORDER BY clause when more than one hash key condition specified in WHERE clause.",
        ),
    ],
)
def test_order_needs_keys(run: Run, sorted_table: str, clause: str, message: str) -> None:
    """Source: floci pull request 3798."""
    with refused("ValidationException", message):
        run(f'SELECT * FROM "{sorted_table}" {clause}')


_TYPE = "Key attribute's data type should match its data type in table's schema: Key "
_INVALID = "One or more parameter values are not valid. "
_WERE_INVALID = "One or more parameter values were invalid: "
_NO_KEY = "Key value must be of type S, N, or B. Key name: "
_OVERLAP = "Overlapping conditions with range keys are not supported in where clause"


@pytest.mark.parametrize(
    ("clause", "message"),
    [
        ("pk = 1", _TYPE + "pk"),
        ("pk = 'a' AND sk > 1", _TYPE + "sk"),
        ("pk IN ('a', 1)", _TYPE + "pk"),
        ("sk BETWEEN 1 AND 2", _TYPE + "sk"),
        ("pk = TRUE", _NO_KEY + "pk, Key type: BOOL"),
        ("pk = 'a' AND sk = <<'a'>>", _NO_KEY + "sk, Key type: SS"),
        (
            "pk = ''",
            _INVALID + "The AttributeValue for a key attribute cannot contain an empty string value. Key: pk",
        ),
        (
            f"pk = '{'x' * 2049}'",
            _WERE_INVALID + "Size of hashkey has exceeded the maximum size limit of2048 bytes",
        ),
        (
            f"pk = 'a' AND sk > '{'x' * 1025}'",
            _WERE_INVALID + "Aggregated size of all range keys has exceeded the size limit of 1024 bytes",
        ),
        ("pk IN ('a', 'b', 'a')", _OVERLAP),
        ("pk = 'a' AND (sk < 'c' OR sk > 'b')", _OVERLAP),
        ("(pk = 'a' AND sk = 'b') OR pk = 'c' OR pk = 'a'", _OVERLAP),
        ("pk = 'a' AND (sk = 1 OR n = 2)", _TYPE + "sk"),
        ("n = 1 OR pk = 1", _TYPE + "pk"),
        ("n = 1 OR (n = 2 AND sk IN ('a', TRUE))", _NO_KEY + "sk, Key type: BOOL"),
    ],
)
def test_keys_that_cannot_be(run: Run, sorted_table: str, clause: str, message: str) -> None:
    """Source: floci pull request 3798 and its plan of PartiQL's keys; of the empty key: dynamodb-exact §9.4; of long ones: Query."""
    with refused("ValidationException", message):
        run(f'SELECT * FROM "{sorted_table}" WHERE {clause}')


def test_only_the_rows_that_a_clause_names_are_read(run: Run, dynamodb: Any, sorted_table: str, unique: Unique) -> None:
    """It shows in what is charged: 20 KB make 2.5 units. Source: floci-io/floci, its plan of PartiQL's keys."""
    keys = [unique(), unique()]
    for key in keys:
        for number in "1234":
            item = {"pk": {"S": key}, "sk": {"S": number}, "v": {"S": "x" * 20_000}}
            dynamodb.put_item(TableName=sorted_table, Item=item)
    first, second = keys
    for condition, rows in (
        (f"pk = '{first}' AND (sk = '1' OR sk = '3')", 2),
        (f"pk = '{first}' AND (sk < '2' OR sk > '2')", 3),
        (f"(pk = '{first}' AND sk = '1') OR (pk = '{second}' AND sk >= '3')", 3),
        (f"pk = '{first}' OR (pk = '{second}' AND sk IN ('1', '2') AND v = 'y')", 6),
    ):
        answer = run(f'SELECT * FROM "{sorted_table}" WHERE {condition}', ReturnConsumedCapacity="TOTAL")
        size = rows * (20_000 + len(first) + len("pksk1v"))
        assert answer["ConsumedCapacity"]["CapacityUnits"] == -(-size // 4096) / 2, condition


# -- members of the request ------------------------------------------------------------------------------------------


def test_constraints_of_the_request(run: Run) -> None:
    """Source: §3.6."""
    with refused(
        "ValidationException",
        "1 validation error detected: Value '0' at 'limit' failed to satisfy constraint: "
        "Member must have value greater than or equal to 1",
    ):
        run("SELECT * FROM nowhere", Limit=0)
    with refused(
        "ValidationException",
        "1 validation error detected: Value '[]' at 'parameters' failed to satisfy constraint: "
        "Member must have length greater than or equal to 1",
    ):
        run("SELECT * FROM nowhere", Parameters=[])
    with refused(
        "ValidationException",
        "1 validation error detected: Value 'SOME' at 'returnConsumedCapacity' failed to satisfy constraint: "
        "Member must satisfy enum value set: [INDEXES, TOTAL, NONE]",
    ):
        run("SELECT * FROM nowhere", ReturnConsumedCapacity="SOME")


def test_parameters_must_match_the_statement(run: Run) -> None:
    """There may be more of them. Source: DynamoDB Local 3.3.1, asked 2026-11."""
    with refused("ValidationException", "Number of parameters in request and statement don't match."):
        run("SELECT * FROM nowhere WHERE a = ? AND b = ?", {"S": "x"})
    with refused("ValidationException", "Number of parameters in request and statement don't match."):
        run("SELECT * FROM nowhere WHERE a = ? AND b = ? AND foo(c)", {"S": "x"})
    with refused("ValidationException", "Unrecognized function: foo"):
        run("SELECT * FROM nowhere WHERE foo(c) AND a = ? AND b = ?", {"S": "x"})
    with refused("ResourceNotFoundException"):
        run("SELECT * FROM nowhere WHERE a = 1", {"S": "x"})


def test_a_missing_table(run: Run, unique: Unique) -> None:
    name = unique()
    for statement in (
        f'SELECT * FROM "{name}"',
        f"INSERT INTO \"{name}\" VALUE {{'pk': 'a'}}",
        f"UPDATE \"{name}\" SET a = 1 WHERE pk = 'a'",
        f"DELETE FROM \"{name}\" WHERE pk = 'a'",
    ):
        with refused("ResourceNotFoundException", "Requested resource not found"):
            run(statement)


# -- INSERT ----------------------------------------------------------------------------------------------------------


def test_insert_all_types(run: Run, dynamodb: Any, table: str, unique: Unique) -> None:
    """Source: developer guide, page on PartiQL data types."""
    key = unique()
    answer = run(
        f"INSERT INTO \"{table}\" value {{'pk': '{key}', 's': 'it''s', 'n': 1.50, 'e': 1e2, 'neg': -3, 't': TRUE, 'f': false, "
        "'z': NULL, 'l': [1, 'a', ['open']], 'm': {'x': {'y': 7}}, 'ss': <<'a', 'b'>>, 'ns': <<1, 2.0>>, 'b': ?}",
        {"B": b"\x00\x01"},
    )
    assert answer["Items"] == []
    assert dynamodb.get_item(TableName=table, Key={"pk": {"S": key}})["Item"] == {
        "pk": {"S": key},
        "s": {"S": "it's"},
        "n": {"N": "1.5"},
        "e": {"N": "100"},
        "neg": {"N": "-3"},
        "t": {"BOOL": True},
        "f": {"BOOL": False},
        "z": {"NULL": True},
        "l": {"L": [{"N": "1"}, {"S": "a"}, {"L": [{"S": "open"}]}]},
        "m": {"M": {"x": {"M": {"y": {"N": "7"}}}}},
        "ss": {"SS": ["a", "b"]},
        "ns": {"NS": ["1", "2"]},
        "b": {"B": b"\x00\x01"},
    }


def test_insert_of_an_existing_key(run: Run, dynamodb: Any, table: str, unique: Unique) -> None:
    key = unique()
    run(f"INSERT INTO \"{table}\" VALUE {{'pk': ?, 'v': 1}}", {"S": key})
    with refused("DuplicateItemException", "Duplicate primary key exists in table"):
        run(f"INSERT INTO \"{table}\" VALUE {{'pk': ?, 'v': 2}}", {"S": key})
    assert dynamodb.get_item(TableName=table, Key={"pk": {"S": key}})["Item"]["v"] == {"N": "1"}


def test_insert_key_refusals(run: Run, sorted_table: str, indexed_table: str) -> None:
    """Source: DynamoDB Local 3.3.1, asked 2026-11 (the first two); §8."""
    with refused("ValidationException", "Key attribute should be present in the item: Key sk"):
        run(f"INSERT INTO \"{sorted_table}\" VALUE {{'pk': 'a'}}")
    with refused(
        "ValidationException", "Key attribute's data type should match its data type in table's schema: Key pk"
    ):
        run(f"INSERT INTO \"{sorted_table}\" VALUE {{'pk': 1, 'sk': 'a'}}")
    with refused(
        "ValidationException",
        "One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an empty string value. Key: pk",
    ):
        run(f"INSERT INTO \"{sorted_table}\" VALUE {{'pk': '', 'sk': 'a'}}")
    with refused(
        "ValidationException",
        "One or more parameter values were invalid: Type mismatch for Index Key a Expected: S Actual: N IndexName: by_a",
    ):
        run(f"INSERT INTO \"{indexed_table}\" VALUE {{'pk': 'a', 'sk': 'a', 'a': 1}}")


def test_insert_of_an_item_too_large(run: Run, table: str, unique: Unique) -> None:
    """Source: §7.2: the plain item size, to the byte."""
    key = unique()
    room = 409_600 - len("pk") - len(key) - len("f")
    statement = f"INSERT INTO \"{table}\" VALUE {{'pk': '{key}', 'f': ?}}"
    with refused("ValidationException", "Item size has exceeded the maximum allowed size"):
        run(statement, {"S": "x" * (room + 1)})
    run(statement, {"S": "x" * room})
    with refused("ValidationException", "Item size to update has exceeded the maximum allowed size"):
        run(f"UPDATE \"{table}\" SET f = ? WHERE pk = '{key}'", {"S": "x" * (room + 1)})
    run(f"UPDATE \"{table}\" SET f = ? WHERE pk = '{key}'", {"S": "y" * room})


# -- UPDATE ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def stored(dynamodb: Any, table: str, unique: Unique) -> str:
    """The key of an item with a number, a list, a map and sets."""
    key = unique()
    item = {
        "pk": {"S": key},
        "n": {"N": "1"},
        "l": {"L": [{"S": "a"}, {"S": "b"}]},
        "m": {"M": {"x": {"N": "1"}, "y": {"N": "2"}}},
        "ns": {"NS": ["1", "2"]},
    }
    dynamodb.put_item(TableName=table, Item=item)
    return key


@pytest.mark.parametrize(
    ("clauses", "changed"),
    [
        ("SET n = n + 5", {"n": {"N": "6"}}),
        ("SET n = n - 2 SET o = 'new'", {"n": {"N": "-1"}, "o": {"S": "new"}}),
        ("SET n = 2, o = n", {"n": {"N": "2"}, "o": {"N": "1"}}),
        ("SET n = (n + 1) - (2 - 1)", {"n": {"N": "1"}}),
        ("SET m.x = 9 REMOVE m.y", {"m": {"M": {"x": {"N": "9"}}}}),
        ("SET m['z'] = TRUE", {"m": {"M": {"x": {"N": "1"}, "y": {"N": "2"}, "z": {"BOOL": True}}}}),
        ("SET l[0] = 'A'", {"l": {"L": [{"S": "A"}, {"S": "b"}]}}),
        ("SET l[9] = 'c'", {"l": {"L": [{"S": "a"}, {"S": "b"}, {"S": "c"}]}}),
        ("REMOVE l[0]", {"l": {"L": [{"S": "b"}]}}),
        ("SET l = list_append(l, ['c'])", {"l": {"L": [{"S": "a"}, {"S": "b"}, {"S": "c"}]}}),
        ("SET l = LIST_APPEND([0], l)", {"l": {"L": [{"N": "0"}, {"S": "a"}, {"S": "b"}]}}),
        ("SET ns = set_add(ns, <<2, 3>>)", {"ns": {"NS": ["1", "2", "3"]}}),
        ("SET ns = set_delete(ns, <<2>>)", {"ns": {"NS": ["1"]}}),
        ("SET ns = SET_DELETE(ns, <<1, 2>>)", {"ns": None}),
        ("REMOVE n", {"n": None}),
        ("REMOVE absent", {}),
    ],
)
def test_update(run: Run, dynamodb: Any, table: str, stored: str, clauses: str, changed: dict[str, Any]) -> None:
    """An index beyond the end appends; every right-hand side reads the item as it was."""
    before = dynamodb.get_item(TableName=table, Key={"pk": {"S": stored}})["Item"]
    assert run(f'UPDATE "{table}" {clauses} WHERE pk = ?', {"S": stored})["Items"] == []
    after = dynamodb.get_item(TableName=table, Key={"pk": {"S": stored}})["Item"]
    expected = {name: value for name, value in {**before, **changed}.items() if value is not None}
    if "ns" in after:
        after["ns"]["NS"].sort()
    assert after == expected


def test_update_is_no_upsert(run: Run, dynamodb: Any, table: str, unique: Unique) -> None:
    key = unique()
    with refused("ConditionalCheckFailedException", "The conditional request failed"):
        run(f'UPDATE "{table}" SET a = 1 WHERE pk = ?', {"S": key})
    assert "Item" not in dynamodb.get_item(TableName=table, Key={"pk": {"S": key}})


def test_update_with_a_condition(run: Run, table: str, stored: str) -> None:
    run(f'UPDATE "{table}" SET n = 5 WHERE pk = ? AND n = 1', {"S": stored})
    with refused("ConditionalCheckFailedException", "The conditional request failed") as refusal:
        run(
            f'UPDATE "{table}" SET n = 6 WHERE pk = ? AND n = 1',
            {"S": stored},
            ReturnValuesOnConditionCheckFailure="ALL_OLD",
        )
    assert refusal.response["Item"]["n"] == {"N": "5"}
    with refused("ConditionalCheckFailedException") as refusal:
        run(f'UPDATE "{table}" SET n = 6 WHERE pk = ? AND (n = 1 OR m.x = 7)', {"S": stored})
    assert "Item" not in refusal.response


@pytest.mark.parametrize(
    ("clauses", "returning", "shown"),
    [
        ("SET n = 2", "MODIFIED OLD", [{"n": {"N": "1"}}]),
        ("SET n = 2", "MODIFIED NEW", [{"n": {"N": "2"}}]),
        ("SET m.x = 2", "MODIFIED NEW", [{"m": {"M": {"x": {"N": "2"}}}}]),
        ("SET l[1] = 'B'", "MODIFIED NEW", [{"l": {"L": [{"S": "B"}]}}]),
        ("SET o = 2", "MODIFIED OLD", []),
        ("REMOVE n", "MODIFIED NEW", []),
    ],
)
def test_returning_what_was_modified(
    run: Run, table: str, stored: str, clauses: str, returning: str, shown: list[dict[str, Any]]
) -> None:
    """Only changed paths, no key; where nothing is left to show the list is empty."""
    answer = run(f'UPDATE "{table}" {clauses} WHERE pk = ? RETURNING {returning} *', {"S": stored})
    assert answer["Items"] == shown


def test_returning_the_whole_item(run: Run, dynamodb: Any, table: str, stored: str) -> None:
    before = dynamodb.get_item(TableName=table, Key={"pk": {"S": stored}})["Item"]
    statement = f'UPDATE "{table}" SET n = %s WHERE pk = ? RETURNING ALL %s *'
    assert run(statement % (2, "OLD"), {"S": stored})["Items"] == [before]
    assert run(statement % (3, "NEW"), {"S": stored})["Items"] == [{**before, "n": {"N": "3"}}]


def test_update_refusals(run: Run, table: str, stored: str) -> None:
    with refused(
        "ValidationException",
        "One or more parameter values were invalid: Cannot update attribute pk. This attribute is part of the key",
    ):
        run(f'UPDATE "{table}" SET pk = ? WHERE pk = ?', {"S": "x"}, {"S": stored})
    with refused("ValidationException", "An operand in the update expression has an incorrect data type"):
        run(f'UPDATE "{table}" SET l = l + 1 WHERE pk = ?', {"S": stored})
    with refused("ValidationException", "The document path provided in the update expression is invalid for update"):
        run(f'UPDATE "{table}" SET absent.x = 1 WHERE pk = ?', {"S": stored})
    with refused(
        "ValidationException", "The provided expression refers to an attribute that does not exist in the item"
    ):
        run(f'UPDATE "{table}" SET n = absent + 1 WHERE pk = ?', {"S": stored})


@pytest.mark.parametrize("statement", ['UPDATE "{}" SET a = 1 {}', 'DELETE FROM "{}" {}'])
def test_writes_name_one_whole_key(run: Run, sorted_table: str, statement: str) -> None:
    """Source of the words: floci pull request 3798."""
    for where in (
        "",
        "WHERE pk = 'a'",
        "WHERE pk = 'a' AND sk > 'b'",
        "WHERE pk = 'a' OR sk = 'b'",
        "WHERE pk IN ('a')",
    ):
        with refused("ValidationException", "Where clause does not contain a mandatory equality on all key attributes"):
            run(statement.format(sorted_table, where))
    with refused(
        "ValidationException",
        "Multiple conditions on same key sk. Only single item Update/Insert/Delete are supported",
    ):
        run(statement.format(sorted_table, "WHERE pk = 'a' AND sk = 'b' AND sk = 'c'"))
    if statement.startswith("DELETE"):
        run(statement.format(sorted_table, "WHERE pk = 'a' AND sk = 'b' AND sk = 'b'"))


# -- DELETE ----------------------------------------------------------------------------------------------------------


def test_delete(run: Run, dynamodb: Any, table: str, stored: str) -> None:
    before = dynamodb.get_item(TableName=table, Key={"pk": {"S": stored}})["Item"]
    with refused("ConditionalCheckFailedException", "The conditional request failed"):
        run(f'DELETE FROM "{table}" WHERE pk = ? AND n = 7', {"S": stored})
    assert run(f'DELETE FROM "{table}" WHERE pk = ? AND n = 1 RETURNING ALL OLD *', {"S": stored})["Items"] == [before]
    # A missing item is no failure, with a condition or without.
    assert run(f'DELETE FROM "{table}" WHERE pk = ? AND n = 1 RETURNING ALL OLD *', {"S": stored})["Items"] == []
    assert run(f'DELETE FROM "{table}" WHERE pk = ?', {"S": stored})["Items"] == []


@pytest.mark.parametrize("returning", ["MODIFIED OLD", "MODIFIED NEW", "ALL NEW"])
def test_delete_returns_the_old_item_only(run: Run, table: str, returning: str) -> None:
    with refused(
        "ValidationException",
        f"Invalid returning clause: RETURNING {returning} *. Only RETURNING ALL OLD * is allowed in DELETE statements.",
    ):
        run(f"DELETE FROM \"{table}\" WHERE pk = 'a' RETURNING {returning} *")


# -- capacity --------------------------------------------------------------------------------------------------------


def test_capacity_of_reads(run: Run, dynamodb: Any, sorted_table: str, unique: Unique) -> None:
    """All rows walked are charged, whatever is filtered or projected. Source: §18."""
    key = unique()
    for number in range(3):
        dynamodb.put_item(
            TableName=sorted_table, Item={"pk": {"S": key}, "sk": {"S": str(number)}, "f": {"S": "x" * 3000}}
        )
    statement = f'SELECT sk FROM "{sorted_table}" WHERE pk = ? AND f = ?'
    for consistent, units in ((False, 1.5), (True, 3.0)):
        answer = run(statement, {"S": key}, {"S": "none"}, ReturnConsumedCapacity="INDEXES", ConsistentRead=consistent)
        assert answer["ConsumedCapacity"] == {
            "TableName": sorted_table,
            "CapacityUnits": units,
            "Table": {"CapacityUnits": units},
        }


def test_capacity_of_index_reads(run: Run, dynamodb: Any, indexed_table: str, unique: Unique) -> None:
    """An index is charged by itself; an LSI that reads back to the table is charged for each row there."""
    pk = unique()
    for number in range(3):
        item = {"pk": {"S": pk}, "sk": {"S": str(number)}, "l": {"S": "x"}, "a": {"S": pk}, "y": {"S": "y"}}
        dynamodb.put_item(TableName=indexed_table, Item=item)
    answer = run(
        f'SELECT * FROM "{indexed_table}"."keys_of_a" WHERE a = ?', {"S": pk}, ReturnConsumedCapacity="INDEXES"
    )
    assert answer["ConsumedCapacity"] == {
        "TableName": indexed_table,
        "CapacityUnits": 0.5,
        "Table": {"CapacityUnits": 0.0},
        "GlobalSecondaryIndexes": {"keys_of_a": {"CapacityUnits": 0.5}},
    }
    answer = run(
        f'SELECT y FROM "{indexed_table}"."keys_of_l" WHERE pk = ?', {"S": pk}, ReturnConsumedCapacity="INDEXES"
    )
    assert answer["ConsumedCapacity"] == {
        "TableName": indexed_table,
        "CapacityUnits": 2.0,
        "Table": {"CapacityUnits": 1.5},
        "LocalSecondaryIndexes": {"keys_of_l": {"CapacityUnits": 0.5}},
    }


def test_capacity_of_writes(run: Run, indexed_table: str, unique: Unique) -> None:
    """The same as of the classic operations, indexes included."""
    pk = unique()
    inserted = run(
        f"INSERT INTO \"{indexed_table}\" VALUE {{'pk': ?, 'sk': '1', 'a': 'x', 'f': ?}}",
        {"S": pk},
        {"S": "x" * 1500},
        ReturnConsumedCapacity="INDEXES",
    )
    assert inserted["ConsumedCapacity"] == {
        "TableName": indexed_table,
        "CapacityUnits": 4.0,
        "Table": {"CapacityUnits": 2.0},
        "GlobalSecondaryIndexes": {"keys_of_a": {"CapacityUnits": 1.0}, "some_of_a": {"CapacityUnits": 1.0}},
    }
    where = f"WHERE pk = '{pk}' AND sk = '1'"
    updated = run(f'UPDATE "{indexed_table}" REMOVE f {where}', ReturnConsumedCapacity="TOTAL")
    assert updated["ConsumedCapacity"] == {"TableName": indexed_table, "CapacityUnits": 2.0}
    deleted = run(f'DELETE FROM "{indexed_table}" {where}', ReturnConsumedCapacity="TOTAL")
    assert deleted["ConsumedCapacity"] == {"TableName": indexed_table, "CapacityUnits": 3.0}


# -- what DynamoDB Local has told ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("condition", "sort_keys"),
    [
        ("1 IS NUMERIC", "12345"),
        ("'x' IS NOT STRING", ""),
        ("NULL IS NULL AND n > 3", "45"),
        ("(m).deep[1] = 2", "2"),
        ("m[deep][1] = 2", "2"),
        ('m["deep"][1] = 2', "2"),
        ("m.deep = ('a', 4)", "4"),
        ("m.deep = LIST('a', 4)", "4"),
        ("m.deep IN (('a', 4), ['a', 5])", "45"),
        ("size((1, 2)) = 2 AND size(BAG(1, 2)) = 2", "12345"),
        ("@n = 3", "3"),
    ],
)
def test_conditions_in_other_words(run: Run, sorted_table: str, five: str, condition: str, sort_keys: str) -> None:
    """Source: DynamoDB Local 3.3.1, asked 2026-11."""
    answer = run(f'SELECT ALL * FROM ("{sorted_table}") WHERE pk = ? AND {condition}', {"S": five})
    assert _sort_keys(answer) == sort_keys


@pytest.mark.parametrize(
    ("columns", "item"),
    [
        ("l[0]", {"l[0]": {"N": "1"}}),
        ("l[2][0]", {"l[2]": {"L": [{"N": "5"}]}}),
        ("l[2][1], l[2][0]", {"l[2]": {"L": [{"N": "5"}, {"N": "6"}]}}),
        ("m.x.y[1].z", {"y[1]": {"M": {"z": {"N": "3"}}}}),
        ("m.x.y[1].z, m.x.y[0], m.x.s", {"y[1]": {"M": {"z": {"N": "3"}}}, "y[0]": {"N": "1"}, "s": {"S": "deep"}}),
        ("m.x.y[1].other", {}),
    ],
)
def test_names_of_what_is_shown_of_lists(
    run: Run, dynamodb: Any, table: str, unique: Unique, columns: str, item: dict[str, Any]
) -> None:
    """Source: DynamoDB Local 3.3.1, asked 2026-11."""
    key = unique()
    members = {"x": {"M": {"y": {"L": [{"N": "1"}, {"M": {"z": {"N": "3"}, "w": {"N": "4"}}}]}, "s": {"S": "deep"}}}}
    numbers = {"L": [{"N": "1"}, {"S": "x"}, {"L": [{"N": "5"}, {"N": "6"}]}]}
    dynamodb.put_item(TableName=table, Item={"pk": {"S": key}, "l": numbers, "m": {"M": members}})
    assert run(f'SELECT {columns} FROM "{table}" WHERE pk = ?', {"S": key})["Items"] == [item]


def test_set_takes_if_not_exists(run: Run, table: str, unique: Unique) -> None:
    """Source: DynamoDB Local 3.3.1, asked 2026-11."""
    key = unique()
    run(f"INSERT INTO \"{table}\" VALUE {{'pk': ?, 'a': 1}}", {"S": key})
    set_ = "a = if_not_exists(a, 5), b = if_not_exists(b, 5) + 1, c = list_append(if_not_exists(c, []), (7, 8))"
    answer = run(f'UPDATE "{table}" SET {set_} WHERE pk = ? RETURNING MODIFIED NEW *', {"S": key})
    assert answer["Items"] == [{"a": {"N": "1"}, "b": {"N": "6"}, "c": {"L": [{"N": "7"}, {"N": "8"}]}}]


@pytest.mark.parametrize(
    ("set_", "message"),
    [
        ("a = set_add(a, ?)", "The second argument to SET_ADD must be a value with type SET at 1:32:1"),
        ("b.c = set_delete(b.c, ?)", "The second argument to SET_DELETE must be a value with type SET"),
        (
            "a = if_not_exists(b.c, b.c)",
            f"{SAME_OPERANDS}; operator: if_not_exists, first operand: [b, c]",
        ),
        (
            "a = list_append(a)",
            "Incorrect number of operands for operator or function; operator or function: list_append, number of operands: 1",
        ),
        (
            "a = 'x' + (TRUE - 1)",
            "Incorrect operand type for operator or function; operator or function: -, operand type: BOOL",
        ),
    ],
)
def test_set_refusals(run: Run, set_: str, message: str) -> None:
    """Source: DynamoDB Local 3.3.1, asked 2026-11."""
    with refused("ValidationException", message):
        run(f"UPDATE nowhere SET {set_} WHERE pk = 'a'", {"N": "1"})


def test_keys_of_another_type(run: Run, table: str) -> None:
    """Source: DynamoDB Local 3.3.1, asked 2026-11."""
    for statement in (f'UPDATE "{table}" SET a = 1', f'DELETE FROM "{table}"'):
        with refused(
            "ValidationException", "Key attribute's data type should match its data type in table's schema: Key pk"
        ):
            run(f"{statement} WHERE pk = 1")
        with refused("ValidationException", "Key value must be of type S, N, or B. Key name: pk, Key type: BOOL"):
            run(f"{statement} WHERE pk = TRUE")


def test_what_cannot_be_returned(run: Run, table: str) -> None:
    """Only after the key is known to be one. Source: DynamoDB Local 3.3.1, asked 2026-11."""
    update = f'UPDATE "{table}" SET a = 1 WHERE'
    with refused("ValidationException", "Expected '*' after ( MODIFIED | ALL ) ( NEW | OLD ) in RETURNING clause"):
        run(f"{update} pk = 'a' RETURNING ALL OLD a")
    with refused("ValidationException", "Invalid syntax with multiple returning elements in RETURNING clause"):
        run(f"{update} pk = 'a' RETURNING ALL OLD *, MODIFIED NEW *")
    with refused("ValidationException", "Where clause does not contain a mandatory equality on all key attributes"):
        run(f"{update} a = 1 RETURNING ALL OLD a")
    with refused("ValidationException", "RETURNING is not supported in INSERT"):
        run(f"INSERT INTO \"{table}\" VALUE {{'pk': 'a'}} RETURNING ALL OLD *")
    with refused("ValidationException", "Key attribute should be present in the item: Key pk"):
        run(f"INSERT INTO \"{table}\" VALUE {{'a': 'a'}} RETURNING ALL OLD *")


def test_a_write_without_where_names_no_key(run: Run) -> None:
    """The table is not looked up. Source: DynamoDB Local 3.3.1, asked 2026-11."""
    for statement in ("UPDATE nowhere SET a = 1", "DELETE FROM nowhere"):
        with refused("ValidationException", "Where clause does not contain a mandatory equality on all key attributes"):
            run(statement)
