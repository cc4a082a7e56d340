"""Find the keys in a WHERE clause: what of it says where to read, and what is left to judge of each item.

What a condition says of keys depends on its shape alone, so it is found out once; the rows follow from the values.

Source: dynamodb-exact §17 (order, IN); the developer guide's page "PartiQL select statements for DynamoDB": equality, IN and
OR over the partition key do not scan.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import NamedTuple

from sandbox.dynamodb.expressions.syntax import And, Between, Call, Comparison, ConditionTree, In, Or, Path, Value
from sandbox.dynamodb.faults import ValidationException
from sandbox.dynamodb.storage.keys import IndexKeys, KeyPart, Range, TableKeys, after
from sandbox.values.attribute import AttributeValue, Item, type_of

__all__ = [
    "Access",
    "KeySlots",
    "KeyTests",
    "Keyed",
    "conjuncts",
    "find_access",
    "find_key",
    "find_key_tests",
    "refuse_key_types",
]

READS_MAX = 50
"""Values of the partition key, times those of a listed sort key. Source: floci-io/floci, its PartiQL, checked there on AWS."""
_MIRRORED = {"=": "=", "<": ">", "<=": ">=", ">": "<", ">=": "<="}

Values = Mapping[str, AttributeValue]


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


# -- one item --------------------------------------------------------------------------------------------------------


class KeySlots(NamedTuple):
    """Where the values of a whole key stand, by attribute, and the conditions besides.

    Attributes:
        repeated: attributes of the key that *rest* compares with another value, and where that stands.
    """

    slots: dict[str, str]
    rest: list[ConditionTree]
    repeated: list[tuple[str, str]]

    def key(self, values: Values) -> Item:
        """The key, as a Key argument has it."""
        return {name: values[slot] for name, slot in self.slots.items()}

    def second(self, values: Values) -> str | None:
        """An attribute that is given two values, ``None`` if there is none."""
        return next((name for name, slot in self.repeated if values[slot] != values[self.slots[name]]), None)

    @property
    def is_all(self) -> bool:
        """Whether nothing but the key is asked for."""
        return len(self.rest) == len(self.repeated)


def find_key(
    parts: Sequence[KeyPart], conditions: list[ConditionTree], *, takes_lists: bool = False
) -> KeySlots | None:
    """The one key that *conditions* name with an equality for each of *parts*; ``None`` if they don't.

    With *takes_lists* an IN of one value is an equality.
    """
    slots: dict[str, str] = {}
    rest = list(conditions)
    for part in parts:
        for number, condition in enumerate(rest):
            if (slot := _only_slot(condition, part.name, takes_lists=takes_lists)) is not None:
                slots[part.name] = slot
                del rest[number]
                break
        else:
            return None
    found = [
        (part.name, _only_slot(condition, part.name, takes_lists=takes_lists)) for condition in rest for part in parts
    ]
    return KeySlots(slots, rest, [(name, slot) for name, slot in found if slot is not None])


def _only_slot(condition: ConditionTree, name: str, *, takes_lists: bool) -> str | None:
    if isinstance(condition, In) and not takes_lists:
        return None
    slots = _slots(condition, name) if not isinstance(condition, Or) else None
    return slots[0] if slots is not None and len(slots) == 1 else None


# -- ranges of items -------------------------------------------------------------------------------------------------


class Keyed(NamedTuple):
    """Rows to read by key.

    Attributes:
        spans: the key prefix of a partition, and the rows wanted of it; in the order in which a scan would meet them.
        is_in: several partitions were listed with IN.
    """

    spans: list[tuple[bytes, Range]]
    is_in: bool


class _Test(NamedTuple):
    """What a condition asks of one attribute, as a key can answer it."""

    operator: str
    slots: list[str]


@dataclass(frozen=True, kw_only=True)
class Access:
    """How to read by the key of a table or index.

    Attributes:
        hash_slots: for each attribute of the partition key, where its values stand.
        equal_slots: where the values of the leading sort key attributes stand.
        tests: what is asked of the attribute behind those; all of it must hold, or any of it with *is_listed*.
        rest: the conditions that the key does not answer.
        has_in, has_or: how several partitions are joined.
    """

    keys: TableKeys | IndexKeys
    hash_slots: list[list[str]]
    equal_slots: list[str]
    tests: list[_Test]
    is_listed: bool
    rest: list[ConditionTree]
    has_in: bool
    has_or: bool

    def rows(self, values: Values) -> Keyed:
        """Work out the rows to read.

        Raises:
            ValidationException: a key's value is empty; rows are asked for twice, or with too many keys.
        """
        keys = self.keys
        candidates = [
            [_content(values[slot], part) for slot in slots]
            for part, slots in zip(keys.hash_parts, self.hash_slots, strict=True)
        ]
        _refuse_overlap(candidates)
        hashes = [list(contents) for contents in product(*candidates)]
        equal = [_content(values[slot], part) for part, slot in zip(keys.range_parts, self.equal_slots, strict=False)]
        tests: list[tuple[str, list[str]]] = []
        if self.tests:
            part = keys.range_parts[len(equal)]
            tests = [(test.operator, [_content(values[slot], part) for slot in test.slots]) for test in self.tests]
        elif equal and len(equal) == len(keys.range_parts):
            tests = [("=", [equal.pop()])]
        if self.is_listed:
            _refuse_overlap([[content for _, (content,) in tests]])
        if len(hashes) * (len(tests) if self.is_listed else 1) > READS_MAX:
            raise ValidationException("Too many decomposed read operations for a given query.")
        spans: list[tuple[bytes, Range]] = []
        for partition in sorted([keys.partition(contents) for contents in hashes]):
            ranges = [keys.range_for(partition, equal, operator, operands) for operator, operands in tests]
            if self.is_listed:
                spans += [(partition, span) for span in sorted(ranges)]
            elif len(ranges) == 1:
                spans.append((partition, ranges[0]))
            elif not ranges:
                spans.append((partition, keys.range_for(partition, equal, None, [])))
            else:
                spans.append((partition, _intersection(partition, ranges)))
        return Keyed(spans, self.has_in and len(hashes) > 1)


def find_access(keys: TableKeys | IndexKeys, conditions: list[ConditionTree]) -> Access | None:
    """The read by key that *conditions* allow, or ``None`` where only a scan can answer them."""
    rest = list(conditions)
    hash_slots: list[list[str]] = []
    has_in = has_or = False
    for part in keys.hash_parts:
        # An equality is better than a list.
        found = [(len(slots), number, slots) for number, one in enumerate(rest) if (slots := _slots(one, part.name))]
        if not found:
            return None
        _, number, slots = min(found)
        condition = rest.pop(number)
        has_in = has_in or isinstance(condition, In)
        has_or = has_or or isinstance(condition, Or)
        hash_slots.append(slots)
    equal_slots, tests, is_listed = _range_tests(keys, rest)
    return Access(
        keys=keys,
        hash_slots=hash_slots,
        equal_slots=equal_slots,
        tests=tests,
        is_listed=is_listed,
        rest=rest,
        has_in=has_in,
        has_or=has_or,
    )


def _range_tests(keys: TableKeys | IndexKeys, rest: list[ConditionTree]) -> tuple[list[str], list[_Test], bool]:
    """What is asked of the sort key: equalities from the left, then every test of the attribute behind them, or an IN.

    What the key answers is taken out of *rest*.
    """
    equal_slots: list[str] = []
    for part in keys.range_parts:
        tests = {number: test for number, one in enumerate(rest) if (test := _test(one, part.name)) is not None}
        equality = next((number for number, test in tests.items() if test.operator == "="), None)
        if equality is not None:
            equal_slots += tests[equality].slots
            del rest[equality]
            continue
        for number in reversed(tests):
            del rest[number]
        if not tests and part == keys.range_parts[-1]:
            for number, condition in enumerate(rest):
                if isinstance(condition, In) and (slots := _slots(condition, part.name)):
                    del rest[number]
                    return equal_slots, [_Test("=", [slot]) for slot in slots], True
        return equal_slots, list(tests.values()), False
    return equal_slots, [], False


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
            return test.slots if test is not None and test.operator == "=" else None


def _test(condition: ConditionTree, name: str) -> _Test | None:
    """What a condition asks of an attribute, if a key can answer it and nothing else is asked."""
    match condition:
        case Comparison(comparator, Path() as tested, Value(slot)) if comparator != "<>":
            test = _Test(comparator, [slot])
        case Comparison(comparator, Value(slot), Path() as tested) if comparator != "<>":
            test = _Test(_MIRRORED[comparator], [slot])
        case Between(Path() as tested, Value(low), Value(high)):
            test = _Test("BETWEEN", [low, high])
        case Call("begins_with", (Path() as tested, Value(slot))):
            test = _Test("begins_with", [slot])
        case _:
            return None
    return test if tested.elements == (name,) else None


def _intersection(partition: bytes, ranges: list[Range]) -> Range:
    """The rows in all of several ranges. Source: floci pull request 3798, checked there on AWS."""
    low: bytes = partition
    high: bytes | None = after(partition)
    for span in ranges:
        low = max(low, span.low)
        if span.high is not None:
            high = span.high if high is None else min(high, span.high)
    return Range(low, high)


def _refuse_overlap(lists: Sequence[Sequence[object]]) -> None:
    """Source: floci pull request 3798, checked there on AWS."""
    if any(len(set(some)) < len(some) for some in lists):
        raise ValidationException("Overlapping conditions with range keys are not supported in where clause")


def _content(value: AttributeValue, part: KeyPart) -> str:
    """The content of a key's value, whose type has been checked."""
    content = value[part.type]
    if content:
        return str(content)
    kind = "string" if part.type == "S" else "binary"
    raise ValidationException(
        "One or more parameter values are not valid. The AttributeValue for a key attribute "
        f"cannot contain an empty {kind} value. Key: {part.name}"
    )


