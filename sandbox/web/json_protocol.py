"""The JSON protocol: DynamoDB, DynamoDB Streams and CloudWatch Logs, by target.

Source: dynamodb-exact §1.1.
"""

import logging
from collections.abc import Awaitable, Mapping
from typing import Final

from aiohttp import web

from sandbox.dynamodb.faults import InternalServerError, SerializationException, UnknownOperationException
from sandbox.faults import ApiFault
from sandbox.web.compression import PLAIN_BYTES_MAX, accepted_encoding, compressed
from sandbox.web.credentials import Caller, Credentials
from sandbox.web.execute import ANSWERS, Answer, begin
from sandbox.web.header_names import CONTENT_TYPE, TRACE_ID
from sandbox.web.incoming import JSON_BYTES_MAX, decompressed, path_and_query
from sandbox.web.ports import Settled, Writing
from sandbox.web.replies import JSON, JSON_TYPES, Replies
from sandbox.web.reply import Reply
from sandbox.web.request_ids import RequestIds
from sandbox.web.targets import Target
from sandbox.wire.decode import decode, is_json
from sandbox.wire.raw_reply import Declined, RawReply

__all__ = ["JsonProtocol", "json_type"]

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
        self._verifies = credentials.verifies
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
        body = decompressed(request, sent, JSON_BYTES_MAX)
        path, query = path_and_query(request)
        if request.method != "POST" or path != "/":
            return self._replies.plain(404, _NO_OPERATION, request_id=self._request_ids.plain())
        answer = self.begin(request.headers, query, target, body, sent)
        return answer if isinstance(answer, (Reply, Declined)) else await answer

    def begin(
        self, headers: Mapping[str, str], query: str, target: Target | None, body: bytes, sent: bytes | None = None
    ) -> Reply | Declined | Awaitable[Reply | Declined]:
        """Answer a ``POST`` to ``/``, whatever happens; where there is something to wait for, give what to wait for.

        *body* is not compressed any more; *sent* is, where it was.
        """
        request_id = self._request_ids.plain()
        content_type = json_type(headers.get(CONTENT_TYPE))
        if body and content_type is None:
            return self._replies.plain(404, _NO_OPERATION, request_id=request_id)
        try:
            target, caller = self._admit(headers, target, query, body, body if sent is None else sent)
            operation = target.operation
            scope = target.service.scope(caller.account_id, caller.region)
            decoded = decode(operation.request, body)
            trace_header = headers.get(TRACE_ID)
            has_run = self._writing(trace_header) if trace_header is not None else None
            answer = begin(operation, scope, decoded, self._settled, has_run)
        except Exception as error:  # noqa: BLE001 - whatever it is, the client gets an answer
            return self._refused(error, target, content_type or JSON, request_id)
        if isinstance(answer, ANSWERS):
            return self._reply(answer, headers, content_type or JSON, request_id)
        return self._finish(answer, headers, target, content_type or JSON, request_id)

    async def _finish(
        self,
        answer: Awaitable[Answer],
        headers: Mapping[str, str],
        target: Target,
        content_type: str,
        request_id: bytes,
    ) -> Reply | Declined:
        try:
            return self._reply(await answer, headers, content_type, request_id)
        except Exception as error:  # noqa: BLE001 - as above
            return self._refused(error, target, content_type, request_id)

    def _reply(
        self, answer: Answer, headers: Mapping[str, str], content_type: str, request_id: bytes
    ) -> Reply | Declined:
        if isinstance(answer, bytes):
            if len(answer) > PLAIN_BYTES_MAX and (encoding := accepted_encoding(headers)) is not None:
                reply = self._replies.json(200, content_type, request_id, compressed(answer, encoding))
                reply.head += b"Content-Encoding: %b\r\n" % encoding.encode()
                return reply
            return self._replies.json(200, content_type, request_id, answer)
        if isinstance(answer, RawReply):
            return self._replies.rest(answer.status, request_id, answer.body, answer.headers)
        return answer

    def _refused(self, error: Exception, target: Target | None, content_type: str, request_id: bytes) -> Reply:
        if isinstance(error, ApiFault):
            return self._replies.json_fault(error, content_type, request_id)
        name = target.operation.name if target is not None else "no operation"
        _LOG.error("Request %s (%s) failed; this is a bug of the sandbox", request_id.decode(), name, exc_info=error)
        return self._replies.json_fault(InternalServerError("Internal server error"), content_type, request_id)

    def _admit(
        self, headers: Mapping[str, str], target: Target | None, query: str, body: bytes, sent: bytes
    ) -> tuple[Target, Caller]:
        """Take the steps of dynamodb-exact §1.1 from row 5 to row 8; row 5 only costs where a later row refuses."""
        try:
            if target is None:
                raise UnknownOperationException
            caller = self._credentials.caller(headers, query)
            if self._verifies:
                self._credentials.verify("POST", "/", query, headers, sent)
        except ApiFault:
            if body and not is_json(body):
                raise SerializationException from None
            raise
        if not body:
            raise SerializationException
        return target, caller


def json_type(content_type: str | None) -> str | None:
    """The JSON content type of a request, less its parameters; ``None`` where it has none or another."""
    if content_type is None or content_type in JSON_TYPES:
        return content_type
    bare = content_type.partition(";")[0].strip()
    return bare if bare in JSON_TYPES else None
