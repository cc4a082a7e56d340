"""A deployed function as the poller's ``Invoker``: outcomes become replies."""

import asyncio
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
from sandbox.awslambda.routing import AliasRouting, may_be_alias
from sandbox.ids import Ids

__all__ = ["HostInvoker"]


class HostInvoker:
    """Invokes what *host* runs.

    Args:
        ids: names the requests.
        routing: which version an alias runs; ``None`` where there are no aliases.
        hold_unloadable_code: development mode: code that cannot be loaded holds its batch and uses up no attempt.
    """

    def __init__(
        self,
        host: LocalFunctionHost,
        *,
        ids: Ids,
        routing: AliasRouting | None = None,
        hold_unloadable_code: bool,
    ) -> None:
        self._host = host
        self._routing = routing
        self._routing_seen: dict[str, int] = {}
        self._ids = ids
        self._hold_unloadable_code = hold_unloadable_code

    async def invoke(self, function_arn: str, payload: bytes) -> InvocationReply:
        """Invoke synchronously; a failure is a value."""
        request_id = self._ids.uuid()
        arn = function_arn
        if self._routing is not None and may_be_alias(function_arn):
            self._routing_seen[function_arn] = self._routing.changes
            arn = self._routing.target(function_arn)
        try:
            outcome = await self._host.run(arn, payload, request_id=request_id, invoked_arn=function_arn)
        except FunctionNotDeployed:
            return FunctionMissing(function_arn=function_arn, request_id=request_id)
        except RuntimeUnavailable as reason:
            # The function could not even be asked, as with a 5xx of Lambda's: no attempt is used up.
            return FunctionThrottled(reason=str(reason), request_id=request_id)
        match outcome:
            case Returned():
                return InvocationSucceeded(
                    payload=outcome.payload,
                    executed_version=self._host.executed_version(arn),
                    duration_ms=outcome.duration_ms,
                    request_id=request_id,
                )
            case Throttled():
                return FunctionThrottled(reason=outcome.reason, request_id=request_id)
            case Raised() | TimedOut() | Crashed():
                return self._failure(arn, outcome, request_id)
        assert_never(outcome)

    async def code_changed(self, function_arn: str) -> None:
        """Return at the next change; at once only where it changed since its last failed invocation began.

        A change of any alias counts for a function that is named by one: trying once in vain does no harm.
        """
        if self._routing is None or not may_be_alias(function_arn):
            await self._host.code_changed(function_arn)
            return
        if self._routing.changes > self._routing_seen.get(function_arn, self._routing.changes):
            return
        waits = [asyncio.ensure_future(self._routing.changed())]
        waits += [
            asyncio.ensure_future(self._host.code_changed(target)) for target in self._routing.targets(function_arn)
        ]
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for wait in waits:
                wait.cancel()

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
