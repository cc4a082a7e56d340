"""The bill: consumed capacity of reads and writes, for the table and each index.

Vector indexes are charged in bytes of their own, which are no part of the total. They are measured on AWS to the byte:
by ExtendDB/extenddb (``vector_capacity``, 2026-08-13) and nubo-db/dynoxide (2026-08-18), which differ in what an entry
costs that becomes smaller; here it is the larger one, as with other indexes.

Source: dynamodb-exact §18.
"""

from collections.abc import Callable, Iterable
from typing import Any

from sandbox.dynamodb.limits import READ_UNIT_BYTES, VECTOR_CHARGE_BYTES_MIN, WRITE_UNIT_BYTES
from sandbox.dynamodb.storage.commit import Change, IndexEffect
from sandbox.dynamodb.storage.vector_index import VectorIndex

__all__ = ["Bill", "read_units", "report_all", "vector_bytes", "write_units"]


def read_units(size: int, *, consistent: bool) -> float:
    """Units for reading *size* bytes at once; nothing read costs as much as 4 KB."""
    units = max(1, -(-size // READ_UNIT_BYTES))
    return float(units) if consistent else units / 2


def write_units(size: int) -> int:
    """Units for writing *size* bytes, at least one."""
    return max(1, -(-size // WRITE_UNIT_BYTES))


def vector_bytes(size: int) -> int:
    """Bytes that are charged for writing so large an entry of a vector index, or for searching so much of one."""
    return max(VECTOR_CHARGE_BYTES_MIN, size)


def _charge(effect: IndexEffect, price: Callable[[int], int]) -> int:
    before = price(effect.size_before) if effect.size_before is not None else 0
    after = price(effect.size_after) if effect.size_after is not None else 0
    return before + after if effect.is_moved else max(before, after)


class Bill:
    """What one request consumed of one table.

    Attributes:
        table_name: as the request named it.
        direction: ``ReadCapacityUnits`` or ``WriteCapacityUnits`` for transactions, which repeat their units under that
            name; ``None`` for everything else.
    """

    def __init__(self, table_name: str, *, direction: str | None = None) -> None:
        self.table_name = table_name
        self.direction = direction
        self.table_units = 0.0
        self.global_units: dict[str, float] = {}
        self.local_units: dict[str, float] = {}
        self.vector_bytes: dict[str, float] = {}

    def add_table(self, units: float) -> None:
        """Charge the table."""
        self.table_units += units

    def add_index(self, name: str, units: float, *, is_global: bool) -> None:
        """Charge an index."""
        arms = self.global_units if is_global else self.local_units
        arms[name] = arms.get(name, 0.0) + units

    def add_change(self, change: Change, *, factor: int = 1) -> None:
        """Charge a committed write: the larger image on the table times *factor*, and what it did to each index."""
        before = change.before.size if change.before is not None else 0
        after = change.after.size if change.after is not None else 0
        self.table_units += factor * write_units(max(before, after))
        for effect in change.effects:
            index = effect.index
            if isinstance(index, VectorIndex):
                charge = _charge(effect, vector_bytes)
                self.vector_bytes[index.name] = self.vector_bytes.get(index.name, 0.0) + charge
            else:
                self.add_index(index.name, _charge(effect, write_units), is_global=index.is_global)

    def report(self, mode: str | None) -> dict[str, Any] | None:
        """The ``ConsumedCapacity`` member; ``None`` where the request did not ask for it."""
        if mode is None or mode == "NONE":
            return None
        total = self.table_units + sum(self.global_units.values()) + sum(self.local_units.values())
        answer: dict[str, Any] = {"TableName": self.table_name, **self._units(total)}
        if mode == "INDEXES":
            answer["Table"] = self._units(self.table_units)
            for member, arms in (
                ("LocalSecondaryIndexes", self.local_units),
                ("GlobalSecondaryIndexes", self.global_units),
            ):
                if arms:
                    answer[member] = {name: self._units(units) for name, units in arms.items()}
            if self.vector_bytes:
                answer["VectorIndexes"] = {
                    name: {"VectorWriteRequestBytes": charge} for name, charge in self.vector_bytes.items()
                }
        return answer

    def _units(self, units: float) -> dict[str, float]:
        answer = {"CapacityUnits": float(units)}
        if self.direction is not None:
            answer[self.direction] = float(units)
        return answer


def report_all(bills: Iterable[Bill], mode: str | None) -> list[dict[str, Any]] | None:
    """The ``ConsumedCapacity`` list of batches and transactions, one entry per table."""
    reports = [report for bill in bills if (report := bill.report(mode)) is not None]
    return reports or None
