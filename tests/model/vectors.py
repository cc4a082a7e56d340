"""A vector index as the reference model sees it: what is in it, what a write costs it, what a search finds.

Written from what is known of AWS alone; nothing here may be imported from the product.
Source: ExtendDB/extenddb (``vector_capacity``, ``vector_item``) and nubo-db/dynoxide (``search_vectors``), as measured on
AWS in August 2026.
"""

import math
import struct
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from tests.model.values import Item, Value, freeze, item_size, value_size

__all__ = ["VectorModel"]


@dataclass(frozen=True, kw_only=True)
class VectorModel:
    """One vector index, of Euclidean distances."""

    name: str
    attribute: str
    dimensions: int
    hash: tuple[str, str]
    filters: tuple[tuple[str, str], ...]
    projected: frozenset[str] | None

    def refuses(self, name: str, value: Value) -> bool:
        """Whether a write may not give the attribute this value."""
        if name == self.attribute:
            return self._vector(value) is None
        if name == self.hash[0]:
            return value.get(self.hash[1], "") == "" or value_size(value) > 2048
        return any(name == attribute and kind not in value for attribute, kind in self.filters)

    def entry(self, item: Item | None) -> Item | None:
        """What the index holds of an item besides the vector, ``None`` when the item is not in it."""
        searched = {self.attribute, self.hash[0]}
        if item is None or not searched <= item.keys():
            return None
        if any(self.refuses(name, value) for name, value in item.items()):
            return None
        return {
            name: value
            for name, value in item.items()
            if name != self.attribute and (self.projected is None or name in self.projected)
        }

    def size(self, item: Item) -> int:
        """Bytes of the entry of an item that is in the index."""
        entry = self.entry(item)
        assert entry is not None
        return 4 * self.dimensions + len(self.attribute) + item_size(entry)

    def charge(self, before: Item | None, after: Item | None) -> int:
        """What a write costs here, in bytes."""
        sizes = [max(1024, self.size(item)) for item in (before, after) if item and self.entry(item) is not None]
        if len(sizes) < 2 or before is None or after is None:
            return sum(sizes)
        if freeze(before[self.hash[0]]) != freeze(after[self.hash[0]]):
            return sum(sizes)
        return 0 if self._held(before) == self._held(after) else max(sizes)

    def _held(self, item: Item) -> Any:
        return self._vector(item[self.attribute]), freeze({"M": self.entry(item) or {}})

    def _vector(self, value: Value) -> tuple[float, ...] | None:
        """The numbers at 32 bits."""
        elements = value.get("L", [])
        if len(elements) != self.dimensions or any("N" not in element for element in elements):
            return None
        return struct.unpack(
            f"{self.dimensions}f", struct.pack(f"{self.dimensions}f", *(float(element["N"]) for element in elements))
        )

    def search(self, items: Iterable[Item], query: tuple[float, ...], wanted: Item) -> list[tuple[float, Item]]:
        """Distance and entry of every item that a search may find, the nearest first."""
        found = []
        for item in items:
            entry = self.entry(item)
            if entry is None or any(freeze(item.get(name, {"NULL": True})) != freeze(wanted[name]) for name in wanted):
                continue
            vector = self._vector(item[self.attribute])
            assert vector is not None
            squares = [(a - b) ** 2 for a, b in zip(query, vector, strict=True)]
            found.append((min(math.sqrt(math.fsum(squares)), 3.4028234663852886e38), entry))
        return sorted(found, key=lambda pair: pair[0])
