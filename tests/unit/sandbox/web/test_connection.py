"""HTTP itself, byte by byte: our answers bypass aiohttp's own response class, so its promises are tested here."""

import asyncio
import gc
import math
import socket
import zlib
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from aiohttp import web

import sandbox.web.body
import sandbox.web.connection
from sandbox.web.json_protocol import JsonProtocol
from sandbox.web.pipeline import Pipeline
from tests.unit.sandbox.web.conftest import Serve, World, targeted, until

pytestmark = pytest.mark.parametrize("serve", ["asyncio", "uvloop"], indirect=True)

BIG = 16 * 1024 * 1024


def test_a_connection_serves_many_requests(serve: Serve) -> None:
    async def scenario(world: World) -> None:
        client = await world.connect()
        for number in range(20):
            answer = await client.ask(b'{"Text": "%d"}' % number, targeted())
            assert answer.json["Text"] == str(number)
            assert answer.headers["connection"] == "keep-alive"
        await client.close()

    serve(scenario)


def test_pipelined_requests_are_answered_in_order(serve: Serve) -> None:
    async def scenario(world: World) -> None:
        client = await world.connect()
        await client.send(b"".join(client.request(b'{"Text": "%d"}' % number, targeted()) for number in range(100)))
        assert [(await client.answer()).json["Text"] for _ in range(100)] == [str(number) for number in range(100)]
        await client.close()

    serve(scenario)


