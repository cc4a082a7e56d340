"""How containers reach this machine, on Linux and with Docker Desktop; the engine is replaced at the SDK's door."""

import asyncio
import sys
from types import SimpleNamespace
from typing import Any

import docker
import pytest

from runtimes.container.bridge import Bridge, Gates, seen_from_inside
from runtimes.container.engine import Engine
from runtimes.runtime_api.server import Place

GATEWAY = "127.0.0.2"


def client_of(system: str) -> Any:
    """An engine's client that makes networks with our gateway."""
    network = SimpleNamespace(reload=lambda: None, attrs={"IPAM": {"Config": [{"Gateway": GATEWAY}]}})
    return SimpleNamespace(
        networks=SimpleNamespace(create=lambda *_, **__: network),
        info=lambda: {"OperatingSystem": system},
        close=lambda: None,
    )


@pytest.mark.parametrize(
    ("platform", "system", "place"),
    [
        ("linux", "Debian GNU/Linux 12 (bookworm)", Place(host=GATEWAY, known_as=GATEWAY)),
        ("linux", "Docker Desktop", Place(host="127.0.0.1", known_as="host.docker.internal")),
        ("darwin", "OrbStack", Place(host="127.0.0.1", known_as="host.docker.internal")),
    ],
)
def test_the_runtime_api_listens_where_containers_find_it(
    monkeypatch: pytest.MonkeyPatch, platform: str, system: str, place: Place
) -> None:
    monkeypatch.setattr(docker, "from_env", lambda **_: client_of(system))
    monkeypatch.setattr(sys, "platform", platform)

    async def run() -> Bridge:
        engine = Engine()
        try:
            return await Bridge.make(engine, "a")
        finally:
            engine.close()

    bridge = asyncio.run(run())
    assert bridge.place == place
    assert (bridge.gateway is None) == (place.host == "127.0.0.1")


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere nothing listens at a gateway, and 127.0.0.2 is nobody's")
def test_a_gate_is_open_as_long_as_somebody_holds_it() -> None:
    async def ask(port: int) -> bytes:
        reader, writer = await asyncio.open_connection(GATEWAY, port)
        answer = await reader.read()
        writer.close()
        return answer

    async def greet(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"ours")
        writer.close()

    async def run() -> None:
        endpoint = await asyncio.start_server(greet, "127.0.0.1", 0)
        port = endpoint.sockets[0].getsockname()[1]
        gates = Gates()
        with pytest.raises(ConnectionRefusedError):
            await ask(port)
        await gates.hold(GATEWAY, port)
        await gates.hold(GATEWAY, port)
        assert await ask(port) == b"ours"
        gates.let_go(GATEWAY, port)
        assert await ask(port) == b"ours"
        gates.let_go(GATEWAY, port)
        with pytest.raises(ConnectionRefusedError):
            await ask(port)
        await gates.hold(GATEWAY, port)
        gates.close()  # a container is left over
        with pytest.raises(ConnectionRefusedError):
            await ask(port)
        gates.let_go(GATEWAY, port)
        endpoint.close()

    asyncio.run(run())


def test_our_own_endpoint_is_named_as_containers_know_it() -> None:
    inside, ports = seen_from_inside(
        {
            "AWS_ENDPOINT_URL": "http://127.0.0.1:4566",
            "AWS_ENDPOINT_URL_S3": "http://elsewhere.test:9000",
            "TABLE": "http://localhost:1",
        }
    )
    assert inside == {
        "AWS_ENDPOINT_URL": "http://host.docker.internal:4566",
        "AWS_ENDPOINT_URL_S3": "http://elsewhere.test:9000",
        "TABLE": "http://localhost:1",
    }
    assert ports == {4566}
