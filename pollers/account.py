"""What is known of one mapping's doings: the last result, the counters, and where traces go.

It outlives the runs of a mapping (updates, pauses), so that counters do not start anew.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from pollers.decide.outcome import Delivered, DeliveredUpTo, Missing, Outcome
from pollers.trace import BatchTrace

__all__ = ["Account", "MappingMetrics", "Observer"]

Observer = Callable[[BatchTrace], None]

RESULT_OK: Final = "OK"
RESULT_FUNCTION_FAILED: Final = "PROBLEM: Function call failed"
RESULT_FUNCTION_MISSING: Final = (
    "PROBLEM: Function not found: {function_arn} "
    "(Service: AWSLambda; Status Code: 404; Error Code: ResourceNotFoundException; Request ID: {request_id})"
)
"""Source: lambda-event-source-mappings §1.4."""


@dataclass(kw_only=True)
class MappingMetrics:
    """Counters under AWS's names in lower case, since the process started. Source: lambda-event-source-mappings §1.6.

    Attributes:
        iterator_age_ms: age of the last record of the last batch when its invocation ended; ``None`` before the first.
    """

    polled_event_count: int = 0
    filtered_out_event_count: int = 0
    invoked_event_count: int = 0
    failed_invoke_event_count: int = 0
    dropped_event_count: int = 0
    on_failure_destination_delivered_event_count: int = 0
    iterator_age_ms: float | None = None


class Account:
    """The books of one mapping.

    Attributes:
        last_processing_result: as the API shows it, or ``None`` where nothing was processed yet.
        is_forgotten: the mapping was deleted; no checkpoint of it may be stored any more.
        activity: grows with every read of records, invocation, discard, and shard begun or finished: equal readings, nothing
            happened between.
    """

    def __init__(self, observer: Observer, changed: Callable[[], None]) -> None:
        self._observer = observer
        self._changed = changed
        self.metrics = MappingMetrics()
        self.last_processing_result: str | None = None
        self.is_forgotten = False
        self.activity = 0

    def changed(self) -> None:
        """Tell whoever waits for this mapping to look at it again."""
        self._changed()

    def note_outcome(self, outcome: Outcome, *, record_count: int, iterator_age_ms: float | None) -> None:
        """Count one invocation of *record_count* records; the age is of the last of them, ``None`` without any."""
        self.activity += 1
        self.metrics.invoked_event_count += record_count
        if iterator_age_ms is not None:
            self.metrics.iterator_age_ms = iterator_age_ms
        match outcome:
            case Delivered():
                self.last_processing_result = RESULT_OK
                return
            case DeliveredUpTo(count=count):
                self.metrics.failed_invoke_event_count += record_count - count
            case _:
                self.metrics.failed_invoke_event_count += record_count
        self.last_processing_result = (
            RESULT_FUNCTION_MISSING.format(function_arn=outcome.function_arn, request_id=outcome.request_id)
            if isinstance(outcome, Missing)
            else RESULT_FUNCTION_FAILED
        )

    def emit(self, trace: BatchTrace) -> None:
        """Hand a trace on."""
        self._observer(trace)
