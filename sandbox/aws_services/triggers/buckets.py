"""S3: the notifications of a bucket.

Imports moto: only to be imported in the thread that serves it.

Source: Amazon S3 user guide, "Event message structure" (version 2.1).
"""

import time
from typing import Any
from urllib.parse import quote_plus

from moto.core.utils import iso_8601_datetime_with_milliseconds
from moto.moto_api._internal import mock_random
from moto.s3 import notifications
from moto.s3.models import FakeDeleteMarker, S3Backend

from sandbox.aws_services.triggers.calls import CallFunction, function_call

__all__ = ["call_for_object", "object_event", "told_delete_marker"]

_OWNER = "AIDAJDPLRKLG7UEXAMPLE"
"""AWS's own example of a principal: nobody is known by name here."""


def call_for_object(call: CallFunction) -> Any:
    """A ``notifications._invoke_awslambda`` that hands the event to *call*."""

    def invoke(account_id: str, event_body: Any, fn_arn: str, region_name: str) -> None:  # noqa: ARG001 - the hosted signature
        call(function_call(fn_arn, event_body))

    return invoke


def told_delete_marker() -> Any:
    """A ``S3Backend._set_delete_marker`` that tells of the marker, as the hosted code does of everything else."""
    hosted = S3Backend._set_delete_marker  # noqa: SLF001 - there is no other place to hear of it

    def set_marker(self: S3Backend, bucket_name: str, key_name: str) -> FakeDeleteMarker:
        marker = hosted(self, bucket_name, key_name)
        event = notifications.S3NotificationEvent.OBJECT_REMOVED_DELETE_MARKER_CREATED_EVENT
        notifications.send_event(self.account_id, event, self.get_bucket(bucket_name), marker)
        return marker

    return set_marker


def object_event(event_name: str, bucket: Any, key: Any, notification_id: str) -> dict[str, Any]:
    """A ``notifications._get_s3_event`` with every member that S3 sends, for functions, queues and topics alike.

    A removed object has neither size nor ETag; an object has a version where its bucket keeps versions. In the key a
    blank is ``+``, a slash stays.
    """
    name = str(getattr(event_name, "value", event_name)).removeprefix("s3:")
    about: dict[str, Any] = {"key": quote_plus(key.name, safe="/")}
    if not name.startswith("ObjectRemoved:"):
        about |= {"size": key.size, "eTag": key.etag.replace('"', "")}
    if bucket.is_versioned:
        about["versionId"] = key.version_id
    record = {
        "eventVersion": "2.1",
        "eventSource": "aws:s3",
        "awsRegion": bucket.region_name,
        "eventTime": iso_8601_datetime_with_milliseconds(),
        "eventName": name,
        "userIdentity": {"principalId": _OWNER},
        "requestParameters": {"sourceIPAddress": "127.0.0.1"},
        "responseElements": {
            "x-amz-request-id": mock_random.get_random_hex(16).upper(),
            "x-amz-id-2": mock_random.get_random_hex(64),
        },
        "s3": {
            "s3SchemaVersion": "1.0",
            "configurationId": notification_id,
            "bucket": {"name": bucket.name, "ownerIdentity": {"principalId": _OWNER}, "arn": bucket.arn},
            "object": {**about, "sequencer": f"{time.time_ns():018X}"},
        },
    }
    return {"Records": [record]}
