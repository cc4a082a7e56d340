"""The parts of a request the protocols read, and its body under its limits."""

from typing import Final

from aiohttp import web

from sandbox.web.body import decompress, read_body
from sandbox.web.refusal import Refusal

__all__ = [
    "FOREIGN_BYTES_MAX",
    "JSON_BYTES_MAX",
    "LAMBDA_BYTES_MAX",
    "body_at_hand",
    "body_of",
    "decompressed",
    "path_and_query",
]

JSON_BYTES_MAX: Final = 16 * 1024 * 1024
"""Source: dynamodb-exact §1.1 row 1."""
LAMBDA_BYTES_MAX: Final = 70_167_211
"""Zipped code comes in the request. Source: esm §5.2."""
FOREIGN_BYTES_MAX: Final = 128 * 1024 * 1024
"""An object to keep; AWS takes more, a developer's memory does not."""


def body_at_hand(request: web.BaseRequest) -> bytes | None:
    """Give the whole body where it has arrived with its headers, as nearly every one has; ``None`` where it has not."""
    content = request.content
    if not content.is_eof() or content.exception() is not None:
        return None
    return content.read_nowait()


async def body_of(request: web.BaseRequest, bytes_max: int) -> bytes:
    """Give the whole body as it was sent.

    Raises:
        Refusal: 413 over *bytes_max*, 408 where it takes too long, 400 where it is cut off or badly chunked.
    """
    body = body_at_hand(request)
    try:
        return await read_body(request, bytes_max) if body is None else body
    except (web.RequestPayloadError, ConnectionError) as error:
        raise Refusal(400, "The body is damaged or cut off.") from error
    except RuntimeError as error:
        if request.transport is not None:
            raise
        # aiohttp says so of a connection that was gone before its body was read for the first time
        raise Refusal(400, "The body is cut off.") from error


def decompressed(request: web.BaseRequest, sent: bytes, bytes_max: int) -> bytes:
    """Undo the compression of a body, where it has one.

    Raises:
        Refusal: 413 where it is over *bytes_max* once decompressed, 400 for damaged data, 415 for an unknown encoding.
    """
    encoding = request.headers.get("Content-Encoding")
    return sent if encoding is None else decompress(sent, encoding, bytes_max)


def path_and_query(request: web.BaseRequest) -> tuple[str, str]:
    """Split the target as sent, still percent-encoded, less scheme and authority where a proxy's form has them."""
    target = request.raw_path
    if not target.startswith("/"):
        url = request.rel_url
        return url.raw_path, url.raw_query_string
    path, _, query = target.partition("?")
    return path, query
