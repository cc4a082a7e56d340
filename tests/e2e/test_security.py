"""The server as an attacker meets it: raw sockets, hostile headers, and what a web page in the developer's browser can send.

Source: reliability S1-S4, S8, F2-F6.
"""

import gzip
import json
import os
import socket
import subprocess
import sys
import time
import urllib.parse
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import boto3
import pytest

ROOT = Path(__file__).parents[2]
PATIENCE_SECONDS = 30.0
AUTHORIZATION = (
    "AWS4-HMAC-SHA256 Credential=AKID/20260101/us-east-1/{service}/aws4_request, SignedHeaders=host, Signature=0"
)
SIGNED = {
    "Authorization": AUTHORIZATION.format(service="dynamodb"),
    "X-Amz-Date": "20260101T000000Z",
    "Content-Type": "application/x-amz-json-1.0",
}
PUT = {**SIGNED, "X-Amz-Target": "DynamoDB_20120810.PutItem"}
ITEM = json.dumps({"TableName": "notes", "Item": {"pk": {"S": "evil"}}}).encode()


@dataclass(frozen=True)
class Answer:
    """A status, the headers with lower-case names, and the body; status 0 where the server hung up."""

    status: int
    headers: dict[str, str]
    body: bytes


@dataclass(frozen=True)
class Server:
    """A running ``sandbox serve`` with a table ``notes``, a function ``f`` and a queue ``q``."""

    process: subprocess.Popen[bytes]
    port: int
    folder: Path
    clients: dict[str, Any] = field(default_factory=dict)

    def client(self, service: str) -> Any:
        """A boto3 client, for looking at what is there."""
        if service not in self.clients:
            self.clients[service] = boto3.client(
                service,
                endpoint_url=f"http://127.0.0.1:{self.port}",
                region_name="us-east-1",
                aws_access_key_id="local",
                aws_secret_access_key="local",
            )
        return self.clients[service]

    def connect(self) -> socket.socket:
        """A raw connection."""
        return socket.create_connection(("127.0.0.1", self.port), PATIENCE_SECONDS)

    def ask(self, head: bytes, body: bytes = b"") -> Answer:
        """Send bytes as they are, read one answer."""
        with self.connect() as connection:
            connection.sendall(head + b"\r\n\r\n" + body)
            return receive(connection)

    def request(self, method: str, path: str, headers: dict[str, str], body: bytes = b"") -> Answer:
        """Send a well-formed request; the Host is right unless *headers* say otherwise."""
        sent = {"Host": f"127.0.0.1:{self.port}", "Content-Length": str(len(body)), **headers}
        lines = [f"{method} {path} HTTP/1.1", *(f"{name}: {value}" for name, value in sent.items())]
        return self.ask("\r\n".join(lines).encode("latin-1"), body)


