"""The Runtime API over real HTTP, spoken by a client that knows nothing of ours."""

import asyncio
import base64
import io
import json
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from runtimes.contract import FunctionSpec, Invocation
from runtimes.reply import Answered, Ended, Failed, OutOfTime, TooLarge
from runtimes.runtime_api.exchange import Event, Exchange
from runtimes.runtime_api.server import RuntimeApi

_SPEC = FunctionSpec(
    function_name="orders",
    function_arn="arn",
    region="us-east-1",
    account_id="000000000000",
    handler="handler.handler",
    runtime="python3.12",
    code_path=Path("/task"),
)
_RUNTIME = "/2018-06-01/runtime"


class Line:
    """Both ends: the exchange on the host's side, a plain HTTP client on the environment's."""

    def __init__(self, exchange: Exchange, api: RuntimeApi, session: aiohttp.ClientSession) -> None:
        self.exchange = exchange
        self.api = api
        self._session = session

    async def get(self, path: str, **options: Any) -> tuple[int, Any, bytes]:
        """Status, headers and body of a GET."""
        return await self._call("GET", path, **options)

    async def post(self, path: str, body: Any = b"", **options: Any) -> tuple[int, Any, bytes]:
        """Status, headers and body of a POST."""
        return await self._call("POST", path, data=body, **options)

    async def _call(self, method: str, path: str, **options: Any) -> tuple[int, Any, bytes]:
        async with self._session.request(method, f"http://{self.api.address}{path}", **options) as answer:
            return answer.status, answer.headers, await answer.read()

    def submit(self, request_id: str = "one", **members: Any) -> Any:
        """Submit an event."""
        invocation = Invocation(request_id=request_id, payload=b'{"a":1}', invoked_function_arn="arn:x", **members)
        return self.exchange.submit(Event(invocation=invocation, deadline_ms=1_700_000_000_000))


def _talk(conversation: Callable[[Line], Awaitable[None]]) -> None:
    async def run() -> None:
        exchange = Exchange()
        api = RuntimeApi(_SPEC, exchange, extension_id="extension-1")
        await api.start()
        try:
            async with aiohttp.ClientSession() as session:
                await asyncio.wait_for(conversation(Line(exchange, api, session)), 20)
        finally:
            await api.close()

    asyncio.run(run())


def test_an_event_goes_out_with_its_headers_and_the_answer_comes_back() -> None:
    async def conversation(line: Line) -> None:
        reply = line.submit(client_context=b'{"custom":\n{}}', trace_id="Root=1")
        status, headers, body = await line.get(f"{_RUNTIME}/invocation/next")
        assert (status, body) == (200, b'{"a":1}')
        told = {name: value for name, value in headers.items() if name.startswith(("Lambda", "Content-Type"))}
        assert told == {
            "Content-Type": "application/json",
            "Lambda-Runtime-Aws-Request-Id": "one",
            "Lambda-Runtime-Deadline-Ms": "1700000000000",
            "Lambda-Runtime-Invoked-Function-Arn": "arn:x",
            "Lambda-Runtime-Trace-Id": "Root=1",
            "Lambda-Runtime-Client-Context": '{"custom": {}}',
        }
        status, _, body = await line.post(f"{_RUNTIME}/invocation/one/response", b"42")
        assert (status, json.loads(body)) == (202, {"status": "OK"})
        assert await reply == Answered(payload=b"42")

    _talk(conversation)


def test_next_waits_until_there_is_an_event() -> None:
    async def conversation(line: Line) -> None:
        waiting = asyncio.ensure_future(line.get(f"{_RUNTIME}/invocation/next"))
        assert await line.exchange.loaded is None
        line.submit("late")
        _, headers, _ = await waiting
        assert headers["Lambda-Runtime-Aws-Request-Id"] == "late"

    _talk(conversation)


def test_an_error_comes_back_with_its_document() -> None:
    async def conversation(line: Line) -> None:
        reply = line.submit()
        await line.get(f"{_RUNTIME}/invocation/next")
        body = b'{"errorType": "ValueError", "errorMessage": "no"}'
        assert (await line.post(f"{_RUNTIME}/invocation/one/error", body))[0] == 202
        assert await reply == Failed(error_type="ValueError", payload=body)

    _talk(conversation)


