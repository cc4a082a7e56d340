"""A condition compared with something is that something, or not."""

import pytest

from sandbox.dynamodb.expressions import build_condition
from sandbox.dynamodb.faults import ValidationException
from sandbox.dynamodb.partiql.parse import parse
from sandbox.dynamodb.partiql.syntax import Select
from sandbox.values.attribute import AttributeValue, Item

ITEM: Item = {"a": {"N": "1"}, "yes": {"BOOL": True}, "nay": {"BOOL": False}, "s": {"S": "x"}}


def holds(condition: str, *parameters: AttributeValue) -> bool:
    """Whether a WHERE clause holds for the item above."""
    parsed = parse(f"SELECT * FROM tab WHERE {condition}")
    assert isinstance(parsed.statement, Select)
    where = parsed.statement.where
    assert where is not None
    return build_condition(where.tree, where.paths, parsed.literals.fill(parameters)).matches(ITEM)


@pytest.mark.parametrize(
    "condition",
    [
        "attribute_exists(a) = true",
        "attribute_exists(b) = false",
        "TRUE = attribute_exists(a)",
        "attribute_exists(b) <> TRUE",
        "attribute_exists(a) != 1",
        "attribute_exists(a) = yes",
        "nay = attribute_exists(b)",
        "attribute_exists(b) <> yes",
        "attribute_exists(a) <> absent",
        "(a = 1) = (s = 'x')",
        "(a = 2) = (s = 'y')",
        "(a = 1) <> (s = 'y')",
        "a = 1 = TRUE",
        "a = 2 = FALSE",
        "a = 1 = TRUE = TRUE",
        "NOT a = 1 = FALSE",
        "a BETWEEN 0 AND 1 = TRUE",
        "(a IN [1, 2]) = TRUE",
        "(a IS MISSING) = FALSE",
        "contains(s, 'x') IN [FALSE, TRUE]",
        "contains(s, 'y') IN (FALSE)",
        "contains(s, 'y') NOT IN [TRUE, yes]",
        "yes IN [1, a = 1]",
        "a = 1 = TRUE AND s = 'x'",
        "yes = a < 2",
        "a > 1 = nay",
        "a = 1 = a < 2",
        "yes = a BETWEEN 1 AND 1",
        "a = 1 IN [TRUE]",
    ],
)
def test_what_holds(condition: str) -> None:
    assert holds(condition)
    assert not holds(f"NOT ({condition})")


@pytest.mark.parametrize(
    "condition",
    [
        "attribute_exists(a) = 1",
        "attribute_exists(b) = 1",
        "attribute_exists(a) = NULL",
        "attribute_exists(a) = size(s)",
        "attribute_exists(a) = absent",
        "attribute_exists(b) = absent",
        "attribute_exists(a) = s",
        "contains(s, 'x') IN [1, 'x']",
    ],
)
def test_what_is_neither_true_nor_false_is_equal_to_no_condition(condition: str) -> None:
    """Source: floci-io/floci, its PartiQL parser, checked there on AWS."""
    assert not holds(condition)


def test_parameters() -> None:
    assert holds("attribute_exists(a) = ?", {"BOOL": True})
    assert holds("attribute_exists(a) <> ?", {"BOOL": False})
    assert not holds("attribute_exists(a) = ?", {"N": "1"})
    assert not holds("attribute_exists(b) = ?", {"N": "1"})


def test_conditions_compared_over_and_over_stay_cheap() -> None:
    """Each comparison needs both sides twice, so that a short text could come to any size."""
    with pytest.raises(ValidationException, match="too many operators"):
        parse("SELECT * FROM tab WHERE attribute_exists(a)" + " = yes" * 100)
    with pytest.raises(ValidationException, match="too many operators"):
        parse(
            "SELECT * FROM tab WHERE attribute_exists(a) IN ["
            + ", ".join(["a = yes = nay = yes = nay = yes"] * 60)
            + "]"
        )
    parse("SELECT * FROM tab WHERE attribute_exists(a)" + " = TRUE" * 100)
