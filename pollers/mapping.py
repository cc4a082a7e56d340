"""The settings of an event source mapping on a DynamoDB stream: ranges, defaults, and the stored form read back."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

__all__ = ["RANGES", "STARTING_POSITIONS", "EventSourceMapping", "Range"]

STARTING_POSITIONS = ("TRIM_HORIZON", "LATEST")
"""AT_TIMESTAMP exists in the enumeration but is refused for DynamoDB. Source: lambda-event-source-mappings §1.2."""


@dataclass(frozen=True, kw_only=True)
class Range:
    """The whole numbers a setting may take; *also* is one more value outside (``-1`` for "no limit")."""

    minimum: int
    maximum: int
    default: int
    also: int | None = None

    def __contains__(self, value: int) -> bool:
        return self.minimum <= value <= self.maximum or value == self.also


RANGES: Mapping[str, Range] = {
    "BatchSize": Range(minimum=1, maximum=10_000, default=100),
    "MaximumBatchingWindowInSeconds": Range(minimum=0, maximum=300, default=0),
    "ParallelizationFactor": Range(minimum=1, maximum=10, default=1),
    "MaximumRetryAttempts": Range(minimum=0, maximum=10_000, default=-1, also=-1),
    "MaximumRecordAgeInSeconds": Range(minimum=60, maximum=604_800, default=-1, also=-1),
    "TumblingWindowInSeconds": Range(minimum=0, maximum=900, default=0),
}
"""Source: lambda-event-source-mappings §1.2; the defaults as recorded (aws-recorded-answers §1)."""


@dataclass(frozen=True, kw_only=True)
class EventSourceMapping:
    """What the user chose for one pair of stream and function.

    Attributes:
        batch_size: records per invocation, counted after filtering.
        batching_window_seconds: how long to gather a batch that is not full; 0 sends whatever is there.
        parallelization_factor: batches in flight per shard.
        starting_position: TRIM_HORIZON or LATEST; matters only while a shard has no checkpoint.
        retry_attempts_max: invocations beyond the first; ``None`` until the records expire.
        record_age_seconds_max: records older than this are discarded; ``None`` never.
        tumbling_window_seconds: length of the windows that carry state; 0 for none.
        reports_batch_item_failures: the function's answer names the records that failed.
        on_failure_arn: where the record of a discarded batch goes; ``None`` nowhere.
        counts_events: its counters are shown as metrics.
        filter_patterns: event patterns, of which one must match; empty lets everything through.
    """

    uuid: str
    event_source_arn: str
    function_arn: str
    batch_size: int = 100
    batching_window_seconds: int = 0
    parallelization_factor: int = 1
    starting_position: str = "TRIM_HORIZON"
    bisects_batch_on_function_error: bool = False
    retry_attempts_max: int | None = None
    record_age_seconds_max: int | None = None
    tumbling_window_seconds: int = 0
    reports_batch_item_failures: bool = False
    on_failure_arn: str | None = None
    filter_patterns: tuple[str, ...] = ()
    counts_events: bool = False

    @classmethod
    def from_configuration(cls, configuration: Mapping[str, Any]) -> "EventSourceMapping":
        """Read the stored configuration, members as on the wire; what is absent or null has AWS's default.

        Raises:
            ValueError: a number outside its range, windows together with parallel lanes, or an unknown starting position:
                the API refuses these, so one that arrives here is a bug of the caller.
        """
        starting_position = configuration.get("StartingPosition") or "TRIM_HORIZON"
        if starting_position not in STARTING_POSITIONS:
            raise ValueError(f"StartingPosition {starting_position!r} is not one of {STARTING_POSITIONS}")
        factor = _number(configuration, "ParallelizationFactor")
        tumbling_window_seconds = _number(configuration, "TumblingWindowInSeconds")
        if factor > 1 and tumbling_window_seconds:
            raise ValueError("TumblingWindowInSeconds needs ParallelizationFactor 1")
        on_failure = (configuration.get("DestinationConfig") or {}).get("OnFailure") or {}
        filters = (configuration.get("FilterCriteria") or {}).get("Filters") or ()
        return cls(
            uuid=configuration["UUID"],
            event_source_arn=configuration["EventSourceArn"],
            function_arn=configuration["FunctionArn"],
            batch_size=_number(configuration, "BatchSize"),
            batching_window_seconds=_number(configuration, "MaximumBatchingWindowInSeconds"),
            parallelization_factor=factor,
            starting_position=starting_position,
            bisects_batch_on_function_error=bool(configuration.get("BisectBatchOnFunctionError")),
            retry_attempts_max=_limit(configuration, "MaximumRetryAttempts"),
            record_age_seconds_max=_limit(configuration, "MaximumRecordAgeInSeconds"),
            tumbling_window_seconds=tumbling_window_seconds,
            reports_batch_item_failures="ReportBatchItemFailures" in (configuration.get("FunctionResponseTypes") or ()),
            on_failure_arn=on_failure.get("Destination") or None,
            counts_events="EventCount" in ((configuration.get("MetricsConfig") or {}).get("Metrics") or ()),
            filter_patterns=tuple(one["Pattern"] for one in filters if one.get("Pattern") is not None),
        )


def _number(configuration: Mapping[str, Any], name: str) -> int:
    value = configuration.get(name)
    number = RANGES[name].default if value is None else int(value)
    if number not in RANGES[name]:
        raise ValueError(f"{name} {number} is outside {RANGES[name]}")
    return number


def _limit(configuration: Mapping[str, Any], name: str) -> int | None:
    number = _number(configuration, name)
    return None if number == -1 else number
