"""HTTP for one ``Exchange``: one loopback port per environment, since the address carries no other name.

Source: lambda-event-source-mappings §6.1; AWS Lambda developer guide, "Building a custom runtime" (streaming).
"""

import asyncio
import contextlib
import json
import time
from dataclasses import dataclass

from aiohttp import web

from runtimes.contract import FunctionSpec
from runtimes.reply import RESPONSE_BYTES_MAX, STREAMED_BYTES_MAX, Answered, Failed, TooLarge
from runtimes.runtime_api.exchange import Event, Exchange, Refusal
from runtimes.runtime_api.extensions import Extensions
from runtimes.runtime_api.trailers import Connection, failure_in_trailers

__all__ = ["LOOPBACK", "Place", "RuntimeApi"]

_RUNTIME = "/2018-06-01/runtime/"
_RESPONSE_MODE = "Lambda-Runtime-Function-Response-Mode"
_EXTENSION = "/2020-01-01/extension/"
_OTHER_EXTENSION_CALLS = ("/2022-07-01/telemetry", "/2020-08-15/logs")
_BUSY_SECONDS_MAX = 86_400.0
"""A handler may take minutes between taking an event and answering; the connection must outlive it."""
_HEADER_BYTES_MAX = 1_048_576
"""Lambda's own clients put a whole stack trace into one header (``…-XRay-Error-Cause``)."""


@dataclass(frozen=True, kw_only=True)
class Place:
    """An address of this machine to listen on, *host*, and the name that programs have for it."""

    host: str
    known_as: str


LOOPBACK = Place(host="127.0.0.1", known_as="127.0.0.1")


class RuntimeApi:
    """Serve *exchange* on a free port until closed.

    Args:
        extension_id: what the identifiers of extensions begin with.
    """

    def __init__(self, spec: FunctionSpec, exchange: Exchange, *, extension_id: str = "") -> None:
        self._spec = spec
        self._exchange = exchange
        self._protocols: web.Server | None = None
        self._listener: asyncio.Server | None = None
        self._extensions = Extensions(spec, prefix=extension_id)
        self.address = ""

    async def start(self, place: Place = LOOPBACK) -> None:
        """Listen at *place*; ``address`` is ``host:port`` from here on."""
        loop = asyncio.get_running_loop()
        # An environment that died while waiting must not be handed an event.
        protocols = self._protocols = web.Server(self._handle, handler_cancellation=True)

        def connection() -> Connection:
            return Connection(
                protocols,
                loop=loop,
                keepalive_timeout=_BUSY_SECONDS_MAX,
                access_log=None,
                max_field_size=_HEADER_BYTES_MAX,
            )

        self._listener = await loop.create_server(connection, place.host, 0)
        self.address = f"{place.known_as}:{self._listener.sockets[0].getsockname()[1]}"

    async def close(self) -> None:
        """Stop listening and hang up."""
        self._extensions.end(deadline_ms=int(time.time() * 1000))
        if self._listener is not None:
            self._listener.close()
        if self._protocols is not None:
            await self._protocols.shutdown(timeout=0.1)

    async def _handle(self, request: web.BaseRequest) -> web.StreamResponse:
        if request.headers.get("Host") != self.address or "Origin" in request.headers:
            # A page in the developer's browser must not be able to take events or answer them.
            return _error(403, "Forbidden", "this port serves one function's runtime")
        path = request.path
        try:
            if path.startswith(_RUNTIME):
                return await self._runtime_call(request, path[len(_RUNTIME) :])
            if path.startswith(_EXTENSION):
                return await self._extension_call(request, path[len(_EXTENSION) :])
        except Refusal as refusal:
            return _error(refusal.status, refusal.error_type, str(refusal))
        if path.startswith(_OTHER_EXTENSION_CALLS):
            return web.Response(text="OK")
        return _error(404, "NotFound", f"no such call: {path}")

    async def _runtime_call(self, request: web.BaseRequest, call: str) -> web.StreamResponse:
        match call.split("/"):
            case ["invocation", "next"]:
                event = await self._exchange.take()
                self._extensions.invoked(event)
                return _event_response(event)
            case ["invocation", request_id, "response"]:
                self._exchange.check(request_id)
                body = await self._answer(request)
                if body is None:
                    self._exchange.answer(request_id, TooLarge())
                    text = f"Exceeded maximum allowed payload size ({RESPONSE_BYTES_MAX} bytes)."
                    raise Refusal(413, "RequestEntityTooLarge", text)
                answered = Answered(payload=body, max_memory_kb=_memory(request))
                self._exchange.answer(request_id, failure_in_trailers(request) or answered)
                return _accepted()
            case ["invocation", request_id, "error"]:
                self._exchange.check(request_id)
                self._exchange.answer(request_id, await _failure(request))
                return _accepted()
            case ["init", "error"]:
                self._exchange.init_failed(await _failure(request))
                return _accepted()
        return _error(404, "NotFound", f"no such call: {request.path}")

    async def _answer(self, request: web.BaseRequest) -> bytes | None:
        """A handler's answer, or nothing of it where it is passed on while it comes; ``None``: it is too large."""
        sink = self._exchange.sink
        if sink is None or request.headers.get(_RESPONSE_MODE, "").lower() != "streaming":
            return await _body(request)
        sink.begin(request.headers.get("Content-Type", ""))
        passed_on = 0
        while piece := await request.content.readany():
            passed_on += len(piece)
            if passed_on <= STREAMED_BYTES_MAX:
                await sink.take(piece)
        return b"" if passed_on <= STREAMED_BYTES_MAX else None

    async def _extension_call(self, request: web.BaseRequest, call: str) -> web.StreamResponse:
        headers = request.headers
        if call == "register":
            identifier, facts = self._extensions.register(
                headers.get("Lambda-Extension-Name", ""),
                await request.read(),
                headers.get("Lambda-Extension-Accept-Feature", ""),
            )
            return web.json_response(facts, headers={"Lambda-Extension-Identifier": identifier})
        identifier = headers.get("Lambda-Extension-Identifier", "")
        if call == "event/next":
            return web.json_response(await self._extensions.next(identifier))
        self._extensions.check(identifier)
        return _accepted()


