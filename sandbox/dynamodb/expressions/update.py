"""Updates: from text to a function from item to item.

Source: dynamodb-exact §9.3, §10, §7.2.
"""

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Final, assert_never

from msgspec import Struct

from sandbox.dynamodb.expressions.apply import WRONG_TYPE, Draft, Step, add_step, assign_step, delete_step, remove_step
from sandbox.dynamodb.expressions.assigned import compile_operand
from sandbox.dynamodb.expressions.checks import Scope, refuse_many_operators, refuse_node, resolve_apart
from sandbox.dynamodb.expressions.compiled import Compiled, meaning
from sandbox.dynamodb.expressions.evaluate import Values
from sandbox.dynamodb.expressions.grammar import Reader
from sandbox.dynamodb.expressions.invalid import InvalidExpression, InvalidUpdate, invalid
from sandbox.dynamodb.expressions.paths import PathTree, ResolvedPath, getter, resolve
from sandbox.dynamodb.expressions.placeholders import Placeholders
from sandbox.dynamodb.expressions.projection import Projection
from sandbox.dynamodb.expressions.syntax import (
    Action,
    AddTo,
    Arithmetic,
    Assign,
    Call,
    DeleteFrom,
    Operand,
    Path,
    Remove,
    Value,
)
from sandbox.dynamodb.expressions.text_checks import refuse_action_texts
from sandbox.dynamodb.expressions.tokens import refuse_size
from sandbox.values import Item, type_of

__all__ = ["Update", "UpdatePlan", "build_update", "parse_update", "size_cost"]

TEXTS_MAX = 1024

_KIND: Final = "UpdateExpression"
_LONG_NAMES = {
    "S": "STRING",
    "N": "NUMBER",
    "B": "BINARY",
    "BOOL": "BOOLEAN",
    "NULL": "NULL",
    "L": "LIST",
    "M": "MAP",
    "SS": "STRING SET",
    "NS": "NUMBER SET",
    "BS": "BINARY SET",
}
_SETS = frozenset({"SS", "NS", "BS"})


class UpdatePlan(Struct, frozen=True):
    """An update compiled for one meaning of its placeholders."""

    steps: tuple[Step, ...]
    written: Projection
    only_removes: bool
    nested_names: frozenset[str]
    size_cost: int
    given: tuple[tuple[str, str], ...]
    """Whole attributes that get a value of the request, with its slot."""
    typed_names: frozenset[str]
    """Whole attributes of whose new values the text tells the types, all the same what the item holds."""
    is_backwards: bool
    """The last action is the first that is put into a ``PathTree``."""


class Update:
    """An update with its values.

    Attributes:
        paths: the written paths, in the order of the text.
        attribute_names: the top-level attributes they begin with.
        nested_names: the attributes that any path of the update, read or written, looks into.
        only_removes: no action puts anything into the item: of an item that does not exist it makes none.
        size_cost: bytes that the actions add to the measure of the new item.
        typed_names: the attributes that are written whole, with what can only be of one type: a sum, a list, or a value of
            the request where there is none.
    """

    __slots__ = (
        "_plan",
        "_steps",
        "_values",
        "_written",
        "attribute_names",
        "nested_names",
        "only_removes",
        "paths",
        "size_cost",
        "typed_names",
    )

    def __init__(self, plan: UpdatePlan, values: Values) -> None:
        self._plan = plan
        self._steps = plan.steps
        self._values = values
        self._written = plan.written
        self.paths = plan.written.paths
        self.attribute_names = plan.written.attribute_names
        self.nested_names = plan.nested_names
        self.only_removes = plan.only_removes
        self.size_cost = plan.size_cost
        self.typed_names = plan.typed_names

    def bound_to(self, values: Values) -> "Update":
        """The same update with other values in its slots, of the same types."""
        return Update(self._plan, values)

    def apply(self, item: Item) -> Item:
        """Give the new item; *item* is left as it is, and shares with the new one what was not written.

        Raises:
            InvalidUpdate: at the first action, in the order of ``PathTree``, that cannot be applied.
        """
        draft = Draft(item)
        values = self._values
        try:
            for step in self._steps:
                step(item, draft, values)
        except InvalidUpdate:
            self._refuse_in_order(item)
            raise
        return draft.finish()

    def _refuse_in_order(self, item: Item) -> None:
        """Find the fault that AWS tells: of each action the path it writes comes first.

        Source: DynamoDB Local 3.3.1, asked 2026-11.
        """
        tree = PathTree(_KIND)
        for path in reversed(self.paths) if self._plan.is_backwards else self.paths:
            tree.add(path)
        steps = dict(zip(self.paths, self._steps, strict=True))
        draft = Draft(item)
        for path in tree.walk():
            draft.refuse_path(path)
            steps[path](item, draft, self._values)

    def select(self, item: Item) -> Item:
        """Give the parts of an item that the update names: of the old one UPDATED_OLD answers them, of the new UPDATED_NEW.

        Of lists it is the elements, without gaps; an element that was appended is not at the index that was named, and at
        that of an element that was removed there may be the next one.

        Source: dynamodb-exact §11; ExtendDB/extenddb issue 98 and pull request 105 (compared with AWS); dynalite 4.0.0 and
        DynamoDB Local 3.3.1, asked 2026-11 (removed elements).
        """
        return self._written.apply(item)

    def given_types(self) -> dict[str, str]:
        """Tell the types of the values that whole attributes are given outright, by attribute."""
        return {name: type_of(self._values[slot]) for name, slot in self._plan.given}

    def refuse_keys(self, key_names: Iterable[str]) -> None:
        """Refuse to write key attributes.

        Raises:
            InvalidExpression: for the first of *key_names* that the update writes; every operation answers it bare.

        Source: dynamodb-exact §8.
        """
        for name in key_names:
            if name in self.attribute_names:
                raise InvalidExpression(
                    "One or more parameter values were invalid: "
                    f"Cannot update attribute {name}. This attribute is part of the key"
                )


