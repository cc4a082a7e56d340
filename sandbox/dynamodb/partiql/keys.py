"""Find the keys in a WHERE clause: what of it says where to read, and what is left to judge of each item.

Source: dynamodb-exact §17 (order, IN); the developer guide's page "PartiQL select statements for DynamoDB": equality, IN and
OR over the partition key do not scan.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import NamedTuple

from sandbox.dynamodb.expressions.syntax import (
    And,
    Between,
    Call,
    Comparison,
    ConditionTree,
    In,
    Or,
    Path,
    Value,
)
from sandbox.dynamodb.faults import ValidationException
from sandbox.dynamodb.storage.keys import IndexKeys, KeyPart, Range, TableKeys, after
from sandbox.values.attribute import AttributeValue, Item

__all__ = ["Access", "conjuncts", "find_access", "find_key"]

HASH_VALUES_MAX = 50
_MIRRORED = {"=": "=", "<": ">", "<=": ">=", ">": "<", ">=": "<="}

Values = Mapping[str, AttributeValue]


@dataclass(frozen=True, kw_only=True)
class Access:
    """A read by key.

    Attributes:
        spans: the key prefix of a partition to read, and the rows wanted of it; in the order in which a scan would meet
            them.
        rest: the conditions that the keys do not answer.
        is_in: the partitions were listed with IN.
        has_or: they were joined with OR.
    """

    spans: list[tuple[bytes, Range]]
    rest: list[ConditionTree]
    is_in: bool
    has_or: bool


def conjuncts(tree: ConditionTree | None) -> list[ConditionTree]:
    """The conditions that must all hold, with every AND taken apart."""
    found: list[ConditionTree] = []
    waiting = [tree] if tree is not None else []
    while waiting:
        node = waiting.pop()
        if isinstance(node, And):
            waiting.extend(reversed(node.conditions))
        else:
            found.append(node)
    return found


def find_key(
    parts: Sequence[KeyPart], conditions: list[ConditionTree], values: Values
) -> tuple[Item, list[int]] | None:
    """The one key that *conditions* name with an equality for each of *parts*, and which of them do; ``None`` if they don't."""
    key: Item = {}
    used: list[int] = []
    for part in parts:
        for number, condition in enumerate(conditions):
            if (test := _test(condition, part.name)) is not None and test[0] == "=" and number not in used:
                key[part.name] = values[test[1][0]]
                used.append(number)
                break
        else:
            return None
    return key, used


def find_access(keys: TableKeys | IndexKeys, conditions: list[ConditionTree], values: Values) -> Access | None:
    """The read by key that *conditions* allow, or ``None`` where only a scan can answer them.

    Raises:
        ValidationException: a key's value is empty or of another type than the key; too many partitions.
    """
    used: set[int] = set()
    candidates: list[list[str]] = []
    is_in = has_or = False
    for part in keys.hash_parts:
        found = _hash_candidates(conditions, part)
        if found is None:
            return None
        number, slots = found
        used.add(number)
        is_in = is_in or isinstance(conditions[number], In)
        has_or = has_or or isinstance(conditions[number], Or)
        candidates.append(list(dict.fromkeys(_contents(slots, part, values))))
    hashes = list(product(*candidates))
    if len(hashes) > HASH_VALUES_MAX:
        # The limit is documented, its words are not known: those of expressions.
        raise ValidationException(
            f"The IN operator is provided with too many operands; number of operands: {len(hashes)}"
        )
    partitions = sorted(keys.partition(list(contents)) for contents in hashes)
    alternatives = _ranges(keys, conditions, used, values)
    return Access(
        spans=[
            (partition, span)
            for partition in partitions
            for span in sorted([_narrowed(keys, partition, tests) for tests in alternatives])
        ],
        rest=[condition for number, condition in enumerate(conditions) if number not in used],
        is_in=is_in and len(hashes) > 1,
        has_or=has_or,
    )


def _hash_candidates(conditions: list[ConditionTree], part: KeyPart) -> tuple[int, list[str]] | None:
    """The condition that names the partitions, and the slots of their keys; an equality is better than a list."""
    best: tuple[int, list[str]] | None = None
    for number, condition in enumerate(conditions):
        slots = _slots(condition, part.name)
        if slots is not None and (best is None or len(slots) < len(best[1])):
            best = number, slots
    return best


