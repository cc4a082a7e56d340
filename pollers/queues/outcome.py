"""What a function's answer means for the messages it was given.

Source: AWS Lambda developer guide, "Handling errors for an SQS event source in Lambda", implementing partial batch
responses: what counts as a complete success and what as a complete failure.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, assert_never

import msgspec

from pollers.ports import (
    FunctionFailed,
    FunctionMissing,
    FunctionThrottled,
    FunctionUnloadable,
    InvocationReply,
    InvocationSucceeded,
)
from pollers.queues.ports import Message

__all__ = ["BatchEnd", "judge"]


@dataclass(frozen=True, kw_only=True)
class BatchEnd:
    """How a batch ended.

    Attributes:
        processed: to be deleted.
        failed: to come back when their visibility timeout is over.
        outcome: in words, as in ``BatchTrace``.
        is_held: the code cannot be loaded: all of it is to come back when the code changes.
    """

    processed: Sequence[Message]
    failed: Sequence[Message]
    outcome: str
    is_held: bool = False


def judge(reply: InvocationReply, messages: Sequence[Message], *, reports_failures: bool) -> BatchEnd:
    """Read a reply; *reports_failures* is whether the mapping has ``ReportBatchItemFailures``."""
    match reply:
        case InvocationSucceeded(payload=payload):
            return _judge_answer(payload, messages) if reports_failures else _all_processed(messages)
        case FunctionFailed(error_type=error_type, error_message=message):
            return _all_failed(messages, f"failed: {error_type}: {message}")
        case FunctionThrottled(reason=reason):
            return _all_failed(messages, f"throttled: {reason}")
        case FunctionMissing():
            return _all_failed(messages, "function not found")
        case FunctionUnloadable(error_type=error_type, error_message=message, location=location):
            where = f" in {location}" if location else ""
            outcome = f"held: {error_type}: {message}{where}" if message else f"held: {error_type}{where}"
            return BatchEnd(processed=(), failed=messages, outcome=outcome, is_held=True)
        case _:
            assert_never(reply)


def _judge_answer(payload: bytes, messages: Sequence[Message]) -> BatchEnd:
    try:
        answer: Any = msgspec.json.decode(payload) if payload.strip() else None
    except msgspec.DecodeError:
        return _all_failed(messages, "failed: the answer is not JSON")
    if not answer:
        return _all_processed(messages)
    failures = answer.get("batchItemFailures") if isinstance(answer, dict) else answer
    if not failures:
        return _all_processed(messages)
    if not isinstance(failures, list) or not isinstance(answer, dict):
        return _all_failed(messages, "failed: the answer is no batch item failure report")
    known = {message.message_id for message in messages}
    failed: set[str] = set()
    for failure in failures:
        identifier = failure.get("itemIdentifier") if isinstance(failure, dict) else None
        if not isinstance(identifier, str) or identifier not in known:
            return _all_failed(messages, f"failed: itemIdentifier {identifier!r} names no message of the batch")
        failed.add(identifier)
    if len(failed) == len(known):
        return _all_failed(messages, "failed: the answer names every message")
    processed = [message for message in messages if message.message_id not in failed]
    return BatchEnd(
        processed=processed,
        failed=[message for message in messages if message.message_id in failed],
        outcome=f"delivered {len(processed)} of {len(messages)}",
    )


def _all_processed(messages: Sequence[Message]) -> BatchEnd:
    return BatchEnd(processed=messages, failed=(), outcome="delivered")


def _all_failed(messages: Sequence[Message], outcome: str) -> BatchEnd:
    return BatchEnd(processed=(), failed=messages, outcome=outcome)
