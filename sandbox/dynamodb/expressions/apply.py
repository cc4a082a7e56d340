"""Apply update actions to an item.

Every right-hand side reads the item as it was; the item itself is never changed. The new item shares all parts with
the old one but those on a written path.

Source: dynamodb-exact §10.
"""

from collections.abc import Callable
from itertools import pairwise
from typing import Any, NoReturn, TypeAlias

from sandbox.dynamodb.expressions.evaluate import Values
from sandbox.dynamodb.expressions.invalid import InvalidUpdate
from sandbox.dynamodb.expressions.paths import Getter, ResolvedPath
from sandbox.values import AttributeValue, InvalidValue, Item, add
from sandbox.values.attribute import refuse_depth

__all__ = [
    "TOO_DEEP",
    "WRONG_TYPE",
    "Draft",
    "Evaluate",
    "Step",
    "add_step",
    "assign_step",
    "delete_step",
    "remove_step",
]

WRONG_TYPE = "An operand in the update expression has an incorrect data type"
TOO_DEEP = "Nesting Levels have exceeded supported limits"
"""What is said of an item that would be written; of values in requests AWS says more.

Source: floci-io/floci pull request 3447 and what followed it, checked there on AWS.
"""
INVALID_PATH = "The document path provided in the update expression is invalid for update"

Evaluate: TypeAlias = Callable[[Item, Values], AttributeValue]
"""The value of a right-hand side, given the item as it was and the request's values."""


class _ListEdits:
    """Changes to the length of one list, held back until every path has been followed."""

    __slots__ = ("appended", "members", "removed")

    def __init__(self, members: list[AttributeValue]) -> None:
        self.members = members
        self.appended: list[tuple[int, AttributeValue]] = []
        self.removed: list[int] = []

    def apply(self) -> None:
        for index in sorted(self.removed, reverse=True):
            del self.members[index]
        # Indexes beyond the end say only in which order to append: gaps are squeezed.
        self.members.extend(value for _, value in sorted(self.appended, key=lambda entry: entry[0]))


class Draft:
    """An item being changed: containers are copied when a path first leads into them."""

    __slots__ = ("_edits", "_owned", "item")

    def __init__(self, item: Item) -> None:
        self.item: Item = dict(item)
        self._owned: set[int] = set()
        self._edits: dict[int, _ListEdits] = {}

    def put(self, path: ResolvedPath, value: AttributeValue) -> None:
        """Store a value at a path; a list index at or beyond the end appends."""
        place, last = self._reach(path)
        if len(path) > 1 and ("M" in value or "L" in value):
            # Its own depth was checked on its way in; what counts is where it ends up.
            try:
                refuse_depth(value, len(path))
            except InvalidValue:
                raise InvalidUpdate(TOO_DEEP) from None
        if isinstance(last, int) and last >= len(place):
            self._edits_of(place).appended.append((last, value))
        else:
            place[last] = value

    def remove(self, path: ResolvedPath) -> None:
        """Remove what is at a path, if anything."""
        place, last = self._reach(path)
        if not isinstance(last, int):
            place.pop(last, None)
        elif last < len(place):
            self._edits_of(place).removed.append(last)

    def refuse_path(self, path: ResolvedPath) -> None:
        """Refuse a path to which nothing can be written, because what it leads through is missing or of another type."""
        self._reach(path)

    def finish(self) -> Item:
        """Change the lengths of lists and give the new item."""
        for edits in self._edits.values():
            edits.apply()
        return self.item

    def _edits_of(self, members: list[AttributeValue]) -> _ListEdits:
        return self._edits.setdefault(id(members), _ListEdits(members))

    def _reach(self, path: ResolvedPath) -> tuple[Any, str | int]:
        """Find the map or list that holds the last element of a path, copying what is on the way."""
        place: Any = self.item
        for element, following in pairwise(path):
            try:
                value = place[element]
            except (KeyError, IndexError):
                _refuse_path()
            type_ = "L" if isinstance(following, int) else "M"
            members = value.get(type_)
            if members is None:
                _refuse_path()
            if id(members) not in self._owned:
                members = members.copy()
                self._owned.add(id(members))
                place[element] = {type_: members}
            place = members
        return place, path[-1]


def _refuse_path() -> NoReturn:
    raise InvalidUpdate(INVALID_PATH)


Step: TypeAlias = Callable[[Item, Draft, Values], None]
"""One action: reads the item as it was, writes the draft."""


def assign_step(path: ResolvedPath, evaluate: Evaluate) -> Step:
    """``SET path = value``."""
    if len(path) == 1:
        name = str(path[0])

        def assign_attribute(item: Item, draft: Draft, values: Values) -> None:
            draft.item[name] = evaluate(item, values)

        return assign_attribute

    def assign(item: Item, draft: Draft, values: Values) -> None:
        draft.put(path, evaluate(item, values))

    return assign


def remove_step(path: ResolvedPath) -> Step:
    """``REMOVE path``."""
    return lambda _, draft, __: draft.remove(path)


def add_step(path: ResolvedPath, find: Getter, slot: str, wrong_type: str = WRONG_TYPE) -> Step:
    """``ADD path :value``: sum of numbers, union of sets; a legacy list is appended.

    *wrong_type* is the sentence that refuses a stored value of another type.
    """

    def add_to(item: Item, draft: Draft, values: Values) -> None:
        stored, given = find(item), values[slot]
        draft.put(path, given if stored is None else _added(stored, given, wrong_type))

    return add_to


def _added(stored: AttributeValue, given: AttributeValue, wrong_type: str) -> AttributeValue:
    [(type_, content)] = given.items()
    known = stored.get(type_)
    if known is None:
        raise InvalidUpdate(wrong_type)
    match type_:
        case "N":
            try:
                return {"N": add(known, content)}
            except InvalidValue as fault:
                raise InvalidUpdate(fault.message) from None
        case "L":
            return {"L": [*known, *content]}
        case _:
            present = set(known)
            return {type_: [*known, *(member for member in content if member not in present)]}


def delete_step(path: ResolvedPath, find: Getter, slot: str, wrong_type: str = WRONG_TYPE) -> Step:
    """``DELETE path :value``: difference of sets; an emptied set is removed."""

    def delete_from(item: Item, draft: Draft, values: Values) -> None:
        [(type_, content)] = values[slot].items()
        stored = find(item)
        if stored is None:
            draft.remove(path)  # nothing is there, but a path through a missing parent is still refused
            return
        known = stored.get(type_)
        if known is None:
            raise InvalidUpdate(wrong_type)
        gone = set(content)
        left = [member for member in known if member not in gone]
        if left:
            draft.put(path, {type_: left})
        else:
            draft.remove(path)

    return delete_from