def _slots(condition: ConditionTree, name: str) -> list[str] | None:
    """The values that a condition allows for an attribute, if it says nothing else."""
    match condition:
        case In(Path((attribute,)), candidates) if attribute == name:
            slots = [candidate.slot for candidate in candidates if isinstance(candidate, Value)]
            return slots if len(slots) == len(candidates) else None
        case Or(alternatives):
            found: list[str] = []
            for alternative in alternatives:
                slots_of = None if isinstance(alternative, Or) else _slots(alternative, name)
                if slots_of is None:
                    return None
                found += slots_of
            return found
        case _:
            test = _test(condition, name)
            return [test[1][0]] if test is not None and test[0] == "=" else None


def _test(condition: ConditionTree, name: str) -> tuple[str, list[str]] | None:
    """What a condition asks of an attribute by itself, as a key can answer it: the operator and the slots of its operands."""
    operator: str
    match condition:
        case Comparison(comparator, Path() as tested, Value(slot)) if comparator != "<>":
            operator, slots = comparator, [slot]
        case Comparison(comparator, Value(slot), Path() as tested) if comparator != "<>":
            operator, slots = _MIRRORED[comparator], [slot]
        case Between(Path() as tested, Value(low), Value(high)):
            operator, slots = "BETWEEN", [low, high]
        case Call("begins_with", (Path() as tested, Value(slot))):
            operator, slots = "begins_with", [slot]
        case _:
            return None
    return (operator, slots) if tested.elements == (name,) else None


class _RangeTest(NamedTuple):
    """A test as the store's keys take it: the attributes before, then an operator and its operands."""

    equal: list[str]
    operator: str | None
    operands: list[str]


def _ranges(
    keys: TableKeys | IndexKeys, conditions: list[ConditionTree], used: set[int], values: Values
) -> list[list[_RangeTest]]:
    """What is asked of the sort key: equalities from the left, then every test of the attribute behind them.

    The answer is a list of alternatives (several only for an IN over the last attribute), each of tests that must all
    hold. What it takes care of is added to *used*.
    """
    equal: list[str] = []
    for part in keys.range_parts:
        open_ = {number: condition for number, condition in enumerate(conditions) if number not in used}
        tests = {
            number: test for number, condition in open_.items() if (test := _test(condition, part.name)) is not None
        }
        equality = next((number for number, (operator, _) in tests.items() if operator == "="), None)
        if equality is not None:
            used.add(equality)
            equal = [*equal, *_contents(tests[equality][1], part, values)]
            continue
        if tests:
            used.update(tests)
            return [[_RangeTest(equal, operator, _contents(slots, part, values)) for operator, slots in tests.values()]]
        for number, condition in open_.items():
            slots_in = _slots(condition, part.name) if isinstance(condition, In) else None
            if slots_in is not None and part == keys.range_parts[-1]:
                used.add(number)
                return [[_RangeTest(equal, "=", [text])] for text in dict.fromkeys(_contents(slots_in, part, values))]
        break
    if equal and len(equal) == len(keys.range_parts):
        return [[_RangeTest(equal[:-1], "=", equal[-1:])]]
    return [[_RangeTest(equal, None, [])]]


def _narrowed(keys: TableKeys | IndexKeys, partition: bytes, tests: list[_RangeTest]) -> Range:
    """The rows of a partition that meet all tests. That AWS joins several tests of one key is an assumption."""
    low: bytes = partition
    high: bytes | None = after(partition)
    for test in tests:
        span = keys.range_for(partition, test.equal, test.operator, test.operands)
        low = max(low, span.low)
        if span.high is not None:
            high = span.high if high is None else min(high, span.high)
    return Range(low, high)


def _contents(slots: list[str], part: KeyPart, values: Values) -> list[str]:
    return [_content(values[slot], part) for slot in slots]


def _content(value: AttributeValue, part: KeyPart) -> str:
    """The content of a key's value. Source of the refusals: dynamodb-exact §9.4."""
    content = value.get(part.type)
    if content is None:
        raise ValidationException(
            "One or more parameter values were invalid: Condition parameter type does not match schema type"
        )
    if not content:
        kind = "string" if part.type == "S" else "binary"
        raise ValidationException(
            "One or more parameter values are not valid. The AttributeValue for a key attribute "
            f"cannot contain an empty {kind} value. Key: {part.name}"
        )
    return str(content)
