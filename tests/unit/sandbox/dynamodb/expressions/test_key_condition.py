import pytest

from sandbox.dynamodb.expressions import (
    InvalidExpression,
    KeyCondition,
    KeyTest,
    Placeholders,
    key_conditions,
    parse_key_condition,
    resolve_keys,
)
from sandbox.values import AttributeValue

VALUES: dict[str, AttributeValue] = {
    ":p": {"S": "p"},
    ":a": {"S": "a"},
    ":z": {"S": "z"},
    ":n": {"N": "1"},
    ":e": {"S": ""},
    ":eb": {"B": ""},
}
S_P, S_A, S_Z = VALUES[":p"], VALUES[":a"], VALUES[":z"]


def parsed(text: str) -> KeyCondition:
    return parse_key_condition(text, Placeholders({"#pk": "pk", "#year": "year"}, dict(VALUES)))


@pytest.mark.parametrize(
    ("text", "tests"),
    [
        ("pk = :p", {"pk": KeyTest("=", (S_P,))}),
        (":p = pk", {"pk": KeyTest("=", (S_P,))}),
        ("(#pk = :p) AND (sk < :a)", {"pk": KeyTest("=", (S_P,)), "sk": KeyTest("<", (S_A,))}),
        ("sk <= :a AND pk = :p", {"sk": KeyTest("<=", (S_A,)), "pk": KeyTest("=", (S_P,))}),
        ("pk = :p AND :a <= sk", {"pk": KeyTest("=", (S_P,)), "sk": KeyTest(">=", (S_A,))}),
        ("pk = :p AND :a < sk", {"pk": KeyTest("=", (S_P,)), "sk": KeyTest(">", (S_A,))}),
        ("pk = :p AND :a > sk", {"pk": KeyTest("=", (S_P,)), "sk": KeyTest("<", (S_A,))}),
        ("pk = :p AND :a >= sk", {"pk": KeyTest("=", (S_P,)), "sk": KeyTest("<=", (S_A,))}),
        ("pk = :p AND sk BETWEEN :a AND :z", {"pk": KeyTest("=", (S_P,)), "sk": KeyTest("BETWEEN", (S_A, S_Z))}),
        ("pk = :p AND begins_with(#year, :a)", {"pk": KeyTest("=", (S_P,)), "year": KeyTest("begins_with", (S_A,))}),
    ],
)
def test_a_key_condition_is_a_test_per_attribute(text: str, tests: dict[str, KeyTest]) -> None:
    condition = parsed(text)
    assert condition.tests == tests
    assert list(condition.tests) == list(tests)


OPERATOR = "Invalid operator used in KeyConditionExpression: "
REFUSED = "Invalid condition in KeyConditionExpression: "
NESTED = "Invalid KeyConditionExpression: KeyConditionExpressions cannot have conditions on nested attributes"


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("pk = :p or sk = :a", OPERATOR + "OR"),
        ("NOT pk = :p", OPERATOR + "NOT"),
        ("pk = :p AND sk in (:a)", OPERATOR + "IN"),
        ("pk <> :p", OPERATOR + "<>"),
        ("pk = :p AND attribute_exists(sk)", OPERATOR + "attribute_exists"),
        ("attribute_not_exists(sk)", OPERATOR + "attribute_not_exists"),
        ("contains(sk, :a)", OPERATOR + "contains"),
        ("size(pk) = :n", "KeyConditionExpressions cannot contain nested operations"),
        (":p BETWEEN sk AND :z", REFUSED + "BETWEEN operator must have the key attribute as its first operand"),
        ("begins_with(:p, sk)", REFUSED + "begins_with operator must have the key attribute as its first operand"),
        ("pk = sk", REFUSED + "Multiple attribute names used in one condition"),
        ("sk BETWEEN pk AND :z", REFUSED + "Multiple attribute names used in one condition"),
        # operand by operand
        (":p BETWEEN sk AND pk", REFUSED + "BETWEEN operator must have the key attribute as its first operand"),
        (":p BETWEEN sk AND size(pk)", REFUSED + "BETWEEN operator must have the key attribute as its first operand"),
        ("sk BETWEEN pk AND size(pk)", REFUSED + "Multiple attribute names used in one condition"),
        (":p = :a", REFUSED + "No key attribute specified"),
        (
            "pk = :p AND :a BETWEEN size(s) AND :z",
            REFUSED + "BETWEEN operator must have the key attribute as its first operand",
        ),
        (
            "pk = :p AND begins_with(:a, :a)",
            REFUSED + "begins_with operator must have the key attribute as its first operand",
        ),
        (
            "pk = :p AND pk = :a",
            "Invalid KeyConditionExpression: KeyConditionExpressions must only contain one condition per key",
        ),
        ("pk.x = :p", NESTED),
        ("pk = :p AND sk[0] = :a", NESTED),
        (
            "pk = :p AND begins_with(sk, :n)",
            (
                "Invalid KeyConditionExpression: Incorrect operand type for operator or function; "
                "operator or function: begins_with, operand type: N"
            ),
        ),
        (
            "pk = :x",
            (
                "Invalid KeyConditionExpression: An expression attribute value used in expression is not defined; "
                "attribute value: :x"
            ),
        ),
        ("year = :p", "Invalid KeyConditionExpression: Attribute name is a reserved keyword; reserved keyword: year"),
    ],
)
def test_what_no_key_can_be_asked(text: str, sentence: str) -> None:
    with pytest.raises(InvalidExpression) as fault:
        parsed(text)
    assert fault.value.message == sentence


