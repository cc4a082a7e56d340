"""An endpoint over fake services, and a client that speaks to its socket byte by byte."""

import asyncio
import contextlib
import json
import math
import zlib
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any

import msgspec
import pytest
from msgspec import Meta

from sandbox.clock import Clock
from sandbox.dynamodb import parameters as p
from sandbox.dynamodb.faults import ConditionalCheckFailedException, TransactionCanceledException
from sandbox.ids import Ids
from sandbox.web.admin_route import AdminRequest, AdminRoute
from sandbox.web.app import Endpoint
from sandbox.web.connection import Connection
from sandbox.web.guard import Guard
from sandbox.web.pipeline import Pipeline
from sandbox.web.ports import Served
from sandbox.web.refusal import Refusal
from sandbox.wire.operation import Operation, RequestShape, ResponseShape, operation
from sandbox.wire.raw_reply import DECLINED, RawReply

AUTHORIZATION = (
    "AWS4-HMAC-SHA256 Credential={key}/20260101/{region}/{service}/aws4_request, "
    "SignedHeaders=host;x-amz-date, Signature=0123456789abcdef"
)


def signed(service: str = "dynamodb", *, key: str = "test", region: str = "eu-west-1") -> dict[str, str]:
    """Headers of a request that is signed, as far as anyone looks."""
    return {
        "Authorization": AUTHORIZATION.format(key=key, region=region, service=service),
        "X-Amz-Date": "20260101T000000Z",
    }


def targeted(operation_name: str = "Echo", **headers: str) -> dict[str, str]:
    """Headers of an ordinary DynamoDB request."""
    return {
        "X-Amz-Target": f"DynamoDB_20120810.{operation_name}",
        "Content-Type": "application/x-amz-json-1.0",
        **signed(),
        **{name.replace("_", "-"): value for name, value in headers.items()},
    }


class EchoRequest(RequestShape):
    """Says what to do."""

    text: str | None = None
    pause: bool | None = None
    size: int | None = None
    table_name: p.TableName | None = None


class EchoResponse(ResponseShape):
    """Says what was seen."""

    text: str | None = None
    account_id: str | None = None
    region: str | None = None


@operation("Echo", EchoRequest)
def echo(scope: "FakeScope", request: EchoRequest) -> EchoResponse:
    """Give back the text, or one of the asked size."""
    text = "x" * request.size if request.size is not None else request.text
    return EchoResponse(text=text, account_id=scope.account_id, region=scope.region)


@operation("Nothing", EchoRequest)
def nothing(_scope: "FakeScope", _request: EchoRequest) -> None:
    """Answer with an empty body."""


@operation("Refuse", EchoRequest)
def refuse(_scope: "FakeScope", request: EchoRequest) -> None:
    """Refuse as a write whose condition is false."""
    if request.text == "transaction":
        raise TransactionCanceledException("cancelled", extra={"CancellationReasons": [{"Code": "None"}]})
    raise ConditionalCheckFailedException("The conditional request failed", extra={"Item": {"pk": {"S": "a"}}})


@operation("Break", EchoRequest)
def break_(_scope: "FakeScope", _request: EchoRequest) -> None:
    """Fail as only a bug does."""
    raise ZeroDivisionError("a secret of the item")


class InvokeRequest(RequestShape):
    """As Lambda's."""

    function_name: str
    invocation_type: str | None = None
    qualifier: str | None = None
    payload: bytes | None = None


@operation("Invoke", InvokeRequest)
async def invoke(_scope: "FakeScope", request: InvokeRequest) -> RawReply:
    """Answer with the payload itself."""
    await asyncio.sleep(0)
    headers = {"X-Amz-Executed-Version": request.qualifier or "$LATEST", "x-amzn-RequestId": "the-functions-own"}
    if request.invocation_type == "Event":
        return RawReply(status=202, headers=headers)
    return RawReply(status=200, headers=headers, body=request.payload or b"null")


class MappingsRequest(RequestShape):
    """As ListEventSourceMappings'."""

    function_name: str | None = None
    max_items: Annotated[int, Meta(ge=1, le=10_000)] | None = None


class ListResponse(ResponseShape):
    """Gives back what was read."""

    seen: dict[str, Any] | None = None


@dataclass(kw_only=True)
class FakeScope:
    """What operations get."""

    account_id: str
    region: str


@operation("ListEventSourceMappings", MappingsRequest)
def list_mappings(_scope: FakeScope, request: MappingsRequest) -> ListResponse:
    """Give back the query's members."""
    return ListResponse(seen={"FunctionName": request.function_name, "MaxItems": request.max_items})


class TagRequest(RequestShape):
    """As Lambda's TagResource's: one member in the path, one in the body."""

    resource: str
    tags: dict[str, str]