def receive(connection: socket.socket) -> Answer:
    """Read one answer, as far as it comes."""
    data = b""
    while b"\r\n\r\n" not in data:
        try:
            chunk = connection.recv(65_536)
        except ConnectionResetError:
            chunk = b""
        if not chunk:
            return Answer(0, {}, data)
        data += chunk
    head, _, body = data.partition(b"\r\n\r\n")
    status_line, *lines = head.decode("latin-1").split("\r\n")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    while len(body) < int(headers.get("content-length", "0")):
        chunk = connection.recv(65_536)
        if not chunk:
            break
        body += chunk
    return Answer(int(status_line.split(" ")[1]), headers, body)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One server for all of these tests: none of them may disturb it."""
    folder = tmp_path_factory.mktemp("served")
    ready = folder / "ready"
    code = folder / "code"
    code.mkdir()
    (code / "handler.py").write_text(f"def handler(e, c): open({str(folder / 'invoked')!r}, 'a').write('x')\n")
    command = [sys.executable, "-m", "sandbox", "serve", "--port", "0", "--ready-file", str(ready), "--no-watch"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(command, cwd=folder, env=environment, stdout=subprocess.DEVNULL) as process:
        try:
            deadline = time.monotonic() + PATIENCE_SECONDS
            while not ready.exists():
                assert process.poll() is None
                assert time.monotonic() < deadline
                time.sleep(0.01)  # another process: its file is all there is to wait on
            server = Server(process, int(ready.read_text().strip().rpartition(":")[2]), folder)
            _furnish(server, code)
            yield server
            assert process.poll() is None
        finally:
            process.terminate()


def _furnish(server: Server, code: Path) -> None:
    server.client("dynamodb").create_table(
        TableName="notes",
        AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
        BillingMode="PAY_PER_REQUEST",
    )
    server.client("lambda").create_function(
        FunctionName="f",
        Role="arn:aws:iam::000000000000:role/r",
        Runtime="python3.12",
        Handler="handler.handler",
        Code={"S3Bucket": "hot-reload", "S3Key": str(code)},
    )
    server.client("sqs").create_queue(QueueName="q")


@pytest.fixture
def untouched(server: Server) -> Iterator[Server]:
    """The server, which the test must leave as it was: no item, no new table, function or queue, nothing invoked."""

    def holdings() -> Any:
        functions = server.client("lambda").list_functions()["Functions"]
        return (
            server.client("dynamodb").scan(TableName="notes")["Items"],
            server.client("dynamodb").list_tables()["TableNames"],
            [(one["FunctionName"], one["CodeSha256"], one["Timeout"]) for one in functions],
            server.client("sqs").list_queues().get("QueueUrls"),
            (server.folder / "invoked").exists(),
            round(json.loads(server.request("GET", "/_sandbox/status", {}).body)["now"] - time.time()),
        )

    before = holdings()
    yield server
    assert holdings() == before


# -- what a web page can do --------------------------------------------------------------------------------------------

_QUERY = "X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=a%2F20260101%2Fus-east-1%2F{service}%2Faws4_request&X-Amz-Date=20260101T000000Z&X-Amz-SignedHeaders=host&X-Amz-Signature=0"

SIMPLE_REQUESTS = {
    # What a page may send to any address without asking: forms of three types, beacons, images, links, streams.
    "form": ("POST", "/", "application/x-www-form-urlencoded", b"Action=CreateQueue&QueueName=evil"),
    "form to a function": ("POST", "/2015-03-31/functions/f/invocations", "application/x-www-form-urlencoded", b"a=b"),
    "form with a presigned query": (
        "POST",
        "/2015-03-31/functions/f/invocations?" + _QUERY.format(service="lambda"),
        "text/plain",
        b'{"a": "="}',
    ),
    "form to SQS with a presigned query": (
        "POST",
        "/?" + _QUERY.format(service="sqs"),
        "application/x-www-form-urlencoded",
        b"Action=CreateQueue&QueueName=evil",
    ),
    "plain text that is JSON": ("POST", "/", "text/plain", ITEM),
    "multipart": (
        "POST",
        "/2015-03-31/functions",
        "multipart/form-data; boundary=b",
        b'--b\r\nContent-Disposition: form-data; name="x"\r\n\r\n{}\r\n--b--\r\n',
    ),
    "beacon": ("POST", "/_sandbox/clock", "text/plain;charset=UTF-8", b'{"advance_seconds": 86400}'),
    "form to the clock": ("POST", "/_sandbox/clock", "application/x-www-form-urlencoded", b'{"advance_seconds": 1}'),
    "image with a presigned query": (
        "GET",
        f"/?Action=CreateQueue&QueueName=evil&{_QUERY.format(service='sqs')}",
        "",
        b"",
    ),
    "image": ("GET", "/?Action=CreateQueue&QueueName=evil", "", b""),
    "image of the clock": ("GET", "/_sandbox/clock?advance_seconds=86400", "", b""),
}


@pytest.mark.parametrize("name", SIMPLE_REQUESTS)
def test_a_page_of_another_site_has_no_effect(untouched: Server, name: str) -> None:
    """As browsers of today send it: with Origin or Sec-Fetch-Site. The answer may not be readable either."""
    method, path, content_type, body = SIMPLE_REQUESTS[name]
    headers = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors", "Referer": "http://evil.example/"}
    if method == "POST":
        headers |= {"Origin": "http://evil.example", "Content-Type": content_type}
    answer = untouched.request(method, path, headers, body)
    assert answer.status == 403
    assert not any(header.startswith("access-control-") for header in answer.headers)


UNSIGNED_REQUESTS = [name for name in SIMPLE_REQUESTS if "presigned" not in name]


@pytest.mark.parametrize("name", UNSIGNED_REQUESTS)
def test_without_a_signature_there_is_no_effect_either(untouched: Server, name: str) -> None:
    """An old browser, or one that hides where it comes from."""
    method, path, content_type, body = SIMPLE_REQUESTS[name]
    answer = untouched.request(method, path, {"Content-Type": content_type} if content_type else {}, body)
    assert 400 <= answer.status < 500 or b"healthy" in answer.body


@pytest.mark.parametrize(
    "origin", ["http://evil.example", "null", "file://", "http://localhost:1", "https://127.0.0.1"]
)
def test_a_signature_does_not_help_a_page(untouched: Server, origin: str) -> None:
    answer = untouched.request("POST", "/", {**PUT, "Origin": origin}, ITEM)
    assert answer.status == 403
    assert not any(header.startswith("access-control-") for header in answer.headers)


def test_a_preflight_is_refused(untouched: Server) -> None:
    answer = untouched.request(
        "OPTIONS",
        "/",
        {
            "Origin": "http://evil.example",
            "Access-Control-Request-Method": "POST",
            "Access-Control-Request-Headers": "x-amz-target,authorization",
            "Access-Control-Request-Private-Network": "true",
        },
    )
    assert answer.status == 403
    assert not any(header.startswith("access-control-") for header in answer.headers)


def test_a_web_socket_is_refused(untouched: Server) -> None:
    headers = {
        "Connection": "Upgrade",
        "Upgrade": "websocket",
        "Origin": "http://evil.example",
        "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
    }
    assert untouched.request("GET", "/", headers).status == 403


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "127.0.0.1.evil.example",
        "localhost.evil.example",
        "evil.example:{port}",
        "localhost@evil.example",
        "localhost:{port}@evil.example",
        "10.0.0.1",
        "[2001:db8::1]",
        "[::1",
        "localhost:99999999",
        "local host",
        "",
    ],
)
def test_a_rebound_name_is_refused(untouched: Server, host: str) -> None:
    answer = untouched.request("POST", "/", {**PUT, "Host": host.format(port=untouched.port)}, ITEM)
    assert answer.status in (400, 403)


def test_the_names_that_developers_use_are_answered(server: Server) -> None:
    headers = {**SIGNED, "X-Amz-Target": "DynamoDB_20120810.ListTables"}
    for host in ("localhost", "127.0.0.1", "[::1]", "sandbox.localhost", "host.docker.internal"):
        assert server.request("POST", "/", {**headers, "Host": f"{host}:{server.port}"}, b"{}").status == 200


# -- what is not signed --------------------------------------------------------------------------------------------------


def test_a_request_without_authorization_is_refused_as_aws_does(untouched: Server) -> None:
    headers = {name: value for name, value in PUT.items() if name != "Authorization"}
    answer = untouched.request("POST", "/", headers, ITEM)
    assert answer.status == 400
    assert json.loads(answer.body)["__type"].endswith("#MissingAuthenticationTokenException")
    answer = untouched.request("POST", "/2015-03-31/functions/f/invocations", {}, b"{}")
    assert answer.status == 403


# -- what is too much ----------------------------------------------------------------------------------------------------


def test_a_body_over_the_limit_is_refused_from_its_header(untouched: Server) -> None:
    """Before a byte of it is there: who waits for it first can be made to wait for ever."""
    with untouched.connect() as connection:
        lines = [f"{name}: {value}" for name, value in PUT.items()]
        head = ["POST / HTTP/1.1", f"Host: 127.0.0.1:{untouched.port}", f"Content-Length: {17 << 20}", *lines]
        connection.sendall("\r\n".join(head).encode() + b"\r\n\r\n")
        assert receive(connection).status == 413


def test_a_chunked_body_over_the_limit_is_refused(untouched: Server) -> None:
    with untouched.connect() as connection:
        lines = [f"{name}: {value}" for name, value in PUT.items()]
        head = ["POST / HTTP/1.1", f"Host: 127.0.0.1:{untouched.port}", "Transfer-Encoding: chunked", *lines]
        connection.sendall("\r\n".join(head).encode() + b"\r\n\r\n")
        chunk = b"100000\r\n" + b" " * 0x100000 + b"\r\n"
        try:
            for _ in range(40):
                connection.sendall(chunk)
        except OSError:
            pass  # it hung up on us: that is a refusal too
        assert receive(connection).status in (0, 413)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads the peak memory from /proc")
@pytest.mark.parametrize("members", [1, 64])
def test_a_compression_bomb_costs_no_memory(untouched: Server, members: int) -> None:
    """200 MB of nothing in 200 KB, whole or in pieces that are each small enough."""
    bomb = gzip.compress(b" " * (200_000_000 // members), 9) * members
    _forget_peak(untouched.process.pid)
    before = _peak_bytes(untouched.process.pid)
    answer = untouched.request("POST", "/", {**PUT, "Content-Encoding": "gzip"}, bomb)
    assert answer.status == 413
    assert _peak_bytes(untouched.process.pid) - before < 24 << 20  # 16 MB are allowed


def _forget_peak(pid: int) -> None:
    Path(f"/proc/{pid}/clear_refs").write_text("5")


def _peak_bytes(pid: int) -> int:
    [line] = [line for line in Path(f"/proc/{pid}/status").read_text().splitlines() if line.startswith("VmHWM:")]
    return int(line.split()[1]) * 1024


@pytest.mark.parametrize(
    "body",
    [
        b"[" * 1_000_000,
        b'{"a":' * 200_000,
        b'{"TableName": NaN}',
        b'{"TableName": 1e400}',
        b'{"TableName": "\\ud800"}',
        b'{"TableName": "\xff\xfe"}',
        b"\x00" * 1000,
    ],
    ids=["brackets", "braces", "NaN", "1e400", "surrogate", "not UTF-8", "zeros"],
)
def test_json_that_is_none_is_a_serialization_error(untouched: Server, body: bytes) -> None:
    answer = untouched.request("POST", "/", PUT, body)
    assert answer.status == 400
    assert json.loads(answer.body)["__type"].rpartition("#")[2] in {"SerializationException", "ValidationException"}


def test_headers_that_never_end_are_given_up_and_idle_connections_are_not(server: Server) -> None:
    """Slow headers get ten seconds; a client that keeps its connection for later may do so."""
    with server.connect() as slow, server.connect() as idle:
        request = f"GET /_sandbox/status HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\n\r\n".encode()
        idle.sendall(request)
        assert receive(idle).status == 200
        slow.sendall(b"POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: ")
        began = time.monotonic()
        answer = receive(slow)  # a byte of answer, or the end
        assert answer.status in (0, 408)
        assert 9 < time.monotonic() - began < 20
        idle.sendall(request)
        assert receive(idle).status == 200


# -- what is within reach ------------------------------------------------------------------------------------------------


def _open_files(pid: int) -> Iterator[str]:
    """What the descriptors of a process stand for; one that is closed meanwhile is left out."""
    for link in Path(f"/proc/{pid}/fd").iterdir():
        with suppress(FileNotFoundError):
            yield str(link.readlink())


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads the open sockets from /proc")
def test_only_loopback_listens(server: Server) -> None:
    server.client("lambda").invoke(FunctionName="f", InvocationType="DryRun")  # functions have sockets of their own
    inodes = {
        target.removeprefix("socket:[").removesuffix("]")
        for target in _open_files(server.process.pid)
        if target.startswith("socket:")
    }
    addresses = set()
    for table in ("tcp", "tcp6"):
        for line in Path(f"/proc/{server.process.pid}/net/{table}").read_text().splitlines()[1:]:
            (
                _,
                local,
                _,
                state,
                *_,
            ) = line.split()[:4]
            if state == "0A" and line.split()[9] in inodes:
                addresses.add(local.rpartition(":")[0])
    loopback = {"0100007F", "00000000000000000000000001000000"}
    assert addresses
    assert addresses <= loopback


@pytest.mark.parametrize("kind", ["outside", "parent", "link"])
def test_code_outside_of_the_project_is_refused(untouched: Server, tmp_path: Path, kind: str) -> None:
    """A request must not run whatever lies anywhere on the disk, nor reach it through a link inside."""
    (tmp_path / "handler.py").write_text("def handler(e, c): pass\n")
    folder = {
        "outside": tmp_path,
        "parent": untouched.folder / "code" / ".." / ".." / ".." / tmp_path.name,
        "link": untouched.folder / f"link-{tmp_path.name}",
    }[kind]
    if kind == "link":
        folder.symlink_to(tmp_path)
    functions = untouched.client("lambda")
    with pytest.raises(functions.exceptions.InvalidParameterValueException):
        functions.create_function(
            FunctionName="evil",
            Role="arn:aws:iam::000000000000:role/r",
            Runtime="python3.12",
            Handler="handler.handler",
            Code={"S3Bucket": "hot-reload", "S3Key": str(folder)},
        )


@pytest.mark.parametrize("path", ["/../../../etc/passwd", "/%2e%2e/%2e%2e/etc/passwd", "/static/..%2f..%2fetc/passwd"])
def test_there_are_no_files_to_be_had(untouched: Server, path: str) -> None:
    for headers in ({}, {"Authorization": AUTHORIZATION.format(service="s3"), "X-Amz-Date": "20260101T000000Z"}):
        assert b"root:" not in untouched.request("GET", path, headers).body


def test_names_reach_no_log_as_control_characters(server: Server) -> None:
    """What a name does to a terminal is its reader's, not its sender's, to decide."""
    name = urllib.parse.quote("x\x1b[2J\n", safe="")
    answer = server.request(
        "GET",
        f"/2015-03-31/functions/{name}",
        {"Authorization": AUTHORIZATION.format(service="lambda"), "X-Amz-Date": "20260101T000000Z"},
    )
    assert 400 <= answer.status < 500
    assert b"\x1b" not in answer.body
