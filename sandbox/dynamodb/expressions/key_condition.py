"""Key conditions: which attributes a Query tests, and whether a key can answer it.

Source: dynamodb-exact §9.4, §13.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final, Literal, TypeAlias, assert_never

from msgspec import Struct

from sandbox.dynamodb.expressions.checks import Scope, leaves, refuse_condition, refuse_leaf
from sandbox.dynamodb.expressions.compiled import Compiled, meaning
from sandbox.dynamodb.expressions.condition import read_condition
from sandbox.dynamodb.expressions.invalid import InvalidExpression, UnusableKeyCondition
from sandbox.dynamodb.expressions.paths import resolve
from sandbox.dynamodb.expressions.placeholders import Placeholders
from sandbox.dynamodb.expressions.syntax import (
    And,
    Between,
    Call,
    Comparison,
    ConditionTree,
    In,
    Leaf,
    Not,
    Operand,
    Or,
    Path,
    Value,
)
from sandbox.values import AttributeValue, type_of

__all__ = ["KeyCondition", "KeyOperator", "KeyRange", "KeyTest", "parse_key_condition", "resolve_keys"]

KeyOperator: TypeAlias = Literal["=", "<", "<=", ">", ">=", "BETWEEN", "begins_with", "not indexable"]
"""``not indexable`` is any operator of the legacy KeyConditions that no key can answer."""

_KIND: Final = "KeyConditionExpression"
_MIRRORED: dict[str, KeyOperator] = {"=": "=", "<": ">", "<=": ">=", ">": "<", ">=": "<="}
_INVALID_CONDITION = "Invalid condition in KeyConditionExpression: "
_NESTED_OPERATIONS = "KeyConditionExpressions cannot contain nested operations"
_UNSUPPORTED = "Query key condition not supported"


class KeyTest(Struct, frozen=True):
    """What a Query asks of one key attribute: two operands for BETWEEN, otherwise one."""

    operator: KeyOperator
    operands: tuple[AttributeValue, ...]


class KeyCondition(Struct, frozen=True):
    """The tests of a Query, by attribute, in the order in which they were written."""

    tests: dict[str, KeyTest]


class KeyRange(Struct, frozen=True):
    """A key condition that a key can answer.

    Attributes:
        hash: the values of all partition key attributes, in the order of the key.
        range: attribute and test, in the order of the key and without gaps; all but the last are equalities.
    """

    hash: tuple[AttributeValue, ...]
    range: tuple[tuple[str, KeyTest], ...]


class _Slots(Struct, frozen=True):
    operator: KeyOperator
    slots: tuple[str, ...]


_plans: Compiled[tuple[dict[str, _Slots], tuple[Leaf, ...]]] = Compiled()


def parse_key_condition(text: str, placeholders: Placeholders) -> KeyCondition:
    """Read a key condition expression.

    Raises:
        InvalidExpression: the faults of any condition.
        UnusableKeyCondition: then those that need no table to be seen.

    Source: dynamodb-exact §9.4; that two conditions on one key are told with a prefix, as in AppSync's reports since 2025
    (aws-amplify/amplify-category-api pull request 3531, 2026-09), and not without, as in 2024 (Dynamoid/dynamoid pull request
    655).
    """
    read = read_condition(_KIND, text)
    placeholders.use(read.aliases, read.slots)
    names, values = placeholders.names, placeholders.values
    key = (_KIND, text, meaning(read.aliases, read.slots, names, values))
    plan = _plans.find(key)
    if plan is None:
        refuse_condition(read.tree, Scope(_KIND, names, values), operators=read.operators)
        tests: dict[str, _Slots] = {}
        for leaf in _key_leaves(read.tree):
            name, test = _key_test(leaf, names)
            if name in tests:
                raise UnusableKeyCondition(
                    f"Invalid {_KIND}: KeyConditionExpressions must only contain one condition per key"
                )
            tests[name] = test
        plan = tests, tuple(each for each in leaves(read.tree) if isinstance(each, Between))
        _plans.keep(key, plan)
    else:
        for between in plan[1]:
            refuse_leaf(between, Scope(_KIND, names, values))
    return KeyCondition(
        {name: KeyTest(test.operator, tuple([values[slot] for slot in test.slots])) for name, test in plan[0].items()}
    )


def _key_leaves(tree: ConditionTree) -> Iterator[Comparison | Between | Call]:
    """Yield the conditions joined by AND; refuse every other way to join, and what keys cannot be asked."""
    waiting = [tree]
    while waiting:
        node = waiting.pop()
        match node:
            case And(conditions):
                waiting.extend(reversed(conditions))
                continue
            case Or():
                operator = "OR"
            case Not():
                operator = "NOT"
            case In():
                operator = "IN"
            case Comparison("<>"):
                operator = "<>"
            case Call(function) if function != "begins_with":
                operator = function
            case _:
                yield node
                continue
        raise UnusableKeyCondition(f"Invalid operator used in KeyConditionExpression: {operator}")


def _key_test(leaf: Comparison | Between | Call, names: Mapping[str, str]) -> tuple[str, _Slots]:
    operator: KeyOperator
    operands: tuple[Operand, ...]
    match leaf:
        case Comparison(comparator, left, right):
            mirrored = not isinstance(left, Path)
            operator = _MIRRORED[comparator] if mirrored else _MIRRORED[_MIRRORED[comparator]]
            operands = (right, left) if mirrored else (left, right)
        case Between(tested, low, high):
            operator, operands = "BETWEEN", (tested, low, high)
        case Call(_, arguments):
            operator, operands = "begins_with", arguments
        case _:
            assert_never(leaf)
    return _single_path(operator, operands, names)


def _single_path(operator: KeyOperator, operands: tuple[Operand, ...], names: Mapping[str, str]) -> tuple[str, _Slots]:
    """The attribute that is tested, and the values.

    Source of the order of faults: DynamoDB Local 3.3.1, asked 2026-11; where no operand is an attribute, dynalite 4.0.0 too.
    """
    if operator in ("BETWEEN", "begins_with") and isinstance(operands[0], Value):
        raise UnusableKeyCondition(
            _INVALID_CONDITION + f"{operator} operator must have the key attribute as its first operand"
        )
    found: Path | None = None
    for operand in operands:
        if isinstance(operand, Call):
            raise UnusableKeyCondition(_NESTED_OPERATIONS)
        if isinstance(operand, Path):
            if found is not None:
                raise UnusableKeyCondition(_INVALID_CONDITION + "Multiple attribute names used in one condition")
            found = operand
    if found is None:
        raise UnusableKeyCondition(_INVALID_CONDITION + "No key attribute specified")
    path = resolve(found, names)
    if len(path) > 1:
        raise UnusableKeyCondition(
            f"Invalid {_KIND}: KeyConditionExpressions cannot have conditions on nested attributes"
        )
    return str(path[0]), _Slots(operator, tuple(operand.slot for operand in operands if isinstance(operand, Value)))


def resolve_keys(
    condition: KeyCondition,
    *,
    hash_names: Sequence[str],
    range_names: Sequence[str],
    types: Mapping[str, str],
    index_name: str | None = None,
) -> KeyRange:
    """Match a key condition with the key of a table or index.

    *hash_names* and *range_names* are the key's attributes in order (several of either only in indexes with
    multi-attribute keys); *types* gives each attribute's ``S``, ``N`` or ``B``. *index_name* is ``None`` for a table's key.

    Raises:
        InvalidExpression: attribute missing, operator not supported, value of another type, empty value.

    Source: dynamodb-exact §9.4; the order, attribute by attribute, is that of dynalite, which was calibrated on AWS. What
    is said of multi-attribute keys, and that an empty value is told where its attribute's turn comes: DynamoDB Local 3.3.1,
    asked 2026-11; the sentence about gaps is also that of scylladb/scylladb pull request 31448 (2026-09, legacy conditions
    too). That an empty value is told with the index: praetorian-inc/chariot-ui issue 353 (2024-07, a Query of a global
    index).
    """
    tests = condition.tests
    has_several = len(hash_names) > 1 or len(range_names) > 1
    if len(tests) > 2 and not has_several:
        raise InvalidExpression("Conditions can be of length 1 or 2 only")
    if len(tests) > len(hash_names) + len(range_names):
        raise InvalidExpression(_UNSUPPORTED)
    if has_several:
        _refuse_hash_gaps(tests, hash_names)
    for name in hash_names:
        test = _expect_test(name, tests, types[name])
        if test.operator != "=":
            raise InvalidExpression(_UNSUPPORTED)
        _refuse_empty(name, test, types[name], index_name)
    if has_several:
        _refuse_range_gaps(tests, range_names)
    tested = range_names[: len(tests) - len(hash_names)]
    for name in tested:
        _refuse_empty(name, _expect_test(name, tests, types[name]), types[name], index_name)
    return KeyRange(
        hash=tuple([tests[name].operands[0] for name in hash_names]),
        range=tuple([(name, tests[name]) for name in tested]),
    )


def _refuse_hash_gaps(tests: Mapping[str, KeyTest], hash_names: Sequence[str]) -> None:
    """Refuse a partition key of several attributes that is not told whole: attributes without a test, then inequalities."""
    faulty = [name for name in hash_names if name not in tests]
    if not faulty:
        faulty = [name for name in hash_names if tests[name].operator != "="]
    if faulty:
        raise InvalidExpression(
            f"HASH key attributes {', '.join(faulty)} must have equality conditions specified in the query"
        )


def _refuse_range_gaps(tests: Mapping[str, KeyTest], range_names: Sequence[str]) -> None:
    """Refuse a condition behind a sort key attribute without one, then one behind an inequality."""
    places = [place for place, name in enumerate(range_names) if name in tests]
    if not places:
        return
    # The first attribute behind a gap tells of all that lack a condition before it; else the last one tells of all
    # inequalities before it.
    behind_gap = next((place for turn, place in enumerate(places) if place != turn), None)
    told = places[-1] if behind_gap is None else behind_gap
    before = range_names[:told]
    if behind_gap is None:
        faulty = [name for name in before if tests[name].operator != "="]
    else:
        faulty = [name for name in before if name not in tests]
    if faulty:
        raise InvalidExpression(
            f"RANGE key attributes {', '.join(faulty)} must have equality conditions specified in the query because a "
            f"condition is present on key attribute {range_names[told]}"
        )


def _expect_test(name: str, tests: Mapping[str, KeyTest], type_: str) -> KeyTest:
    """The test of a key attribute; a missing one, one that no key can answer, or a value of another type is refused."""
    test = tests.get(name)
    if test is None:
        raise InvalidExpression(f"Query condition missed key schema element: {name}")
    if test.operator == "not indexable":
        raise InvalidExpression("Attempted conditional constraint is not an indexable operation")
    if any(type_of(operand) != type_ for operand in test.operands):
        raise InvalidExpression(
            "One or more parameter values were invalid: Condition parameter type does not match schema type"
        )
    return test


def _refuse_empty(name: str, test: KeyTest, type_: str, index_name: str | None) -> None:
    if type_ == "N" or all(operand[type_] for operand in test.operands):
        return
    kind = "string" if type_ == "S" else "binary"
    refused = f"The AttributeValue for a key attribute cannot contain an empty {kind} value."
    if index_name is None:
        refused += f" Key: {name}"
    else:
        refused = (
            f"A value specified for a secondary index key is not supported. {refused} "
            f"IndexName: {index_name}, IndexKey: {name}"
        )
    raise InvalidExpression(f"One or more parameter values are not valid. {refused}")