async def _body(request: web.BaseRequest) -> bytes | None:
    """The request's body, read to its end; ``None`` where it is larger than Lambda takes."""
    chunks: list[bytes] = []
    size = 0
    while chunk := await request.content.readany():
        size += len(chunk)
        if size <= RESPONSE_BYTES_MAX:
            chunks.append(chunk)
    return b"".join(chunks) if size <= RESPONSE_BYTES_MAX else None


async def _failure(request: web.BaseRequest) -> Failed:
    body = await _body(request) or b""
    error_type = request.headers.get("Lambda-Runtime-Function-Error-Type", "")
    with contextlib.suppress(ValueError, TypeError, KeyError):
        error_type = str(json.loads(body)["errorType"]) or error_type
    location = request.headers.get("Sandbox-Error-Location", "")
    return Failed(error_type=error_type or "Unhandled", payload=body, location=location, max_memory_kb=_memory(request))


def _memory(request: web.BaseRequest) -> int | None:
    told = request.headers.get("Sandbox-Max-Memory-Kb", "")
    return int(told) if told.isascii() and told.isdigit() else None


def _event_response(event: Event) -> web.Response:
    invocation = event.invocation
    headers = {
        "Content-Type": "application/json",
        "Lambda-Runtime-Aws-Request-Id": invocation.request_id,
        "Lambda-Runtime-Deadline-Ms": str(event.deadline_ms),
        "Lambda-Runtime-Invoked-Function-Arn": invocation.invoked_function_arn,
    }
    if invocation.trace_id:
        headers["Lambda-Runtime-Trace-Id"] = invocation.trace_id
    if invocation.client_context is not None:
        # Header values are one line; JSON may be written over several.
        headers["Lambda-Runtime-Client-Context"] = " ".join(invocation.client_context.decode("utf-8").split("\n"))
    return web.Response(body=invocation.payload, headers=headers)


def _accepted() -> web.Response:
    return web.json_response({"status": "OK"}, status=202)


def _error(status: int, error_type: str, message: str) -> web.Response:
    return web.json_response({"errorMessage": message, "errorType": error_type}, status=status)
