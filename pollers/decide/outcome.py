"""What a function's answer means for the batch it was given.

Source: lambda-event-source-mappings §3.3, §3.5, §3.10; aws-recorded-answers §6.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, assert_never

import msgspec

from pollers.decide.batching import Entry
from pollers.ports import (
    FunctionFailed,
    FunctionMissing,
    FunctionThrottled,
    FunctionUnloadable,
    InvocationReply,
    InvocationSucceeded,
)

__all__ = ["Delivered", "DeliveredUpTo", "Held", "Missing", "Outcome", "Rejected", "Throttled", "judge"]


@dataclass(frozen=True, kw_only=True)
class Delivered:
    """All of it was processed; *state* is the JSON object to carry on in a tumbling window, else ``None``."""

    state: bytes | None = None


@dataclass(frozen=True, kw_only=True)
class DeliveredUpTo:
    """The first *count* records were processed, the one after them failed (and later ones may be repeated)."""

    count: int
    state: bytes | None = None


@dataclass(frozen=True, kw_only=True)
class Rejected:
    """The whole batch failed and an attempt is used up.

    Attributes:
        reason: in words, for people.
        function_error: ``Unhandled`` when the function failed; ``None`` when it answered, but reported failure.
    """

    reason: str
    function_error: str | None


@dataclass(frozen=True, kw_only=True)
class Throttled:
    """The function did not run; no attempt is used up."""

    reason: str


@dataclass(frozen=True, kw_only=True)
class Missing:
    """There is no such function; no attempt is used up."""

    function_arn: str
    request_id: str


@dataclass(frozen=True, kw_only=True)
class Held:
    """The code cannot be loaded and nothing is to be lost for it: wait for other code."""

    reason: str
    location: str


Outcome = Delivered | DeliveredUpTo | Rejected | Throttled | Missing | Held


def judge(reply: InvocationReply, entries: Sequence[Entry], *, reports_failures: bool, carries_state: bool) -> Outcome:
    """Read a reply.

    Args:
        reply: what came back.
        entries: the records of the invocation.
        reports_failures: the mapping has ``ReportBatchItemFailures``; without it the answer's body is ignored.
        carries_state: the mapping has tumbling windows, so the answer must hold ``state``.
    """
    match reply:
        case InvocationSucceeded(payload=payload):
            return _judge_answer(payload, entries, reports_failures=reports_failures, carries_state=carries_state)
        case FunctionFailed(error_type=error_type, error_message=message):
            return Rejected(reason=f"{error_type}: {message}", function_error="Unhandled")
        case FunctionThrottled(reason=reason):
            return Throttled(reason=reason)
        case FunctionMissing(function_arn=function_arn, request_id=request_id):
            return Missing(function_arn=function_arn, request_id=request_id)
        case FunctionUnloadable(error_type=error_type, error_message=message, location=location):
            return Held(reason=f"{error_type}: {message}" if message else error_type, location=location)
        case _:
            assert_never(reply)


def _judge_answer(payload: bytes, entries: Sequence[Entry], *, reports_failures: bool, carries_state: bool) -> Outcome:
    if not reports_failures and not carries_state:
        return Delivered()
    try:
        answer: Any = msgspec.json.decode(payload) if payload.strip() else None
    except msgspec.DecodeError:
        return Rejected(reason="the answer is not JSON", function_error=None)
    state = None
    if carries_state:
        given = answer.get("state") if isinstance(answer, dict) else None
        if not isinstance(given, dict):
            return Rejected(reason="the answer has no state, which a tumbling window needs", function_error=None)
        state = msgspec.json.encode(given)
    if not reports_failures:
        return Delivered(state=state)
    first_failed = _first_failed(answer, entries)
    match first_failed:
        case None:
            return Delivered(state=state)
        case int():
            return DeliveredUpTo(count=first_failed, state=state)
        case str():
            return Rejected(reason=first_failed, function_error=None)


def _first_failed(answer: Any, entries: Sequence[Entry]) -> int | str | None:
    """The index of the first failed record; a text where the report cannot be used; ``None`` for full success."""
    if answer is None or answer in ("", [], {}):
        return None
    if not isinstance(answer, dict):
        # Not recorded. A body that cannot be a report is treated like a report that cannot be read.
        return "the answer is no batch item failure report"
    failures = answer.get("batchItemFailures")
    if failures is None or failures == []:
        return None
    if not isinstance(failures, list):
        return "batchItemFailures is not a list"
    index_of = {entry.record.sequence_number: index for index, entry in enumerate(entries)}
    first = len(entries)
    for failure in failures:
        identifier = failure.get("itemIdentifier") if isinstance(failure, dict) else None
        if not isinstance(identifier, str) or identifier not in index_of:
            return f"itemIdentifier {identifier!r} names no record of the batch"
        first = min(first, index_of[identifier])
    return first
