import pytest

from sandbox.dynamodb.faults import ValidationException
from sandbox.dynamodb.partiql.bind import bind
from sandbox.dynamodb.partiql.memory import MEANINGS_MAX
from sandbox.dynamodb.partiql.parse import parse
from sandbox.values.attribute import AttributeValue

INCORRECT = "Incorrect operand type for operator or function; operator or function: "


@pytest.mark.parametrize(
    ("statement", "message"),
    [
        ("SELECT * FROM tab WHERE a > TRUE", INCORRECT + ">, operand type: BOOL"),
        ("SELECT * FROM tab WHERE [] <= a", INCORRECT + "<=, operand type: L"),
        ("SELECT * FROM tab WHERE a BETWEEN NULL AND 1", INCORRECT + "BETWEEN, operand type: NULL"),
        ("SELECT * FROM tab WHERE begins_with(a, 1)", INCORRECT + "begins_with, operand type: N"),
        (
            "SELECT * FROM tab WHERE attribute_type(a, 'X')",
            "Invalid attribute type name found; type: X, valid types: {N,BS,L,B,NULL,M,S,SS,NS,BOOL}",
        ),
        (
            "SELECT * FROM tab WHERE contains(a, 1, 2)",
            "Incorrect number of operands for operator or function; operator or function: contains, number of operands: 3",
        ),
        (
            "SELECT * FROM tab WHERE a = a",
            "The first operand must be distinct from the remaining operands for this operator or function; operator: =, first operand: [a]",
        ),
        ("DELETE FROM tab WHERE a = 1 AND b > {}", INCORRECT + ">, operand type: M"),
        ("UPDATE tab SET a = a + 'x' WHERE b = 1", INCORRECT + "+, operand type: S"),
        ("UPDATE tab SET a = list_append(a, 1) WHERE b = 1", INCORRECT + "list_append, operand type: N"),
        ("SELECT * FROM tab WHERE a + 1 = 2", "Unsupported operator in Condition Expression. Operator: +"),
        (
            "DELETE FROM tab WHERE a = 1 AND b IN (2, 3 - c)",
            "Unsupported operator in Condition Expression. Operator: -",
        ),
        ("EXISTS(SELECT * FROM tab WHERE a > NULL)", INCORRECT + ">, operand type: NULL"),
    ],
)
def test_operands_that_never_suit(statement: str, message: str) -> None:
    """Refused without a table. Source: dynamodb-exact §17; the words of the others are those for expressions."""
    with pytest.raises(ValidationException) as refused:
        bind(parse(statement, takes_exists=True), [])
    assert refused.value.message == message


def test_equality_takes_every_type() -> None:
    parsed = parse("SELECT * FROM tab WHERE a = ? AND b <> ? AND c IN (?)")
    bind(parsed, [{"BOOL": True}, {"L": []}, {"M": {}}])


def test_what_was_accepted_for_some_types_is_refused_for_others() -> None:
    """The memory of a statement is by the types of its parameters."""
    parsed = parse("SELECT * FROM tab WHERE a > ?")
    for _ in range(2):
        bind(parsed, [{"N": "1"}])
        with pytest.raises(ValidationException):
            bind(parsed, [{"BOOL": True}])


def test_what_depends_on_contents_is_judged_every_time() -> None:
    parsed = parse("SELECT * FROM tab WHERE a BETWEEN ? AND ?")
    for _ in range(2):
        bind(parsed, [{"N": "1"}, {"N": "2"}])
        with pytest.raises(ValidationException, match="upper bound to be greater than or equal to lower bound"):
            bind(parsed, [{"N": "2"}, {"N": "1"}])


def test_the_memory_of_types_is_bounded() -> None:
    parsed = parse("SELECT * FROM tab WHERE a = ? AND b = ?")
    values: list[AttributeValue] = [
        {"S": ""},
        {"N": "1"},
        {"BOOL": True},
        {"NULL": True},
        {"L": []},
        {"M": {}},
        {"SS": ["a"]},
    ]
    for one in values:
        for two in values:
            bind(parsed, [dict(one), dict(two)])
    assert 0 < len(parsed.memory.accepted) <= MEANINGS_MAX


def test_parameters_come_out_in_normal_form() -> None:
    parameters: list[AttributeValue] = [{"N": "1.50"}]
    assert bind(parse("SELECT * FROM tab WHERE a = ?"), parameters)["?0"] == {"N": "1.5"}