def test_reversed_bounds_are_refused_for_a_remembered_text_too() -> None:
    text = "pk = :p AND sk BETWEEN :a AND :z"
    parsed(text)
    with pytest.raises(InvalidExpression, match="requires upper bound to be greater than or equal to lower bound"):
        parse_key_condition(text, Placeholders(None, {":p": S_P, ":a": S_Z, ":z": S_A}))


TYPES = {"pk": "S", "sk": "S", "n": "N", "b": "B", "p2": "S", "r1": "S", "r2": "N"}
MISSED = "Query condition missed key schema element: "
UNSUPPORTED = "Query key condition not supported"
HASHES = "HASH key attributes {} must have equality conditions specified in the query"
GAP = (
    "RANGE key attributes {} must have equality conditions specified in the query "
    "because a condition is present on key attribute {}"
)
WRONG_TYPE = "One or more parameter values were invalid: Condition parameter type does not match schema type"
EMPTY = (
    "One or more parameter values are not valid. "
    "The AttributeValue for a key attribute cannot contain an empty {} value. Key: {}"
)


@pytest.mark.parametrize(
    ("text", "hash_names", "range_names", "sentence"),
    [
        ("sk = :a", ["pk"], ["sk"], MISSED + "pk"),
        ("pk = :p AND x = :a", ["pk"], ["sk"], MISSED + "sk"),
        ("pk = :p AND x = :a", ["pk"], [], UNSUPPORTED),
        ("sk = :p AND x = :a", ["pk"], [], UNSUPPORTED),
        # the partition key is looked at before the sort key: its presence, then its type, then its operator
        ("pk > :n AND x = :a", ["pk"], ["sk"], WRONG_TYPE),
        ("pk > :p AND x = :a", ["pk"], ["sk"], UNSUPPORTED),
        ("pk > :p", ["pk"], ["sk"], UNSUPPORTED),
        ("begins_with(pk, :p) AND sk = :a", ["pk"], ["sk"], UNSUPPORTED),
        # an empty value is told where its attribute's turn comes
        ("pk = :e AND sk = :n", ["pk"], ["sk"], EMPTY.format("string", "pk")),
        ("pk = :n AND sk = :e", ["pk"], ["sk"], WRONG_TYPE),
        ("pk = :p AND sk = :a AND x = :z", ["pk"], ["sk"], "Conditions can be of length 1 or 2 only"),
        (
            "pk = :n",
            ["pk"],
            [],
            "One or more parameter values were invalid: Condition parameter type does not match schema type",
        ),
        (
            "pk = :p AND n > :a",
            ["pk"],
            ["n"],
            "One or more parameter values were invalid: Condition parameter type does not match schema type",
        ),
        (
            "pk = :p AND begins_with(n, :a)",
            ["pk"],
            ["n"],
            "One or more parameter values were invalid: Condition parameter type does not match schema type",
        ),
        ("pk = :e", ["pk"], [], EMPTY.format("string", "pk")),
        ("pk = :p AND b = :eb", ["pk"], ["b"], EMPTY.format("binary", "b")),
        # keys of several attributes
        ("pk = :p", ["pk", "p2"], ["r1", "r2"], HASHES.format("p2")),
        ("pk = :p AND p2 > :p", ["pk", "p2"], ["r1", "r2"], HASHES.format("p2")),
        ("pk > :n AND r1 = :a", ["pk", "p2"], ["r1", "r2"], HASHES.format("p2")),
        ("pk > :n AND p2 < :a", ["pk", "p2"], ["r1", "r2"], HASHES.format("pk, p2")),
        ("r1 = :a", ["pk"], ["r1", "r2"], HASHES.format("pk")),
        ("pk = :n AND p2 = :p AND r2 = :n", ["pk", "p2"], ["r1", "r2"], WRONG_TYPE),
        ("pk = :e AND p2 = :n", ["pk", "p2"], [], EMPTY.format("string", "pk")),
        ("pk = :p AND p2 = :p AND x = :a", ["pk", "p2"], [], UNSUPPORTED),
        ("pk = :p AND p2 = :p AND r2 = :n", ["pk", "p2"], ["r1", "r2"], GAP.format("r1", "r2")),
        ("pk = :p AND p2 = :p AND r1 > :a AND r2 = :n", ["pk", "p2"], ["r1", "r2"], GAP.format("r1", "r2")),
        # the first attribute behind a gap is told with what lacks before it, else the last one with the inequalities
        ("pk = :p AND r1 > :a AND sk = :a AND r2 = :n", ["pk"], ["r1", "sk", "r2"], GAP.format("r1", "r2")),
        ("pk = :p AND r1 > :a AND sk < :a AND r2 = :a", ["pk"], ["r1", "sk", "r2"], GAP.format("r1, sk", "r2")),
        ("pk = :p AND r2 = :a", ["pk"], ["r1", "sk", "r2", "n"], GAP.format("r1, sk", "r2")),
        ("pk = :p AND r1 > :a AND r2 = :a AND n = :n", ["pk"], ["r1", "sk", "r2", "n"], GAP.format("sk", "r2")),
        ("pk = :p AND r1 = :a AND r2 = :n", ["pk"], ["r1", "sk", "r2"], GAP.format("sk", "r2")),
        ("pk = :p AND r1 = :a AND x = :a", ["pk"], ["r1", "r2"], MISSED + "r2"),
    ],
)
def test_a_condition_that_the_key_cannot_answer(
    text: str, hash_names: list[str], range_names: list[str], sentence: str
) -> None:
    with pytest.raises(InvalidExpression) as fault:
        resolve_keys(parsed(text), hash_names=hash_names, range_names=range_names, types=TYPES)
    assert fault.value.message == sentence


