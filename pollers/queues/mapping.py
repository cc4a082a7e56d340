"""The settings of an event source mapping on a queue, read back from their stored form."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

__all__ = ["CONCURRENCY_DEFAULT", "QueueMapping"]

CONCURRENCY_DEFAULT: Final = 5
"""Batches in flight. AWS begins with five and goes higher under load; here it stays there. Source: AWS Lambda developer
guide, "Using Lambda with Amazon SQS", scaling behaviour."""


@dataclass(frozen=True, kw_only=True)
class QueueMapping:
    """What the user chose for one pair of queue and function.

    Attributes:
        batch_size: messages per invocation.
        batching_window_seconds: how long to gather a batch that is not full; 0 sends whatever was received.
        reports_batch_item_failures: the function's answer names the messages that failed.
        concurrency_max: batches in flight.
        filter_patterns: event patterns, of which one must match; empty lets everything through.
    """

    uuid: str
    queue_arn: str
    function_arn: str
    batch_size: int = 10
    batching_window_seconds: int = 0
    reports_batch_item_failures: bool = False
    concurrency_max: int = CONCURRENCY_DEFAULT
    filter_patterns: tuple[str, ...] = ()

    @classmethod
    def from_configuration(cls, configuration: Mapping[str, Any]) -> "QueueMapping":
        """Read the stored configuration, members as on the wire; what is absent or null has AWS's default."""
        scaling = configuration.get("ScalingConfig") or {}
        filters = (configuration.get("FilterCriteria") or {}).get("Filters") or ()
        return cls(
            uuid=configuration["UUID"],
            queue_arn=configuration["EventSourceArn"],
            function_arn=configuration["FunctionArn"],
            batch_size=configuration.get("BatchSize") or 10,
            batching_window_seconds=configuration.get("MaximumBatchingWindowInSeconds") or 0,
            reports_batch_item_failures="ReportBatchItemFailures" in (configuration.get("FunctionResponseTypes") or ()),
            concurrency_max=scaling.get("MaximumConcurrency") or CONCURRENCY_DEFAULT,
            filter_patterns=tuple(one["Pattern"] for one in filters if one.get("Pattern") is not None),
        )