@operation("TagResource", TagRequest, success_status=204)
def tag_resource(_scope: FakeScope, request: TagRequest) -> None:
    """Take tags."""
    assert request.resource.startswith("arn:")
    assert request.tags == {"a": "b"}


class LogsRequest(msgspec.Struct, rename="camel"):
    """As FilterLogEvents'."""

    log_group_name: str


@operation("FilterLogEvents", LogsRequest)
def filter_log_events(_scope: FakeScope, request: LogsRequest) -> Any:
    """Answer for functions, leave the rest."""
    if not request.log_group_name.startswith("/aws/lambda/"):
        return DECLINED
    return ListResponse(seen={"events": []})


class FakeService:
    """Operations by name."""

    def __init__(self, *operations: Operation[Any]) -> None:
        self._operations = {operation.name: operation for operation in operations}

    def find(self, operation_name: str) -> Operation[Any] | None:
        """One of the given operations."""
        return self._operations.get(operation_name)

    def scope(self, account_id: str, region: str) -> FakeScope:
        """Say who calls."""
        return FakeScope(account_id=account_id, region=region)


@dataclass(kw_only=True)
class FakeForeignReply:
    """What another service answered."""

    status: int = 200
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""


@dataclass
class FakeForeign:
    """Notes what it was asked."""

    asked: list[dict[str, Any]] = field(default_factory=list)
    reply: FakeForeignReply = field(
        default_factory=lambda: FakeForeignReply(
            headers=(("Content-Type", "text/xml"), ("Set-Cookie", "a=1"), ("Set-Cookie", "b=2")), body=b"<moto/>"
        )
    )

    async def answer(
        self, *, method: str, path_and_query: str, headers: Mapping[str, str], body: bytes
    ) -> FakeForeignReply:
        """Answer what is set."""
        self.asked.append({"method": method, "target": path_and_query, "headers": dict(headers), "body": body})
        return self.reply


class FakeSettled:
    """A barrier that a test may close."""

    def __init__(self) -> None:
        self.barrier: asyncio.Future[None] | None = None

    def pending(self) -> Awaitable[None] | None:
        """The barrier, where there is one."""
        return self.barrier


class RowsRequest(AdminRequest):
    """As an admin path's."""

    after: int = 0


class FakeAdmin:
    """Notes what it was asked."""

    def __init__(self) -> None:
        self.advanced: list[float] = []

    async def drain(self, timeout_seconds: float, *, advance_clock: bool) -> Mapping[str, Any]:
        """Say for how long it would have waited."""
        return {"drained": True, "timeout_seconds": timeout_seconds} | (
            {"advance_clock": True} if advance_clock else {}
        )

    def advance_clock(self, seconds: float) -> Mapping[str, Any]:
        """Note it."""
        self.advanced.append(seconds)
        return {"now": sum(self.advanced)}

    def set_clock(self, instant: float) -> Mapping[str, Any]:
        """Know one instant as past."""
        if instant == 1:
            raise ValueError("the clock only moves forward")
        return {"now": instant}

    def status(self) -> Mapping[str, Any]:
        """Something."""
        return {"tables": 0}

    def route(self, name: str) -> AdminRoute | None:
        """One that is read and one that changes something."""
        return {
            "rows": AdminRoute(request=RowsRequest, answer=lambda request: {"after": request.after}),
            "rows/drop": AdminRoute(request=RowsRequest, answer=self._drop, changes=True),
        }.get(name)

    async def _drop(self, request: RowsRequest) -> Mapping[str, Any]:
        await asyncio.sleep(0)
        if request.after > 9:
            raise Refusal(404, f"There is no row {request.after}.")
        return {"dropped": request.after}


@dataclass(frozen=True, kw_only=True)
class Answered:
    """One response as read from the socket; header names in lower case."""

    status: int
    reason: str
    version: str
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        """The body, read as JSON."""
        return json.loads(self.body)


@dataclass(kw_only=True)
class World:
    """A running endpoint and what stands behind it."""

    endpoint: Endpoint
    foreign: FakeForeign
    settled: FakeSettled
    admin: FakeAdmin
    clock: Clock
    clients: "list[Client]" = field(default_factory=list)

    async def connect(self, host: str = "127.0.0.1") -> "Client":
        """Open a connection."""
        reader, writer = await asyncio.open_connection(host, self.endpoint.port)
        self.clients.append(Client(self, reader, writer))
        return self.clients[-1]

    async def ask(
        self, body: bytes = b"{}", headers: Mapping[str, str] | None = None, *, method: str = "POST", path: str = "/"
    ) -> Answered:
        """Send one request on a connection of its own."""
        client = await self.connect()
        try:
            return await client.ask(body, headers, method=method, path=path)
        finally:
            await client.close()

    @property
    def connections(self) -> list[Connection]:
        """The server's side of every open connection."""
        assert self.endpoint._connections is not None
        return [one for one in self.endpoint._connections.connections if isinstance(one, Connection)]

    async def answering(self) -> None:
        """Return once a request is being answered."""
        await until(lambda: any(one.waiting_since == math.inf for one in self.connections))


