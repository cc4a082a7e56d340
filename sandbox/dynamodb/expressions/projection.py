"""Projections: which parts of an item an answer shows.

Source: dynamodb-exact §9.3, §10.
"""

from functools import lru_cache
from typing import Any, TypeAlias

from msgspec import Struct

from sandbox.dynamodb.expressions.checks import Scope, resolve_apart
from sandbox.dynamodb.expressions.compiled import Compiled, meaning
from sandbox.dynamodb.expressions.grammar import Reader
from sandbox.dynamodb.expressions.paths import ResolvedPath, nested_names
from sandbox.dynamodb.expressions.placeholders import Placeholders
from sandbox.dynamodb.expressions.syntax import Path
from sandbox.dynamodb.expressions.text_checks import refuse_path_texts
from sandbox.dynamodb.expressions.tokens import refuse_size
from sandbox.values import AttributeValue, Item

__all__ = ["Projection", "parse_projection"]

TEXTS_MAX = 1024

_Branches: TypeAlias = dict[Any, "_Branches | None"]
"""Path element -> what is wanted below it; ``None`` for everything. Siblings are all keys or all indexes."""


class Projection:
    """A choice of paths.

    Attributes:
        paths: the paths, in the order of the request, none leading through another.
        attribute_names: the top-level attributes they begin with, in that order.
        nested_names: those of them the paths look into.
    """

    __slots__ = ("_branches", "attribute_names", "nested_names", "paths")

    def __init__(self, paths: tuple[ResolvedPath, ...]) -> None:
        self.paths = paths
        self.attribute_names = tuple(dict.fromkeys(str(path[0]) for path in paths))
        self.nested_names = nested_names(paths)
        self._branches = _branches(paths)

    def apply(self, item: Item) -> Item:
        """Give a new item with the chosen parts; what the item lacks is left out.

        Elements chosen from a list close ranks in ascending order. Values are shared with *item*, not copied.
        """
        chosen: Item = {}
        for name, below in self._branches.items():
            value = item.get(name)
            if value is not None and below is not None:
                value = _cut(value, below)
            if value is not None:
                chosen[name] = value
        return chosen


def _branches(paths: tuple[ResolvedPath, ...]) -> _Branches:
    root: _Branches = {}
    for path in paths:
        branches = root
        for element in path[:-1]:
            below = branches.setdefault(element, {})
            assert below is not None, "no path leads through another"
            branches = below
        branches[path[-1]] = None
    return root


def _cut(value: AttributeValue, branches: _Branches) -> AttributeValue | None:
    if isinstance(next(iter(branches)), int):
        members = value.get("L")
        if members is None:
            return None
        found = [_below(members[index], branches[index]) for index in sorted(branches) if index < len(members)]
        elements = [element for element in found if element is not None]
        return {"L": elements} if elements else None
    members = value.get("M")
    if members is None:
        return None
    kept = {name: _below(members[name], below) for name, below in branches.items() if name in members}
    entries = {name: member for name, member in kept.items() if member is not None}
    return {"M": entries} if entries else None


def _below(value: AttributeValue, branches: _Branches | None) -> AttributeValue | None:
    return value if branches is None else _cut(value, branches)


class _ProjectionText(Struct, frozen=True):
    paths: tuple[Path, ...]
    aliases: tuple[str, ...]


@lru_cache(maxsize=TEXTS_MAX)
def _read(text: str) -> _ProjectionText:
    refuse_size("ProjectionExpression", text)
    reader = Reader("ProjectionExpression", text)
    reader.path()
    while reader.tokens[reader.at] == ",":
        reader.at += 1
        reader.path()
    reader.finish()
    refuse_path_texts("ProjectionExpression", reader.paths)
    return _ProjectionText(tuple(reader.paths), tuple(reader.aliases))


_projections: Compiled[Projection] = Compiled()


def parse_projection(text: str, placeholders: Placeholders) -> Projection:
    """Read a projection expression.

    Raises:
        InvalidExpression: in AWS's order of faults; overlaps are judged on resolved names.
    """
    read = _read(text)
    placeholders.use(read.aliases, ())
    names = placeholders.names
    key = ("ProjectionExpression", text, meaning(read.aliases, (), names, {}))
    projection = _projections.find(key)
    if projection is None:
        scope = Scope("ProjectionExpression", names, {})
        projection = Projection(tuple(resolve_apart(list(read.paths), scope)))
        _projections.keep(key, projection)
    return projection
