"""What statements mean, before any table is looked at.

Conditions, operands and update actions are the trees of ``sandbox.dynamodb.expressions.syntax``; values in them are slots,
filled from the statement's own literals and the request's parameters when it is executed.
"""

from typing import Literal, TypeAlias

from msgspec import Struct

from sandbox.dynamodb.expressions.paths import ResolvedPath
from sandbox.dynamodb.expressions.syntax import Action, ConditionTree
from sandbox.dynamodb.partiql.literals import Literals
from sandbox.dynamodb.partiql.memory import Memory

__all__ = [
    "Delete",
    "Exists",
    "Insert",
    "Ordering",
    "Parsed",
    "Returning",
    "Select",
    "Statement",
    "Target",
    "Update",
    "Where",
]


class Target(Struct, frozen=True):
    """The table a statement names, and its index."""

    table_name: str
    index_name: str | None = None


class Where(Struct, frozen=True):
    """A WHERE clause: the condition, and the paths it looks at."""

    tree: ConditionTree
    paths: tuple[ResolvedPath, ...]


class Ordering(Struct, frozen=True):
    """One key of ORDER BY; *is_path* where it is no name, which is refused."""

    name: str
    is_descending: bool
    is_path: bool = False


class Returning(Struct, frozen=True):
    """``RETURNING ALL OLD *`` and its like: the whole item or what was modified of it, before or after.

    Attributes:
        columns: what is returned where that is not ``*``, or more than one thing.
    """

    is_whole: bool
    is_old: bool
    columns: Literal["*", "others", "several"] = "*"

    def __str__(self) -> str:
        return f"{'ALL' if self.is_whole else 'MODIFIED'} {'OLD' if self.is_old else 'NEW'}"


class Select(Struct, frozen=True):
    """A read; *paths* is ``None`` for ``*``."""

    target: Target
    paths: tuple[ResolvedPath, ...] | None
    where: Where | None
    order: tuple[Ordering, ...]


class Insert(Struct, frozen=True):
    """A new item; *slot* holds it as a map."""

    target: Target
    slot: str
    has_returning: bool = False


class Update(Struct, frozen=True):
    """A change of the one item that WHERE names."""

    target: Target
    actions: tuple[Action, ...]
    read_paths: tuple[ResolvedPath, ...]
    where: Where | None
    returning: Returning | None


class Delete(Struct, frozen=True):
    """The removal of the one item that WHERE names."""

    target: Target
    where: Where | None
    returning: Returning | None


class Exists(Struct, frozen=True):
    """A condition on the one item that the SELECT names; only in transactions."""

    select: Select

    @property
    def target(self) -> Target:
        """The table of the SELECT."""
        return self.select.target


Statement: TypeAlias = Select | Insert | Update | Delete | Exists


class Parsed(Struct, frozen=True):
    """A statement read from its text, with the values written in it.

    Attributes:
        depends_on_contents: whether its operands suit their operators takes more to tell than their types.
        memory: what was worked out about it since.
    """

    statement: Statement
    literals: Literals
    depends_on_contents: bool
    memory: Memory
