"""A deployed function as the poller's ``Invoker``: outcomes become replies."""

import json
from typing import assert_never

from pollers.ports import (
    FunctionFailed,
    FunctionMissing,
    FunctionThrottled,
    FunctionUnloadable,
    InvocationReply,
    InvocationSucceeded,
)
from runtimes.contract import Crashed, LoadFailure, Raised, Returned, RuntimeUnavailable, Throttled, TimedOut
from sandbox.adapters.function_host import FunctionNotDeployed, LocalFunctionHost
from sandbox.ids import Ids

__all__ = ["HostInvoker"]


class HostInvoker:
    """Invokes what *host* runs.

    Args:
        ids: names the requests.
        hold_unloadable_code: development mode: code that cannot be loaded holds its batch and uses up no attempt.
    """

    def __init__(self, host: LocalFunctionHost, *, ids: Ids, hold_unloadable_code: bool) -> None:
        self._host = host
        self._ids = ids
        self._hold_unloadable_code = hold_unloadable_code

    async def invoke(self, function_arn: str, payload: bytes) -> InvocationReply:
        """Invoke synchronously; a failure is a value."""
        request_id = self._ids.uuid()
        try:
            outcome = await self._host.run(function_arn, payload, request_id=request_id)
        except FunctionNotDeployed:
            return FunctionMissing(function_arn=function_arn, request_id=request_id)
        except RuntimeUnavailable as reason:
            # The function could not even be asked, as with a 5xx of Lambda's: no attempt is used up.
            return FunctionThrottled(reason=str(reason), request_id=request_id)
        match outcome:
            case Returned():
                return InvocationSucceeded(
                    payload=outcome.payload,
                    executed_version=self._host.executed_version(function_arn),
                    duration_ms=outcome.duration_ms,
                    request_id=request_id,
                )
            case Throttled():
                return FunctionThrottled(reason=outcome.reason, request_id=request_id)
            case Raised() | TimedOut() | Crashed():
                return self._failure(function_arn, outcome, request_id)
        assert_never(outcome)

    async def code_changed(self, function_arn: str) -> None:
        """Return at the next change; at once only where it changed since its last failed invocation began."""
        await self._host.code_changed(function_arn)

    def _failure(self, function_arn: str, outcome: LoadFailure, request_id: str) -> InvocationReply:
        error_type, error_message = _error_of(outcome)
        if self._hold_unloadable_code and outcome.phase == "init":
            return FunctionUnloadable(
                error_type=error_type,
                error_message=error_message,
                location=outcome.location if isinstance(outcome, Raised) else "",
                request_id=request_id,
            )
        return FunctionFailed(
            error_type=error_type,
            error_message=error_message,
            payload=outcome.payload,
            executed_version=self._host.executed_version(function_arn),
            duration_ms=outcome.duration_ms,
            request_id=request_id,
        )


def _error_of(outcome: LoadFailure) -> tuple[str, str]:
    if isinstance(outcome, Raised):
        return outcome.error_type, outcome.error_message
    document = json.loads(outcome.payload)
    return document["errorType"], document["errorMessage"]
