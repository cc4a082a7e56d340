"""Sockets: where it listens, and how it stops."""

import asyncio
import socket

import pytest
from aiohttp.http_parser import HttpRequestParser

import sandbox.web.app
from sandbox.clock import Clock
from sandbox.ids import Ids
from sandbox.web.app import Endpoint
from sandbox.web.guard import Guard
from sandbox.web.pipeline import Pipeline
from sandbox.web.ports import Served
from tests.unit.sandbox.web.conftest import (
    FakeAdmin,
    FakeForeign,
    FakeService,
    FakeSettled,
    Serve,
    World,
    echo,
    targeted,
)


def _endpoint(host: str = "127.0.0.1", port: int = 0) -> Endpoint:
    service = FakeService(echo)
    served = Served(
        dynamodb=service,
        streams=service,
        lambda_=service,
        logs=service,
        metrics=service,
        foreign=FakeForeign,
        settled=FakeSettled(),
        admin=FakeAdmin(),
    )
    return Endpoint(Pipeline(served, guard=Guard(), clock=Clock(), ids=Ids(1)), host=host, port=port)


def _addresses(endpoint: Endpoint) -> set[str]:
    return {listening.getsockname()[0] for listener in endpoint._listeners for listening in listener.sockets}


def _has_ipv6() -> bool:
    try:
        with socket.socket(socket.AF_INET6) as probe:
            probe.bind(("::1", 0))
    except OSError:
        return False
    return True


def test_only_loopback_is_listened_to_and_both_families_on_one_port() -> None:
    async def scenario() -> None:
        for host in ("127.0.0.1", "localhost", "::1"):
            endpoint = _endpoint(host)
            await endpoint.start()
            assert _addresses(endpoint) == ({"127.0.0.1", "::1"} if _has_ipv6() else {"127.0.0.1"})
            ports = {one.getsockname()[1] for listener in endpoint._listeners for one in listener.sockets}
            assert ports == {endpoint.port}
            assert endpoint.url == f"http://127.0.0.1:{endpoint.port}"
            await endpoint.close()

    asyncio.run(scenario())


def test_another_host_is_taken_at_its_word() -> None:
    async def scenario() -> None:
        endpoint = _endpoint("127.0.0.2")
        await endpoint.start()
        assert _addresses(endpoint) == {"127.0.0.2"}
        assert endpoint.url == f"http://127.0.0.2:{endpoint.port}"
        await endpoint.close()

    try:
        with socket.socket() as probe:
            probe.bind(("127.0.0.2", 0))
    except OSError:
        pytest.skip("this system has only 127.0.0.1 on its loopback interface")
    asyncio.run(scenario())


def test_a_taken_port_is_an_error_at_start() -> None:
    async def scenario() -> None:
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            taken.listen()
            endpoint = _endpoint(port=taken.getsockname()[1])
            with pytest.raises(OSError, match=r"in use"):
                await endpoint.start()
            await endpoint.close()

    asyncio.run(scenario())


def test_a_port_can_be_used_again_at_once() -> None:
    async def scenario() -> None:
        endpoint = _endpoint()
        await endpoint.start()
        await endpoint.close()
        again = _endpoint(port=endpoint.port)
        await again.start()
        assert again.port == endpoint.port
        await again.close()

    asyncio.run(scenario())


def test_closing_lets_running_requests_finish_and_ends_idle_connections(serve: Serve) -> None:
    async def scenario(world: World) -> None:
        idle, busy = await world.connect(), await world.connect()
        await idle.ask(b"{}", targeted())
        world.settled.barrier = asyncio.get_running_loop().create_future()
        await busy.send(busy.request(b'{"Text": "last"}', targeted()))
        await world.answering()
        closing = asyncio.create_task(world.endpoint.close())
        assert await idle.is_closed()
        world.settled.barrier.set_result(None)
        assert (await busy.answer()).json["Text"] == "last"
        await closing
        for client in (idle, busy):
            await client.close()
        with pytest.raises(OSError):  # noqa: PT011 - which one is the system's choice
            await world.connect()

    serve(scenario)


def test_closing_does_not_wait_for_ever(serve: Serve) -> None:
    async def scenario(world: World) -> None:
        world.settled.barrier = asyncio.get_running_loop().create_future()
        client = await world.connect()
        await client.send(client.request(b"{}", targeted()))
        await world.answering()
        async with asyncio.timeout(5):
            await world.endpoint.close(timeout_seconds=0.05)
        assert await client.is_closed()
        await client.close()

    serve(scenario)


def test_ipv6_is_answered_too(serve: Serve) -> None:
    async def scenario(world: World) -> None:
        client = await world.connect("::1")
        client.host = f"[::1]:{world.endpoint.port}"
        assert (await client.ask(b"{}", targeted())).status == 200
        await client.close()

    if not _has_ipv6():
        pytest.skip("this system has no IPv6")
    serve(scenario)


def test_a_parser_that_is_less_strict_is_noticed(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def scenario() -> None:
        endpoint = _endpoint()
        await endpoint.start()
        await endpoint.close()

    asyncio.run(scenario())
    assert not caplog.records
    monkeypatch.setattr(sandbox.web.app, "HttpRequestParserPy", HttpRequestParser)
    asyncio.run(scenario())
    assert "C parser" in caplog.text


@pytest.mark.slow
def test_hundreds_of_clients_at_once(serve: Serve) -> None:
    async def scenario(world: World) -> None:
        clients = await asyncio.gather(*(world.connect() for _ in range(400)))
        answers = await asyncio.gather(*(client.ask(b"{}", targeted()) for client in clients))
        assert {answer.status for answer in answers} == {200}
        for client in clients:
            await client.close()

    serve(scenario)
