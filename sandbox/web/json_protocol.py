"""The JSON protocol: DynamoDB, DynamoDB Streams and CloudWatch Logs, by target.

Source: dynamodb-exact §1.1.
"""

import logging
from typing import Final

from aiohttp import web

from sandbox.dynamodb.faults import InternalServerError, SerializationException, UnknownOperationException
from sandbox.faults import ApiFault
from sandbox.web.credentials import Caller, Credentials
from sandbox.web.execute import run
from sandbox.web.incoming import JSON_BYTES_MAX, decompressed, path_and_query
from sandbox.web.ports import Settled, Writing
from sandbox.web.replies import JSON, JSON_TYPES, Replies
from sandbox.web.reply import Reply
from sandbox.web.request_ids import RequestIds
from sandbox.web.targets import Target
from sandbox.wire.decode import decode, is_json
from sandbox.wire.raw_reply import Declined, RawReply

__all__ = ["JsonProtocol"]

_LOG = logging.getLogger(__name__)
_NO_OPERATION: Final = b"<UnknownOperationException/>\n"


class JsonProtocol:
    """Answers requests that carry, or should carry, an ``X-Amz-Target``."""

    def __init__(
        self,
        credentials: Credentials,
        replies: Replies,
        request_ids: RequestIds,
        settled: Settled,
        writing: Writing = lambda _trace_header: None,
    ) -> None:
        self._credentials = credentials
        self._replies = replies
        self._request_ids = request_ids
        self._settled = settled
        self._writing = writing

    async def answer(self, request: web.BaseRequest, target: Target | None, sent: bytes) -> Reply | Declined:
        """Answer one request, whatever happens.

        *target* is ``None`` where the request names no operation; *sent* is its body, as sent.

        Raises:
            Refusal: the body cannot be decompressed.
        """
        request_id = self._request_ids.plain()
        body = decompressed(request, sent, JSON_BYTES_MAX)
        content_type = _json_type(request.headers.get("Content-Type"))
        path, query = path_and_query(request)
        if request.method != "POST" or path != "/" or (body and content_type is None):
            return self._replies.plain(404, _NO_OPERATION, request_id=request_id)
        try:
            target, caller = self._admit(request, target, query, body)
            operation = target.operation
            scope = target.service.scope(caller.account_id, caller.region)
            decoded = decode(operation.request, body)
            trace_header = request.headers.get("X-Amzn-Trace-Id")
            has_run = self._writing(trace_header) if trace_header is not None else None
            answer = await run(operation, scope, decoded, self._settled, has_run)
        except ApiFault as fault:
            return self._replies.json_fault(fault, content_type or JSON, request_id)
        except Exception:  # noqa: BLE001 - whatever it is, it is our bug, and the client gets an answer
            name = target.operation.name if target is not None else "no operation"
            _LOG.exception("Request %s (%s) failed; this is a bug of the sandbox", request_id.decode(), name)
            return self._replies.json_fault(
                InternalServerError("Internal server error"), content_type or JSON, request_id
            )
        if isinstance(answer, bytes):
            return self._replies.json(200, content_type or JSON, request_id, answer)
        if isinstance(answer, RawReply):
            return self._replies.rest(answer.status, request_id, answer.body, answer.headers)
        return answer

    def _admit(self, request: web.BaseRequest, target: Target | None, query: str, body: bytes) -> tuple[Target, Caller]:
        """Take the steps of dynamodb-exact §1.1 from row 5 to row 8; row 5 only costs where a later row refuses."""
        try:
            if target is None:
                raise UnknownOperationException
            caller = self._credentials.caller(request.headers, query)
        except ApiFault:
            if body and not is_json(body):
                raise SerializationException from None
            raise
        if not body:
            raise SerializationException
        return target, caller


def _json_type(content_type: str | None) -> str | None:
    """The JSON content type of a request, less its parameters; ``None`` where it has another or none."""
    if content_type is None or content_type in JSON_TYPES:
        return content_type
    bare = content_type.partition(";")[0].strip()
    return bare if bare in JSON_TYPES else None
