"""Handlers that write their answer bit by bit: callers have the first of it before the last is written.

Source: AWS Lambda developer guide, "Response streaming for Lambda functions".
"""

import contextlib
import http.client
import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from sandbox.config import Settings
from sandbox.testing.embedded import EmbeddedSandbox
from tests.faults.holdings import eventually

CODE = """
import { existsSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";

const wanted = async (file) => { while (!existsSync(file)) await pause(5); };

export const plain = awslambda.streamifyResponse(async (event, stream) => {
  stream.setContentType("text/event-stream");
  stream.write("first");
  await wanted(process.env.GO_FILE);
  stream.end("second");
});

export const described = awslambda.streamifyResponse(async (event, stream) => {
  const http = { statusCode: 201, headers: { "Content-Type": "text/html", "X-Own": "1" }, cookies: ["a=b"] };
  const body = awslambda.HttpResponseStream.from(stream, http);
  body.write("first");
  await wanted(process.env.GO_FILE);
  body.end("second");
});

export const broken = awslambda.streamifyResponse(async (event, stream) => {
  stream.write("first");
  await wanted(process.env.GO_FILE);
  throw new RangeError("no more");
});

export const uncaught = awslambda.streamifyResponse(async (event, stream) => {
  stream.write("first");
  await wanted(process.env.GO_FILE);
  setImmediate(() => { throw new RangeError("no more"); });
  await pause(60_000);
});

export const large = awslambda.streamifyResponse(async (event, stream) => {
  for (let number = 0; number < 160; number++) {
    if (!stream.write(Buffer.alloc(65_536, number))) await new Promise((drained) => stream.once("drain", drained));
  }
  stream.end();
});

export const empty = awslambda.streamifyResponse(async (event, stream) => stream.end());

export const undescribed = awslambda.streamifyResponse(async (event, stream) => {
  stream.setContentType("application/vnd.awslambda.http-integration-response");
  stream.end("no prelude");
});

export const whole = async () => ({ whole: true });
"""


class Streaming:
    """The functions of ``CODE``, as their callers see them."""

    def __init__(self, sandbox: EmbeddedSandbox, folder: Path) -> None:
        self.sandbox = sandbox
        self.folder = folder
        self.go_file = folder.parent / "go"

    def deploy(self, handler: str) -> None:
        """Have the function *handler*."""
        self.sandbox.deploy(
            f"{self.folder}:index.{handler}",
            name=handler,
            runtime="nodejs20.x",
            environment={"GO_FILE": str(self.go_file)},
            timeout_seconds=60,
        )

    def open_url(self, handler: str, method: str = "GET", mode: str = "RESPONSE_STREAM") -> http.client.HTTPResponse:
        """The answer of the function's URL, of which nothing has been read."""
        self.deploy(handler)
        request = {"FunctionName": handler, "AuthType": "NONE", "InvokeMode": mode}
        url = self.sandbox.call("CreateFunctionUrlConfig", request, service="lambda")["FunctionUrl"]
        address = urlsplit(self.sandbox.endpoint_url)
        self.connection = http.client.HTTPConnection(address.hostname or "", address.port, timeout=60)
        self.connection.request(method, f"/_sandbox/function-url/{urlsplit(url).netloc.partition('.')[0]}/")
        self.response = self.connection.getresponse()
        return self.response

    def events(self, handler: str) -> Iterator[dict[str, Any]]:
        """The events of InvokeWithResponseStream."""
        self.deploy(handler)
        answer = self.sandbox.client("lambda").invoke_with_response_stream(FunctionName=handler, LogType="Tail")
        assert answer["ExecutedVersion"] == "$LATEST"
        with contextlib.closing(answer["EventStream"]) as events:
            yield from events

    def invoke(self, handler: str) -> Any:
        """What an ordinary Invoke gives, decoded where it is JSON."""
        payload = self.sandbox.client("lambda").invoke(FunctionName=handler)["Payload"].read()
        return json.loads(payload) if payload[:1] in (b"{", b'"') else payload


@pytest.fixture
def streaming(tmp_path: Path) -> Iterator[Streaming]:
    if shutil.which("node") is None:
        pytest.skip("there is no node on this machine")
    folder = tmp_path / "code"
    folder.mkdir()
    (folder / "index.mjs").write_text(CODE)
    with EmbeddedSandbox(Settings(port=0, runtime="process", project_folder=tmp_path)) as sandbox:
        made = Streaming(sandbox, folder)
        yield made
        if hasattr(made, "connection"):
            made.response.close()
            made.connection.close()


