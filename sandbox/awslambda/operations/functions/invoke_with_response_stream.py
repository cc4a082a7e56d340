"""InvokeWithResponseStream."""

import base64
from collections.abc import AsyncIterator, Iterator
from typing import Literal

import msgspec

from sandbox.awslambda.answer_stream import AnswerStream
from sandbox.awslambda.event import read_client_context, read_event
from sandbox.awslambda.event_stream import event_message
from sandbox.awslambda.faults import TooManyRequestsException
from sandbox.awslambda.limits import SYNCHRONOUS_PAYLOAD_BYTES_MAX
from sandbox.awslambda.names import LATEST
from sandbox.awslambda.ports import InvokeResult
from sandbox.awslambda.scope import LambdaScope
from sandbox.awslambda.shapes import NamespacedFunctionName, Qualifier
from sandbox.wire.operation import RequestShape, operation
from sandbox.wire.raw_reply import RawReply

__all__ = ["invoke_with_response_stream"]

_CHUNK_BYTES = 65_536


class Request(RequestShape):
    """InvokeWithResponseStream's members; ``Payload`` is the body as it came."""

    function_name: NamespacedFunctionName
    qualifier: Qualifier | None = None
    log_type: Literal["None", "Tail"] | None = None
    client_context: str | None = None
    invocation_type: Literal["RequestResponse", "DryRun"] | None = None
    payload: bytes = b""


class Complete(msgspec.Struct, rename="pascal", omit_defaults=True):
    """What the last event of a stream says."""

    error_code: str | None = None
    error_details: str | None = None
    log_result: str | None = None


@operation("InvokeWithResponseStream", Request)
async def invoke_with_response_stream(scope: LambdaScope, request: Request) -> RawReply:
    """Run a function and give its answer as a stream of events, while it writes it where it does so bit by bit.

    Raises:
        ResourceNotFoundException: there is no such function, version or alias.
        InvalidRequestContentException: the payload or the client context is not JSON.
        RequestTooLargeException: the payload is too large.
        TooManyRequestsException: it did not run for want of concurrency.

    Source: API reference, InvokeWithResponseStream; what a failed function's stream says is an assumption.
    """
    reference = scope.reference(request.function_name, request.qualifier)
    scope.function(reference)
    event = read_event(request.payload, bytes_max=SYNCHRONOUS_PAYLOAD_BYTES_MAX)
    request_id = scope.ids.uuid()
    if request.invocation_type == "DryRun":
        return RawReply(status=204, headers={"x-amzn-RequestId": request_id})
    target = scope.routing.target(reference.qualified_arn)
    client_context = read_client_context(request.client_context)
    stream = AnswerStream(
        lambda sink: scope.function_host.invoke(
            target,
            event,
            request_id=request_id,
            client_context=client_context,
            invoked_arn=reference.qualified_arn,
            sink=sink,
        )
    )
    result = await stream.begun()
    if result is not None and result.throttle_reason is not None:
        raise TooManyRequestsException("Rate Exceeded.", extra={"Reason": result.throttle_reason})
    headers = {
        "x-amzn-RequestId": request_id,
        "Content-Type": "application/vnd.amazon.eventstream",
        "X-Amz-Executed-Version": target.partition(":function:")[2].partition(":")[2] or LATEST,
    }
    with_log = request.log_type == "Tail"
    if result is not None:
        return RawReply(headers=headers, body=b"".join(_events(result, with_log=with_log)))
    return RawReply(headers=headers, pieces=_StreamedEvents(stream, with_log=with_log))


class _StreamedEvents:
    """The events of what *stream* brings."""

    def __init__(self, stream: AnswerStream, *, with_log: bool) -> None:
        self._stream = stream
        self._with_log = with_log
        self.abandon = stream.abandon

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for piece in self._stream:
            yield _chunk(piece)
        for event in _events(await self._stream.result(), with_log=self._with_log):
            yield event


def _chunk(piece: bytes) -> bytes:
    return event_message("PayloadChunk", piece, content_type="application/octet-stream")


def _events(result: InvokeResult, *, with_log: bool) -> Iterator[bytes]:
    complete = Complete(log_result=base64.b64encode(result.log_tail).decode() if with_log else None)
    if result.function_error is None:
        for start in range(0, len(result.payload), _CHUNK_BYTES):
            yield _chunk(result.payload[start : start + _CHUNK_BYTES])
    else:
        complete.error_code = result.function_error
        complete.error_details = result.payload.decode("utf-8", "replace")
    yield event_message("InvokeComplete", msgspec.json.encode(complete), content_type="application/json")
