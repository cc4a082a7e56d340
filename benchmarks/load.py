"""A closed-loop HTTP client: some keep-alive connections, each with one request under way."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

__all__ = ["Load", "run_load"]


@dataclass(kw_only=True)
class Load:
    """What one run saw: answers, refusals, and latencies in seconds."""

    answers: int = 0
    failures: int = 0
    seconds: float = 0.0
    latencies: list[float] = field(default_factory=list)
    answer_bytes: int = 0


class _Connection(asyncio.Protocol):
    def __init__(
        self, next_request: Callable[[], bytes], load: Load, done: "asyncio.Future[None]", deadline: float
    ) -> None:
        self._next_request = next_request
        self._load = load
        self._done = done
        self._deadline = deadline
        self._buffer = b""
        self._missing = -1
        self._sent_at = 0.0
        self._last = False
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._send()

    def _send(self) -> None:
        assert self._transport is not None
        self._sent_at = time.perf_counter()
        if self._sent_at >= self._deadline:
            self._transport.close()
            return
        self._transport.write(self._next_request())

    def data_received(self, data: bytes) -> None:
        assert self._transport is not None
        self._buffer += data
        if self._missing < 0:
            end = self._buffer.find(b"\r\n\r\n")
            if end < 0:
                return
            head = self._buffer[:end].lower()
            start = head.index(b"content-length:") + 15
            stop = head.find(b"\r\n", start)
            length = int(head[start : stop if stop >= 0 else None])
            self._missing = end + 4 + length
            self._last = b"\r\nconnection: close" in head
            if not head.startswith(b"http/1.1 200"):
                self._load.failures += 1
        if len(self._buffer) < self._missing:
            return
        self._load.latencies.append(time.perf_counter() - self._sent_at)
        self._load.answers += 1
        self._load.answer_bytes = self._missing
        self._buffer = b""
        self._missing = -1
        if self._last:
            self._transport.close()  # the server's wish; the next request has a connection of its own
        else:
            self._send()

    def connection_lost(self, exc: Exception | None) -> None:
        del exc
        if not self._done.done():
            self._done.set_result(None)


async def run_load(port: int, next_request: Callable[[], bytes], *, connections: int, seconds: float) -> Load:
    """Ask ``127.0.0.1:port`` over *connections* for *seconds*; *next_request* gives whole HTTP requests."""
    loop = asyncio.get_running_loop()
    load = Load()
    started = time.perf_counter()
    deadline = started + seconds

    async def keep_asking() -> None:
        while time.perf_counter() < deadline:
            done: asyncio.Future[None] = loop.create_future()
            made = partial(_Connection, next_request, load, done, deadline)
            await loop.create_connection(made, "127.0.0.1", port)
            await done

    await asyncio.gather(*(keep_asking() for _ in range(connections)))
    load.seconds = time.perf_counter() - started
    return load
