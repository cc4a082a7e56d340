"""The way of every request, in order: guard, health and admin, whose it is, its protocol, the answer.

guard      the right Host, no foreign web page                                    guard
admin      /_sandbox/..., /_localstack/health                                     admin, health
whose      by target, by the Host of a function, by the service it is signed for  targets, url_address, credentials
protocol   credentials, decode, operation, barrier, answer                        json_protocol, rest_protocol
others     everything that is not DynamoDB, Streams or Lambda                     ports.ForeignServices
pages      what listed web pages of other origins may read                        cross_origin
"""

import asyncio
import logging
import math
from collections.abc import Awaitable, Callable, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any

from aiohttp import web

from sandbox.clock import Clock
from sandbox.faults import ApiFault
from sandbox.ids import Ids
from sandbox.web.admin import ADMIN_PREFIX, Admin
from sandbox.web.connection import Connection
from sandbox.web.credentials import Credentials, is_signed, signed_service
from sandbox.web.cross_origin import preflight, readable
from sandbox.web.guard import Guard
from sandbox.web.header_names import CONTENT_ENCODING, CONTENT_TYPE, HOST, ORIGIN, TARGET
from sandbox.web.health import HEALTH_PATHS, HEALTH_TEXT_PATHS, health_report, health_text
from sandbox.web.incoming import FOREIGN_BYTES_MAX, JSON_BYTES_MAX, body_at_hand, body_of, path_and_query
from sandbox.web.json_protocol import JsonProtocol, json_type
from sandbox.web.ports import Served
from sandbox.web.refusal import Refusal
from sandbox.web.replies import Replies
from sandbox.web.reply import Reply
from sandbox.web.request_ids import RequestIds
from sandbox.web.targets import (
    DYNAMODB_PREFIX,
    LOGS_PREFIX,
    METRICS_PATH,
    METRICS_PREFIX,
    OUR_PREFIXES,
    STREAMS_PREFIX,
    Target,
    Targets,
)
from sandbox.web.url_address import url_address
from sandbox.wire.raw_reply import Declined

if TYPE_CHECKING:
    from sandbox.web.cbor_protocol import CborProtocol
    from sandbox.web.function_urls import FunctionUrls
    from sandbox.web.query_protocol import QueryProtocol
    from sandbox.web.rest_protocol import RestProtocol
    from sandbox.web.signatures import Signatures

__all__ = ["Pipeline"]

_LOG = logging.getLogger(__name__)
_FORM = "application/x-www-form-urlencoded"
_OURS = frozenset({"dynamodb", "streams.dynamodb"})
_SIGNED_HERE = (
    "This sandbox checks signatures (--signatures strict): set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY as it said at its "
    "start."
)
_UNSIGNED = "Requests must be signed; any credentials do, such as AWS_ACCESS_KEY_ID=test AWS_SECRET_ACCESS_KEY=test."