@pytest.mark.parametrize("body", [b"", b"no json", b"[]", b"{}"])
def test_an_error_without_a_usable_document_is_named_by_its_header(body: bytes) -> None:
    async def conversation(line: Line) -> None:
        reply = line.submit()
        await line.get(f"{_RUNTIME}/invocation/one/next")
        await line.get(f"{_RUNTIME}/invocation/next")
        headers = {
            "Lambda-Runtime-Function-Error-Type": "Runtime.Own",
            "Lambda-Runtime-Function-XRay-Error-Cause": "x" * 60_000,
        }
        assert (await line.post(f"{_RUNTIME}/invocation/one/error", body, headers=headers))[0] == 202
        assert await reply == Failed(error_type="Runtime.Own", payload=body)

    _talk(conversation)


def test_failing_to_load_is_told_before_any_event() -> None:
    async def conversation(line: Line) -> None:
        body = b'{"errorType": "Runtime.ImportModuleError"}'
        assert (await line.post(f"{_RUNTIME}/init/error", body))[0] == 202
        assert await line.exchange.loaded == Failed(error_type="Runtime.ImportModuleError", payload=body)
        assert (await line.post(f"{_RUNTIME}/init/error", body))[0] == 403

    _talk(conversation)


def test_answers_to_anything_but_the_running_event_are_refused() -> None:
    async def conversation(line: Line) -> None:
        assert (await line.post(f"{_RUNTIME}/invocation/one/response", b"1"))[0] == 400
        line.submit()
        await line.get(f"{_RUNTIME}/invocation/next")
        status, _, body = await line.post(f"{_RUNTIME}/invocation/other/response", b"1")
        assert (status, json.loads(body)) == (
            400,
            {"errorMessage": "Invalid request ID", "errorType": "InvalidRequestID"},
        )
        status, _, body = await line.get(f"{_RUNTIME}/invocation/next")
        assert (status, json.loads(body)["errorType"]) == (403, "InvalidStateTransition")
        assert (await line.post(f"{_RUNTIME}/invocation/one/response", b"1"))[0] == 202
        assert (await line.post(f"{_RUNTIME}/invocation/one/response", b"1"))[0] == 403

    _talk(conversation)


def test_an_answer_over_six_megabytes_is_413_and_the_environment_goes_on() -> None:
    async def conversation(line: Line) -> None:
        reply = line.submit()
        await line.get(f"{_RUNTIME}/invocation/next")
        status, _, body = await line.post(f"{_RUNTIME}/invocation/one/response", io.BytesIO(b"x" * 6_291_557))
        assert status == 413
        assert json.loads(body) == {
            "errorMessage": "Exceeded maximum allowed payload size (6291556 bytes).",
            "errorType": "RequestEntityTooLarge",
        }
        assert await reply == TooLarge()
        reply = line.submit("two")
        await line.get(f"{_RUNTIME}/invocation/next")
        await line.post(f"{_RUNTIME}/invocation/two/response", io.BytesIO(b"x" * 6_291_556))
        assert isinstance(await reply, Answered)

    _talk(conversation)


def test_a_streamed_response_is_gathered() -> None:
    async def conversation(line: Line) -> None:
        async def chunks() -> Any:
            yield b'{"a":'
            yield b"1}"

        reply = line.submit()
        await line.get(f"{_RUNTIME}/invocation/next")
        headers = {"Lambda-Runtime-Function-Response-Mode": "streaming"}
        assert (await line.post(f"{_RUNTIME}/invocation/one/response", chunks(), headers=headers))[0] == 202
        assert await reply == Answered(payload=b'{"a":1}')

    _talk(conversation)


class Sink:
    """Takes a streamed answer."""

    def __init__(self) -> None:
        self.content_type = ""
        self.pieces: asyncio.Queue[bytes] = asyncio.Queue()

    def begin(self, content_type: str) -> None:
        """Remember."""
        self.content_type = content_type

    async def take(self, piece: bytes) -> None:
        """Remember."""
        self.pieces.put_nowait(piece)


def test_a_streamed_response_is_passed_on_to_who_takes_it() -> None:
    """Piece by piece: the second is not written before the first has been taken."""

    async def conversation(line: Line) -> None:
        sink = Sink()

        async def chunks() -> Any:
            yield b"first"
            assert await sink.pieces.get() == b"first"
            yield b"second"

        reply = line.submit(sink=sink)
        await line.get(f"{_RUNTIME}/invocation/next")
        headers = {"Lambda-Runtime-Function-Response-Mode": "streaming", "Content-Type": "text/plain"}
        assert (await line.post(f"{_RUNTIME}/invocation/one/response", chunks(), headers=headers))[0] == 202
        assert await reply == Answered(payload=b"")
        assert (sink.content_type, sink.pieces.get_nowait(), sink.pieces.empty()) == ("text/plain", b"second", True)

    _talk(conversation)


