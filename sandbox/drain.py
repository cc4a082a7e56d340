"""The answer of ``drain``: whether every mapping has caught up, and if not, what is stuck and why."""

from collections.abc import Callable
from dataclasses import dataclass

__all__ = ["DrainReport", "Jump", "StuckEvent", "StuckMapping"]

Jump = Callable[[float], None]
"""Moves the clock to an instant (epoch seconds) at which something that ``drain`` waits for goes on by itself."""


@dataclass(frozen=True, kw_only=True)
class StuckMapping:
    """A mapping that has not caught up, and why.

    Attributes:
        pending_records: records read and neither delivered nor discarded; there may be more behind them.
    """

    uuid: str
    function_arn: str
    stream_arn: str
    reason: str
    pending_records: int


@dataclass(frozen=True, kw_only=True)
class StuckEvent:
    """An asynchronous invocation that has not reached its end, and why."""

    request_id: str
    function_arn: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class DrainReport:
    """The answer of ``drain``: either everything was delivered or discarded, or it is named here."""

    drained: bool
    stuck: tuple[StuckMapping, ...] = ()
    stuck_events: tuple[StuckEvent, ...] = ()