# -- types of keys ---------------------------------------------------------------------------------------------------

KeyTests = Sequence[tuple[KeyPart, str]]
"""Attributes of a key, and the slots of the values that conditions compare them with as a key could."""


def find_key_tests(keys: TableKeys | IndexKeys, conditions: Sequence[ConditionTree]) -> KeyTests:
    """Whatever *conditions* ask of the attributes of a key, whether a read by key answers it or a scan."""
    found: list[tuple[KeyPart, str]] = []
    for condition in conditions:
        for part in (*keys.hash_parts, *keys.range_parts):
            slots = _slots(condition, part.name)
            if slots is None and part in keys.range_parts:
                test = _test(condition, part.name)
                slots = test.slots if test is not None else None
            found += [(part, slot) for slot in slots or ()]
    return found


def refuse_key_types(tests: KeyTests, values: Values) -> None:
    """Refuse values that a key cannot have.

    Raises:
        ValidationException: in the order of the conditions. Source: floci pull request 3798, checked there on AWS.
    """
    for part, slot in tests:
        value = values[slot]
        if part.type in value:
            continue
        type_ = type_of(value)
        if type_ in {"S", "N", "B"}:
            raise ValidationException(
                f"Key attribute's data type should match its data type in table's schema: Key {part.name}"
            )
        raise ValidationException(f"Key value must be of type S, N, or B. Key name: {part.name}, Key type: {type_}")
