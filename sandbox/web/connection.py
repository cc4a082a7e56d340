"""One client connection, which knows since when it has been waiting for the rest of a request's headers.

An idle connection may stay for as long as it likes; one that has begun a request must finish its headers in time.
Source: reliability F4.
"""

import logging
from time import monotonic
from typing import Any, Final

from aiohttp import web

__all__ = ["Connection", "Connections"]

_LOG = logging.getLogger(__name__)
HEADER_SECONDS_MAX: Final = 10.0


class Connection(web.RequestHandler):
    """aiohttp's protocol, with a clock on unfinished headers.

    Attributes:
        waiting_since: when (monotonic seconds) the first byte of an unfinished request came; 0 while the connection is
            idle, infinite while a request is being answered.
    """

    __slots__ = ("waiting_since",)

    def __init__(self, manager: web.Server, **options: Any) -> None:
        super().__init__(manager, **options)
        self.waiting_since = 0.0

    def data_received(self, data: bytes) -> None:
        """Start the clock at the first byte; the answer stops it."""
        if self.waiting_since == 0.0:
            self.waiting_since = monotonic()
        super().data_received(data)

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

    def __init__(self, handler: Any, **options: Any) -> None:
        super().__init__(handler)
        self._options = options

    def __call__(self) -> web.RequestHandler:
        """Make the protocol of one connection."""
        return Connection(self, loop=self._loop, **self._options)

    def close_slow(self, seconds_max: float = HEADER_SECONDS_MAX) -> None:
        """Close every connection whose headers have been coming for longer than *seconds_max*."""
        latest = monotonic() - seconds_max
        for connection in self.connections:
            if isinstance(connection, Connection) and 0.0 < connection.waiting_since < latest:
                connection.force_close()
