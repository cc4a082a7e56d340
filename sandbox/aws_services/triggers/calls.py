"""What a hosted service wants of a function."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import msgspec

__all__ = ["CallFunction", "FunctionCall", "function_call"]


@dataclass(frozen=True, kw_only=True)
class FunctionCall:
    """An event for a function; *function_arn* may name a version or alias, *payload* is JSON."""

    function_arn: str
    payload: bytes


CallFunction = Callable[[FunctionCall], None]
"""Takes a call; must neither block nor raise."""


def function_call(function_arn: str, event: Any) -> FunctionCall:
    """The call that brings *event*, any JSON value."""
    return FunctionCall(function_arn=function_arn, payload=msgspec.json.encode(event))