def test_the_first_of_an_answer_is_there_before_the_last_is_written(streaming: Streaming) -> None:
    response = streaming.open_url("plain")
    assert (response.status, response.headers["Content-Type"]) == (200, "text/event-stream")
    assert response.headers["Transfer-Encoding"] == "chunked"
    assert response.read1() == b"first"
    streaming.go_file.touch()
    assert response.read() == b"second"


def test_status_and_headers_come_before_the_body(streaming: Streaming) -> None:
    response = streaming.open_url("described")
    assert response.status == 201
    told = {name: response.headers[name] for name in ("Content-Type", "X-Own", "Set-Cookie")}
    assert told == {"Content-Type": "text/html", "X-Own": "1", "Set-Cookie": "a=b"}
    assert response.read1() == b"first"
    streaming.go_file.touch()
    assert response.read() == b"second"


@pytest.mark.parametrize("handler", ["broken", "uncaught"])
def test_an_answer_that_fails_on_its_way_is_cut_off(streaming: Streaming, handler: str) -> None:
    """Its status has left: only a missing end can tell."""
    response = streaming.open_url(handler)
    assert response.read1() == b"first"
    streaming.go_file.touch()
    with pytest.raises((http.client.IncompleteRead, ConnectionError)):
        response.read()


@pytest.mark.parametrize("handler", ["broken", "uncaught"])
def test_events_tell_of_a_failure_on_the_way(streaming: Streaming, handler: str) -> None:
    events = streaming.events(handler)
    assert next(events)["PayloadChunk"]["Payload"] == b"first"
    streaming.go_file.touch()
    (complete,) = (event["InvokeComplete"] for event in events)
    assert complete["ErrorCode"] == "Unhandled"
    assert json.loads(complete["ErrorDetails"])["errorType"] == "RangeError"
    assert complete["LogResult"]
    assert streaming.invoke(handler)["errorMessage"] == "no more", "the next invocation is clean"


def test_events_come_while_the_function_writes(streaming: Streaming) -> None:
    events = streaming.events("plain")
    assert next(events)["PayloadChunk"]["Payload"] == b"first"
    streaming.go_file.touch()
    assert next(events)["PayloadChunk"]["Payload"] == b"second"
    assert "ErrorCode" not in next(events)["InvokeComplete"]
    assert streaming.invoke("plain") == b"firstsecond", "an ordinary Invoke has all of it at once"


def test_more_than_six_megabytes_are_no_more_than_any(streaming: Streaming) -> None:
    body = streaming.open_url("large").read()
    assert body == b"".join(bytes([number]) * 65_536 for number in range(160))
    assert streaming.invoke("large")["errorType"] == "Function.ResponseSizeTooLarge"


def test_a_function_goes_on_when_nobody_reads_any_more(streaming: Streaming) -> None:
    """As AWS's does, whoever has hung up."""
    response = streaming.open_url("large")
    assert len(response.read1()) > 0
    response.close()
    streaming.connection.close()
    (invocation,) = eventually(lambda: streaming.sandbox.invocations("large"), "end of the invocation")
    assert invocation.error is None


@pytest.mark.parametrize(
    ("handler", "method", "status", "body"),
    [
        ("empty", "GET", 200, b""),
        ("large", "HEAD", 200, b""),
        ("whole", "GET", 200, b'{"whole":true}'),
        ("undescribed", "GET", 502, b"Internal Server Error"),
    ],
)
def test_answers_that_are_not_streamed_after_all(
    streaming: Streaming, handler: str, method: str, status: int, body: bytes
) -> None:
    with streaming.open_url(handler, method) as response:
        assert (response.status, response.read()) == (status, body)
    assert streaming.sandbox.call("GetFunction", {"FunctionName": handler}, service="lambda")


def test_a_buffered_url_waits_for_the_whole_answer(streaming: Streaming) -> None:
    streaming.go_file.touch()
    response = streaming.open_url("plain", mode="BUFFERED")
    assert (response.status, response.read()) == (502, b"Internal Server Error"), "which is not JSON"