class Pipeline:
    """Answers requests with what it is given to serve."""

    def __init__(
        self,
        served: Served,
        *,
        guard: Guard,
        clock: Clock,
        ids: Ids,
        default_account_id: str = "000000000000",
        default_region: str = "us-east-1",
        signatures: "Signatures | None" = None,
        signatures_are_needed: bool = True,
    ) -> None:
        """*signatures* checks them, everywhere but for health and open function URLs; ``None`` takes any."""
        self._served = served
        self._guard = guard
        self._default_region = default_region
        self._replies = Replies(clock)
        self._targets = Targets(
            {
                DYNAMODB_PREFIX: served.dynamodb,
                STREAMS_PREFIX: served.streams,
                LOGS_PREFIX: served.logs,
                METRICS_PREFIX: served.metrics,
            }
        )
        self._place = (default_account_id, default_region)
        self._credentials = credentials = Credentials(
            default_account_id=default_account_id,
            default_region=default_region,
            signatures=signatures,
            are_needed=signatures_are_needed,
        )
        self._request_ids = request_ids = RequestIds(ids)
        self._json = JsonProtocol(credentials, self._replies, request_ids, served.settled, served.writing)
        self._tools = (credentials, self._replies, request_ids, served.settled)
        self._admin = Admin(served.admin, self._replies)

    def forget_operations(self) -> None:
        """Ask the services for their operations again."""
        self._targets.forget()

    def answer_at_once(
        self, headers: Mapping[str, str], body: Callable[[], bytes], connection: Callable[[str], Any]
    ) -> Reply | asyncio.Task[Reply] | None:
        """Answer a whole ``POST`` to ``/`` for one of our tables or streams without a task of its own.

        ``None`` where the request has to take the long way; nothing has happened then, and *body* was not called. A
        task is the rest of the answer, for ``answer`` to wait for when the long way brings it the same request.
        """
        name = headers.get(TARGET)
        if name is None or not name.startswith(OUR_PREFIXES) or CONTENT_ENCODING in headers:
            return None
        try:
            target = self._targets.find(name)
            if target is None or not self._guard.passes(headers, connection):
                return None
            answer = self._json.begin(headers, "", target, body())
        except Exception:  # noqa: BLE001 - as on the long way; others of the same turn wait for their answers too
            return self._failed()
        return answer if isinstance(answer, Reply) else asyncio.create_task(_undeclined(answer))

    async def answer(self, request: web.BaseRequest) -> web.StreamResponse:
        """Answer one request, whatever happens; the connection stays usable but after a refusal of HTTP's own."""
        connection = request.protocol
        begun = None
        if isinstance(connection, Connection):
            connection.waiting_since = math.inf
            begun, connection.begun = connection.begun, None
        try:
            if begun is not None:
                return await begun
            reason = self._guard.refusal(request.headers, request.get_extra_info)
            if reason is not None and not self._admits_page(request):
                raise Refusal(403, reason)  # noqa: TRY301 - every refusal is answered in one place
            if ORIGIN in request.headers and url_address(request) is None:
                return await self._to_page(request)
            return await self._routed(request)
        except Refusal as refusal:
            return self._replies.refusal(refusal)
        except Exception:  # noqa: BLE001 - as above all protocols: the connection must get an answer
            return self._failed()
        finally:
            if isinstance(connection, Connection):
                connection.waiting_since = 0.0

    def _failed(self) -> Reply:
        _LOG.exception("A request failed outside of its protocol; this is a bug of the sandbox")
        return self._replies.refusal(Refusal(500, "Internal server error."))

    def _admits_page(self, request: web.BaseRequest) -> bool:
        """Whether the guard's only objection, a web page of another origin, does not hold: its function URL says so."""
        address = url_address(request) if self._guard.allows(request.headers.get(HOST, "")) else None
        return address is not None and self._urls.admits(address[0], request)

    @cached_property
    def _urls(self) -> "FunctionUrls":
        from sandbox.web.function_urls import FunctionUrls  # noqa: PLC0415 - a start does not wait for it

        return FunctionUrls(self._served.lambda_, self._credentials, self._place)

    @cached_property
    def _rest(self) -> "RestProtocol":
        from sandbox.web.rest_protocol import RestProtocol  # noqa: PLC0415 - as above

        return RestProtocol(self._served.lambda_, *self._tools)

    @cached_property
    def _query(self) -> "QueryProtocol":
        from sandbox.web.query_protocol import QueryProtocol  # noqa: PLC0415 - as above

        return QueryProtocol(self._served.metrics, *self._tools)

    @cached_property
    def _cbor(self) -> "CborProtocol":
        from sandbox.web.cbor_protocol import CborProtocol  # noqa: PLC0415 - as above

        return CborProtocol(self._served.metrics, *self._tools)

    async def _to_page(self, request: web.BaseRequest) -> Reply:
        """Answer a web page, which is let in: to AWS's services, and only this server's own pages to the rest of it."""
        if path_and_query(request)[0].startswith(ADMIN_PREFIX):
            if self._guard.is_foreign_page(request.headers):
                raise Refusal(403, "Web pages of other origins reach AWS's services here, and nothing else.")
            return await self._routed(request)
        if request.method == "OPTIONS":
            return preflight(self._replies, request.headers, self._request_ids.plain())
        try:
            return readable(await self._routed(request))
        except Refusal as refusal:
            return readable(self._replies.refusal(refusal))

    async def _routed(self, request: web.BaseRequest) -> Reply:
        """Answer by target, else by what the request is."""
        name = request.headers.get(TARGET)
        if name is not None:
            target = self._targets.find(name)
            if target is not None or name.startswith(OUR_PREFIXES):
                return await self._targeted(request, target)
        return await self._without_target(request, name)

    async def _targeted(self, request: web.BaseRequest, target: Target | None) -> Reply:
        if request.method == "GET":
            return self._health_text()
        body = body_at_hand(request)
        if body is None:
            body = await body_of(request, JSON_BYTES_MAX)
        answer = await self._json.answer(request, target, body)
        return await self._foreign(request, body) if isinstance(answer, Declined) else answer

    async def _without_target(self, request: web.BaseRequest, name: str | None) -> Reply:
        """Route by path and signature; *name* is a target that is none of ours."""
        address = url_address(request)
        if address is not None:
            told = await self._urls.answer(address, request)
            return self._replies.foreign(told, told.pieces)
        path, query = path_and_query(request)
        if path in HEALTH_PATHS and request.method in ("GET", "HEAD"):
            return health_report(self._replies)
        if path.startswith(ADMIN_PREFIX):
            body = await body_of(request, JSON_BYTES_MAX)
            fault = self._signature_fault(request, body)
            if fault is not None:
                raise Refusal(403, f"{_SIGNED_HERE} {fault.code}: {fault.message}")
            content_type = request.headers.get(CONTENT_TYPE, "")
            return await self._admin.answer(request.method, path, query, content_type, body)
        service = signed_service(request.headers, query)
        if service == "lambda":
            return await self._rest.answer(request)
        if service in _OURS or (name is None and not is_signed(request.headers, query)):
            return await self._nobodys(request, path, is_unsigned=service is None)
        if service is None and path == "/" and request.method == "POST" and _names_no_service(request, name):
            return await self._nobodys(request, path, is_unsigned=True)
        body = await body_of(request, FOREIGN_BYTES_MAX)
        if service == "monitoring" and request.headers.get(CONTENT_TYPE, _FORM).startswith(_FORM):
            answer = await self._query.answer(request, body)
            if not isinstance(answer, Declined):
                return answer
        elif path.startswith(METRICS_PATH):
            answer = await self._cbor.answer(request, body)
            if not isinstance(answer, Declined):
                return answer
        return await self._foreign(request, body)

    async def _nobodys(self, request: web.BaseRequest, path: str, *, is_unsigned: bool) -> Reply:
        """Answer what DynamoDB answers to a request that names no operation. Source: dynamodb-exact §1.1."""
        if request.method in ("GET", "HEAD") and (path in HEALTH_TEXT_PATHS or not is_unsigned):
            return self._health_text()
        if is_unsigned and path != "/":
            raise Refusal(403, _UNSIGNED)
        answer = await self._json.answer(request, None, await body_of(request, JSON_BYTES_MAX))
        if isinstance(answer, Declined):
            raise TypeError("there is no operation that could decline")
        return answer

    def _health_text(self) -> Reply:
        return health_text(self._replies, self._default_region, self._request_ids.plain())

    async def _foreign(self, request: web.BaseRequest, body: bytes) -> Reply:
        fault = self._signature_fault(request, body)
        if fault is not None:
            return self._replies.rest_fault(fault, self._request_ids.uuid(), 403)
        path, query = path_and_query(request)
        answer = await self._served.foreign().answer(
            method=request.method,
            path_and_query=f"{path}?{query}" if query else path,
            headers=dict(request.headers),
            body=body,
        )
        return self._replies.foreign(answer)

    def _signature_fault(self, request: web.BaseRequest, body: bytes) -> ApiFault | None:
        """What is wrong with a signature where signatures are checked; *body* is as sent."""
        if not self._credentials.verifies:
            return None
        path, query = path_and_query(request)
        try:
            self._credentials.signer(request.method, path, query, request.headers, body)
        except ApiFault as fault:
            return fault
        return None


def _names_no_service(request: web.BaseRequest, name: str | None) -> bool:
    """Whether a request in the JSON protocol whose signature cannot be read has no target that could be another service's."""
    if json_type(request.headers.get(CONTENT_TYPE)) is None:
        return False
    return name is None or "." not in name or name.lower().startswith("dynamodb")


async def _undeclined(answer: Declined | Awaitable[Reply | Declined]) -> Reply:
    reply = answer if isinstance(answer, Declined) else await answer
    if isinstance(reply, Declined):
        raise TypeError("a request for our own tables and streams is for nobody else")
    return reply
