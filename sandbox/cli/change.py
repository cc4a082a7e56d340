"""The change that led a batch, in as many words as there is room for."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

__all__ = ["Change", "shortened"]


@dataclass(frozen=True, kw_only=True)
class Change:
    """The first change of a batch.

    Attributes:
        event_name: INSERT, MODIFY or REMOVE.
        keys: the item's key, name and value.
    """

    event_name: str
    keys: tuple[tuple[str, str], ...]

    @classmethod
    def of(cls, record: Mapping[str, Any]) -> "Change":
        """From a record as GetRecords gives it."""
        keys: Mapping[str, Mapping[str, Any]] = record.get("dynamodb", {}).get("Keys", {})
        pairs = tuple((name, str(next(iter(value.values()), ""))) for name, value in keys.items())
        return cls(event_name=str(record.get("eventName", "")), keys=pairs)

    def words(self, columns: int) -> str:
        """``INSERT customer=ada order_id=o-1``; without the names, then cut, where *columns* are few."""
        named = " ".join([self.event_name, *(f"{name}={value}" for name, value in self.keys)])
        if len(named) <= columns:
            return named
        return shortened(" ".join([self.event_name, *(value for _, value in self.keys)]), columns)


def shortened(text: str, columns: int) -> str:
    """*text* cut to *columns*, its end marked where something is missing."""
    if len(text) <= columns:
        return text
    return text[: columns - 1].rstrip() + "…" if columns > 1 else ""