def test_a_whole_response_is_the_answer_whoever_takes_streams() -> None:
    async def conversation(line: Line) -> None:
        sink = Sink()
        reply = line.submit(sink=sink)
        await line.get(f"{_RUNTIME}/invocation/next")
        await line.post(f"{_RUNTIME}/invocation/one/response", b"1")
        assert await reply == Answered(payload=b"1")
        assert (sink.content_type, sink.pieces.empty()) == ("", True)

    _talk(conversation)


@pytest.mark.parametrize("body", [{"errorType": "Late", "errorMessage": "no more"}, None])
def test_a_streamed_response_that_fails_on_the_way_is_an_error(body: Any) -> None:
    """What came before it was streamed for nothing; the fields may come in any pieces, a second request behind them."""
    fields = b"Lambda-Runtime-Function-Error-Type: Late\r\n"
    if body is not None:
        fields += b"Lambda-Runtime-Function-Error-Body: " + base64.b64encode(json.dumps(body).encode()) + b"\r\n"

    async def conversation(line: Line) -> None:
        reply = line.submit()
        await line.get(f"{_RUNTIME}/invocation/next")
        host, _, port = line.api.address.partition(":")
        reader, writer = await asyncio.open_connection(host, int(port))
        writer.write(
            f"POST {_RUNTIME}/invocation/one/response HTTP/1.1\r\nHost: {line.api.address}\r\nTransfer-Encoding: chunked\r\n"
            "Lambda-Runtime-Function-Response-Mode: streaming\r\n"
            "Trailer: Lambda-Runtime-Function-Error-Type, Lambda-Runtime-Function-Error-Body\r\n\r\n"
            "4\r\npart\r\n".encode()
        )
        for piece in (b"0\r\n", fields[:50], fields[50:] + b"\r\n"):
            writer.write(piece)
            await writer.drain()
        assert await reader.readuntil(b"\r\n") == b"HTTP/1.1 202 Accepted\r\n"
        writer.close()
        document = body or {"errorType": "Late"}
        assert await reply == Failed(error_type="Late", payload=json.dumps(document).encode())

    _talk(conversation)


_EXTENSION = "/2020-01-01/extension"


async def _registered(line: Line, *events: str) -> dict[str, str]:
    """The header by which a new extension is known."""
    _, headers, _ = await line.post(
        f"{_EXTENSION}/register", json.dumps({"events": events}).encode(), headers={"Lambda-Extension-Name": "e"}
    )
    return {"Lambda-Extension-Identifier": headers["Lambda-Extension-Identifier"]}


def test_extensions_are_told_of_the_function_when_they_register() -> None:
    async def conversation(line: Line) -> None:
        headers = {"Lambda-Extension-Name": "own", "Lambda-Extension-Accept-Feature": "accountId"}
        status, told, body = await line.post(f"{_EXTENSION}/register", b'{"events":["INVOKE"]}', headers=headers)
        assert (status, told["Lambda-Extension-Identifier"]) == (200, "extension-1-1")
        assert json.loads(body) == {
            "functionName": "orders",
            "functionVersion": "$LATEST",
            "handler": "handler.handler",
            "accountId": "000000000000",
        }
        identity = await _registered(line)
        assert identity == {"Lambda-Extension-Identifier": "extension-1-2"}
        assert (await line.post(f"{_EXTENSION}/init/error", headers=identity))[0] == 202
        assert (await line.post(f"{_EXTENSION}/exit/error", headers=identity))[0] == 202
        assert (await line.get("/2022-07-01/telemetry"))[0] == 200

    _talk(conversation)


def test_extensions_are_told_of_invocations_as_they_begin_and_of_the_end() -> None:
    async def conversation(line: Line) -> None:
        both, quiet = await _registered(line, "INVOKE", "SHUTDOWN"), await _registered(line, "SHUTDOWN")
        waiting = [asyncio.ensure_future(line.get(f"{_EXTENSION}/event/next", headers=who)) for who in (both, quiet)]
        line.submit(trace_id="Root=1")
        assert not waiting[0].done()
        await line.get(f"{_RUNTIME}/invocation/next")
        _, _, body = await waiting[0]
        assert json.loads(body) == {
            "eventType": "INVOKE",
            "deadlineMs": 1_700_000_000_000,
            "requestId": "one",
            "invokedFunctionArn": "arn:x",
            "tracing": {"type": "X-Amzn-Trace-Id", "value": "Root=1"},
        }
        while not line.api._extensions._known["extension-1-2"].has_news._waiters:  # noqa: ASYNC110 - nothing else tells
            await asyncio.sleep(0)
        assert not waiting[1].done()
        await line.api.close()
        _, _, body = await waiting[1]
        told = json.loads(body)
        assert (told["eventType"], told["shutdownReason"]) == ("SHUTDOWN", "SPINDOWN")

    _talk(conversation)


