"""The REST protocol of Lambda: operations by method and path, members in path, query, headers and body.

Source: esm §1.1, §5; the Lambda service model.
"""

import logging
from typing import Any

import msgspec
from aiohttp import web

from sandbox.awslambda.faults import InvalidRequestContentException, ServiceException
from sandbox.dynamodb.faults import (
    IncompleteSignatureException,
    InvalidSignatureException,
    MissingAuthenticationTokenException,
    UnknownOperationException,
    UnrecognizedClientException,
)
from sandbox.faults import ApiFault
from sandbox.web.credentials import Credentials
from sandbox.web.execute import run
from sandbox.web.incoming import LAMBDA_BYTES_MAX, body_of, decompressed, path_and_query
from sandbox.web.ports import Service, Settled
from sandbox.web.replies import Replies
from sandbox.web.reply import Reply
from sandbox.web.request_ids import RequestIds
from sandbox.web.rest import Found, Route, find_route
from sandbox.wire.decode import decode_object
from sandbox.wire.members import from_texts
from sandbox.wire.operation import Operation
from sandbox.wire.raw_reply import RawReply

__all__ = ["RestProtocol"]

_LOG = logging.getLogger(__name__)
_UNSIGNED = (
    MissingAuthenticationTokenException,
    IncompleteSignatureException,
    InvalidSignatureException,
    UnrecognizedClientException,
)


class RestProtocol:
    """Answers requests for Lambda."""

    def __init__(
        self,
        service: Service,
        credentials: Credentials,
        replies: Replies,
        request_ids: RequestIds,
        settled: Settled,
    ) -> None:
        self._service = service
        self._credentials = credentials
        self._replies = replies
        self._request_ids = request_ids
        self._settled = settled

    async def answer(self, request: web.BaseRequest) -> Reply:
        """Answer one request, whatever happens.

        Raises:
            Refusal: the body is too large, too slow or damaged.
        """
        request_id = self._request_ids.uuid()
        sent = await body_of(request, LAMBDA_BYTES_MAX)
        body = decompressed(request, sent, LAMBDA_BYTES_MAX)
        try:
            return await self._run(request, request_id, body, sent)
        except _UNSIGNED as fault:
            return self._replies.rest_fault(fault, request_id, 403)
        except UnknownOperationException as fault:
            return self._replies.rest_fault(fault, request_id, 404)
        except ApiFault as fault:
            return self._replies.rest_fault(fault, request_id)
        except Exception:  # noqa: BLE001 - whatever it is, it is our bug, and the client gets an answer
            _LOG.exception("Request %s (Lambda) failed; this is a bug of the sandbox", request_id.decode())
            return self._replies.rest_fault(ServiceException("Internal server error"), request_id)

    async def _run(self, request: web.BaseRequest, request_id: bytes, body: bytes, sent: bytes) -> Reply:
        path, query = path_and_query(request)
        found = find_route(request.method, path, query, request.headers)
        if found is None:
            raise UnknownOperationException(f"No operation of Lambda answers {request.method} {path}")
        caller = self._credentials.signer(request.method, path, query, request.headers, sent)
        operation = self._service.find(found.route.operation)
        if operation is None:
            raise UnknownOperationException(f"Lambda's {found.route.operation} is not served here")
        decoded = decode_object(operation.request, _members(operation, found, body))
        scope = self._service.scope(caller.account_id, caller.region)
        answer = await run(operation, scope, decoded, self._settled)
        if isinstance(answer, RawReply):
            return self._replies.rest(answer.status, request_id, answer.body, answer.headers, answer.pieces)
        if not isinstance(answer, bytes):
            raise TypeError(f"{operation.name} declined, and nobody else answers for Lambda")
        return self._replies.rest(operation.success_status, request_id, answer)


def _members(operation: Operation[Any], found: Found, body: bytes) -> dict[str, Any]:
    """Gather the members of a request from all its places; those outside of the body win."""
    return _body_members(found.route, body) | from_texts(operation.request, found.texts)


def _body_members(route: Route, body: bytes) -> dict[str, Any]:
    if not body:
        return {}
    if route.payload is not None:
        return {route.payload: body}
    try:
        members = msgspec.json.decode(body)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise InvalidRequestContentException(f"Could not parse request body into json: {error}") from error
    if route.document is not None:
        return {route.document: members}
    if not isinstance(members, dict):
        raise InvalidRequestContentException("Could not parse request body into json: an object is expected")
    return members
