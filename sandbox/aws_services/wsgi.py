"""One HTTP exchange with a WSGI application, without a socket."""

import io
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote_to_bytes

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

__all__ = ["ForeignRequest", "Response", "environ_of", "run"]


@dataclass(frozen=True, kw_only=True)
class ForeignRequest:
    """A request for a hosted service.

    Attributes:
        path: as sent, still percent-encoded: S3 keys depend on it.
        headers: by lower-case name.
    """

    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, kw_only=True)
class Response:
    """What the application answered; a header name may come twice."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes


def environ_of(request: ForeignRequest) -> dict[str, Any]:
    """The WSGI environment of *request*. Source: PEP 3333, "environ Variables"; ``RAW_URI`` as werkzeug's server has it."""
    name, _, port = request.headers.get("host", "localhost").partition(":")
    environ: dict[str, Any] = {
        "REQUEST_METHOD": request.method,
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote_to_bytes(request.path).decode("latin-1"),
        "QUERY_STRING": request.query,
        "RAW_URI": request.path + (f"?{request.query}" if request.query else ""),
        "SERVER_NAME": name,
        "SERVER_PORT": port or "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1",
        "CONTENT_LENGTH": str(len(request.body)),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(request.body),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": False,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }
    for header, value in request.headers.items():
        if header not in {"content-length", "transfer-encoding"}:
            key = header.upper().replace("-", "_")
            environ[key if key == "CONTENT_TYPE" else f"HTTP_{key}"] = value
    return environ


def run(application: "WSGIApplication", environ: dict[str, Any]) -> Response:
    """Call *application* and collect its answer."""
    started: list[tuple[str, list[tuple[str, str]]]] = []
    written: list[bytes] = []

    def start_response(status: str, headers: list[tuple[str, str]], _exc_info: Any = None) -> Any:
        started.append((status, headers))
        return written.append

    chunks = application(environ, start_response)
    try:
        written.extend(chunks)
    finally:
        close = getattr(chunks, "close", None)
        if close is not None:
            close()
    status, headers = started[-1]
    return Response(status=int(status.split(" ", 1)[0]), headers=tuple(headers), body=b"".join(written))
