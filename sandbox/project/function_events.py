"""Events of a SAM function that other services bring: a topic, a bucket, a rule, a schedule."""

from typing import Any, Final

from sandbox.project.project import ServiceResource
from sandbox.project.services.buckets import read_s3_event
from sandbox.project.services.rules import read_pattern_event, read_schedule_event
from sandbox.project.services.topics import read_sns_event
from sandbox.project.shapes import Reader
from sandbox.project.tree import Fields

__all__ = ["TRIGGER_TYPES", "BucketEvent", "read_trigger"]

TRIGGER_TYPES: Final = ("CloudWatchEvent", "EventBridgeRule", "S3", "SNS", "Schedule")

BucketEvent = tuple[str, dict[str, Any]]
"""The name of a bucket, and one more entry of its notifications."""


def read_trigger(
    kind: str, label: str, properties: Fields, line: int, function_arn: str, reader: Reader
) -> ServiceResource | BucketEvent | None:
    """The resource that calls the function, or what its bucket has to tell it; ``None`` where it is at fault.

    *kind* is one of ``TRIGGER_TYPES``; *label* names the resource where the event does not.
    """
    match kind:
        case "S3":
            return read_s3_event(properties, line, function_arn, reader)
        case "SNS":
            return read_sns_event(label, properties, line, function_arn, reader)
        case "Schedule":
            return read_schedule_event(label, properties, line, function_arn, reader)
        case _:
            return read_pattern_event(label, properties, line, function_arn, reader)
