"""The latest traces of all mappings, in memory, oldest first."""

from collections import deque
from typing import Final

from pollers.trace import BatchTrace

__all__ = ["TRACES_MAX", "BatchTraces"]

TRACES_MAX: Final = 5_000
"""A trace holds 2 KB of an answer at most, so all of them stay near 10 MB."""


class BatchTraces:
    """A ring of traces; hand ``take`` to whoever observes."""

    def __init__(self) -> None:
        self._traces: deque[BatchTrace] = deque(maxlen=TRACES_MAX)

    def take(self, trace: BatchTrace) -> None:
        """Remember one; the oldest makes room."""
        self._traces.append(trace)

    def of_mapping(self, mapping_uuid: str, *, limit: int) -> list[BatchTrace]:
        """The latest *limit* of one mapping, oldest first."""
        found = [trace for trace in self._traces if trace.mapping_uuid == mapping_uuid]
        return found[-limit:] if limit else []

    def outcomes(self) -> dict[str, str]:
        """How the latest invocations ended, in words, by their request ids."""
        return {trace.request_id: trace.outcome for trace in self._traces if trace.request_id}
