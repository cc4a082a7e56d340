"""An answer whose body is sent while it comes. Source: RFC 9112, 7.1 (chunked transfer coding)."""

from aiohttp import HttpVersion11, web
from aiohttp.abc import AbstractStreamWriter

from sandbox.web.reply import Reply, status_line
from sandbox.wire.raw_reply import Pieces

__all__ = ["StreamedReply"]


class StreamedReply(Reply):
    """An answer with a body of unknown length; arguments as of ``Reply``."""

    def __init__(self, status: int, head: bytes, pieces: Pieces) -> None:
        super().__init__(status, head, b"")
        self._pieces = pieces

    async def prepare(self, request: web.BaseRequest) -> AbstractStreamWriter | None:
        """Write the header lines, then every piece as it comes.

        Raises:
            ConnectionError: the client is gone, or the body has failed on its way; aiohttp ends the connection, by which a
                client knows that it is not whole.
        """
        try:
            return await self._write(request)
        finally:
            self._pieces.abandon()

    async def _write(self, request: web.BaseRequest) -> AbstractStreamWriter:
        writer = request.writer
        is_chunked = request.version == HttpVersion11
        keeps = is_chunked and (request.keep_alive if self._keep_alive is None else self._keep_alive)
        self._keep_alive = keeps
        head = status_line(b"1.1" if is_chunked else b"1.0", self._status) + self.head
        if is_chunked:
            head += b"Transfer-Encoding: chunked\r\n"
        await writer.write(head + (b"\r\n" if keeps else b"Connection: close\r\n\r\n"))
        if request.method != "HEAD":
            async for piece in self._pieces:
                self._body_length += len(piece)
                await writer.write(b"%x\r\n%b\r\n" % (len(piece), piece) if is_chunked else piece)
            if is_chunked:
                await writer.write(b"0\r\n\r\n")
        self._eof_sent = True
        return writer