@pytest.mark.parametrize(
    ("path", "body", "headers", "status", "error_type"),
    [
        ("register", b'{"events":["INVOKE"]}', {}, 400, "Extension.InvalidExtensionName"),
        ("register", b"no json", {"Lambda-Extension-Name": "e"}, 400, "InvalidRequestFormat"),
        ("register", b"[1]", {"Lambda-Extension-Name": "e"}, 400, "InvalidRequestFormat"),
        ("register", b'{"events":["SLEEP"]}', {"Lambda-Extension-Name": "e"}, 400, "Extension.InvalidEventType"),
        ("event/next", b"", {"Lambda-Extension-Identifier": "other"}, 403, "Extension.UnknownExtensionIdentifier"),
        ("init/error", b"", {}, 403, "Extension.UnknownExtensionIdentifier"),
    ],
)
def test_extensions_nobody_knows_are_refused(
    path: str, body: bytes, headers: dict[str, str], status: int, error_type: str
) -> None:
    async def conversation(line: Line) -> None:
        told_status, _, told = await line.post(f"{_EXTENSION}/{path}", body, headers=headers)
        assert (told_status, json.loads(told)["errorType"]) == (status, error_type)

    _talk(conversation)


@pytest.mark.parametrize("headers", [{"Origin": "http://evil.example"}, {"Host": "evil.example"}])
def test_a_page_in_a_browser_gets_nothing(headers: dict[str, str]) -> None:
    """Loopback alone does not keep the developer's browser out; taking an event would lose it."""

    async def conversation(line: Line) -> None:
        line.submit()
        assert (await line.get(f"{_RUNTIME}/invocation/next", headers=headers))[0] == 403
        assert (await line.get(f"{_RUNTIME}/invocation/next"))[0] == 200

    _talk(conversation)


def test_an_environment_that_hangs_up_while_waiting_is_not_handed_the_event() -> None:
    async def conversation(line: Line) -> None:
        gone = asyncio.ensure_future(line.get(f"{_RUNTIME}/invocation/next"))
        await line.exchange.loaded
        gone.cancel()
        while line.exchange._takers:  # noqa: ASYNC110 - nothing else tells
            await asyncio.sleep(0)
        line.submit()
        _, headers, _ = await line.get(f"{_RUNTIME}/invocation/next")
        assert headers["Lambda-Runtime-Aws-Request-Id"] == "one"

    _talk(conversation)


def test_giving_up_ends_every_wait() -> None:
    async def conversation(line: Line) -> None:
        reply = line.submit()
        line.exchange.give_up(OutOfTime())
        assert await reply == OutOfTime()
        assert await line.exchange.loaded == OutOfTime()
        line.exchange.give_up(Ended(status=1))
        assert await reply == OutOfTime()

    _talk(conversation)


def test_whether_the_environment_asks_is_known_before_an_event_is_handed_out() -> None:
    """A program may end between an answer and its next question; the next event must not be lost with it."""

    async def conversation(line: Line) -> None:
        asking = asyncio.ensure_future(line.exchange.is_asking())
        question = asyncio.ensure_future(line.get(f"{_RUNTIME}/invocation/next"))
        assert await asking
        assert await line.exchange.is_asking()
        line.submit()
        await question
        await line.post(f"{_RUNTIME}/invocation/one/response", b"1")
        asking = asyncio.ensure_future(line.exchange.is_asking())
        await asyncio.sleep(0)
        assert not asking.done()
        line.exchange.give_up(Ended(status=0))
        assert not await asking
        assert not await line.exchange.is_asking()

    _talk(conversation)


def test_unknown_calls_are_not_found() -> None:
    async def conversation(line: Line) -> None:
        for path in (f"{_RUNTIME}/restore/next", "/", "/2018-06-01/runtime"):
            assert (await line.get(path))[0] == 404

    _talk(conversation)
