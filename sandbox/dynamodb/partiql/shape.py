"""Find out what a WHERE clause says of a key, from its shape alone.

Every IN and OR that names a key is spread, so that each *branch* asks of the key what one read can answer; what else it
asks is a filter.

Source: floci pull request 3798 and floci-io/floci, its plan of PartiQL's keys, the rules of which were checked on AWS in
2026-09; the developer guide's page "PartiQL select statements for DynamoDB": equality, IN and OR over the partition key do
not scan.
"""

from collections.abc import Iterator, Mapping, Sequence
from math import prod
from typing import NamedTuple

from sandbox.dynamodb.expressions.syntax import And, ConditionTree, Or
from sandbox.dynamodb.faults import ValidationException
from sandbox.dynamodb.partiql.keys import KeyTest, conjuncts, key_test, listed_slots
from sandbox.dynamodb.storage.keys import IndexKeys, KeyPart, TableKeys
from sandbox.values.attribute import AttributeValue, type_of

__all__ = [
    "KeyTests",
    "Keys",
    "Shape",
    "Spread",
    "count_hash_conditions",
    "find_key_tests",
    "key_conditions",
    "key_shape",
    "refuse_key_type",
    "refuse_key_types",
    "spread",
    "unlike_schema",
]

Keys = TableKeys | IndexKeys
Values = Mapping[str, AttributeValue]


class Shape(NamedTuple):
    """What a clause, or a part of it, says of a key.

    Attributes:
        tests: what a condition on the key asks: one thing, or any of as many as an IN lists; none of other conditions.
        parts: what an AND or OR joins.
        names_key: there is a condition on the key in it.
        pinned: the attributes of the partition key that are given values in every branch.
        branch_count: how many branches it comes to.
    """

    condition: ConditionTree
    tests: list[KeyTest]
    parts: "list[Shape]"
    names_key: bool
    pinned: frozenset[str]
    branch_count: int


def key_shape(keys: Keys, tree: ConditionTree) -> Shape:
    """Find out what a clause says of a key."""
    if not isinstance(tree, And | Or):
        tests = _tests(keys, tree)
        pinned = frozenset([test.name for test in tests if any(test.name == part.name for part in keys.hash_parts)])
        return Shape(tree, tests, [], bool(tests), pinned, max(1, len(tests)))
    parts: list[Shape] = []
    for condition in tree.conditions:
        parts.append(key_shape(keys, condition))  # noqa: PERF401 - a comprehension would be one more frame for each level
    pins = [part.pinned for part in parts]
    names_key = any(part.names_key for part in parts)
    counts = [part.branch_count for part in parts]
    if isinstance(tree, And):
        return Shape(tree, [], parts, names_key, frozenset[str]().union(*pins), prod(counts))
    return Shape(tree, [], parts, names_key, pins[0].intersection(*pins), sum(counts) if names_key else 1)


def _tests(keys: Keys, condition: ConditionTree) -> list[KeyTest]:
    for part in (*keys.hash_parts, *keys.range_parts):
        slots = listed_slots(condition, part.name)
        if slots:
            return [KeyTest(part.name, "=", (slot,)) for slot in slots]
        test = key_test(condition, part.name)
        if test is not None and (test.operator == "=" or part in keys.range_parts):
            return [test]
    return []


def key_conditions(shape: Shape) -> Iterator[Shape]:
    """The conditions on the key, in the order of the text."""
    waiting = [shape]
    while waiting:
        one = waiting.pop()
        if one.tests:
            yield one
        elif one.names_key:
            waiting.extend(reversed(one.parts))


class Spread(NamedTuple):
    """What must hold in one branch, as the clause has it."""

    tests: tuple[KeyTest, ...]
    filters: tuple[ConditionTree, ...]


def spread(shape: Shape) -> list[Spread]:
    """The branches of a clause, each as the clause has it."""
    if shape.tests:
        return [Spread((test,), ()) for test in shape.tests]
    if isinstance(shape.condition, And):
        each = [spread(part) for part in shape.parts]
        # What is the same in all branches comes first: put together once.
        common = [one for branches in each if len(branches) == 1 for one in branches]
        found = [Spread(sum([one.tests for one in common], ()), sum([one.filters for one in common], ()))]
        for branches in each:
            if len(branches) > 1:
                found = [Spread(a.tests + b.tests, a.filters + b.filters) for a in found for b in branches]
        return found
    if not shape.names_key:
        return [Spread((), (shape.condition,))]
    found = []
    for part in shape.parts:
        found += spread(part)
    return found


def count_hash_conditions(part: KeyPart, tree: ConditionTree | None) -> int:
    """How many values for an attribute of the partition key every row has to meet one of: what ORDER BY goes by."""
    count = 0
    for condition in conjuncts(tree):
        alternatives = condition.conditions if isinstance(condition, Or) else (condition,)
        tests = [key_test(one, part.name) for one in alternatives]
        if all(test is not None and test.operator == "=" for test in tests):
            count += len(tests)
        else:
            count += len(listed_slots(condition, part.name))
    return count


# -- types of keys ---------------------------------------------------------------------------------------------------

KeyTests = Sequence[tuple[KeyPart, str]]
"""Attributes of a key, and the slots of the values that conditions compare them with as a key could."""


def find_key_tests(keys: Keys, shape: Shape) -> KeyTests:
    """Whatever a clause asks of the attributes of a key, whether a read by key answers it or a scan."""
    parts = {part.name: part for part in (*keys.range_parts, *keys.hash_parts)}
    return [(parts[test.name], slot) for one in key_conditions(shape) for test in one.tests for slot in test.slots]


def unlike_schema(part: KeyPart) -> ValidationException:
    """The refusal of a value of a type that the key has not."""
    return ValidationException(
        f"Key attribute's data type should match its data type in table's schema: Key {part.name}"
    )


def refuse_key_types(tests: KeyTests, values: Values) -> None:
    """Refuse values that a key cannot have.

    Raises:
        ValidationException: in the order of the conditions. Source: floci pull request 3798, checked there on AWS.
    """
    for part, slot in tests:
        refuse_key_type(part, values[slot])


def refuse_key_type(part: KeyPart, value: AttributeValue) -> None:
    """Refuse a value that a key cannot have; see ``refuse_key_types``."""
    if part.type in value:
        return
    type_ = type_of(value)
    if type_ in {"S", "N", "B"}:
        raise unlike_schema(part)
    raise ValidationException(f"Key value must be of type S, N, or B. Key name: {part.name}, Key type: {type_}")
