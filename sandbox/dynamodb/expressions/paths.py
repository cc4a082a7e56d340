"""Document paths with their placeholders resolved: printing, reading, and the tree that several make.

Source: dynamodb-exact §9.3, §10.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TypeAlias

from sandbox.dynamodb.expressions.invalid import ExpressionKind, InvalidExpression, invalid
from sandbox.dynamodb.expressions.syntax import Alias, Path
from sandbox.values import AttributeValue, Item
from sandbox.wire.hash_order import hash_code, table_ordered

__all__ = [
    "INDEX_MAX",
    "Getter",
    "PathTree",
    "ResolvedPath",
    "getter",
    "nested_names",
    "printed",
    "refuse_bad_paths",
    "refuse_index",
    "refuse_levels",
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
        for element in path.elements:
            if isinstance(element, int):
                refuse_index(kind, element)
        refuse_levels(kind, path)


def refuse_index(kind: ExpressionKind, index: int) -> None:
    """Refuse an index no list can have."""
    if index > INDEX_MAX:
        raise invalid(kind, f"List index is not within the allowable range; index: [{index}]")


def refuse_levels(kind: ExpressionKind, path: Path) -> None:
    """Refuse a path deeper than 32 levels."""
    if len(path.elements) > LEVELS_MAX:
        raise invalid(kind, f"The document path has too many nesting levels; nesting levels: {len(path.elements)}")


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


_Branches: TypeAlias = dict[str | int, "_Branches | int"]
"""Path element -> what is below it, or the number of the path that ends here. Siblings are all keys or all indexes."""

_ELEMENT_HASH = 8334
"""The hash of a path element is this less that of the name or index."""


class PathTree:
    """The tree that paths make of which none may lead through another; they are added from the last to the first.

    That the last comes first, and the order in which the tree is walked, show in what AWS says of paths that clash and in
    which action of an update it refuses. Each level is a Java ``HashMap``; what its keys' hashes are was found by asking for
    some hundred names and indexes.

    Source: DynamoDB Local 3.3.1, asked 2026-11; dynamoose/dynamoose issue 214 (2017, of AWS: path two is one that clashes
    with nothing).
    """

    __slots__ = ("_branches", "_kind", "_paths")

    def __init__(self, kind: ExpressionKind) -> None:
        self._kind: ExpressionKind = kind
        self._paths: list[ResolvedPath] = []
        self._branches: _Branches = {}

    def add(self, path: ResolvedPath) -> None:
        """Add a path.

        Raises:
            InvalidExpression: it leads through one that was added, or the other way round, or the two take one value for a
                list and a map. It is path one; path two is the first, in the order of the tree, below where they meet.
        """
        branches = self._branches
        for element in path[:-1]:
            self._refuse_conflict(branches, path, element)
            below = branches.get(element)
            if below is None:
                below = branches[element] = {}
            elif isinstance(below, int):
                raise self._clash("overlap", path, branches)
            branches = below
        self._refuse_conflict(branches, path, path[-1])
        if path[-1] in branches:
            raise self._clash("overlap", path, branches)
        branches[path[-1]] = len(self._paths)
        self._paths.append(path)

    def walk(self) -> list[ResolvedPath]:
        """List the paths in the order of the tree."""
        return list(self._below(self._branches))

    def _refuse_conflict(self, branches: _Branches, path: ResolvedPath, element: str | int) -> None:
        if branches and isinstance(next(iter(branches)), int) is not isinstance(element, int):
            raise self._clash("conflict", path, branches)

    def _clash(self, verb: str, path: ResolvedPath, branches: _Branches) -> InvalidExpression:
        return invalid(
            self._kind,
            f"Two document paths {verb} with each other; must remove or rewrite one of these paths; "
            f"path one: {printed(path)}, path two: {printed(next(self._below(branches)))}",
        )

    def _below(self, branches: _Branches) -> Iterator[ResolvedPath]:
        for element in table_ordered(branches, _element_hash):
            below = branches[element]
            if isinstance(below, int):
                yield self._paths[below]
            else:
                yield from self._below(below)


def _element_hash(element: str | int) -> int:
    return _ELEMENT_HASH - (element if isinstance(element, int) else hash_code(element))


def refuse_overlap(kind: ExpressionKind, paths: list[ResolvedPath]) -> None:
    """Refuse two paths of which one leads through the other, or which take one value for a list and a map.

    Raises:
        InvalidExpression: as ``PathTree.add``.
    """
    if len(paths) > 1:
        tree = PathTree(kind)
        for path in reversed(paths):
            tree.add(path)
