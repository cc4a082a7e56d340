"""The hosted services as the endpoint sees them: one coroutine from request to answer.

Everything hosted runs in one thread of its own, which starts, and imports, at the first request. A request waits for
its turn there and never on the event loop.
"""

import asyncio
import zlib
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeVar

from sandbox.aws_services.addressing import path_style
from sandbox.aws_services.caller import Caller, caller_of, signed_as
from sandbox.aws_services.faults import MisroutedRequest
from sandbox.aws_services.long_poll import LongPoll, long_poll_of, queue_wait_seconds
from sandbox.aws_services.operation_name import may_change
from sandbox.aws_services.refusals import refusal
from sandbox.aws_services.reply import ForeignReply
from sandbox.aws_services.schedules import ScheduledRule
from sandbox.aws_services.triggers.calls import CallFunction, FunctionCall
from sandbox.aws_services.wsgi import ForeignRequest, Response

if TYPE_CHECKING:
    from sandbox.aws_services.hosting import Hosting

__all__ = ["MotoServices"]

_ResultT = TypeVar("_ResultT")

_OUR_SCOPES = frozenset({"dynamodb", "lambda"})
_OUR_TARGETS = ("DynamoDB_", "DynamoDBStreams_", "AWSLambda")
_DECODED_BYTES_MAX = 64 * 1024 * 1024
"""A compressed body may not unfold to more; the endpoint bounds what arrives, not what it becomes."""
_FORM = "application/x-www-form-urlencoded"
_WAITING_REQUESTS_MAX = 1_000
_LONG_POLL_STEP_SECONDS = 0.2
"""How late a delayed message, or one whose visibility timeout ran out, may be; a sent one is seen at once."""


class MotoServices:
    """All AWS services the sandbox does not emulate itself, as one cloud of its own, in memory.

    Use it on one event loop. Nothing is imported or started before the first request.

    Args:
        call_function: takes what a topic, bucket or rule sends to a function, on the event loop, before the request
            that brought it about is answered.
        schedules_changed: takes the rules that have a schedule, likewise, whenever a rule may have changed.

    Attributes:
        changes: how many requests so far may have changed something.
    """

    def __init__(
        self,
        *,
        default_account_id: str = "000000000000",
        default_region: str = "us-east-1",
        call_function: CallFunction = lambda _call: None,
        schedules_changed: Callable[[frozenset[ScheduledRule]], None] = lambda _rules: None,
    ) -> None:
        self._default_account_id = default_account_id
        self._default_region = default_region
        self._call_function = call_function
        self._schedules_changed = schedules_changed
        self._thread: ThreadPoolExecutor | None = None
        self._hosting: Hosting | None = None
        self._waiting_requests = 0
        self._changed = asyncio.Event()
        self._closed = False
        self.changes = 0

    async def answer(
        self, *, method: str, path_and_query: str, headers: Mapping[str, str], body: bytes
    ) -> ForeignReply:
        """Answer one request as the service it is for would.

        *path_and_query* is the request target as sent, still percent-encoded. *body* is de-chunked, but still
        compressed where the client compressed it: to S3 that is the object.

        Raises:
            MisroutedRequest: it was for DynamoDB, Streams or Lambda.
        """
        path, _, query = path_and_query.partition("?")
        request = ForeignRequest(
            method=method,
            path=path,
            query=query,
            headers={name.lower(): value for name, value in headers.items()},
            body=body,
        )
        caller = caller_of(request.headers, query, default_account_id=self._default_account_id)
        if caller.service in _OUR_SCOPES or request.headers.get("x-amz-target", "").startswith(_OUR_TARGETS):
            raise MisroutedRequest(caller.service or "dynamodb")
        prepared = _prepared(request, caller)
        if prepared is None:
            return _refused(413, "RequestEntityTooLargeException")
        poll = long_poll_of(prepared) if caller.service == "sqs" else None
        if poll is not None:
            return _reply(await self._long_poll(poll, caller))
        response = await self._ask(prepared, caller)
        if may_change(prepared):
            self._tell_changed()
        return _reply(response)

    async def changed(self, seen: int, *, seconds: float) -> None:
        """Return once ``changes`` is beyond *seen*, at the latest after *seconds*."""
        if self.changes <= seen:
            await _either(self._changed, seconds)

    async def call(
        self,
        service: str,
        *,
        account_id: str | None = None,
        region: str | None = None,
        method: str = "POST",
        path: str = "/",
        headers: Mapping[str, str] | None = None,
        body: bytes = b"",
    ) -> ForeignReply:
        """Ask *service* on the sandbox's own behalf, on the very path a client's request takes."""
        caller = Caller(
            account_id=account_id or self._default_account_id, region=region or self._default_region, service=service
        )
        return await self.answer(
            method=method,
            path_and_query=path,
            headers={"host": "localhost", "authorization": signed_as(caller), **(headers or {})},
            body=body,
        )

    async def ask(
        self,
        service: str,
        operation: str,
        parameters: Mapping[str, Any],
        *,
        account_id: str | None = None,
        region: str | None = None,
    ) -> dict[str, Any]:
        """Ask for *operation* by its wire name, with wire-named *parameters*; gives the members of the answer.

        Raises:
            ServiceRefused: the service refuses, or there is no such operation.
        """
        if self._closed:
            raise refusal("ServiceUnavailable", "The sandbox is stopping.", status=503)
        typed = await self._in_thread(_typed_calls)
        request = await self._in_thread(lambda: typed.request_of(service, operation, parameters))
        reply = await self.call(
            await self._in_thread(lambda: typed.signing_name(service)),
            account_id=account_id,
            region=region,
            method=request.method,
            path=f"{request.path}?{request.query}" if request.query else request.path,
            headers=request.headers,
            body=request.body,
        )
        return await self._in_thread(lambda: typed.answer_of(service, operation, reply))

    async def fire(self, rule_arn: str, moment: float) -> None:
        """Send the event of a schedule, due at *moment* (epoch seconds), to the targets of its rule."""
        if not self._closed:
            loop = asyncio.get_running_loop()
            await self._in_thread(lambda: self._host(loop).fire(rule_arn, moment))
            self._tell_changed()

    async def close(self) -> None:
        """Forget everything and end the thread; a call under way finishes first."""
        self._closed = True
        self._changed.set()
        thread, self._thread = self._thread, None
        if thread is None:
            return
        if self._hosting is not None:
            await asyncio.get_running_loop().run_in_executor(thread, self._hosting.dispose)
        await asyncio.to_thread(thread.shutdown)

    def _tell_changed(self) -> None:
        self.changes += 1
        signal, self._changed = self._changed, asyncio.Event()
        signal.set()

    async def _long_poll(self, poll: LongPoll, caller: Caller) -> Response:
        loop = asyncio.get_running_loop()
        began = loop.time()
        wait_seconds = poll.wait_seconds
        while True:
            changed = self._changed  # taken before asking, so a message sent meanwhile is not missed
            response = await self._ask(poll.once, caller)
            if self._closed or not poll.is_empty(response):
                return response
            if wait_seconds is None:
                wait_seconds = queue_wait_seconds(await self._ask(poll.queue_settings, caller))
            left_seconds = began + wait_seconds - loop.time()
            if left_seconds <= 0:
                return response
            await _either(changed, min(left_seconds, _LONG_POLL_STEP_SECONDS))

    async def _ask(self, request: ForeignRequest, caller: Caller) -> Response:
        if self._closed or self._waiting_requests >= _WAITING_REQUESTS_MAX:
            return Response(status=503, headers=(), body=b"")
        self._waiting_requests += 1
        try:
            loop = asyncio.get_running_loop()
            return await self._in_thread(lambda: self._host(loop).answer(request, caller))
        finally:
            self._waiting_requests -= 1

    async def _in_thread(self, call: Callable[[], _ResultT]) -> _ResultT:
        if self._thread is None:
            self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="sandbox-aws-services")
        return await asyncio.get_running_loop().run_in_executor(self._thread, call)

    def _host(self, loop: asyncio.AbstractEventLoop) -> "Hosting":
        if self._hosting is None:
            from sandbox.aws_services.hosting import Hosting  # noqa: PLC0415 - moto is imported at the first call, in its thread

            def call_on_loop(call: FunctionCall) -> None:
                loop.call_soon_threadsafe(self._call_function, call)

            def tell_on_loop(rules: frozenset[ScheduledRule]) -> None:
                loop.call_soon_threadsafe(self._schedules_changed, rules)

            self._hosting = Hosting(call_on_loop, tell_on_loop)
        return self._hosting