def test_a_whole_request_is_answered_where_it_arrives(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    """The short way is what the figures of the benchmarks rest on: a release of aiohttp must not close it unseen."""
    arrived: list[str] = []
    long_way = Pipeline.answer

    async def answer(self: Pipeline, request: web.BaseRequest) -> web.StreamResponse:
        arrived.append(request.headers["X-Amz-Target"])
        return await long_way(self, request)

    async def scenario(world: World) -> None:
        client = await world.connect()
        for number in range(5):
            assert (await client.ask(b'{"Text": "%d"}' % number, targeted())).json["Text"] == str(number)
        assert (await client.ask(b"{}", targeted("Refuse"))).status == 400
        assert not arrived
        request = client.request(b'{"Text": "in pieces"}', targeted())
        await client.send(request[:-5])
        await until(lambda: len(arrived) == 1)
        await client.send(request[-5:])
        assert (await client.answer()).json["Text"] == "in pieces"
        assert (await client.ask(b'{"Text": "whole"}', targeted())).json["Text"] == "whole"
        assert len(arrived) == 1
        await client.close()

    monkeypatch.setattr(Pipeline, "answer", answer)
    serve(scenario)


def test_without_the_short_way_every_request_is_answered_all_the_same(
    serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As with a release of aiohttp that has other names for its own affairs."""

    async def scenario(world: World) -> None:
        client = await world.connect()
        for number in range(3):
            assert (await client.ask(b'{"Text": "%d"}' % number, targeted())).json["Text"] == str(number)
        await client.close()

    monkeypatch.setattr(sandbox.web.connection, "SHORT_WAY_IS_OPEN", False)
    serve(scenario)


def test_requests_behind_one_that_waits_are_answered_after_it(serve: Serve) -> None:
    async def scenario(world: World) -> None:
        client = await world.connect()
        await client.ask(b"{}", targeted())
        world.settled.barrier = asyncio.get_running_loop().create_future()
        await client.send(client.request(b'{"Text": "first"}', targeted()))
        await world.answering()
        barrier, world.settled.barrier = world.settled.barrier, None
        for text in (b"second", b"third"):
            await client.send(client.request(b'{"Text": "%b"}' % text, targeted()))
            await asyncio.sleep(0)
        barrier.set_result(None)
        assert [(await client.answer()).json["Text"] for _ in range(3)] == ["first", "second", "third"]
        await client.close()

    serve(scenario)


def test_a_client_that_does_not_read_is_not_answered_for_ever(serve: Serve) -> None:
    """Answers must not pile up in memory: what is asked while the last answers are unread waits until they are."""

    async def scenario(world: World) -> None:
        client = await world.connect()
        asked = 64
        for _ in range(asked):
            await client.send(client.request(b'{"Size": 1000000}', targeted()))
            await asyncio.sleep(0)
        await until(lambda: world.connections[0].writing_paused)
        transport = world.connections[0].transport
        assert transport is not None
        assert transport.get_write_buffer_size() < 8_000_000
        for _ in range(asked):
            assert len((await client.answer()).body) > 1_000_000
        await client.close()

    serve(scenario)


def test_a_request_may_arrive_byte_by_byte(serve: Serve) -> None:
    async def scenario(world: World) -> None:
        client = await world.connect()
        for byte in client.request(b'{"Text": "slow"}', targeted()):
            await client.send(bytes([byte]))
            await asyncio.sleep(0)
        assert (await client.answer()).json["Text"] == "slow"
        await client.close()

    serve(scenario)


def test_connection_close_is_honoured(serve: Serve) -> None:
    async def scenario(world: World) -> None:
        client = await world.connect()
        answer = await client.ask(b"{}", targeted(Connection="close"))
        assert answer.headers["connection"] == "close"
        assert await client.is_closed()
        await client.close()

    serve(scenario)


def test_http_1_0_closes_unless_asked_to_stay(serve: Serve) -> None:
    async def scenario(world: World) -> None:
        client = await world.connect()
        await client.send(client.request(b"{}", targeted(Connection="keep-alive"), version="1.0"))
        answer = await client.answer()
        assert (answer.version, answer.status, answer.headers["connection"]) == ("HTTP/1.0", 200, "keep-alive")
        await client.send(client.request(b"{}", targeted(), version="1.0"))
        answer = await client.answer()
        assert (answer.version, answer.status) == ("HTTP/1.0", 200)
        assert "connection" not in answer.headers
        assert await client.is_closed()
        await client.close()

    serve(scenario)


def test_head_has_the_headers_of_get_and_no_body(serve: Serve) -> None:
    async def scenario(world: World) -> None:
        client = await world.connect()
        get = await client.ask(b"", method="GET")
        head = await client.ask(b"", method="HEAD")
        assert head.body == b""
        for name in ("content-length", "x-amz-crc32"):
            assert head.headers[name] == get.headers[name]
        assert (await client.ask(b"", method="GET")).body == get.body
        await client.close()

    serve(scenario)


@pytest.mark.parametrize("size", [0, 1, 65_500, 65_536, 65_537, 1_000_000, 5_000_000])
def test_answers_of_all_sizes_arrive_whole(serve: Serve, size: int) -> None:
    async def scenario(world: World) -> None:
        client = await world.connect()
        for _ in range(2):
            answer = await client.ask(b'{"Size": %d}' % size, targeted())
            assert len(answer.json["Text"]) == size
        await client.close()

    serve(scenario)


@pytest.mark.parametrize("size", [100, 70_000, 400_000, BIG - 100])
def test_bodies_of_all_sizes_are_read_whole(serve: Serve, size: int) -> None:
    async def scenario(world: World) -> None:
        client = await world.connect()
        answer = await client.ask(b'{"Text": "%b"}' % (b"x" * size), targeted())
        assert len(answer.json["Text"]) == size
        assert (await client.ask(b"{}", targeted())).status == 200
        await client.close()

    serve(scenario)


def chunked(*chunks: bytes) -> bytes:
    return b"".join(b"%x\r\n%b\r\n" % (len(chunk), chunk) for chunk in (*chunks, b""))


def test_chunked_bodies_are_read(serve: Serve) -> None:
    async def scenario(world: World) -> None:
        client = await world.connect()
        headers = targeted(Transfer_Encoding="chunked") | {"Content-Length": ""}
        await client.send(client.request(b"", headers) + chunked(b'{"Text', b'": "in ', b'pieces"}'))
        assert (await client.answer()).json["Text"] == "in pieces"
        assert (await client.ask(b"{}", targeted())).status == 200
        await client.close()

    serve(scenario)


def test_a_client_that_waits_is_told_to_continue(serve: Serve) -> None:
    async def scenario(world: World) -> None:
        client = await world.connect()
        whole = client.request(b'{"Text": "patient"}', targeted(Expect="100-continue"))
        head, _, body = whole.partition(b"\r\n\r\n")
        await client.send(head + b"\r\n\r\n")
        assert (await client.answer()).status == 100
        await client.send(body)
        assert (await client.answer()).json["Text"] == "patient"
        assert (await client.ask(b"{}", targeted())).status == 200
        await client.close()

    serve(scenario)


def test_a_client_that_waits_with_too_much_is_refused_instead(serve: Serve) -> None:
    async def scenario(world: World) -> None:
        client = await world.connect()
        headers = targeted(Expect="100-continue") | {"Content-Length": str(BIG + 1)}
        await client.send(client.request(b"", headers))
        assert (await client.answer()).status == 413
        await client.close()

    serve(scenario)


def test_a_body_that_says_it_is_too_long_is_refused_before_it_is_sent(serve: Serve) -> None:
    async def scenario(world: World) -> None:
        client = await world.connect()
        await client.send(client.request(b"{", targeted() | {"Content-Length": str(BIG + 1)}))
        answer = await client.answer()
        assert (answer.status, answer.headers["connection"]) == (413, "close")
        await client.close()

    serve(scenario)


def test_a_chunked_body_that_grows_too_long_is_refused(serve: Serve) -> None:
    async def scenario(world: World) -> None:
        client = await world.connect()
        headers = targeted(Transfer_Encoding="chunked") | {"Content-Length": ""}
        await client.send(client.request(b"", headers))
        for _ in range(17):
            await client.send(b"100000\r\n%b\r\n" % (b"x" * 0x100000))
        assert (await client.answer()).status == 413
        await client.close()

    serve(scenario)


@pytest.mark.parametrize(
    "wrap",
    [
        lambda data: zlib.compress(data, wbits=31),
        lambda data: zlib.compress(data[:5], wbits=31) + zlib.compress(data[5:], wbits=31),
    ],
    ids=["one member", "two members"],
)
def test_gzip_bodies_are_read(serve: Serve, wrap: object) -> None:
    async def scenario(world: World) -> None:
        assert callable(wrap)
        answer = await world.ask(wrap(b'{"Text": "small"}'), targeted(Content_Encoding="gzip"))
        assert answer.json["Text"] == "small"

    serve(scenario)


def _bomb(megabytes: int) -> bytes:
    """So much in a gzip stream that never ends: a thousandth of it."""
    compressor = zlib.compressobj(wbits=31)
    spaces = b" " * (1 << 20)
    first, more = (compressor.compress(spaces) + compressor.flush(zlib.Z_FULL_FLUSH) for _ in range(2))
    return first + more * (megabytes - 1)


@pytest.mark.parametrize(
    ("make", "encoding", "status"),
    [
        pytest.param(lambda: zlib.compress(b" " * (BIG + 1), wbits=31), "gzip", 413, id="too large"),
        pytest.param(lambda: _bomb(200), "gzip", 413, id="bomb"),
        pytest.param(lambda: zlib.compress(b" " * 1000, wbits=31) * 20_000, "gzip", 413, id="many members"),
        pytest.param(lambda: zlib.compress(b" " * (BIG + 1)), "deflate", 413, id="too large deflated"),
        pytest.param(lambda: zlib.compress(b"{}", wbits=31)[:-6], "gzip", 400, id="cut off"),
        pytest.param(lambda: b"{}", "gzip", 400, id="not compressed"),
        pytest.param(lambda: b"", "gzip", 400, id="empty"),
        pytest.param(lambda: b"{}", "br", 415, id="brotli"),
        pytest.param(lambda: b"{}", "gzip, gzip", 415, id="twice"),
    ],
)
def test_hostile_compression_is_refused(serve: Serve, make: Callable[[], bytes], encoding: str, status: int) -> None:
    body = make()  # not when tests are collected: every worker would, asked for or not

    async def scenario(world: World) -> None:
        answer = await world.ask(body, targeted(Content_Encoding=encoding))
        assert answer.status == status

    serve(scenario)


@pytest.mark.parametrize("bits", [zlib.MAX_WBITS, -zlib.MAX_WBITS], ids=["with frame", "raw"])
def test_deflate_bodies_are_read(serve: Serve, bits: int) -> None:
    async def scenario(world: World) -> None:
        answer = await world.ask(zlib.compress(b'{"Text": "x"}', wbits=bits), targeted(Content_Encoding="deflate"))
        assert answer.json["Text"] == "x"

    serve(scenario)


def test_a_body_that_does_not_come_is_given_up(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sandbox.web.body, "READ_SECONDS_MAX", 0.05)

    async def scenario(world: World) -> None:
        client = await world.connect()
        await client.send(client.request(b"{", targeted() | {"Content-Length": "100"}))
        assert (await client.answer()).status == 408
        await client.close()

    serve(scenario)


def test_headers_that_do_not_end_are_given_up_and_idle_connections_are_not(serve: Serve) -> None:
    async def scenario(world: World) -> None:
        connections = world.endpoint._connections
        assert connections is not None
        idle, used, slow = await world.connect(), await world.connect(), await world.connect()
        await used.ask(b"{}", targeted())
        await slow.ask(b"{}", targeted())
        await slow.send(b"POST / HTTP/1.1\r\nHost: localh")
        await until(lambda: any(0 < one.waiting_since < math.inf for one in world.connections))
        connections.close_slow(3600)
        connections.close_slow(-1)
        assert await slow.is_closed()
        for client in (idle, used):
            assert (await client.ask(b"{}", targeted())).status == 200
            await client.close()
        await slow.close()

    serve(scenario)


def test_a_body_that_nobody_reads_leaves_an_idle_connection(serve: Serve) -> None:
    """Its rest comes behind the answer, and is no beginning of another request."""

    async def scenario(world: World) -> None:
        connections = world.endpoint._connections
        assert connections is not None
        client = await world.connect()
        request = client.request(b"x" * 100, method="GET")
        await client.send(request[:-10])
        assert (await client.answer()).status == 200
        await client.send(request[-10:])
        [connection] = world.connections
        await until(lambda: connection._waiter is not None)
        connections.close_slow(-1)
        assert (await client.ask(b"{}", targeted())).status == 200
        await client.close()

    serve(scenario)


def test_a_request_that_is_being_answered_is_not_slow(serve: Serve) -> None:
    async def scenario(world: World) -> None:
        connections = world.endpoint._connections
        assert connections is not None
        world.settled.barrier = asyncio.get_running_loop().create_future()
        client = await world.connect()
        await client.send(client.request(b"{}", targeted()))
        await world.answering()
        connections.close_slow(-1)
        world.settled.barrier.set_result(None)
        assert (await client.answer()).status == 200
        await client.close()

    serve(scenario)


NOT_HTTP = {
    "garbage": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\x00" * 50 + b"\r\n\r\n",
    "two hosts": b"GET / HTTP/1.1\r\nHost: localhost\r\nHost: evil.example\r\n\r\n",
    "length and chunks": b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n",
    "signed length": b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: +2\r\n\r\n{}",
    "negative length": b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: -2\r\n\r\n{}",
    "two lengths": b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}",
    "long header": b"GET / HTTP/1.1\r\nHost: localhost\r\nX: " + b"x" * 20_000 + b"\r\n\r\n",
    "many headers": b"GET / HTTP/1.1\r\nHost: localhost\r\n" + b"X: y\r\n" * 3_000 + b"\r\n",
    "folded header": b"GET / HTTP/1.1\r\nHost: localhost\r\nX: a\r\n b\r\n\r\n",
    "zero byte": b"GET / HTTP/1.1\r\nHost: localhost\r\nX: a\x00b\r\n\r\n",
    "long target": b"GET /" + b"x" * 20_000 + b" HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "no host": b"GET / HTTP/1.1\r\n\r\n",
    "malformed host": b"GET / HTTP/1.1\r\nHost: [::1\r\n\r\n",
    "bad chunk": b"POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n",
    "cut chunk": b"POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabcdefgh\r\n0\r\n\r\n",
}


@pytest.mark.parametrize("request_", NOT_HTTP.values(), ids=NOT_HTTP.keys())
def test_what_is_not_http_is_refused_and_the_server_stays(
    serve: Serve, request_: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    async def scenario(world: World) -> None:
        client = await world.connect()
        await client.send(request_)
        assert 400 <= (await client.answer()).status < 500
        await client.close()
        assert (await world.ask(b"{}", targeted())).status == 200
        assert not [record for record in caplog.records if record.levelname in ("ERROR", "CRITICAL")]

    serve(scenario)


def test_clients_may_leave_at_any_moment(serve: Serve, caplog: pytest.LogCaptureFixture) -> None:
    async def scenario(world: World) -> None:
        whole = (await world.connect()).request(b'{"Size": 1000000}', targeted())
        for sent in (0, 1, 20, whole.index(b"\r\n\r\n"), len(whole) - 1, len(whole)):
            client = await world.connect()
            await client.send(whole[:sent])
            client.writer.transport.abort()
        world.settled.barrier = asyncio.get_running_loop().create_future()
        gone = await world.connect()
        await gone.send(whole)
        await world.answering()
        gone.writer.transport.abort()
        world.settled.barrier.set_result(None)
        world.settled.barrier = None
        assert (await world.ask(b"{}", targeted())).status == 200
        assert not [record for record in caplog.records if record.levelname in ("ERROR", "CRITICAL")]

    serve(scenario)


def test_what_a_client_has_asked_that_leaves_at_once_is_run(
    serve: Serve, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """An event is invoked by who does not read the answer; the handler has to be woken before the connection is gone."""
    arrived: list[str] = []
    long_way = Pipeline.answer

    async def answer(self: Pipeline, request: web.BaseRequest) -> web.StreamResponse:
        arrived.append(request.method)
        return await long_way(self, request)

    async def scenario(world: World) -> None:
        client = await world.connect()
        await until(lambda: any(one._waiter is not None for one in world.connections))
        [connection] = world.connections
        connection.data_received(client.request(b"", method="PUT"))
        await asyncio.sleep(0)
        connection.connection_lost(None)
        await until(lambda: len(arrived) == 1)
        await client.close()

    monkeypatch.setattr(Pipeline, "answer", answer)
    serve(scenario)
    gc.collect()
    assert not [record for record in caplog.records if record.levelname in ("ERROR", "CRITICAL")]


def test_a_client_that_closes_without_reading_is_served(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its request and its end arrive together."""
    begun: list[bytes] = []
    begin = JsonProtocol.begin

    def note(self: JsonProtocol, headers: Mapping[str, str], query: str, target: Any, body: bytes, *sent: bytes) -> Any:
        begun.append(body)
        return begin(self, headers, query, target, body, *sent)

    async def scenario(world: World) -> None:
        sent: list[bytes] = []
        for encoding in ({}, {"Content_Encoding": "gzip"}):
            for number in range(10):
                body = b'{"Text": "%d"}' % number
                request = (await world.connect()).request(
                    zlib.compress(body, wbits=31) if encoding else body, targeted(**encoding)
                )
                with socket.create_connection(("127.0.0.1", world.endpoint.port)) as client:
                    client.sendall(request)
                sent.append(body)
                await until(lambda: begun == sent)

    monkeypatch.setattr(JsonProtocol, "begin", note)
    serve(scenario)


@pytest.mark.parametrize("turns", range(5))
def test_a_connection_may_be_lost_in_any_turn_of_an_answer(
    serve: Serve, turns: int, caplog: pytest.LogCaptureFixture
) -> None:
    """Between waking its handler and the handler's first step aiohttp does not expect it."""

    async def scenario(world: World) -> None:
        world.settled.barrier = barrier = asyncio.get_running_loop().create_future()
        client = await world.connect()
        await until(lambda: bool(world.connections))
        [connection] = world.connections
        connection.data_received(client.request(b'{"Text": "gone"}', targeted()))
        for _ in range(turns):
            await asyncio.sleep(0)
        connection.connection_lost(ConnectionResetError())
        world.settled.barrier = None
        barrier.set_result(None)
        assert (await world.ask(b"{}", targeted())).status == 200
        await client.close()

    serve(scenario)
    gc.collect()
    assert not [record for record in caplog.records if record.levelname in ("ERROR", "CRITICAL")]


def test_one_that_fails_takes_no_answer_from_others_of_its_turn(
    serve: Serve, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    begin = JsonProtocol.begin

    def fail_at_times(self: JsonProtocol, headers: Mapping[str, str], *rest: Any) -> Any:
        if "X-Fail" in headers:
            raise ZeroDivisionError
        return begin(self, headers, *rest)

    async def scenario(world: World) -> None:
        clients = [await world.connect() for _ in range(3)]
        await until(lambda: len(world.connections) == len(clients))
        for connection in world.connections:
            connection.data_received(clients[0].request(b"{}", targeted(X_Fail="yes")))
        for client in clients:
            assert (await client.answer()).status == 500
            assert (await client.ask(b"{}", targeted())).status == 200
            await client.close()

    monkeypatch.setattr(JsonProtocol, "begin", fail_at_times)
    serve(scenario)
    assert len([record for record in caplog.records if record.levelname == "ERROR"]) == 3


def test_a_target_in_the_form_of_a_proxy_is_understood(serve: Serve) -> None:
    async def scenario(world: World) -> None:
        answer = await world.ask(b"{}", targeted(), path=f"http://127.0.0.1:{world.endpoint.port}/")
        assert answer.status == 200

    serve(scenario)
