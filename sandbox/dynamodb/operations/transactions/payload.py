"""What a writing transaction weighs, of which it may be 4 MB.

A put counts as its item, everything else as its key; to both are added the texts of the expressions, and each time they
mention a placeholder, the name or value it stands for. The items that are changed do not count.

Source: dynamodb-exact §16, §25 row 20; DynamoDB Local 3.3.1, asked 2026-11, whose refusal tells the size.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from sandbox.dynamodb.engine.transact import refuse_weight
from sandbox.dynamodb.limits import TRANSACTION_BYTES_MAX
from sandbox.values.size import text_bytes, value_bytes

__all__ = ["Weighed", "refuse_heavy"]

_PLACEHOLDER = re.compile("[#:][0-9A-Za-z_]+")


class Weighed(NamedTuple):
    """One action: its item or key in bytes, and what belongs to its expressions, with values in normal form."""

    size: int
    texts: tuple[str | None, ...]
    names: Mapping[str, str] | None
    values: Mapping[str, Any] | None

    @property
    def bytes(self) -> int:
        """The exact measure."""
        size = self.size
        for text in filter(None, self.texts):
            size += text_bytes(text)
            for placeholder in _PLACEHOLDER.findall(text):
                if placeholder[0] == "#":
                    size += text_bytes((self.names or {})[placeholder])
                else:
                    size += value_bytes((self.values or {})[placeholder])
        return size


def refuse_heavy(actions: Sequence[Weighed]) -> None:
    """Refuse actions that weigh more than 4 MB together; their expressions have been parsed.

    Raises:
        ValidationException: see ``refuse_weight``.
    """
    if _bytes_at_most(actions) > TRANSACTION_BYTES_MAX:
        refuse_weight(action.bytes for action in actions)


def _bytes_at_most(actions: Sequence[Weighed]) -> int:
    """A bound that needs no look into the texts: a character has four bytes at most, a placeholder two characters at least."""
    bound = 0
    for size, texts, names, values in actions:
        bound += size
        length = 0
        for text in texts:
            if text is not None:
                length += len(text)
        if not length:
            continue
        mentioned = 0
        if names:
            for name in names.values():
                mentioned += 4 * len(name)
        if values:
            for value in values.values():
                for content in value.values():
                    mentioned += 4 * len(content) if type(content) is str else value_bytes(value)
        bound += 4 * length + length // 2 * mentioned
    return bound