class _UpdateText(Struct, frozen=True):
    actions: tuple[Action, ...]
    paths: tuple[Path, ...]
    aliases: tuple[str, ...]
    slots: tuple[str, ...]
    operators: int


@lru_cache(maxsize=TEXTS_MAX)
def _read(text: str) -> _UpdateText:
    refuse_size(_KIND, text)
    reader = Reader(_KIND, text)
    actions: list[Action] = []
    sections: list[str] = []
    while True:
        section = reader.tokens[reader.at].upper()
        if section not in {"SET", "REMOVE", "ADD", "DELETE"}:
            if not sections:
                reader.fail()
            break
        reader.at += 1
        sections.append(section)
        actions.append(_action(reader, section))
        while reader.tokens[reader.at] == ",":
            reader.at += 1
            actions.append(_action(reader, section))
    reader.finish()
    refuse_action_texts(actions)
    for number, section in enumerate(sections):
        if section in sections[:number]:
            raise invalid(_KIND, f'The "{section}" section can only be used once in an update expression;')
    return _UpdateText(
        tuple(actions), tuple(reader.paths), tuple(reader.aliases), tuple(reader.slots), reader.operators
    )


def _action(reader: Reader, section: str) -> Action:
    path = reader.path()
    match section:
        case "SET":
            reader.expect("=")
            return Assign(path, reader.operand())
        case "REMOVE":
            return Remove(path)
        case "ADD":
            return AddTo(path, reader.value())
        case _:
            return DeleteFrom(path, reader.value())


_plans: Compiled[UpdatePlan] = Compiled()


def parse_update(text: str, placeholders: Placeholders) -> Update:
    """Read an update expression.

    Raises:
        InvalidExpression: in AWS's order of faults.
    """
    read = _read(text)
    placeholders.use(read.aliases, read.slots)
    names, values = placeholders.names, placeholders.values
    key = (_KIND, text, meaning(read.aliases, read.slots, names, values))
    plan = _plans.find(key)
    if plan is None:
        written = _refuse_meaning(read, Scope(_KIND, names, values))
        plan = _compile(read.actions, written, [resolve(path, names) for path in read.paths], names)
        _plans.keep(key, plan)
    return Update(plan, values)


def build_update(
    actions: Iterable[Action], values: Values, *, read: Iterable[ResolvedPath] = (), wrong_type: str = WRONG_TYPE
) -> Update:
    """Make an update of actions that came from no text: legacy parameters, PartiQL.

    They hold no aliases and are taken as checked; *read* are the paths that they look at. *wrong_type* is the sentence for
    ADD and DELETE on a stored value of another type. Where AWS reads a text it looks at the last action first, and here at
    the first (DynamoDB Local 3.3.1, asked 2026-11).
    """
    actions = tuple(actions)
    paths = [resolve(action.path, {}) for action in actions]
    return Update(_compile(actions, paths, [*paths, *read], {}, wrong_type, is_backwards=False), values)