def test_an_empty_value_is_told_with_the_index() -> None:
    with pytest.raises(InvalidExpression) as fault:
        resolve_keys(
            parsed("pk = :p AND b = :eb"), hash_names=["pk"], range_names=["b"], types=TYPES, index_name="by_b"
        )
    assert fault.value.message == (
        "One or more parameter values are not valid. A value specified for a secondary index key is not supported. "
        "The AttributeValue for a key attribute cannot contain an empty binary value. IndexName: by_b, IndexKey: b"
    )


def test_the_condition_is_laid_along_the_key() -> None:
    simple = resolve_keys(parsed("sk > :a AND pk = :p"), hash_names=["pk"], range_names=["sk"], types=TYPES)
    assert simple.hash == (S_P,)
    assert simple.range == (("sk", KeyTest(">", (S_A,))),)
    only_hash = resolve_keys(parsed("pk = :p"), hash_names=["pk"], range_names=["sk"], types=TYPES)
    assert (only_hash.hash, only_hash.range) == ((S_P,), ())
    several = resolve_keys(
        parsed("r2 BETWEEN :n AND :n AND p2 = :a AND r1 = :z AND pk = :p"),
        hash_names=["pk", "p2"],
        range_names=["r1", "r2"],
        types=TYPES,
    )
    assert several.hash == (S_P, S_A)
    assert several.range == (("r1", KeyTest("=", (S_Z,))), ("r2", KeyTest("BETWEEN", (VALUES[":n"], VALUES[":n"]))))


def test_key_conditions_of_before_expressions() -> None:
    condition = key_conditions(
        {
            "pk": {"ComparisonOperator": "EQ", "AttributeValueList": [{"S": "p"}]},
            "sk": {"ComparisonOperator": "BEGINS_WITH", "AttributeValueList": [{"S": "a"}]},
        }
    )
    assert condition.tests == {"pk": KeyTest("=", (S_P,)), "sk": KeyTest("begins_with", (S_A,))}


@pytest.mark.parametrize("operator", ["NULL", "NOT_NULL", "NE", "CONTAINS", "NOT_CONTAINS", "IN"])
def test_operators_that_no_index_can_answer(operator: str) -> None:
    operands = [] if operator in {"NULL", "NOT_NULL"} else [{"S": "x"}]
    condition = key_conditions({"pk": {"ComparisonOperator": operator, "AttributeValueList": operands}})
    with pytest.raises(InvalidExpression) as fault:
        resolve_keys(condition, hash_names=["pk"], range_names=["sk"], types=TYPES)
    assert fault.value.message == "Attempted conditional constraint is not an indexable operation"


def test_no_condition_at_all() -> None:
    with pytest.raises(InvalidExpression) as fault:
        key_conditions({})
    assert fault.value.message == "Conditions must be at least length 1"
