"""Read a request's body under a size limit and a deadline, and undo its compression under a hard cap.

Source: reliability F2-F4.
"""

import asyncio
import zlib
from typing import Final

from aiohttp import web

from sandbox.web.refusal import Refusal

__all__ = ["decompress", "read_body"]

READ_SECONDS_MAX = 30.0
_GZIP_OR_ZLIB: Final = 32 + zlib.MAX_WBITS
_MEMBERS_MAX: Final = 1024
_PIECE_BYTES: Final = 262_144
"""Unpacked at a time: in one go zlib takes twice the memory of what it gives."""


async def read_body(request: web.BaseRequest, bytes_max: int) -> bytes:
    """Read the body that has not fully arrived yet.

    A body that says it is too long is refused before any of it is read.

    Raises:
        Refusal: 413 over *bytes_max*; 408 where it takes longer than ``READ_SECONDS_MAX``.
    """
    declared = request.headers.get("Content-Length")
    if declared is not None and int(declared) > bytes_max:
        raise Refusal(413)
    if request.headers.get("Expect", "").lower() == "100-continue":
        await request.writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
    chunks: list[bytes] = []
    size = 0
    try:
        async with asyncio.timeout(READ_SECONDS_MAX):
            while chunk := await request.content.readany():
                size += len(chunk)
                if size > bytes_max:
                    raise Refusal(413)
                chunks.append(chunk)
    except TimeoutError as error:
        raise Refusal(408) from error
    return b"".join(chunks)


def decompress(body: bytes, encoding: str, bytes_max: int) -> bytes:
    """Undo ``gzip`` or ``deflate`` (with or without zlib's frame), several gzip members included.

    Raises:
        Refusal: 413 over *bytes_max*; 400 for damaged data; 415 for any other *encoding*.
    """
    match encoding.strip().lower():
        case "" | "identity":
            return body
        case "gzip" | "x-gzip":
            return _inflate(body, _GZIP_OR_ZLIB, bytes_max)
        case "deflate":
            has_frame = len(body) >= 2 and body[0] & 0x0F == 8 and (body[0] << 8 | body[1]) % 31 == 0
            return _inflate(body, zlib.MAX_WBITS if has_frame else -zlib.MAX_WBITS, bytes_max)
        case _:
            raise Refusal(415)


def _inflate(body: bytes, window_bits: int, bytes_max: int) -> bytes:
    pieces: list[bytes] = []
    room = bytes_max
    rest = body
    for _ in range(_MEMBERS_MAX):
        member = zlib.decompressobj(window_bits)
        while not member.eof:
            try:
                piece = member.decompress(rest, _PIECE_BYTES)
            except zlib.error as error:
                raise Refusal(400) from error
            if not piece and not member.eof:
                raise Refusal(400)
            room -= len(piece)
            if room < 0:
                raise Refusal(413)
            pieces.append(piece)
            rest = member.unconsumed_tail
        rest = member.unused_data
        if not rest:
            return b"".join(pieces)
    raise Refusal(413)