async def until(condition: Callable[[], bool]) -> None:
    """Let the loop run until *condition* holds."""
    async with asyncio.timeout(10):
        while not condition():  # noqa: ASYNC110 - what the server does meanwhile sets no event
            await asyncio.sleep(0)


class Client:
    """One connection."""

    def __init__(self, world: World, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer
        self.host = f"127.0.0.1:{world.endpoint.port}"

    def request(
        self,
        body: bytes = b"{}",
        headers: Mapping[str, str] | None = None,
        *,
        method: str = "POST",
        path: str = "/",
        version: str = "1.1",
    ) -> bytes:
        """Build a request; ``Host`` and ``Content-Length`` are added where they are not given."""
        given = {"Host": self.host, "Content-Length": str(len(body))} | dict(headers or {})
        lines = "".join(f"{name}: {value}\r\n" for name, value in given.items() if value)
        return f"{method} {path} HTTP/{version}\r\n{lines}\r\n".encode() + body

    async def ask(
        self, body: bytes = b"{}", headers: Mapping[str, str] | None = None, *, method: str = "POST", path: str = "/"
    ) -> Answered:
        """Send a request and read its answer."""
        await self.send(self.request(body, headers, method=method, path=path))
        return await self.answer(has_body=method != "HEAD")

    async def send(self, data: bytes) -> None:
        """Send bytes as they are."""
        self.writer.write(data)
        await self.writer.drain()

    async def answer(self, *, has_body: bool = True) -> Answered:
        """Read one answer."""
        head = (await asyncio.wait_for(self.reader.readuntil(b"\r\n\r\n"), 10)).decode()
        line, *lines = head[:-4].split("\r\n")
        version, status, reason = line.split(" ", 2)
        headers: dict[str, str] = {}
        for text in lines:
            name, value = text.split(": ", 1)
            headers[name.lower()] = f"{headers[name.lower()]}, {value}" if name.lower() in headers else value
        size = int(headers.get("content-length", "0")) if has_body else 0
        body = await asyncio.wait_for(self.reader.readexactly(size), 10)
        if "x-amz-crc32" in headers and has_body:
            assert int(headers["x-amz-crc32"]) == zlib.crc32(body)
        return Answered(status=int(status), reason=reason, version=version, headers=headers, body=body)

    async def is_closed(self) -> bool:
        """Wait until the server ends the connection, having sent nothing more."""
        try:
            return await asyncio.wait_for(self.reader.read(), 10) == b""
        except ConnectionResetError:
            return True

    async def close(self) -> None:
        """End the connection."""
        self.writer.close()
        with contextlib.suppress(ConnectionError):
            await self.writer.wait_closed()


Serve = Callable[[Callable[[World], Awaitable[None]]], None]
"""Runs a scenario against a fresh endpoint."""


@pytest.fixture
def serve(request: pytest.FixtureRequest) -> Serve:
    """An endpoint per scenario, on a free port; on uvloop where the test asks for it."""
    loop_factory = pytest.importorskip("uvloop").new_event_loop if getattr(request, "param", "") == "uvloop" else None

    async def run(scenario: Callable[[World], Awaitable[None]]) -> None:
        foreign, settled, admin, clock = FakeForeign(), FakeSettled(), FakeAdmin(), Clock()
        served = Served(
            dynamodb=FakeService(echo, nothing, refuse, break_),
            streams=FakeService(echo),
            lambda_=FakeService(invoke, list_mappings, tag_resource, break_),
            logs=FakeService(filter_log_events),
            metrics=FakeService(),
            foreign=lambda: foreign,
            settled=settled,
            admin=admin,
        )
        pipeline = Pipeline(served, guard=Guard(["sandbox.test"], ["https://page.test"]), clock=clock, ids=Ids(7))
        endpoint = Endpoint(pipeline)
        await endpoint.start()
        world = World(endpoint=endpoint, foreign=foreign, settled=settled, admin=admin, clock=clock)
        try:
            await scenario(world)
        finally:
            for client in world.clients:
                await client.close()
            await endpoint.close()

    def start(scenario: Callable[[World], Awaitable[None]]) -> None:
        with asyncio.Runner(loop_factory=loop_factory) as runner:
            runner.run(run(scenario))

    return start
