"""The latest invocations that have ended, kept for tests and for replaying."""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

from runtimes.contract import Outcome

__all__ = ["RecordedInvocation", "RecordedInvocations"]

_RECORDED_MAX = 1_000
_RECORDED_BYTES_MAX = 16_777_216


@dataclass(frozen=True, kw_only=True)
class RecordedInvocation:
    """One invocation that has ended; *payload* is the event as it was handed in."""

    function_arn: str
    function_name: str
    request_id: str
    payload: bytes
    outcome: Outcome


class RecordedInvocations:
    """A thousand of all functions together, fewer where their events are large."""

    def __init__(self) -> None:
        self._recorded: deque[RecordedInvocation] = deque()
        self._payload_bytes = 0

    def add(self, recorded: RecordedInvocation) -> None:
        """Keep one more; the oldest leave."""
        self._recorded.append(recorded)
        self._payload_bytes += len(recorded.payload)
        while len(self._recorded) > _RECORDED_MAX or self._payload_bytes > _RECORDED_BYTES_MAX:
            self._payload_bytes -= len(self._recorded.popleft().payload)

    def of(self, function_name: str) -> Sequence[RecordedInvocation]:
        """Those of one function, oldest first."""
        return [recorded for recorded in self._recorded if recorded.function_name == function_name]

    def find(self, request_id: str) -> RecordedInvocation | None:
        """The latest with this request id, or ``None`` where it is not among those kept."""
        return next((recorded for recorded in reversed(self._recorded) if recorded.request_id == request_id), None)
