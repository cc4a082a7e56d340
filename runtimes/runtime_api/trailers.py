"""The fields behind a chunked body, by which a program tells that its streamed response has failed on the way.

aiohttp reads them and throws them away, so a connection remembers the last of what it received.
Source: AWS developer guide, "Building a custom runtime", response streaming.
"""

import base64
import contextlib
import json
from collections import deque
from collections.abc import Mapping
from typing import Any

from aiohttp import web

from runtimes.reply import Failed

__all__ = ["Connection", "failure_in_trailers"]

_PIECES_MAX = 16
_PIECE_BYTES = 65_536
_ERROR_TYPE = "lambda-runtime-function-error-type"
_ERROR_BODY = "lambda-runtime-function-error-body"


class Connection(web.RequestHandler):
    """A connection that remembers the last it received; arguments as of its base."""

    __slots__ = ("pieces",)

    def __init__(self, manager: web.Server, **options: Any) -> None:
        super().__init__(manager, **options)
        self.pieces: deque[bytes] = deque(maxlen=_PIECES_MAX)

    def data_received(self, data: bytes) -> None:
        """Remember, and go on. Only the end of a large piece is kept: a body is not to be held twice."""
        self.pieces.append(data if len(data) <= _PIECE_BYTES else data[-_PIECE_BYTES:])
        super().data_received(data)


def failure_in_trailers(request: web.BaseRequest) -> Failed | None:
    """What the fields behind the body of *request*, which was read to its end, say of a failure; ``None``: nothing."""
    if request.headers.get("Transfer-Encoding", "").lower() != "chunked" or "Trailer" not in request.headers:
        return None
    connection = request.protocol
    assert isinstance(connection, Connection)
    fields = _fields(b"".join(connection.pieces))
    if _ERROR_TYPE not in fields:
        return None
    document = b""
    with contextlib.suppress(ValueError):
        document = base64.b64decode(fields.get(_ERROR_BODY, ""), validate=True)
        json.loads(document)
    error_type = fields[_ERROR_TYPE]
    return Failed(error_type=error_type, payload=document or json.dumps({"errorType": error_type}).encode())


def _fields(received: bytes) -> Mapping[str, str]:
    """The last chunk is empty; its fields follow, then an empty line."""
    block = received.rpartition(b"\r\n0\r\n")[2].partition(b"\r\n\r\n")[0]
    pairs = (line.partition(":") for line in block.decode("latin-1").split("\r\n"))
    return {name.strip().lower(): value.strip() for name, _, value in pairs}
