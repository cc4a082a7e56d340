"""What a CloudWatch operation receives, and which metrics it answers for."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from sandbox.metrics.store import AccountMetrics

__all__ = ["OWN_NAMESPACES", "MetricsScope"]

OWN_NAMESPACES: Final = frozenset({"AWS/Lambda"})
"""Whose metrics are kept here; the others are in the hands of whoever serves the rest of CloudWatch."""


@dataclass(frozen=True, kw_only=True)
class MetricsScope:
    """The metrics of one account and region.

    Attributes:
        up_to_date: has everything that is counted elsewhere put into *metrics*; call it before reading.
        others: asks whoever serves the other namespaces: operation, members, to the members of the answer.
    """

    metrics: AccountMetrics
    up_to_date: Callable[[], None]
    others: Callable[[str, Mapping[str, Any]], Awaitable[Mapping[str, Any]]]
