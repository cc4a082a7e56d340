"""Answer a request to a function URL: who may, which event, which answer."""

import dataclasses
from collections.abc import Awaitable
from typing import Any

import msgspec

from sandbox.awslambda.answer_stream import AnswerStream
from sandbox.awslambda.limits import SYNCHRONOUS_PAYLOAD_BYTES_MAX
from sandbox.awslambda.ports import AnswerSink, InvokeResult
from sandbox.awslambda.scope import LambdaScope
from sandbox.awslambda.urls.configuration import FunctionUrl
from sandbox.awslambda.urls.cors import is_preflight, preflight_reply, with_cors
from sandbox.awslambda.urls.event import UrlRequest, event_of
from sandbox.awslambda.urls.reply import BAD_GATEWAY, UrlReply, fault_reply, mapped, streamed, streaming

__all__ = ["answer_url"]

_FORBIDDEN = (
    "Forbidden. For troubleshooting Function URL authorization issues, see: "
    "https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html"
)


async def answer_url(scope: LambdaScope, url: FunctionUrl, request: UrlRequest) -> UrlReply:
    """Invoke what *url* stands for with *request* and give its answer.

    403 where a signature is missing, 413 where the event is too large, 429 without concurrency, 502 where the function
    fails, times out or answers what is no answer. *scope* is of the URL's account and region. The bodies of 413 and 429
    are assumptions. Source of the 403's text: brikis98/devops-book#12; that a timeout is a 502:
    awslabs/route53-dynamic-dns-with-lambda#56.
    """
    cors = url.settings.get("Cors", {})
    if is_preflight(cors, request):
        return preflight_reply(cors, request)
    return with_cors(cors, request, await _answer(scope, url, request))


async def _answer(scope: LambdaScope, url: FunctionUrl, request: UrlRequest) -> UrlReply:
    if url.settings["AuthType"] == "AWS_IAM" and request.caller is None:
        return fault_reply(403, "AccessDeniedException", _FORBIDDEN)
    request_id = scope.ids.uuid()
    event = msgspec.json.encode(_event(scope, url, request, request_id))
    if len(event) > SYNCHRONOUS_PAYLOAD_BYTES_MAX:
        return fault_reply(413, "RequestEntityTooLargeException", None)
    reply = await _invoked(scope, url, event, request_id)
    return dataclasses.replace(reply, headers=(*reply.headers, ("x-amzn-RequestId", request_id)))


async def _invoked(scope: LambdaScope, url: FunctionUrl, event: bytes, request_id: str) -> UrlReply:
    def invoke(sink: AnswerSink | None) -> Awaitable[InvokeResult]:
        return scope.function_host.invoke(
            scope.routing.target(url.arn), event, request_id=request_id, invoked_arn=url.arn, sink=sink
        )

    if url.settings["InvokeMode"] != "RESPONSE_STREAM":
        return _reply(url, await invoke(None))
    stream = AnswerStream(invoke)
    result = await stream.begun()
    return await streaming(stream) if result is None else _reply(url, result)


def _event(scope: LambdaScope, url: FunctionUrl, request: UrlRequest, request_id: str) -> dict[str, Any]:
    return event_of(url, request, request_id=request_id, now=scope.clock.now())


def _reply(url: FunctionUrl, result: InvokeResult) -> UrlReply:
    if result.throttle_reason is not None:
        return fault_reply(429, "TooManyRequestsException", "Rate Exceeded.")
    if result.function_error is not None:
        return BAD_GATEWAY
    return streamed(result.payload) if url.settings["InvokeMode"] == "RESPONSE_STREAM" else mapped(result.payload)
