"""What becomes of an asynchronous event, and the documents that tell of it.

Source: esm §5.3; the layout is that of AWS's developer guide, "Adding a destination".
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

import msgspec

from sandbox.awslambda.ports import InvokeResult

__all__ = [
    "AsynchronousEvent",
    "EventEnd",
    "EventSettings",
    "dead_letter_attributes",
    "result_document",
    "result_object_key",
]

EVENT_AGE_SECONDS_MAX = 21_600.0
RETRIES_MAX = 2
_ERROR_MESSAGE_CHARACTERS_MAX = 1_024

EventEnd = Literal["Success", "RetriesExhausted", "EventAgeExceeded", "ZeroReservedConcurrency"]


@dataclass(frozen=True, kw_only=True)
class EventSettings:
    """How events of a function are treated.

    Attributes:
        retries_max: tries after the first.
        on_success: ARN of the destination; ``None`` without one. So are *on_failure* and *dead_letter*.
        is_shut: no concurrency is left to the function at all, so that waiting is of no use.
    """

    retries_max: int = RETRIES_MAX
    age_seconds_max: float = EVENT_AGE_SECONDS_MAX
    on_success: str | None = None
    on_failure: str | None = None
    dead_letter: str | None = None
    is_shut: bool = False


@dataclass(frozen=True, kw_only=True)
class AsynchronousEvent:
    """One event.

    Attributes:
        function_arn: as invoked, with ``:$LATEST`` where no qualifier was given.
        settings: asked whenever something is decided, so that a change takes effect on events under way.
    """

    function_arn: str
    function_name: str
    request_id: str
    payload: bytes
    settings: Callable[[], EventSettings]


def result_document(
    event: AsynchronousEvent, condition: EventEnd, result: InvokeResult | None, *, invoke_count: int, now: float
) -> bytes:
    """The JSON that a destination receives; *result* is ``None`` where the function never ran.

    Assumption: without a run there is neither ``responseContext`` nor ``responsePayload``.
    """
    document: dict[str, Any] = {
        "version": "1.0",
        "timestamp": _utc(now).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z",
        "requestContext": {
            "requestId": event.request_id,
            "functionArn": event.function_arn,
            "condition": condition,
            "approximateInvokeCount": invoke_count,
        },
        "requestPayload": msgspec.Raw(event.payload),
    }
    if result is not None:
        error = {} if result.function_error is None else {"functionError": result.function_error}
        document["responseContext"] = {"statusCode": 200, "executedVersion": result.executed_version, **error}
        document["responsePayload"] = msgspec.Raw(result.payload or b"null")
    return msgspec.json.encode(document)


def result_object_key(event: AsynchronousEvent, *, now: float, uuid: str) -> str:
    """Name the object that holds the document in a bucket."""
    return _utc(now).strftime(f"aws/lambda/async/{event.function_name}/%Y/%m/%d/%Y-%m-%dT%H.%M.%S-{uuid}")


def dead_letter_attributes(event: AsynchronousEvent, result: InvokeResult | None) -> dict[str, str | int]:
    """What stands beside the event in a dead-letter queue or topic."""
    return {"RequestID": event.request_id, "ErrorCode": 200, "ErrorMessage": _error_message(result)}


def _error_message(result: InvokeResult | None) -> str:
    if result is None:
        return "The function did not run."  # assumption: AWS's words for this case are not known
    try:
        document = msgspec.json.decode(result.payload)
    except msgspec.DecodeError:
        document = None
    message = document.get("errorMessage") if isinstance(document, dict) else None
    return str(message or "Unknown error")[:_ERROR_MESSAGE_CHARACTERS_MAX]


def _utc(now: float) -> datetime:
    return datetime.fromtimestamp(now, UTC)
