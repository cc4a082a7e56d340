"""One client connection, which knows since when it has been waiting for the rest of a request's headers.

An idle connection may stay for as long as it likes; one that has begun a request must finish its headers in time.
Source: reliability F4.
"""

import asyncio
import logging
from collections.abc import Callable, Mapping
from time import monotonic
from typing import Any, Final, Protocol

from aiohttp import HttpVersion11, web
from aiohttp.http_parser import RawRequestMessage

from sandbox.web.reply import Reply

__all__ = ["AtOnce", "Connection", "Connections"]

_LOG = logging.getLogger(__name__)
HEADER_SECONDS_MAX: Final = 10.0


class AtOnce(Protocol):
    """Who may answer a ``POST`` to ``/`` as soon as it has arrived, without a task of its own."""

    def __call__(
        self, headers: Mapping[str, str], body: Callable[[], bytes], connection: Callable[[str], Any]
    ) -> Reply | asyncio.Task[Reply] | None:
        """Answer; ``None`` leaves the request, untouched, to the handler, a task is for the handler to await."""


class Connection(web.RequestHandler):
    """aiohttp's protocol, with a clock on unfinished headers and a short way for requests that are whole.

    aiohttp wakes one task and starts another for every request. Most requests have arrived whole, on a connection that
    has nothing else under way, and their answer waits for nothing: those are answered where they arrive.

    Attributes:
        waiting_since: when (monotonic seconds) the first byte of an unfinished request came; 0 while the connection is
            idle, infinite while a request is being answered.
        begun: the rest of an answer that was begun at once and has to wait; the handler takes it.
    """

    __slots__ = ("_at_once", "begun", "waiting_since")

    def __init__(self, manager: web.Server, at_once: AtOnce, **options: Any) -> None:
        super().__init__(manager, **options)
        self.waiting_since = 0.0
        self.begun: asyncio.Task[Reply] | None = None
        self._at_once = at_once

    def data_received(self, data: bytes) -> None:
        """Answer what can be answered at once; else start the clock, which the answer stops, and wake the handler."""
        waiter = self._waiter
        if waiter is None or waiter.done():
            if self.waiting_since == 0.0:
                self.waiting_since = monotonic()
            super().data_received(data)
            return
        # Without a waiter nobody is woken: the request is looked at here first.
        self._waiter = None
        try:
            super().data_received(data)
            has_answered = self._has_answered()
        finally:
            self._waiter = waiter
        if has_answered:
            self.waiting_since = 0.0
            return
        if self.waiting_since == 0.0:
            self.waiting_since = monotonic()
        if self._messages and not waiter.done():
            waiter.set_result(None)

    def resume_reading(self, resume_parser: bool = True) -> None:
        """Go on reading, where reading was paused: aiohttp asks for it, and parses nothing once more, at every body."""
        if self._reading_paused:
            super().resume_reading(resume_parser)

    def _has_answered(self) -> bool:
        """Answer the one request that is there, if it may be answered at once."""
        messages = self._messages
        if len(messages) != 1 or self._paused:
            return False
        message, payload = messages[0]
        if (
            not isinstance(message, RawRequestMessage)
            or message.path != "/"
            or message.method != "POST"
            or message.version != HttpVersion11
            or message.should_close
            or message.upgrade
            or not payload.is_eof()
            or payload.exception() is not None
        ):
            return False
        transport = self.transport
        if transport is None or transport.is_closing():
            return False
        reply = self._at_once(message.headers, payload.read_nowait, transport.get_extra_info)
        if not isinstance(reply, Reply):
            self.begun = reply
            return False
        messages.clear()
        assert self._parser is not None, "it has just parsed"
        self._parser.message_consumed()
        self._next_keepalive_close_time = self._loop.time() + self._keepalive_timeout
        reply.send(transport)
        return True

    def handle_error(
        self,
        request: web.BaseRequest,
        status: int = 500,
        exc: BaseException | None = None,
        message: str | None = None,
    ) -> web.StreamResponse:
        """Answer what is not HTTP without filling the log: anyone can send it."""
        if status != 400:
            return super().handle_error(request, status, exc, message)
        _LOG.debug("Not answered, because it is not HTTP: %s", message)
        reply = web.Response(status=400, text="This is not a request of HTTP/1.1.\n")
        reply.force_close()
        return reply


class Connections(web.Server):
    """Makes the connections, and ends those that wait too long."""

    def __init__(self, handler: Any, at_once: AtOnce, **options: Any) -> None:
        super().__init__(handler)
        self._at_once = at_once
        self._options = options

    def __call__(self) -> web.RequestHandler:
        """Make the protocol of one connection."""
        return Connection(self, self._at_once, loop=self._loop, **self._options)

    def close_slow(self, seconds_max: float = HEADER_SECONDS_MAX) -> None:
        """Close every connection whose headers have been coming for longer than *seconds_max*."""
        latest = monotonic() - seconds_max
        for connection in self.connections:
            if isinstance(connection, Connection) and 0.0 < connection.waiting_since < latest:
                connection.force_close()
