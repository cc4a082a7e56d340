"""The CloudWatch Logs operations that the sandbox answers itself; all others are for whoever serves the rest of AWS."""

from typing import Any

from sandbox.logs.operations.describe_log_groups import describe_log_groups
from sandbox.logs.operations.describe_log_streams import describe_log_streams
from sandbox.logs.operations.filter_log_events import filter_log_events
from sandbox.logs.operations.get_log_events import get_log_events
from sandbox.wire.operation import Operation

__all__ = ["WRITTEN"]

WRITTEN: tuple[Operation[Any], ...] = (
    describe_log_groups,
    describe_log_streams,
    filter_log_events,
    get_log_events,
)
