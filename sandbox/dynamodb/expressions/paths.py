"""Document paths with their placeholders resolved: printing, reading, overlapping.

Source: dynamodb-exact §9.3, §10.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import TypeAlias

from sandbox.dynamodb.expressions.invalid import ExpressionKind, InvalidExpression, invalid
from sandbox.dynamodb.expressions.syntax import Alias, Path
from sandbox.values import AttributeValue, Item

__all__ = [
    "INDEX_MAX",
    "Getter",
    "ResolvedPath",
    "getter",
    "nested_names",
    "printed",
    "refuse_bad_paths",
    "refuse_nested_keys",
    "refuse_overlap",
    "resolve",
]

ResolvedPath: TypeAlias = tuple[str | int, ...]
"""Attribute name first, then map keys and list indexes."""

Getter: TypeAlias = Callable[[Item], AttributeValue | None]

LEVELS_MAX = 32
INDEX_MAX = 2**32 - 2
"""Source: floci-io/floci issue 3073 (SET, measured in us-east-1 on 2026-09-05); elsewhere assumed to be the same."""


def resolve(path: Path, names: Mapping[str, str]) -> ResolvedPath:
    """Replace the placeholders of a path by the names they stand for."""
    return tuple(names[element.placeholder] if isinstance(element, Alias) else element for element in path.elements)


def printed(path: ResolvedPath) -> str:
    """Print a path as AWS does in its refusals: ``[a, b, [0]]``."""
    return f"[{', '.join(f'[{element}]' if isinstance(element, int) else element for element in path)}]"


def nested_names(paths: Iterable[ResolvedPath]) -> frozenset[str]:
    """Name the attributes that the paths look into."""
    return frozenset(str(path[0]) for path in paths if len(path) > 1)


def refuse_nested_keys(nested: Iterable[str], key_names: Iterable[str], index_key_names: Iterable[str]) -> None:
    """Refuse ``.`` and ``[]`` on key attributes; *nested* is an expression's ``nested_names``.

    Raises:
        InvalidExpression: for the first key attribute, the table's before the indexes'.

    Source: dynamodb-exact §8.
    """
    if not (wanted := frozenset(nested)):
        return
    for label, names in (("Key", key_names), ("IndexKey", index_key_names)):
        for name in names:
            if name in wanted:
                raise InvalidExpression(
                    "Key attributes must be scalars; "
                    f"list random access '[]' and map lookup '.' are not allowed: {label}: {name}"
                )


def refuse_bad_paths(kind: ExpressionKind, paths: Iterable[Path]) -> None:
    """Refuse a path deeper than 32 levels or an index no list can have."""
    for path in paths:
        elements = path.elements
        if len(elements) == 1:
            continue
        for element in elements:
            if isinstance(element, int) and element > INDEX_MAX:
                raise invalid(kind, f"List index is not within the allowable range; index: [{element}]")
        if len(elements) > LEVELS_MAX:
            raise invalid(kind, f"The document path has too many nesting levels; nesting levels: {len(elements)}")


def getter(path: ResolvedPath) -> Getter:
    """Build the function that finds a path's value in an item, or ``None``."""
    name = str(path[0])
    if len(path) == 1:
        return lambda item: item.get(name)
    rest = path[1:]

    def find(item: Item) -> AttributeValue | None:
        value = item.get(name)
        for element in rest:
            if value is None:
                return None
            if isinstance(element, int):
                members = value.get("L")
                value = members[element] if members is not None and element < len(members) else None
            else:
                members = value.get("M")
                value = members.get(element) if members is not None else None
        return value

    return find


class _Step:
    """A prefix shared by paths: which path came here first, and which ends here."""

    __slots__ = ("ends", "first", "next")

    def __init__(self, first: int) -> None:
        self.first = first
        self.ends: int | None = None
        self.next: dict[str | int, _Step] = {}


def refuse_overlap(kind: ExpressionKind, paths: list[ResolvedPath]) -> None:
    """Refuse two paths of which one leads through the other, or which take one value for a list and a map.

    An overlap anywhere is reported before a conflict; the earlier path is path one.

    Raises:
        InvalidExpression: naming both paths.
    """
    if len(paths) < 2:
        return
    root = _Step(0)
    conflict: tuple[int, int] | None = None
    for number, path in enumerate(paths):
        step = root
        for element in path:
            if step.next and element not in step.next and conflict is None:
                other = next(iter(step.next))
                if isinstance(other, int) is not isinstance(element, int):
                    conflict = (step.next[other].first, number)
            known = step.next.get(element)
            step = step.next.setdefault(element, _Step(number)) if known is None else known
            if step.ends is not None:
                raise _clash(kind, "overlap", paths[step.ends], path)
        if step.first != number:
            raise _clash(kind, "overlap", paths[step.first], path)
        step.ends = number
    if conflict is not None:
        raise _clash(kind, "conflict", paths[conflict[0]], paths[conflict[1]])


def _clash(kind: ExpressionKind, verb: str, one: ResolvedPath, two: ResolvedPath) -> InvalidExpression:
    return invalid(
        kind,
        f"Two document paths {verb} with each other; must remove or rewrite one of these paths; "
        f"path one: {printed(one)}, path two: {printed(two)}",
    )
