"""One item is read."""

from typing import Protocol

import msgspec

from sandbox.dynamodb.storage.commit import decode_item, encode_item
from sandbox.values.attribute import Item

__all__ = ["Projector", "shown"]


class Projector(Protocol):
    """A parsed projection."""

    def apply(self, item: Item) -> Item:
        """What of *item* the paths select; a missing path is left out."""


def shown(json: bytes, projection: Projector | None) -> msgspec.Raw:
    """A stored item as it is answered: its bytes as they are, or what *projection* selects of it."""
    if projection is None:
        return msgspec.Raw(json)
    return msgspec.Raw(encode_item(projection.apply(decode_item(json))))
