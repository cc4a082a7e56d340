"""Remember what was worked out for expressions seen before.

A request repeats the texts of the one before it, so reading, checking and compiling happen once per text and meaning of
its placeholders. The memory is bounded: the oldest entry goes first.
"""

from collections.abc import Mapping
from typing import Generic, TypeAlias, TypeVar

from sandbox.values import AttributeValue

__all__ = ["Compiled", "Meaning", "meaning"]

ENTRIES_MAX = 1024
NAME_LENGTH_MAX = 255
"""Longer names are legal, but not worth remembering: they could fill the memory."""

T = TypeVar("T")

Meaning: TypeAlias = tuple[str | None, ...]
"""The names that the placeholders of a text stand for, then the types of its values; ``None`` for undefined ones."""


class Compiled(Generic[T]):
    """Text and meaning -> what was compiled of them."""

    def __init__(self) -> None:
        self._entries: dict[tuple[str, str, Meaning], T] = {}
        self.find = self._entries.get

    def keep(self, key: tuple[str, str, Meaning], entry: T) -> None:
        """Remember an entry, forgetting the oldest if there are too many."""
        if any(part is not None and len(part) > NAME_LENGTH_MAX for part in key[2]):
            return
        if len(self._entries) >= ENTRIES_MAX:
            del self._entries[next(iter(self._entries))]
        self._entries[key] = entry


def meaning(
    aliases: tuple[str, ...],
    slots: tuple[str, ...],
    names: Mapping[str, str],
    values: Mapping[str, AttributeValue],
) -> Meaning:
    """Work out what an expression means besides its text and the contents of its values."""
    resolved = [names.get(alias) for alias in aliases]
    for slot in slots:
        value = values.get(slot)
        resolved.append(None if value is None else next(iter(value)))
    return tuple(resolved)
