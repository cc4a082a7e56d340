"""Conditions and updates of the reference model: trees that are written as expressions and evaluated directly.

A program draws a tree; the product gets its text, the model the tree, so neither sees the other's reading of it.
Source: dynamodb-exact §10.
"""

import copy
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Context, Decimal
from typing import Any

from tests.model.values import Item, Value, comparable, freeze, plain_number

__all__ = ["Action", "Path", "Test", "Texts", "Unappliable", "apply_actions", "holds", "look_up", "project", "written"]

Path = tuple[str | int, ...]
Test = tuple[Any, ...]
"""``("exists", path)``, ``("compare", path, "<", value)``, ``("and", test, test)`` and so on; see ``holds``."""
Action = tuple[Any, ...]
"""``("SET", path, operand)``, ``("REMOVE", path)``, ``("ADD", path, value)`` or ``("DELETE", path, value)``."""

_EXACT = Context(prec=400)
_ORDER: dict[str, Callable[[Any, Any], bool]] = {
    "<": lambda left, right: left < right,
    "<=": lambda left, right: left <= right,
    ">": lambda left, right: left > right,
    ">=": lambda left, right: left >= right,
}


class Unappliable(Exception):  # noqa: N818 - an outcome of the model, no error of the test
    """An update does not fit the item."""


@dataclass
class Texts:
    """The placeholders of one request."""

    names: dict[str, str] = field(default_factory=dict)
    values: dict[str, Value] = field(default_factory=dict)

    def path(self, path: Path) -> str:
        """A path, its names as placeholders."""
        text = ""
        for step in path:
            if isinstance(step, int):
                text += f"[{step}]"
                continue
            slot = next((slot for slot, name in self.names.items() if name == step), f"#n{len(self.names)}")
            self.names[slot] = step
            text += f".{slot}" if text else slot
        return text

    def value(self, value: Value) -> str:
        """A new placeholder for a value."""
        slot = f":v{len(self.values)}"
        self.values[slot] = value
        return slot

    def test(self, test: Test) -> str:
        """A condition."""
        match test:
            case ("and" | "or" as word, left, right):
                return f"({self.test(left)}) {word.upper()} ({self.test(right)})"
            case ("not", inner):
                return f"NOT ({self.test(inner)})"
            case ("compare", path, operator, value):
                return f"{self.path(path)} {operator} {self.value(value)}"
            case ("size", path, operator, value):
                return f"size({self.path(path)}) {operator} {self.value(value)}"
            case ("between", path, low, high):
                return f"{self.path(path)} BETWEEN {self.value(low)} AND {self.value(high)}"
            case ("in", path, values):
                return f"{self.path(path)} IN ({', '.join(map(self.value, values))})"
            case (function, path):
                return f"{function}({self.path(path)})"
            case (function, path, value):
                return f"{function}({self.path(path)}, {self.value(value)})"
        raise AssertionError(test)

    def update(self, actions: list[Action]) -> str:
        """An update."""
        clauses: dict[str, list[str]] = {}
        for clause, path, *rest in actions:
            text = self.path(path)
            if clause == "SET":
                text += f" = {self._operand(rest[0])}"
            elif rest:
                text += f" {self.value(rest[0])}"
            clauses.setdefault(clause, []).append(text)
        return " ".join(f"{clause} {', '.join(texts)}" for clause, texts in clauses.items())

    def _operand(self, operand: Any) -> str:
        match operand:
            case ("value", value):
                return self.value(value)
            case ("path", path):
                return self.path(path)
            case ("+" | "-" as sign, left, right):
                return f"{self._operand(left)} {sign} {self._operand(right)}"
            case ("if_not_exists", path, otherwise):
                return f"if_not_exists({self.path(path)}, {self._operand(otherwise)})"
            case ("list_append", left, right):
                return f"list_append({self._operand(left)}, {self._operand(right)})"
        raise AssertionError(operand)


def look_up(item: Item, path: Path) -> Value | None:
    """The value at *path*, ``None`` where there is none."""
    value: Value | None = item.get(str(path[0]))
    for step in path[1:]:
        if value is None:
            return None
        if isinstance(step, int):
            members = value.get("L", [])
            value = members[step] if step < len(members) else None
        else:
            value = value.get("M", {}).get(step)
    return value


def holds(test: Test, item: Item) -> bool:
    """Whether *test* is true of *item*."""
    match test:
        case ("and", left, right):
            return holds(left, item) and holds(right, item)
        case ("or", left, right):
            return holds(left, item) or holds(right, item)
        case ("not", inner):
            return not holds(inner, item)
    found = look_up(item, test[1])
    match test:
        case ("attribute_exists", _):
            return found is not None
        case ("attribute_not_exists", _):
            return found is None
        case ("compare", _, operator, value):
            return _compares(found, operator, value)
        case ("between", _, low, high):
            return _compares(found, ">=", low) and _compares(found, "<=", high)
        case ("in", _, values):
            return any(_compares(found, "=", value) for value in values)
        case ("size", _, operator, value):
            size = _size(found)
            return _compares(None if size is None else {"N": str(size)}, operator, value)
        case ("attribute_type", _, value):
            return found is not None and value["S"] in found
        case ("begins_with", _, value):
            return _begins(found, value)
        case ("contains", _, value):
            return _contains(found, value)
    raise AssertionError(test)


