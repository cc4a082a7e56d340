"""Answers in the forms AWS has: JSON protocol, REST, plain, and those of other services passed on.

Source: dynamodb-exact §1.2, §1.3; esm §1.1 (REST).
"""

import re
from collections.abc import Iterable, Mapping
from email.utils import formatdate
from typing import Final

from sandbox.clock import Clock
from sandbox.faults import ApiFault
from sandbox.web.ports import ForeignReply
from sandbox.web.refusal import Refusal
from sandbox.web.reply import Reply
from sandbox.web.streamed_reply import StreamedReply
from sandbox.wire.encode import encode
from sandbox.wire.raw_reply import Pieces

try:
    from isal.isal_zlib import crc32  # a seventh of zlib's time, which was a twentieth of a Query
except ImportError:  # it does not exist for every machine
    from zlib import crc32

__all__ = ["JSON", "JSON_TYPES", "Replies"]

JSON: Final = "application/json"
JSON_TYPES: Final = frozenset({JSON, "application/x-amz-json-1.0", "application/x-amz-json-1.1"})
_CONTROL_CHARACTERS = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")
_OF_THE_CONNECTION = frozenset({"connection", "content-length", "date", "keep-alive", "server", "transfer-encoding"})


class Replies:
    """Builds answers; what all of them share is made once a second."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._second = -1
        self._common = b""
        self._json_heads: dict[str, bytes] = {}

    def json(self, status: int, content_type: str, request_id: bytes, body: bytes) -> Reply:
        """Answer in the JSON protocol; *content_type* is one of ``JSON_TYPES``."""
        if int(self._clock.now()) != self._second:
            self._renew()
        head = b"%b%b\r\nx-amz-crc32: %d\r\n" % (self._json_heads[content_type], request_id, crc32(body))
        return Reply(status, head, body)

    def json_fault(self, fault: ApiFault, content_type: str, request_id: bytes) -> Reply:
        """Answer an error of the JSON protocol: ``__type``, the text where there is one, further members."""
        members: dict[str, object] = {"__type": f"{fault.type_prefix}{fault.code}"}
        reply = self.json(fault.status, content_type, request_id, encode(members | _told(fault)))
        if fault.query_code:
            reply.head += f"x-amzn-query-error: {fault.query_code};Sender\r\n".encode()
        return reply

    def rest(
        self,
        status: int,
        request_id: bytes,
        body: bytes,
        headers: Mapping[str, str] | None = None,
        pieces: Pieces | None = None,
    ) -> Reply:
        """Answer in the REST protocol; *headers* add to the usual ones, or replace them whatever their capitals."""
        lines = {"x-amzn-requestid": ("x-amzn-RequestId", request_id.decode())}
        if body:
            lines["content-type"] = ("Content-Type", JSON)
        lines |= {name.lower(): (name, value) for name, value in (headers or {}).items()}
        head = self._head(lines.values())
        return Reply(status, head, body) if pieces is None else StreamedReply(status, head, pieces)

    def rest_fault(self, fault: ApiFault, request_id: bytes, status: int | None = None) -> Reply:
        """Answer an error of the REST protocol: its code in a header, its text in the body."""
        return self.rest(status or fault.status, request_id, encode(_told(fault)), {"x-amzn-ErrorType": fault.code})

    def plain(
        self, status: int, body: bytes, content_type: str | None = None, request_id: bytes | None = None
    ) -> Reply:
        """Answer outside of the protocols; the checksum is there all the same, and so is the id where it is AWS's answer."""
        headers = [("x-amz-crc32", str(crc32(body)))]
        if request_id is not None:
            headers.append(("x-amzn-RequestId", request_id.decode()))
        if content_type is not None:
            headers += [("Content-Type", content_type), ("X-Content-Type-Options", "nosniff")]
        return Reply(status, self._head(headers), body)

    def refusal(self, refusal: Refusal) -> Reply:
        """Answer with HTTP's own refusal and end the connection, whose body may be unread."""
        reply = self.plain(refusal.status, f"{refusal.sentence}\n".encode(), "text/plain; charset=utf-8")
        reply.force_close()
        return reply

    def foreign(self, answer: ForeignReply, pieces: Pieces | None = None) -> Reply:
        """Pass on the answer of another service, less what belongs to its own connection; *pieces* are its body if any."""
        kept = [(name, value) for name, value in answer.headers if name.lower() not in _OF_THE_CONNECTION]
        length = next((value for name, value in answer.headers if name.lower() == "content-length"), "")
        if pieces is not None:
            return StreamedReply(answer.status, self._head(kept), pieces)
        stated = int(length) if not answer.body and length.isdigit() else None
        return Reply(answer.status, self._head(kept), answer.body, stated)

    def _head(self, headers: Iterable[tuple[str, str]]) -> bytes:
        if int(self._clock.now()) != self._second:
            self._renew()
        lines = "".join(f"{name}: {_CONTROL_CHARACTERS.sub(' ', value)}\r\n" for name, value in headers)
        return self._common + lines.encode("utf-8", "surrogateescape")

    def _renew(self) -> None:
        self._second = int(self._clock.now())
        self._common = f"Server: Server\r\nDate: {formatdate(self._second, usegmt=True)}\r\n".encode()
        self._json_heads = {
            content_type: b"%bContent-Type: %b\r\nx-amzn-RequestId: " % (self._common, content_type.encode())
            for content_type in JSON_TYPES
        }


def _told(fault: ApiFault) -> dict[str, object]:
    text = {} if fault.message is None else {fault.message_member: fault.message}
    return text | dict(fault.extra)
