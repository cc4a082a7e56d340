"""What a function was asked and what it answered, as tests like to look at it."""

import json
from dataclasses import dataclass
from typing import Any, assert_never

from runtimes.contract import Crashed, Raised, Returned, Throttled, TimedOut
from sandbox.adapters.recorded_invocations import RecordedInvocation

__all__ = ["FunctionError", "FunctionInvocation", "invocation_of"]


@dataclass(frozen=True, kw_only=True)
class FunctionError:
    """Lambda's error document of a failed invocation."""

    error_type: str
    message: str
    document: dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class FunctionInvocation:
    """One invocation that has ended.

    Attributes:
        event: what the handler was given.
        result: what it returned, decoded, or as text where a streamed answer is no JSON; ``None`` where it failed, too, and
            where its answer was streamed to its caller.
        error: ``None`` where it succeeded.
    """

    event: Any
    result: Any
    error: FunctionError | None
    request_id: str

    @property
    def records(self) -> list[dict[str, Any]]:
        """The stream records of the event; empty for an event of another kind."""
        records = self.event.get("Records", []) if isinstance(self.event, dict) else []
        return list(records)


def invocation_of(recorded: RecordedInvocation) -> FunctionInvocation:
    """The invocation as tests see it."""
    outcome = recorded.outcome
    result: Any = None
    error: FunctionError | None = None
    match outcome:
        case Returned():
            result = _result(outcome.payload)
        case Raised() | TimedOut() | Crashed():
            error = _error(outcome.payload)
        case Throttled():
            error = FunctionError(error_type="TooManyRequestsException", message=outcome.reason, document={})
        case _:
            assert_never(outcome)
    return FunctionInvocation(
        event=json.loads(recorded.payload or b"null"), result=result, error=error, request_id=recorded.request_id
    )


def _result(payload: bytes) -> Any:
    try:
        return json.loads(payload or b"null")
    except ValueError:
        return payload.decode(errors="replace")


def _error(payload: bytes) -> FunctionError:
    document = json.loads(payload)
    return FunctionError(
        error_type=str(document.get("errorType", "")), message=str(document.get("errorMessage", "")), document=document
    )