def _compares(found: Value | None, operator: str, value: Value) -> bool:
    if operator in ("=", "<>"):
        return (found is not None and freeze(found) == freeze(value)) == (operator == "=")
    if found is None:
        return False
    ((kind, content),) = found.items()
    if kind not in ("S", "N", "B") or kind not in value:
        return False
    return _ORDER[operator](comparable(kind, content), comparable(kind, value[kind]))


def _size(found: Value | None) -> int | None:
    if found is None:
        return None
    ((kind, content),) = found.items()
    if kind == "S":
        return len(content.encode("utf-16-le")) // 2
    if kind == "B":
        return len(comparable("B", content))
    return len(content) if kind in ("SS", "NS", "BS", "L", "M") else None


def _begins(found: Value | None, value: Value) -> bool:
    ((kind, start),) = value.items()
    if found is None or kind not in found:
        return False
    return bool(comparable(kind, found[kind]).startswith(comparable(kind, start)))


def _contains(found: Value | None, value: Value) -> bool:
    if found is None:
        return False
    ((kind, content),) = found.items()
    ((wanted, part),) = value.items()
    if kind == "L":
        return any(freeze(member) == freeze(value) for member in content)
    if kind in ("S", "B"):
        return kind == wanted and comparable(kind, part) in comparable(kind, content)
    if kind == f"{wanted}S":
        return comparable(wanted, part) in [comparable(wanted, member) for member in content]
    return False


# -- updates ---------------------------------------------------------------------------------------------------------


def apply_actions(actions: list[Action], before: Item) -> Item:
    """The item after the update: every operand reads it as it was.

    Raises:
        Unappliable: an operand is missing or has the wrong type, or a parent is missing.
    """
    after = copy.deepcopy(before)
    values: dict[Path, Value | None] = {}
    for clause, path, *rest in actions:
        if clause == "SET":
            values[path] = _evaluate(rest[0], before)
        elif clause == "ADD":
            values[path] = _added(look_up(before, path), rest[0])
        elif clause == "DELETE":
            values[path] = _reduced(look_up(before, path), rest[0])
        elif clause == "REMOVE":
            values[path] = None
    for path, value in values.items():
        _assign(after, path, copy.deepcopy(value))
    return after


def _evaluate(operand: Any, item: Item) -> Value:
    match operand:
        case ("value", value):
            return dict(value)
        case ("path", path):
            found = look_up(item, path)
            if found is None:
                raise Unappliable
            return found
        case ("if_not_exists", path, otherwise):
            found, instead = look_up(item, path), _evaluate(otherwise, item)
            return found if found is not None else instead
        case ("list_append", left, right):
            lists = [_evaluate(left, item), _evaluate(right, item)]
            if any("L" not in value for value in lists):
                raise Unappliable
            return {"L": lists[0]["L"] + lists[1]["L"]}
        case (sign, left, right):
            numbers = [_evaluate(left, item), _evaluate(right, item)]
            if any("N" not in value for value in numbers):
                raise Unappliable
            first, second = (Decimal(value["N"]) for value in numbers)
            return _sum(first, second if sign == "+" else -second)
    raise AssertionError(operand)


def _sum(left: Decimal, right: Decimal) -> Value:
    text = plain_number(_EXACT.add(left, right))
    if len(text.lstrip("-").replace(".", "").strip("0")) > 38:
        raise Unappliable
    return {"N": text}


def _added(found: Value | None, value: Value) -> Value:
    ((kind, more),) = value.items()
    if found is None:
        return value
    if kind not in found:
        raise Unappliable
    if kind == "N":
        return _sum(Decimal(found["N"]), Decimal(more))
    return {kind: found[kind] + [member for member in more if member not in found[kind]]}


def _reduced(found: Value | None, value: Value) -> Value | None:
    ((kind, less),) = value.items()
    if found is None:
        return None
    if kind not in found:
        raise Unappliable
    left = [member for member in found[kind] if member not in less]
    return {kind: left} if left else None


def _assign(item: Item, path: Path, value: Value | None) -> None:
    """Put *value* at *path*, or take away what is there; programs touch at most one element of a list."""
    parent = look_up(item, path[:-1]) if len(path) > 1 else {"M": item}
    last = path[-1]
    content: Any = None if parent is None else parent.get("L" if isinstance(last, int) else "M")
    if content is None:
        raise Unappliable
    if isinstance(last, int):
        content[last : last + 1] = [] if value is None else [value]
    elif value is None:
        content.pop(last, None)
    else:
        content[last] = value


# -- projections -----------------------------------------------------------------------------------------------------


def project(item: Item, paths: list[Path]) -> Item:
    """What the paths select; programs never name two paths below one attribute."""
    return {str(path[0]): shape for path in paths if (shape := _narrowed(item, path)) is not None}


def _narrowed(item: Item, path: Path) -> Value | None:
    value = look_up(item, path)
    for step in reversed(path[1:]):
        if value is None:
            return None
        value = {"L": [value]} if isinstance(step, int) else {"M": {step: value}}
    return value


def written(actions: list[Action], item: Item) -> Item:
    """What UPDATED_OLD and UPDATED_NEW show of *item*: the paths the update names."""
    return project(item, [action[1] for action in actions])