def _typed_calls() -> Any:
    from sandbox.aws_services import typed_calls  # noqa: PLC0415 - botocore is imported at the first call, in the thread

    return typed_calls


def _prepared(request: ForeignRequest, caller: Caller) -> ForeignRequest | None:
    """*request* in the one form the hosted services understand everywhere; ``None`` where its body unfolds too far."""
    headers = dict(request.headers)
    path = request.path
    body = request.body
    if caller.service in {"", "s3"}:
        headers["host"], path = path_style(headers.get("host", "localhost"), path)
        if request.method == "PUT" and headers.get("content-type", "").startswith(_FORM):
            # What curl and urllib send when nobody says otherwise; the hosted code would take the object for a form.
            headers["content-type"] = "binary/octet-stream"
    elif headers.get("content-encoding") == "gzip":
        decoded = _gunzip(body)
        if decoded is None:
            return None
        body = decoded
        del headers["content-encoding"]
    if "authorization" not in headers and caller.service and caller.service != "s3":
        headers["authorization"] = signed_as(caller)  # presigned: the service is read from the header only
    return replace(request, path=path, headers=headers, body=body)


def _gunzip(body: bytes) -> bytes | None:
    decompressor = zlib.decompressobj(wbits=31)
    try:
        decoded = decompressor.decompress(body, _DECODED_BYTES_MAX + 1)
    except zlib.error:
        return body  # not compressed after all: the service will say what is wrong with it
    return None if len(decoded) > _DECODED_BYTES_MAX else decoded


def _reply(response: Response) -> ForeignReply:
    """Without the cross-origin headers that the hosted applications add to everything: this endpoint allows no origin."""
    kept = tuple((name, value) for name, value in response.headers if not name.lower().startswith("access-control-"))
    return ForeignReply(status=response.status, headers=kept, body=response.body)


def _refused(status: int, code: str) -> ForeignReply:
    return ForeignReply(status=status, headers=(("x-amzn-ErrorType", code),), body=b"")


async def _either(changed: asyncio.Event, seconds: float) -> None:
    try:
        await asyncio.wait_for(changed.wait(), seconds)
    except TimeoutError:
        return
