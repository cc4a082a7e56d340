"""The listening sockets, and the life of the server.

Source: reliability S1 (loopback), F1 (10,000 connections), F2 (no automatic decompression), F4 (deadlines).
"""

import asyncio
import logging
from typing import Final

from aiohttp.http_parser import HttpRequestParser, HttpRequestParserPy

from sandbox.web.connection import Connections
from sandbox.web.pipeline import Pipeline

__all__ = ["Endpoint"]

_LOG = logging.getLogger(__name__)
BACKLOG: Final = 8192
"""Ten thousand clients may connect at once; the system caps it at its own limit."""
SWEEP_SECONDS: Final = 1.0
IDLE_SECONDS_MAX: Final = 3630.0
LINGER_SECONDS: Final = 2.0
_FREE_PORT_ATTEMPTS: Final = 20
_LOOPBACK_NAMES = frozenset({"localhost", "127.0.0.1", "::1"})


class Endpoint:
    """Serves a pipeline on a host and port; on loopback both of IPv4 and IPv6."""

    def __init__(self, pipeline: Pipeline, *, host: str = "127.0.0.1", port: int = 0) -> None:
        self._pipeline = pipeline
        self._host = host
        self._port = port
        self._listeners: list[asyncio.Server] = []
        self._connections: Connections | None = None
        self._sweeper: asyncio.Task[None] | None = None

    @property
    def port(self) -> int:
        """The port in use, once started."""
        return self._port

    @property
    def url(self) -> str:
        """``http://127.0.0.1:4566``."""
        host = "127.0.0.1" if self._host in _LOOPBACK_NAMES else self._host
        return f"http://[{host}]:{self._port}" if ":" in host else f"http://{host}:{self._port}"

    async def start(self) -> None:
        """Bind and serve at once.

        Raises:
            OSError: the port is taken, or the host is not ours.
        """
        await self.bind()
        await self.serve()

    async def bind(self) -> None:
        """Take the port, so that ``url`` is known, without answering yet.

        Raises:
            OSError: the port is taken, or the host is not ours.
        """
        if HttpRequestParser is HttpRequestParserPy:
            _LOG.warning("aiohttp runs without its C parser here: slower, and its Python parser is less strict")
        self._connections = Connections(
            self._pipeline.answer,
            self._pipeline.answer_at_once,
            auto_decompress=False,
            access_log=None,
            keepalive_timeout=IDLE_SECONDS_MAX,
            lingering_time=LINGER_SECONDS,
            logger=_LOG,
        )
        self._listeners = await self._bind(self._connections)

    async def serve(self) -> None:
        """Begin to answer: connections made since ``bind`` have waited."""
        assert self._connections is not None, "bind comes first"
        for listener in self._listeners:
            await listener.start_serving()
        self._sweeper = asyncio.create_task(_sweep(self._connections), name="close slow connections")

    async def close(self, timeout_seconds: float = 5.0) -> None:
        """Stop listening, let running requests finish within *timeout_seconds*, close every connection."""
        for listener in self._listeners:
            listener.close()
        if self._sweeper is not None:
            self._sweeper.cancel()
            await asyncio.gather(self._sweeper, return_exceptions=True)
            self._sweeper = None
        if self._connections is not None:
            self._connections.pre_shutdown()
            await self._connections.shutdown(timeout_seconds)
            self._connections = None
        for listener in self._listeners:
            await listener.wait_closed()
        self._listeners = []

    async def _bind(self, connections: Connections) -> list[asyncio.Server]:
        if self._host not in _LOOPBACK_NAMES:
            return [await self._listen(connections, self._host, self._port)]
        if self._port:
            first = await self._listen(connections, "127.0.0.1", self._port)
            second = await self._listen_or_none(connections, "::1", self._port)
            return [first] if second is None else [first, second]
        return await self._bind_free(connections)

    async def _bind_free(self, connections: Connections) -> list[asyncio.Server]:
        """Find a port that is free on both loopback addresses; without IPv6, or luck, IPv4 alone will do."""
        for attempt in range(_FREE_PORT_ATTEMPTS):
            first = await self._listen(connections, "127.0.0.1", 0)
            second = await self._listen_or_none(connections, "::1", self._port)
            if second is not None:
                return [first, second]
            if attempt == _FREE_PORT_ATTEMPTS - 1 or not await self._has_ipv6(connections):
                return [first]
            first.close()
            await first.wait_closed()
        raise AssertionError("the last attempt returns")

    async def _has_ipv6(self, connections: Connections) -> bool:
        port = self._port
        probe = await self._listen_or_none(connections, "::1", 0)
        self._port = port
        if probe is None:
            return False
        probe.close()
        await probe.wait_closed()
        return True

    async def _listen(self, connections: Connections, host: str, port: int) -> asyncio.Server:
        loop = asyncio.get_running_loop()
        listener = await loop.create_server(connections, host, port, backlog=BACKLOG, start_serving=False)
        self._port = listener.sockets[0].getsockname()[1]
        return listener

    async def _listen_or_none(self, connections: Connections, host: str, port: int) -> asyncio.Server | None:
        try:
            return await self._listen(connections, host, port)
        except OSError as error:
            _LOG.debug("Not listening on %s port %d: %s", host, port, error)
            return None


async def _sweep(connections: Connections) -> None:
    while True:
        await asyncio.sleep(SWEEP_SECONDS)
        connections.close_slow()
