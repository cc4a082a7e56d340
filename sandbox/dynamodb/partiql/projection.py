"""What a SELECT shows of each item."""

from collections.abc import Sequence

from sandbox.dynamodb.expressions.paths import Getter, ResolvedPath, getter, nested_names
from sandbox.values.attribute import Item

__all__ = ["Columns"]


class Columns:
    """The paths of a SELECT, each under a name of its own.

    A path shows its value under its last name and the indexes behind that: ``a.b.c`` as ``c``, ``a.b[0]`` as ``b[0]``.
    Of two with one name the later wins, which is an assumption.

    Attributes:
        attribute_names: the top-level attributes the paths begin with, in their order.
        nested_names: those of them the paths look into.

    Source: dynamodb-exact §17 (the name of a leaf).
    """

    __slots__ = ("_columns", "attribute_names", "nested_names")

    def __init__(self, paths: Sequence[ResolvedPath]) -> None:
        self._columns: dict[str, Getter] = {_label(path): getter(path) for path in paths}
        self.attribute_names = tuple(dict.fromkeys(str(path[0]) for path in paths))
        self.nested_names = nested_names(paths)

    def apply(self, item: Item) -> Item:
        """Give what the paths select; what the item lacks is left out."""
        return {label: value for label, find in self._columns.items() if (value := find(item)) is not None}


def _label(path: ResolvedPath) -> str:
    label = ""
    for element in reversed(path):
        if isinstance(element, str):
            return element + label
        label = f"[{element}]{label}"
    raise AssertionError("a path begins with a name")
