"""Put the triggers where the hosted code looks for them, for the length of a call.

Only in services that are loaded: one that is not has no subscription, notification or rule yet. The hosted code is the
process's, and a test's own use of it in the same process must find it as it was.

Imports moto: only to be imported in the thread that serves it.
"""

import contextlib
import sys
from collections.abc import Iterator
from typing import Any

from sandbox.aws_services.triggers.calls import CallFunction

__all__ = ["functions_in_reach"]


@contextlib.contextmanager
def functions_in_reach(call: CallFunction) -> Iterator[None]:
    """Hand what hosted services send to functions to *call*, until the block ends."""
    before: list[tuple[Any, str, Any]] = []
    try:
        for place, name, replacement in _replacements(call):
            before.append((place, name, getattr(place, name)))
            setattr(place, name, replacement)
        yield
    finally:
        for place, name, original in before:
            setattr(place, name, original)


def _replacements(call: CallFunction) -> Iterator[tuple[Any, str, Any]]:
    loaded = sys.modules
    if "moto.sns.models" in loaded:
        from sandbox.aws_services.triggers.topics import publish_to_functions  # noqa: PLC0415 - imports the hosted SNS

        yield loaded["moto.sns.models"].Subscription, "publish", publish_to_functions(call)
    if "moto.s3.models" in loaded:
        from sandbox.aws_services.triggers.buckets import (  # noqa: PLC0415 - as above, S3
            call_for_object,
            object_event,
            told_delete_marker,
        )

        yield loaded["moto.s3.notifications"], "_invoke_awslambda", call_for_object(call)
        yield loaded["moto.s3.notifications"], "_get_s3_event", object_event
        yield loaded["moto.s3.models"].S3Backend, "_set_delete_marker", told_delete_marker()
    if "moto.events.models" in loaded:
        from sandbox.aws_services.triggers.rules import send_to_targets  # noqa: PLC0415 - as above, EventBridge

        yield loaded["moto.events.models"].Rule, "send_to_targets", send_to_targets(call)