def _refuse_meaning(read: _UpdateText, scope: Scope) -> list[ResolvedPath]:
    """Refuse what names and values tell, and give the written paths: these first, each time from the last to the first."""
    written = resolve_apart([action.path for action in read.actions], scope)
    for action in reversed(read.actions):
        if not isinstance(action, Remove):
            refuse_node(action.value, scope)
        _refuse_operand_type(action, scope)
    refuse_many_operators(_KIND, read.operators)
    return written


def _refuse_operand_type(action: Action, scope: Scope) -> None:
    """Refuse a value that its action cannot take; the sentence ends with AWS's name for those that ADD can.

    Source: dynamodb-exact §9.3; ministackorg/ministack pull request 1067 (2026-07, eu-central-1) for the name, which is ADD's
    for DELETE too. Until 2022 it was each action's own (typedorm/typedorm issue 264), and up to 2020 there was none.
    """
    match action:
        case AddTo(_, Value(slot)):
            operator, allowed = "ADD", _SETS | {"N"}
        case DeleteFrom(_, Value(slot)):
            operator, allowed = "DELETE", _SETS
        case _:
            return
    type_ = type_of(scope.values[slot])
    if type_ not in allowed:
        raise invalid(
            _KIND,
            "Incorrect operand type for operator or function; "
            f"operator: {operator}, operand type: {_LONG_NAMES[type_]}, typeSet: ALLOWED_FOR_ADD_OPERAND",
        )


def _compile(
    actions: tuple[Action, ...],
    written: list[ResolvedPath],
    paths: list[ResolvedPath],
    names: Mapping[str, str],
    wrong_type: str = WRONG_TYPE,
    *,
    is_backwards: bool = True,
) -> UpdatePlan:
    return UpdatePlan(
        is_backwards=is_backwards,
        steps=tuple(_step(action, path, names, wrong_type) for action, path in zip(actions, written, strict=True)),
        written=Projection(tuple(written)),
        only_removes=bool(actions) and all(isinstance(action, Remove | DeleteFrom) for action in actions),
        nested_names=frozenset(str(path[0]) for path in paths if len(path) > 1),
        size_cost=size_cost(actions),
        given=tuple(
            (str(path[0]), action.value.slot)
            for action, path in zip(actions, written, strict=True)
            if len(path) == 1 and not isinstance(action, Remove) and isinstance(action.value, Value)
        ),
        typed_names=frozenset(
            str(path[0])
            for action, path in zip(actions, written, strict=True)
            if len(path) == 1 and isinstance(action, Assign) and _tells_type(action.value, path, names)
        ),
    )


def _tells_type(operand: Operand, target: ResolvedPath, names: Mapping[str, str]) -> bool:
    match operand:
        case Arithmetic() | Call(function="list_append"):
            return True
        case Call(function="if_not_exists", arguments=(Path() as path, Value())):
            return resolve(path, names) == target
        case _:
            return False


def _step(action: Action, path: ResolvedPath, names: Mapping[str, str], wrong_type: str) -> Step:
    match action:
        case Assign(_, value):
            return assign_step(path, compile_operand(value, names))
        case Remove():
            return remove_step(path)
        case AddTo(_, Value(slot)):
            return add_step(path, getter(path), slot, wrong_type)
        case DeleteFrom(_, Value(slot)):
            return delete_step(path, getter(path), slot, wrong_type)
        case _:
            assert_never(action)


def size_cost(actions: Iterable[Action]) -> int:
    """Measure what an update's actions add to the size that the 400 KB gate sees, in bytes.

    Source: dynamodb-exact §7.2.
    """
    cost = 3
    for action in actions:
        match action:
            case Assign(path, value):
                cost += 19
                cost += 1 if any(isinstance(element, int) for element in path.elements) else 0
                cost += 50 if isinstance(value, Arithmetic) else 0
            case AddTo():
                cost += 19
            case Remove() | DeleteFrom():
                cost += 2
            case _:
                assert_never(action)
    return cost
