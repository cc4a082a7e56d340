"""Find the keys in a WHERE clause: which conditions a key can answer, and the one key that they name.

Source: dynamodb-exact §17 (order, IN).
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from sandbox.dynamodb.expressions.paths import ResolvedPath, resolve
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
    """Where the values of a key stand, by attribute in the order of the text, and the conditions besides.

    Attributes:
        is_whole: every attribute of the key has a value.
        repeated: attributes of the key that *rest* compares with another value, and where that stands; ``None`` where it is
            a value within the attribute that is compared.
    """

    slots: dict[str, str]
    is_whole: bool
    rest: list[ConditionTree]
    repeated: list[tuple[str, str | None]]

    def key(self, values: Values) -> Item:
        """The key, as a Key argument has it."""
        return {name: values[slot] for name, slot in self.slots.items()}

    def misnamed(self, values: Values) -> tuple[str, bool] | None:
        """The first attribute that is not simply given one value, and whether it is given two; ``None`` if there is none."""
        for name, slot in self.repeated:
            if slot is None or values[slot] != values[self.slots[name]]:
                return name, slot is not None
        return None

    @property
    def is_all(self) -> bool:
        """Whether nothing but the key is asked for."""
        return len(self.rest) == len(self.repeated)


def find_key(parts: Sequence[KeyPart], conditions: list[ConditionTree], *, takes_lists: bool = False) -> KeySlots:
    """The one key that *conditions* name with an equality for each of *parts*.

    With *takes_lists* an IN of one value is an equality.
    """
    names = [part.name for part in parts]
    slots: dict[str, str] = {}
    rest: list[ConditionTree] = []
    repeated: list[tuple[str, str | None]] = []
    for condition in conditions:
        path, slot = _equality(condition, takes_lists=takes_lists)
        name = str(path[0]) if path else ""
        if name in names and len(path) == 1 and name not in slots:
            slots[name] = slot
            continue
        rest.append(condition)
        if name in names:
            repeated.append((name, slot if len(path) == 1 else None))
    return KeySlots(slots, len(slots) == len(names), rest, repeated)


def _equality(condition: ConditionTree, *, takes_lists: bool) -> tuple[ResolvedPath, str]:
    """The path that must equal a value, and where that stands; no path if nothing of the kind is asked."""
    match condition:
        case Comparison("=", Path() as path, Value(slot)) | Comparison("=", Value(slot), Path() as path):
            return resolve(path, {}), slot
        case In(Path() as path, (Value(slot),)) if takes_lists:
            return resolve(path, {}), slot
        case _:
            return (), ""
