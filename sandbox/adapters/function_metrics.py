"""What functions and mappings do, as CloudWatch's metrics of the namespace AWS/Lambda.

Counting costs an invocation next to nothing: values are kept once for each function, and spread over the metrics that
they belong to when somebody reads.

Names, units and dimensions. Source: AWS Lambda developer guide, "Using CloudWatch metrics with Lambda";
lambda-event-source-mappings §1.6.
"""

from collections.abc import Callable, Sequence
from typing import Final

from pollers.account import MappingMetrics
from pollers.mapping import EventSourceMapping
from pollers.trace import BatchTrace
from runtimes.contract import Returned, Throttled
from sandbox.adapters.function_host import EndedInvocation
from sandbox.clock import Clock
from sandbox.metrics.store import Metric, MetricStore, Series

__all__ = ["FunctionMetrics"]

_NAMESPACE: Final = "AWS/Lambda"
_COUNTERS: Final = {
    "polled_event_count": "PolledEventCount",
    "filtered_out_event_count": "FilteredOutEventCount",
    "invoked_event_count": "InvokedEventCount",
    "failed_invoke_event_count": "FailedInvokeEventCount",
    "dropped_event_count": "DroppedEventCount",
    "on_failure_destination_delivered_event_count": "OnFailureDestinationDeliveredEventCount",
}
"""DeletedEventCount is of SQS only."""

_NOTHING: Final = [0] * len(_COUNTERS)

Dimensions = tuple[tuple[str, str], ...]


class _Values:
    """The values of one function, as it was asked for, since they were last spread."""

    def __init__(self) -> None:
        self.series = {
            "Invocations": Series(unit="Count"),
            "Errors": Series(unit="Count"),
            "Throttles": Series(unit="Count"),
            "Duration": Series(unit="Milliseconds"),
            "ConcurrentExecutions": Series(unit="Count"),
            "IteratorAge": Series(unit="Milliseconds"),
        }


class FunctionMetrics:
    """Counts as things happen, and puts it into a store when told.

    Args:
        counted: the counters of mappings whose MetricsConfig asks for them, as they stand.
    """

    def __init__(
        self,
        store: MetricStore,
        clock: Clock,
        counted: Callable[[], Sequence[tuple[EventSourceMapping, MappingMetrics]]],
    ) -> None:
        self._store = store
        self._clock = clock
        self._counted = counted
        self._values: dict[tuple[str, str], _Values] = {}
        self._counts: dict[str, list[int]] = {}

    def ended(self, invocation: EndedInvocation) -> None:
        """Count an invocation, at the time at which it began."""
        series = self._of(invocation.function_arn, invocation.invoked_arn).series
        at, outcome = invocation.began_seconds, invocation.outcome
        if isinstance(outcome, Throttled):
            series["Throttles"].add(1.0, at)
            return
        series["Throttles"].add(0.0, at)
        series["Invocations"].add(1.0, at)
        series["Errors"].add(0.0 if isinstance(outcome, Returned) else 1.0, at)
        series["Duration"].add(outcome.duration_ms, at)
        series["ConcurrentExecutions"].add(float(invocation.running), at)

    def batch(self, trace: BatchTrace) -> None:
        """Count what a mapping did."""
        if trace.iterator_age_ms is not None:
            values = self._of(trace.function_arn, trace.function_arn)
            values.series["IteratorAge"].add(max(0.0, trace.iterator_age_ms), trace.at_seconds)
        self._sample()

    def spread(self) -> None:
        """Put everything into the store."""
        self._sample()
        values, self._values = self._values, {}
        for (function_arn, invoked_arn), one in values.items():
            account = self._store.of(*_place(function_arn))
            for dimensions in _dimensions(function_arn, invoked_arn):
                for name, series in one.series.items():
                    if series.minutes:
                        account.series(Metric(_NAMESPACE, name, dimensions), series.unit).join(series)

    def _sample(self) -> None:
        """Count what the mappings' counters grew by since the last time."""
        now = self._clock.now()
        for mapping, metrics in self._counted():
            counts = [getattr(metrics, member) for member in _COUNTERS]
            before = self._counts.get(mapping.uuid, _NOTHING)
            if counts == before:
                continue
            self._counts[mapping.uuid] = counts
            account = self._store.of(*_place(mapping.function_arn))
            for name, count, earlier in zip(_COUNTERS.values(), counts, before, strict=True):
                metric = Metric(_NAMESPACE, name, (("EventSourceMappingUUID", mapping.uuid),))
                account.series(metric, "Count").add(float(count - earlier), now)

    def _of(self, function_arn: str, invoked_arn: str) -> _Values:
        key = (function_arn, invoked_arn)
        values = self._values.get(key)
        if values is None:
            values = self._values[key] = _Values()
        return values


def _place(function_arn: str) -> tuple[str, str]:
    """Account id and region."""
    parts = function_arn.split(":")
    return parts[4], parts[3]


def _dimensions(function_arn: str, invoked_arn: str) -> tuple[Dimensions, ...]:
    """What an invocation counts for: all functions, the function, what was asked for, and the version behind an alias."""
    invoked = invoked_arn.split(":")[6:]
    own: Dimensions = (("FunctionName", invoked[0]),)
    resource: Dimensions = (*own, ("Resource", ":".join(invoked)))
    version = function_arn.split(":")[7:]
    if version and version != invoked[1:]:
        return (), own, resource, (("ExecutedVersion", version[0]), *resource)
    return (), own, resource
