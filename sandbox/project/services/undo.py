"""What a resource of a hosted service must no longer do, once the template says so no more.

Only what would go on calling functions is taken back; what holds data (queues, buckets, topics) is kept.

Source: EventBridge API reference, RemoveTargets and DeleteRule; S3 API reference, PutBucketNotificationConfiguration.
"""

from collections.abc import Iterator
from typing import Any

from sandbox.project.project import ServiceCall, ServiceResource

__all__ = ["undoing"]


def undoing(before: ServiceResource, after: ServiceResource | None) -> tuple[ServiceCall, ...]:
    """The calls that take back what *before* set up and *after* does not; all of it where *after* is ``None``."""
    return (*_targets(before, after), *_rules(before, after), *_notifications(before, after))


def _calls(resource: ServiceResource | None, operation: str) -> list[dict[str, Any]]:
    return (
        [] if resource is None else [dict(one.parameters) for one in resource.connecting if one.operation == operation]
    )


def _targets(before: ServiceResource, after: ServiceResource | None) -> Iterator[ServiceCall]:
    there = {target["Id"] for put in _calls(after, "PutTargets") for target in put["Targets"]}
    for put in _calls(before, "PutTargets"):
        gone = [target["Id"] for target in put.pop("Targets") if target["Id"] not in there]
        if gone:
            yield ServiceCall("events", "RemoveTargets", {**put, "Ids": gone})


def _rules(before: ServiceResource, after: ServiceResource | None) -> Iterator[ServiceCall]:
    if after is None:
        for put in _calls(before, "PutRule"):
            which: dict[str, Any] = {member: put[member] for member in ("Name", "EventBusName") if member in put}
            yield ServiceCall("events", "DeleteRule", which, there_already=("ResourceNotFoundException",))


def _notifications(before: ServiceResource, after: ServiceResource | None) -> Iterator[ServiceCall]:
    operation = "PutBucketNotificationConfiguration"
    if _calls(before, operation) and not _calls(after, operation):
        yield ServiceCall("s3", operation, {"Bucket": before.name, "NotificationConfiguration": {}})
