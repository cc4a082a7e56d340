"""Typed response -> bytes."""

from typing import Any

import msgspec

__all__ = ["encode"]

_ENCODER = msgspec.json.Encoder()


def encode(response: Any) -> bytes:
    """Write a response; ``None`` is an empty body."""
    return b"" if response is None else _ENCODER.encode(response)
