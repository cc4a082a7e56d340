"""Invoke."""

import base64
from typing import Literal

from sandbox.awslambda.event import read_client_context, read_event
from sandbox.awslambda.faults import TooManyRequestsException
from sandbox.awslambda.limits import ASYNCHRONOUS_PAYLOAD_BYTES_MAX, SYNCHRONOUS_PAYLOAD_BYTES_MAX
from sandbox.awslambda.ports import InvokeResult
from sandbox.awslambda.scope import LambdaScope
from sandbox.awslambda.shapes import NamespacedFunctionName, Qualifier
from sandbox.awslambda.submission import submit_event
from sandbox.wire.operation import RequestShape, operation
from sandbox.wire.raw_reply import RawReply

__all__ = ["invoke"]


class Request(RequestShape):
    """Invoke's members; ``Payload`` is the body as it came."""

    function_name: NamespacedFunctionName
    qualifier: Qualifier | None = None
    invocation_type: Literal["Event", "RequestResponse", "DryRun"] | None = None
    log_type: Literal["None", "Tail"] | None = None
    client_context: str | None = None
    payload: bytes = b""


@operation("Invoke", Request)
async def invoke(scope: LambdaScope, request: Request) -> RawReply:
    """Run a function: wait for it (``RequestResponse``), leave it to itself (``Event``), or only check (``DryRun``).

    A function that fails is an ordinary answer, 200 with ``X-Amz-Function-Error``.

    Raises:
        ResourceNotFoundException: there is no such function, version or alias.
        InvalidRequestContentException: the payload or the client context is not JSON.
        RequestTooLargeException: the payload is too large.
        TooManyRequestsException: it did not run for want of concurrency.

    Source: esm §5.3.
    """
    reference = scope.reference(request.function_name, request.qualifier)
    scope.function(reference)
    asynchronous = request.invocation_type == "Event"
    event = read_event(
        request.payload,
        bytes_max=ASYNCHRONOUS_PAYLOAD_BYTES_MAX if asynchronous else SYNCHRONOUS_PAYLOAD_BYTES_MAX,
    )
    request_id = scope.ids.uuid()
    headers = {"x-amzn-RequestId": request_id}
    if request.invocation_type == "DryRun":
        return RawReply(status=204, headers=headers)
    client_context = read_client_context(request.client_context)
    if asynchronous:
        submit_event(scope, reference, event, request_id=request_id, client_context=client_context)
        return RawReply(status=202, headers=headers)
    result = await scope.function_host.invoke(
        scope.routing.target(reference.qualified_arn),
        event,
        request_id=request_id,
        client_context=client_context,
        invoked_arn=reference.qualified_arn,
    )
    return _reply(result, headers, with_log=request.log_type == "Tail")


def _reply(result: InvokeResult, headers: dict[str, str], *, with_log: bool) -> RawReply:
    if result.throttle_reason is not None:
        raise TooManyRequestsException("Rate Exceeded.", extra={"Reason": result.throttle_reason})
    headers = {**headers, "Content-Type": "application/json", "X-Amz-Executed-Version": result.executed_version}
    if result.function_error is not None:
        headers["X-Amz-Function-Error"] = result.function_error
    if with_log:
        headers["X-Amz-Log-Result"] = base64.b64encode(result.log_tail).decode()
    return RawReply(headers=headers, body=result.payload)
