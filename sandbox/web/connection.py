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
from aiohttp.http_parser import HttpRequestParser, RawRequestMessage

from sandbox.web.reply import Reply

__all__ = ["SHORT_WAY_IS_OPEN", "AtOnce", "Connection", "Connections"]

_LOG = logging.getLogger(__name__)
HEADER_SECONDS_MAX: Final = 10.0
_NAMES_OF_AIOHTTP = frozenset(
    {"_close", "_force_close", "_keepalive_timeout", "_messages", "_next_keepalive_close_time", "_paused"}
    | {"_parser", "_request_in_progress", "_task_handler", "_waiter"}
)
SHORT_WAY_IS_OPEN: Final = hasattr(HttpRequestParser, "message_consumed") and all(
    hasattr(web.RequestHandler, name) for name in _NAMES_OF_AIOHTTP
)
"""Whether this release of aiohttp has what the short way reads; without it every request takes aiohttp's own way."""


class AtOnce(Protocol):
    """Who may answer a ``POST`` to ``/`` as soon as it has arrived, without a task of its own."""

    def __call__(
        self, headers: Mapping[str, str], body: Callable[[], bytes], connection: Callable[[str], Any]
    ) -> Reply | asyncio.Task[Reply] | None:
        """Answer; ``None`` leaves the request, untouched, to the handler, a task is for the handler to await."""


class Connection(web.RequestHandler):
    """aiohttp's protocol, with a clock on unfinished headers and a short way for requests that are whole.

    aiohttp wakes one task and starts another for every request. Most requests arrive whole, on a connection that has
    nothing else under way, and their answer waits for nothing: those need no task. All that arrive in one turn of the
    event loop are parsed, then all are answered, then all answers are written: a processor that does one thing many
    times over does it in two thirds of the time.

    Attributes:
        waiting_since: when (monotonic seconds) the first byte of an unfinished request came; 0 while the connection is
            idle, infinite while a request is being answered.
        begun: the rest of an answer that was begun at once and has to wait; the handler takes it.
    """

    __slots__ = ("_answer_soon", "_at_once", "_early", "_held_waiter", "begun", "waiting_since")

    def __init__(
        self, manager: web.Server, at_once: AtOnce, answer_soon: Callable[["Connection"], None], **options: Any
    ) -> None:
        super().__init__(manager, **options)
        self.waiting_since = 0.0
        self.begun: asyncio.Task[Reply] | None = None
        self._at_once = at_once
        self._answer_soon = answer_soon
        self._held_waiter: asyncio.Future[None] | None = None
        self._early: list[bytes] = []

    def data_received(self, data: bytes) -> None:
        """Start the clock, which the answer stops; have a request that is whole answered at the end of the turn."""
        if not SHORT_WAY_IS_OPEN:
            self._start_clock()
            super().data_received(data)
            return
        is_between = self._waiter is None and not self._messages and not self._request_in_progress
        if not (is_between or self._early):
            self._receive(data)
            return
        # The handler has answered, or has not begun, and waits in a turn's time: only then is the short way open.
        self._early.append(data)
        if len(self._early) == 1:
            self._loop.call_soon(self._receive_early)

    def _start_clock(self) -> None:
        if self.waiting_since == 0.0:
            self.waiting_since = monotonic()

    def _receive_early(self) -> None:
        early, self._early = self._early, []
        if early:
            self._receive(b"".join(early))

    def eof_received(self) -> None:
        """Take up what has arrived: whoever closes at once does not read the answer, but is served all the same."""
        self._receive_early()
        self.answer_arrived()
        super().eof_received()

    def _receive(self, data: bytes) -> None:
        waiter = self._waiter
        if waiter is None or waiter.done():
            # A request is under way, or the rest of a body that nobody reads: no clock for that.
            super().data_received(data)
            return
        self._start_clock()
        # Without a waiter the handler is not woken: it may not be needed.
        self._waiter = None
        super().data_received(data)
        if self._has_plain_request():
            self._held_waiter = waiter
            self._answer_soon(self)
            return
        # Not a turn later: a client may close at once, and what it has sent is run all the same.
        self._waiter = waiter
        if self._messages:
            waiter.set_result(None)

    def answer_arrived(self) -> None:
        """Answer what has arrived, or wake the handler for it."""
        waiter, self._held_waiter = self._held_waiter, None
        if waiter is None:  # it was answered when the client closed
            return
        has_answered = not waiter.done() and self._has_answered()
        self._waiter = waiter
        if has_answered:
            self.waiting_since = 0.0
        elif self.transport is None:
            waiter.cancel()
        elif not waiter.done():
            waiter.set_result(None)

    def connection_lost(self, exc: BaseException | None) -> None:
        """End the handler that was woken but has not taken its request: aiohttp can make none without a connection."""
        if not SHORT_WAY_IS_OPEN:
            super().connection_lost(exc)
            return
        waiter, handler = self._waiter, self._task_handler
        super().connection_lost(exc)
        if handler is not None and waiter is not None and waiter.done():
            handler.cancel()

    def resume_reading(self, resume_parser: bool = True) -> None:
        """Go on reading, where reading was paused: aiohttp asks for it, and parses nothing once more, at every body."""
        if self._reading_paused:
            super().resume_reading(resume_parser)

    def _has_plain_request(self) -> bool:
        """Whether there is one request, all of it, that might be answered at once."""
        messages = self._messages
        if len(messages) != 1:
            return False
        message, payload = messages[0]
        return (
            isinstance(message, RawRequestMessage)
            and message.path == "/"
            and message.method == "POST"
            and message.version is HttpVersion11
            and not message.should_close
            and not message.upgrade
            and message.compression is None
            and payload.is_eof()
            and payload.exception() is None
        )

    def _has_answered(self) -> bool:
        """Answer the plain request that is there, if it still is the only one and may be answered at once."""
        messages = self._messages
        if len(messages) != 1 or self._paused or self._close or self._force_close:
            return False
        message, payload = messages[0]
        assert isinstance(message, RawRequestMessage), "it is plain"
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
        self._arrived: list[Connection] = []

    def __call__(self) -> web.RequestHandler:
        """Make the protocol of one connection."""
        return Connection(self, self._at_once, self._answer_soon, loop=self._loop, **self._options)

    def _answer_soon(self, connection: Connection) -> None:
        self._arrived.append(connection)
        if len(self._arrived) == 1:
            self._loop.call_soon(self._answer_arrived)

    def _answer_arrived(self) -> None:
        arrived, self._arrived = self._arrived, []
        for connection in arrived:
            connection.answer_arrived()

    def close_slow(self, seconds_max: float = HEADER_SECONDS_MAX) -> None:
        """Close every connection whose headers have been coming for longer than *seconds_max*."""
        latest = monotonic() - seconds_max
        for connection in self.connections:
            if isinstance(connection, Connection) and 0.0 < connection.waiting_since < latest:
                connection.force_close()
