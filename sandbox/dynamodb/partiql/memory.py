"""What was worked out about a statement that is remembered: a program sends the same few over and over."""

from typing import Any, TypeVar, cast

from sandbox.dynamodb.storage.table import Table

__all__ = ["Memory"]

MEANINGS_MAX = 32

PlanT = TypeVar("PlanT")


class Memory:
    """Of one statement, for as long as it is remembered.

    Attributes:
        accepted: the types its parameters had when its operands were found to suit their operators.
    """

    __slots__ = ("_plans", "accepted")

    def __init__(self) -> None:
        self.accepted: set[tuple[str, ...]] = set()
        self._plans: dict[type[Any], tuple[Table, Any]] = {}

    def accept(self, types: tuple[str, ...]) -> None:
        """Remember that parameters of these types suit the statement."""
        if len(self.accepted) >= MEANINGS_MAX:
            self.accepted.clear()
        self.accepted.add(types)

    def plan(self, kind: type[PlanT], table: Table) -> PlanT | None:
        """The latest plan of this kind, if it was made for that table as it is now (a table that changes is another object)."""
        kept = self._plans.get(kind)
        return cast("PlanT", kept[1]) if kept is not None and kept[0] is table else None

    def keep(self, table: Table, plan: object) -> None:
        """Remember a plan; it holds nothing of the values it was made with but their types."""
        self._plans[type(plan)] = table, plan
