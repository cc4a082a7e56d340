"""What a SELECT shows of each item."""

from collections.abc import Sequence

from sandbox.dynamodb.expressions.paths import Getter, ResolvedPath, getter, nested_names
from sandbox.dynamodb.expressions.projection import Projection
from sandbox.values.attribute import AttributeValue, Item

__all__ = ["Columns", "label"]


class Columns:
    """The paths of a SELECT, each under a name of its own.

    A path shows its value under its last name: ``a.b.c`` as ``c``. One that leads through a list shows the part of the list's
    member under the name of the list and the index: ``a.b[0]`` as ``b[0]``, ``a.b[0].c`` as ``{'c': ...}`` under ``b[0]``.

    Attributes:
        attribute_names: the top-level attributes the paths begin with, in their order.
        nested_names: those of them the paths look into.

    Source: dynamodb-exact §17 (the name of a leaf); DynamoDB Local 3.3.1, asked 2026-11 (lists).
    """

    __slots__ = ("_columns", "attribute_names", "nested_names")

    def __init__(self, paths: Sequence[ResolvedPath]) -> None:
        shown: dict[ResolvedPath, list[ResolvedPath]] = {}
        for path in paths:
            shown.setdefault(_shown(path), []).append(path)
        self._columns = {label(path): _finder(path, parts) for path, parts in shown.items()}
        self.attribute_names = tuple(dict.fromkeys(str(path[0]) for path in paths))
        self.nested_names = nested_names(paths)

    def apply(self, item: Item) -> Item:
        """Give what the paths select; what the item lacks is left out."""
        return {label: value for label, find in self._columns.items() if (value := find(item)) is not None}


_PART = "part"


def _shown(path: ResolvedPath) -> ResolvedPath:
    """The part of a path that says what has a name of its own: up to its first index."""
    index = next((at for at, element in enumerate(path) if isinstance(element, int)), len(path))
    return path[: index + 1]


def _finder(shown: ResolvedPath, paths: Sequence[ResolvedPath]) -> Getter:
    """What finds the value for a name, or the parts of it that *paths* lead to."""
    find = getter(shown)
    if shown == paths[0]:
        return find
    projection = Projection(tuple([(_PART, *path[len(shown) :]) for path in paths]))

    def find_parts(item: Item) -> AttributeValue | None:
        value = find(item)
        return projection.apply({_PART: value}).get(_PART) if value is not None else None

    return find_parts


def label(path: ResolvedPath) -> str:
    """The last name of a path, and the indexes behind it: no two paths of a SELECT may have the same."""
    found = ""
    for element in reversed(path):
        if isinstance(element, str):
            return element + found
        found = f"[{element}]{found}"
    raise AssertionError("a path begins with a name")
