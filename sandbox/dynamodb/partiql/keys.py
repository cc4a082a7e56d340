"""Find the keys in a WHERE clause: which conditions a key can answer, and the one key that they name.

Source: dynamodb-exact §17 (order, IN).
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from sandbox.dynamodb.expressions.syntax import And, Between, Call, Comparison, ConditionTree, In, Path, Value
from sandbox.dynamodb.storage.keys import KeyPart
from sandbox.values.attribute import AttributeValue, Item

__all__ = ["KeySlots", "KeyTest", "conjuncts", "find_key", "joined", "key_test", "listed_slots"]

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


def joined(conditions: Sequence[ConditionTree]) -> ConditionTree | None:
    """All of the conditions as one; ``None`` for none."""
    if len(conditions) < 2:
        return conditions[0] if conditions else None
    return And(tuple(conditions))


# -- what a key can answer -------------------------------------------------------------------------------------------


class KeyTest(NamedTuple):
    """What a condition asks of one attribute, as a key can answer it."""

    name: str
    operator: str
    slots: tuple[str, ...]


def key_test(condition: ConditionTree, name: str) -> KeyTest | None:
    """What a condition asks of an attribute, if a key can answer it and nothing else is asked."""
    match condition:
        case Comparison(comparator, Path() as tested, Value(slot)) if comparator != "<>":
            test = KeyTest(name, comparator, (slot,))
        case Comparison(comparator, Value(slot), Path() as tested) if comparator != "<>":
            test = KeyTest(name, _MIRRORED[comparator], (slot,))
        case Between(Path() as tested, Value(low), Value(high)):
            test = KeyTest(name, "BETWEEN", (low, high))
        case Call("begins_with", (Path() as tested, Value(slot))):
            test = KeyTest(name, "begins_with", (slot,))
        case _:
            return None
    return test if tested.elements == (name,) else None


def listed_slots(condition: ConditionTree, name: str) -> list[str]:
    """Where the values stand that an IN allows for an attribute; none if it is no IN, or one with other operands."""
    match condition:
        case In(Path((attribute,)), candidates) if attribute == name:
            slots = [candidate.slot for candidate in candidates if isinstance(candidate, Value)]
            return slots if len(slots) == len(candidates) else []
        case _:
            return []


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
    test = key_test(condition, name)
    if test is not None:
        return test.slots[0] if test.operator == "=" else None
    slots = listed_slots(condition, name) if takes_lists else []
    return slots[0] if len(slots) == 1 else None
