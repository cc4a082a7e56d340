"""Which items an export shows, and what of them.

Source: *Filtering a table export*, Amazon DynamoDB Developer Guide: an incremental export judges the latest image of an
item, of a deleted one the old image; a key condition limits what is read, and a filter does not. That a projection holds
for all images and leaves the ``Keys`` of a change whole is an assumption.
"""

from dataclasses import dataclass

from sandbox.dynamodb.expressions import Condition, Projection
from sandbox.dynamodb.storage.keys import Range
from sandbox.values.attribute import Item

__all__ = ["ExportFilter"]


@dataclass(frozen=True, kw_only=True)
class ExportFilter:
    """A filter of an export, ready for use.

    Attributes:
        keys: the rows that are read at all.
        condition, projection: ``None`` for every item, and for all of each.
    """

    keys: Range
    condition: Condition | None
    projection: Projection | None

    @property
    def behind(self) -> bytes:
        """A row key behind which all of its rows come, and few others before them."""
        return self.keys.low[:-1]

    def reads(self, key: bytes) -> bool:
        """Whether the row with that key is read."""
        return self.keys.low <= key and not self.ends_before(key)

    def ends_before(self, key: bytes) -> bool:
        """Whether no row with that key or a later one is read."""
        return self.keys.high is not None and key >= self.keys.high

    def matches(self, item: Item) -> bool:
        """Whether an item that is read is exported."""
        return self.condition is None or self.condition.matches(item)

    def show(self, item: Item) -> Item:
        """What of an item is exported."""
        return item if self.projection is None else self.projection.apply(item)
