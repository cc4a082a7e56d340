"""How a container reaches this machine: a bridge network of the sandbox's own, and a gate to the endpoint.

On Linux, containers reach us at their network's gateway, where nothing of ours listens until there are containers.
Docker Desktop forwards ``host.docker.internal`` to our loopback by itself. Source: reliability S1, S10.
"""

import asyncio
import contextlib
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from runtimes.container.engine import INSTANCE_LABEL, Engine
from runtimes.contract import RuntimeUnavailable
from runtimes.runtime_api.server import LOOPBACK, Place

__all__ = ["HOST_NAME", "Bridge", "Gates", "seen_from_inside"]

HOST_NAME = "host.docker.internal"
_LOOPBACK_NAMES = frozenset({"127.0.0.1", "localhost", "::1"})


@dataclass(frozen=True, kw_only=True)
class Bridge:
    """A network of containers; *gateway* is our address in it, ``None`` with Docker Desktop."""

    network: str
    gateway: str | None

    @property
    def place(self) -> Place:
        """Where the Runtime API listens."""
        if self.gateway is None:
            return Place(host=LOOPBACK.host, known_as=HOST_NAME)
        return Place(host=self.gateway, known_as=self.gateway)

    @staticmethod
    async def make(engine: Engine, instance: str) -> "Bridge":
        """The network of *instance*, made now. Raises: RuntimeUnavailable."""

        def make(client: Any) -> Bridge:
            name = f"serverless-sandbox-{instance}"
            network = client.networks.create(
                name,
                driver="bridge",
                labels={INSTANCE_LABEL: instance},
                options={"com.docker.network.bridge.enable_icc": "false"},
            )
            if sys.platform != "linux" or client.info().get("OperatingSystem") == "Docker Desktop":
                return Bridge(network=name, gateway=None)
            network.reload()
            return Bridge(network=name, gateway=network.attrs["IPAM"]["Config"][0]["Gateway"])

        return await engine.call(make)


class Gates:
    """Ports of the gateway that lead to the same ports of our loopback, open while somebody holds them."""

    def __init__(self) -> None:
        self._servers: dict[tuple[str, int], asyncio.Server] = {}
        self._holders: dict[tuple[str, int], int] = {}

    async def hold(self, gateway: str, port: int) -> None:
        """Open the gate unless it is. Raises: RuntimeUnavailable, the address is not ours to listen on."""
        gate = (gateway, port)
        self._holders[gate] = self._holders.get(gate, 0) + 1
        if self._holders[gate] > 1:
            return
        try:
            self._servers[gate] = await asyncio.start_server(lambda r, w: _forward(r, w, port), gateway, port)
        except OSError as error:
            del self._holders[gate]
            raise RuntimeUnavailable(
                f"Containers would reach the sandbox at {gateway}:{port}, but that address cannot be opened "
                f"({error.strerror or error}); use an engine on this machine, or another --port."
            ) from error

    def let_go(self, gateway: str, port: int) -> None:
        """Close the gate once nobody else holds it."""
        gate = (gateway, port)
        if gate not in self._holders:
            return  # all are closed
        self._holders[gate] -= 1
        if not self._holders[gate]:
            del self._holders[gate]
            self._servers.pop(gate).close()

    def close(self) -> None:
        """Close all of them, whoever may still hold one."""
        self._holders.clear()
        while self._servers:
            _, server = self._servers.popitem()
            server.close()


def seen_from_inside(environment: Mapping[str, str]) -> tuple[dict[str, str], frozenset[int]]:
    """*environment* with our URLs as containers know them, and the ports of ours that they name."""
    ports: set[int] = set()
    changed: dict[str, str] = {}
    for name, value in environment.items():
        changed[name] = value
        if name.startswith("AWS_ENDPOINT_URL"):
            url = urlsplit(value)
            if url.hostname in _LOOPBACK_NAMES and url.port is not None:
                ports.add(url.port)
                changed[name] = url._replace(netloc=f"{HOST_NAME}:{url.port}").geturl()
    return changed, frozenset(ports)


async def _forward(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, port: int) -> None:
    try:
        inner_reader, inner_writer = await asyncio.open_connection(LOOPBACK.host, port)
    except OSError:
        writer.close()
        return
    try:
        await asyncio.gather(_pump(reader, inner_writer), _pump(inner_reader, writer))
    finally:
        writer.close()
        inner_writer.close()


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while data := await reader.read(65_536):
            writer.write(data)
            await writer.drain()
    with contextlib.suppress(OSError, RuntimeError):  # the other side may have closed it
        writer.write_eof()
