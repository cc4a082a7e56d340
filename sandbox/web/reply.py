"""One answer on the wire: its header bytes ready, sent in one write.

That a connection stays is said, as AWS says it to clients of HTTP/1.1 that need not be told.
Source: getmoto/moto pull request 1627, the headers of an answer of DynamoDB.
"""

import asyncio
from http import HTTPStatus
from typing import Final

from aiohttp import HttpVersion11, web
from aiohttp.abc import AbstractStreamWriter

__all__ = ["Reply", "status_line"]

_JOINED_BYTES_MAX: Final = 65_536
"""Up to this size copying the body behind its headers is cheaper than a second write."""
_BODILESS = frozenset({204, 304})
_STAYS: Final = b"Connection: keep-alive\r\n"
_WHOLE: Final = b"%b%bContent-Length: %d\r\n" + _STAYS + b"\r\n%b"
_REASONS: Final = {status.value: status.phrase for status in HTTPStatus}


class Reply(web.StreamResponse):
    """A whole answer.

    aiohttp asks a response only to ``prepare``, to ``write_eof`` and whether to keep the connection. The header map and
    the writer states of its own class, which this one does without, cost more than the rest of an answer.

    Attributes:
        head: the header lines, each with its line end; without ``Content-Length`` and ``Connection``.
        body: what follows them; never sent to a HEAD request.
        content_length: what the header says; ``None`` is the length of *body*.
    """

    def __init__(self, status: int, head: bytes, body: bytes, content_length: int | None = None) -> None:
        # Not super().__init__(): it builds the header map. The rest of its state are class attributes.
        self._status = status
        self._reason = _REASONS.get(status, "")
        self.head = head
        self.body = body
        self._content_bytes = len(body) if content_length is None else content_length

    def send(self, transport: asyncio.WriteTransport) -> None:
        """Write everything: the answer to a ``POST`` of HTTP/1.1 on a connection that stays."""
        line = _STATUS_LINES.get(self._status) or status_line(b"1.1", self._status)
        body = self.body
        if len(body) <= _JOINED_BYTES_MAX:
            transport.write(_WHOLE % (line, self.head, self._content_bytes, body))
        else:
            transport.write(_WHOLE % (line, self.head, self._content_bytes, b""))
            transport.write(body)

    async def prepare(self, request: web.BaseRequest) -> AbstractStreamWriter | None:
        """Write everything.

        Raises:
            ConnectionError: the client is gone; aiohttp ends the connection.
        """
        keeps = request.keep_alive if self._keep_alive is None else self._keep_alive
        self._keep_alive = keeps
        if request.version == HttpVersion11:
            line = _STATUS_LINES.get(self._status) or status_line(b"1.1", self._status)
            connection = _STAYS if keeps else b"Connection: close\r\n"
        else:
            line = status_line(b"1.0", self._status)
            connection = _STAYS if keeps else b""
        body = self.body
        if self._status in _BODILESS:
            body = b""
            head = b"%b%b%b\r\n" % (line, self.head, connection)
        else:
            if request.method == "HEAD":
                body = b""
            head = b"%b%bContent-Length: %d\r\n%b\r\n" % (line, self.head, self._content_bytes, connection)
        writer = request.writer
        if len(body) <= _JOINED_BYTES_MAX:
            await writer.write(head + body)
        else:
            await writer.write(head)
            await writer.write(body)
        self._eof_sent = True
        self._body_length = len(body)
        return writer

    async def write_eof(self, data: bytes = b"") -> None:
        """Do nothing: the answer has left."""


def status_line(version: bytes, status: int) -> bytes:
    """The first line of an answer; *version* as ``1.1``."""
    return b"HTTP/%b %d %b\r\n" % (version, status, _REASONS.get(status, "").encode())


_STATUS_LINES: Final = {status: status_line(b"1.1", status) for status in _REASONS}
