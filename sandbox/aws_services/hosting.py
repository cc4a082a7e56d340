"""One sandbox's hosted services, called one request at a time; runs in their thread only.

Imports moto, so this module is imported by that thread, at the first request (0.3 s, up to 1.3 s with the service's own
import), and never by the event loop.
"""

import logging
import re
from typing import Any

import msgspec
from moto.core.request import PRESERVED_HEADER_NAMES_ENVIRON_KEY

from sandbox.aws_services.dispatch import HostedServices
from sandbox.aws_services.faults import MisroutedRequest, ServiceUnknown
from sandbox.aws_services.outbound import OutboundRefused, no_connections
from sandbox.aws_services.world import World
from sandbox.aws_services.wsgi import ForeignRequest, Response, environ_of, run

__all__ = ["Hosting"]

_logger = logging.getLogger(__name__)
_REGION_OF_USER_AGENT = re.compile(r"\bregion/")


class Hosting:
    """Answers requests from this sandbox's world."""

    def __init__(self) -> None:
        self._services = HostedServices()
        self._world = World()

    def answer(self, request: ForeignRequest, account_id: str) -> Response:
        """Serve *request* as *account_id*.

        Raises:
            MisroutedRequest: it was for DynamoDB, Streams or Lambda.
        """
        with self._world.entered(), no_connections():
            try:
                return run(self._services, _environ(request, account_id))
            except MisroutedRequest:
                raise
            except ServiceUnknown as unknown:
                return _refusal(request, 501, "NotImplemented", f"No service of this sandbox answers {unknown}.")
            except OutboundRefused as refused:
                return _refusal(request, 501, "NotImplemented", f"Not done ({refused}).")
            except Exception as fault:
                if _caused_by_refused_connection(fault):
                    return _refusal(
                        request, 501, "NotImplemented", "Not done: this sandbox makes no outbound connection."
                    )
                if isinstance(fault, NotImplementedError):
                    return _refusal(
                        request, 501, "NotImplemented", str(fault) or "This part of the service is not emulated."
                    )
                _logger.exception("%s %s was not answered by the hosted services", request.method, request.path)
                return _refusal(request, 500, "InternalFailure", f"{type(fault).__name__}: {fault}")

    def dispose(self) -> None:
        """Forget all state."""
        self._world.dispose()


def _environ(request: ForeignRequest, account_id: str) -> dict[str, Any]:
    environ = environ_of(request)
    environ["HTTP_X_MOTO_ACCOUNT_ID"] = account_id
    # moto prefers a region named in the User-Agent to the one the request is signed for; we do not.
    agent = environ.get("HTTP_USER_AGENT")
    if agent is not None:
        environ["HTTP_USER_AGENT"] = _REGION_OF_USER_AGENT.sub("region=", agent)
    # WSGI cannot tell my_key from my-key; S3 metadata can, and moto reads the original spelling from here.
    environ[PRESERVED_HEADER_NAMES_ENVIRON_KEY] = {
        f"HTTP_{name.upper().replace('-', '_')}": name
        for name in request.headers
        if name.startswith("x-amz-meta-") and "_" in name
    }
    return environ


def _caused_by_refused_connection(fault: BaseException | None) -> bool:
    seen: set[int] = set()
    while fault is not None and id(fault) not in seen:
        if isinstance(fault, OutboundRefused):
            return True
        seen.add(id(fault))
        fault = fault.__cause__ or fault.__context__
    return False


def _refusal(request: ForeignRequest, status: int, code: str, message: str) -> Response:
    """An error in the protocol of the request: JSON where it spoke JSON, else XML."""
    if "x-amz-target" in request.headers or "json" in request.headers.get("content-type", ""):
        body = msgspec.json.encode({"__type": code, "message": message})
        kind = "application/x-amz-json-1.0"
    else:
        escaped = message.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
        body = f"<ErrorResponse><Error><Code>{code}</Code><Message>{escaped}</Message></Error></ErrorResponse>".encode()
        kind = "text/xml"
    return Response(status=status, headers=(("Content-Type", kind), ("x-amzn-ErrorType", code)), body=body)
