"""The RPC protocol in CBOR, of CloudWatch: ``POST /service/NAME/operation/OPERATION``; newer SDKs speak it.

Source: the Smithy RPC v2 CBOR protocol; the CloudWatch service model 2010-08-01.
"""

import logging
from typing import Final

import msgspec
from aiohttp import web

from sandbox.dynamodb.faults import InternalServerError, SerializationException
from sandbox.faults import ApiFault
from sandbox.web.credentials import Credentials
from sandbox.web.execute import run
from sandbox.web.incoming import path_and_query
from sandbox.web.ports import Service, Settled
from sandbox.web.replies import Replies
from sandbox.web.reply import Reply
from sandbox.web.request_ids import RequestIds
from sandbox.web.targets import METRICS_PATH
from sandbox.wire.cbor import MalformedCbor, decode_cbor, encode_cbor
from sandbox.wire.decode import decode_object
from sandbox.wire.raw_reply import DECLINED, Declined

__all__ = ["CborProtocol"]

_LOG = logging.getLogger(__name__)
_TIMES: Final = frozenset({"Timestamp", "Timestamps"})


class CborProtocol:
    """Answers requests for CloudWatch below ``METRICS_PATH``."""

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

    async def answer(self, request: web.BaseRequest, body: bytes) -> Reply | Declined:
        """Answer one request, whatever happens; ``DECLINED`` where it is for others."""
        path, query = path_and_query(request)
        operation = self._service.find(path.removeprefix(METRICS_PATH))
        if operation is None:
            return DECLINED
        request_id = self._request_ids.uuid()
        try:
            caller = self._credentials.signer(request.method, path, query, request.headers, body)
            members = _members(body)
            scope = self._service.scope(caller.account_id, caller.region)
            answer = await run(operation, scope, decode_object(operation.request, members), self._settled)
        except ApiFault as fault:
            return self._fault(fault, request_id)
        except Exception:  # noqa: BLE001 - whatever it is, it is our bug, and the client gets an answer
            _LOG.exception("Request %s (%s) failed; this is a bug of the sandbox", request_id.decode(), operation.name)
            return self._fault(InternalServerError("Internal server error"), request_id)
        if not isinstance(answer, bytes):
            return DECLINED
        return self._reply(200, encode_cbor(msgspec.json.decode(answer), times=_TIMES), request_id)

    def _fault(self, fault: ApiFault, request_id: bytes) -> Reply:
        told = encode_cbor({"__type": fault.code, "message": fault.message or ""})
        more = {"x-amzn-query-error": f"{fault.query_code};Sender"} if fault.query_code else {}
        return self._reply(fault.status, told, request_id, more)

    def _reply(self, status: int, body: bytes, request_id: bytes, more: dict[str, str] | None = None) -> Reply:
        headers = {"Content-Type": "application/cbor", "smithy-protocol": "rpc-v2-cbor", **(more or {})}
        return self._replies.rest(status, request_id, body, headers)


def _members(body: bytes) -> dict[str, object]:
    try:
        members = decode_cbor(body) if body else {}
    except MalformedCbor as error:
        raise SerializationException(str(error)) from error
    if not isinstance(members, dict):
        raise SerializationException("a request is a map")
    return members
