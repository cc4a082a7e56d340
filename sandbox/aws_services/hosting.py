"""One sandbox's hosted services, called one request at a time; runs in their thread only.

Imports moto, so this module is imported by that thread, at the first request (0.3 s, up to 1.3 s with the service's own
import), and never by the event loop.
"""

import logging
import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import msgspec
from moto.core.request import PRESERVED_HEADER_NAMES_ENVIRON_KEY

from sandbox.aws_services.caller import Caller, signed_as
from sandbox.aws_services.dispatch import HostedServices
from sandbox.aws_services.faults import MisroutedRequest, ServiceUnknown
from sandbox.aws_services.operation_name import unwritten
from sandbox.aws_services.outbound import OutboundRefused, no_connections
from sandbox.aws_services.schedules import ScheduledRule
from sandbox.aws_services.templates import refusal_of, template_text, template_url
from sandbox.aws_services.triggers.calls import CallFunction
from sandbox.aws_services.triggers.hooks import functions_in_reach
from sandbox.aws_services.world import World
from sandbox.aws_services.wsgi import ForeignRequest, Response, environ_of, run

__all__ = ["Hosting"]

_logger = logging.getLogger(__name__)
_MAKES_RULES = frozenset({"cloudformation", "events"})
_REGION_OF_USER_AGENT = re.compile(r"\bregion/")


class Hosting:
    """Answers requests from this sandbox's world.

    What a service sends to a function goes to *call_function*; which rules have a schedule is told to
    *schedules_changed*.
    """

    def __init__(
        self, call_function: CallFunction, schedules_changed: Callable[[frozenset[ScheduledRule]], None]
    ) -> None:
        self._services = HostedServices()
        self._world = World()
        self._call_function = call_function
        self._schedules_changed = schedules_changed

    def answer(self, request: ForeignRequest, caller: Caller) -> Response:
        """Serve *request* of *caller*.

        Raises:
            MisroutedRequest: it was for DynamoDB, Streams or Lambda.
        """
        with self._world.entered(), no_connections(), functions_in_reach(self._call_function):
            try:
                refusal = self._template_refusal(request, caller) if caller.service == "cloudformation" else None
                if refusal is not None:
                    return _refusal(request, 400, "ValidationError", refusal)
                response = run(self._services, _environ(request, caller.account_id))
                if _is_unwritten(response):
                    return _refusal(request, 501, "NotImplemented", unwritten(request, caller))
                if caller.service in _MAKES_RULES:
                    self._tell_schedules()
                return response  # noqa: TRY300 - the handlers below are for what the lines above raise
            except MisroutedRequest:
                raise
            except ServiceUnknown as unknown:
                return _refusal(request, 501, "NotImplemented", f"No service of this sandbox answers {unknown}.")
            except ModuleNotFoundError as missing:
                advice = f"This service needs the package {missing.name}: pip install 'moto[all]'"
                return _refusal(request, 501, "NotImplemented", advice)
            except OutboundRefused as refused:
                return _refusal(request, 501, "NotImplemented", f"Not done ({refused}).")
            except Exception as fault:
                if _caused_by_refused_connection(fault):
                    return _refusal(
                        request, 501, "NotImplemented", "Not done: this sandbox makes no outbound connection."
                    )
                if isinstance(fault, NotImplementedError):
                    return _refusal(request, 501, "NotImplemented", unwritten(request, caller, str(fault)))
                _logger.exception("%s %s was not answered by the hosted services", request.method, request.path)
                return _refusal(request, 500, "InternalFailure", f"{type(fault).__name__}: {fault}")

    def _template_refusal(self, request: ForeignRequest, caller: Caller) -> str | None:
        template, path = template_text(request), template_url(request)
        if not template and path is not None:
            in_s3 = replace(caller, service="s3")
            headers = {"host": "localhost", "authorization": signed_as(in_s3)}
            stored = ForeignRequest(method="GET", path=path, query="", headers=headers, body=b"")
            template = run(self._services, _environ(stored, caller.account_id)).body.decode("utf-8", "replace")
        return refusal_of(template)

    def fire(self, rule_arn: str, moment: float) -> None:
        """Send the event of a schedule, due at *moment* (epoch seconds), to the targets of its rule."""
        from sandbox.aws_services.triggers.scheduled_rules import fire  # noqa: PLC0415 - imports the hosted EventBridge

        with self._world.entered(), no_connections():
            fire(rule_arn, moment, self._call_function)

    def _tell_schedules(self) -> None:
        from sandbox.aws_services.triggers.scheduled_rules import scheduled_rules  # noqa: PLC0415 - as above

        self._schedules_changed(scheduled_rules())

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


def _is_unwritten(response: Response) -> bool:
    """Whether the hosted code says, in one of its two ways, that it has no such operation."""
    if response.status == 501:
        return b"action has not been implemented" in response.body
    return response.status == 404 and response.body.startswith(b"<!doctype html>")


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
