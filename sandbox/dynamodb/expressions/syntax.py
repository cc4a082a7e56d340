"""The one syntax tree behind every expression.

The texts of requests, the legacy parameters and PartiQL all become these nodes. A path element that is a placeholder is
an ``Alias``, so an attribute whose own name begins with ``#`` stays itself; a ``Value`` names a slot in a mapping of
attribute values that is handed in only when the tree is evaluated.
"""

from typing import Literal, TypeAlias

from msgspec import Struct

__all__ = [
    "Action",
    "AddTo",
    "Alias",
    "And",
    "Arithmetic",
    "Assign",
    "Between",
    "Call",
    "Comparator",
    "Comparison",
    "ConditionTree",
    "DeleteFrom",
    "Element",
    "In",
    "Leaf",
    "Not",
    "Operand",
    "Or",
    "Path",
    "Remove",
    "Sign",
    "Value",
]

Comparator: TypeAlias = Literal["=", "<>", "<", "<=", ">", ">="]
Sign: TypeAlias = Literal["+", "-"]


class Alias(Struct, frozen=True):
    """A placeholder for a name, ``#n``."""

    placeholder: str


Element: TypeAlias = str | int | Alias
"""One step of a path: an attribute or map key, a list index, or a placeholder for a name."""


class Path(Struct, frozen=True):
    """Where a value stands in an item; the first element is never an index."""

    elements: tuple[Element, ...]


class Value(Struct, frozen=True):
    """A value handed in with the request, by the name of its slot (``:v``)."""

    slot: str


class Call(Struct, frozen=True):
    """A function applied to operands; a condition or an operand, depending on the function."""

    function: str
    arguments: "tuple[Operand, ...]"


class Arithmetic(Struct, frozen=True):
    """A sum or a difference."""

    operator: Sign
    left: "Operand"
    right: "Operand"


Operand: TypeAlias = Path | Value | Call | Arithmetic


class Comparison(Struct, frozen=True):
    """Two operands and a comparator."""

    operator: Comparator
    left: Operand
    right: Operand


class Between(Struct, frozen=True):
    """An operand within two bounds, both included."""

    operand: Operand
    low: Operand
    high: Operand


class In(Struct, frozen=True):
    """An operand equal to one of several."""

    operand: Operand
    candidates: tuple[Operand, ...]


class And(Struct, frozen=True):
    """All of them, judged from left to right."""

    conditions: "tuple[ConditionTree, ...]"


class Or(Struct, frozen=True):
    """Any of them, judged from left to right."""

    conditions: "tuple[ConditionTree, ...]"


class Not(Struct, frozen=True):
    """The opposite."""

    condition: "ConditionTree"


Leaf: TypeAlias = Comparison | Between | In | Call
"""A condition without conditions inside."""

ConditionTree: TypeAlias = Leaf | And | Or | Not


class Assign(Struct, frozen=True):
    """``SET path = value``."""

    path: Path
    value: Operand


class Remove(Struct, frozen=True):
    """``REMOVE path``."""

    path: Path


class AddTo(Struct, frozen=True):
    """``ADD path :value``."""

    path: Path
    value: Value


class DeleteFrom(Struct, frozen=True):
    """``DELETE path :value``."""

    path: Path
    value: Value


Action: TypeAlias = Assign | Remove | AddTo | DeleteFrom
