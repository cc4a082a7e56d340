"""One item is read."""

from typing import Protocol

import msgspec

from sandbox.dynamodb.storage.commit import decode_item, encode_item
from sandbox.values.attribute import Item

__all__ = ["Projector", "project", "shown"]


class Projector(Protocol):
    """A parsed projection."""

    def apply(self, item: Item) -> Item:
        """What of *item* the paths select; a missing path is left out."""


def shown(json: bytes, projection: Projector | None) -> msgspec.Raw:
    """A stored item as it is answered: its bytes as they are, or what *projection* selects of it."""
    return msgspec.Raw(json if projection is None else project(json, projection))


def project(json: bytes, projection: Projector) -> bytes:
    """What *projection* selects of a stored item, encoded again."""
    return encode_item(projection.apply(decode_item(json)))
