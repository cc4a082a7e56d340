"""What a function answers, as an HTTP answer. Source: AWS Lambda developer guide, "Invoking Lambda function URLs"."""

import base64
import binascii
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from typing import Any

import msgspec

from sandbox.awslambda.answer_stream import AnswerStream
from sandbox.wire.raw_reply import Pieces

__all__ = ["BAD_GATEWAY", "UrlReply", "fault_reply", "mapped", "streamed", "streaming"]

_JSON = "application/json"
_BYTES = "application/octet-stream"
_WITH_PRELUDE = "application/vnd.awslambda.http-integration-response"
_PRELUDE_BYTES_MAX = 65_536
_PRELUDE_END = bytes(8)
"""Ends the status and headers in front of a streamed body. Source: AWS Lambda developer guide, "Response streaming"."""
_STATUSES = range(100, 600)


@dataclass(frozen=True, kw_only=True)
class UrlReply:
    """An HTTP answer; a header name may come twice. *pieces* come instead of *body* where there are any."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes
    pieces: Pieces | None = None


BAD_GATEWAY = UrlReply(status=502, headers=(("Content-Type", _JSON),), body=b"Internal Server Error")
"""The function has failed, or what it answers is no answer."""


def fault_reply(status: int, error_type: str, message: str | None) -> UrlReply:
    """A refusal of Lambda itself."""
    headers = (("Content-Type", _JSON), ("x-amzn-ErrorType", error_type))
    return UrlReply(status=status, headers=headers, body=msgspec.json.encode({"Message": message}))


def mapped(payload: bytes) -> UrlReply:
    """Map the JSON that a function answers.

    An object with ``statusCode`` says what the answer is; anything else is the body of a 200.
    """
    try:
        answer = msgspec.json.decode(payload)
    except msgspec.DecodeError:
        return BAD_GATEWAY
    if not isinstance(answer, dict) or "statusCode" not in answer:
        return UrlReply(status=200, headers=(("Content-Type", _JSON),), body=payload)
    body = _body(answer)
    head = _head(answer, _JSON)
    return BAD_GATEWAY if head is None or body is None else UrlReply(status=head[0], headers=head[1], body=body)


async def streaming(stream: AnswerStream) -> UrlReply:
    """Map what a function writes to its response stream, while it does: a prelude first, where its content type says so."""
    head: tuple[int, tuple[tuple[str, str], ...]] | None = (200, (("Content-Type", stream.content_type or _BYTES),))
    first = b""
    if stream.content_type == _WITH_PRELUDE:
        pieces = aiter(stream)
        while _PRELUDE_END not in first and len(first) <= _PRELUDE_BYTES_MAX:
            piece = await anext(pieces, None)
            if piece is None:
                break
            first += piece
        described, end, first = first.partition(_PRELUDE_END)
        head = _prelude_head(described) if end else None
    if head is None:
        stream.abandon()
        return BAD_GATEWAY
    return UrlReply(status=head[0], headers=head[1], body=b"", pieces=_Rest(first, stream))


class _Rest:
    """What follows the prelude: *first*, and what *stream* brings."""

    def __init__(self, first: bytes, stream: AnswerStream) -> None:
        self._first = first
        self._stream = stream
        self.abandon = stream.abandon

    async def __aiter__(self) -> AsyncIterator[bytes]:
        if self._first:
            yield self._first
        async for piece in self._stream:
            yield piece
        if (await self._stream.result()).function_error is not None:
            raise ConnectionError("the function has failed on its way")


def streamed(payload: bytes) -> UrlReply:
    """Map the whole answer of a function that does not write bit by bit: bytes, perhaps after a prelude that describes them.

    Without a prelude they are a 200 of unknown content; assumption.
    """
    described, end, body = payload.partition(_PRELUDE_END)
    if not end:
        return UrlReply(status=200, headers=(("Content-Type", _BYTES),), body=payload)
    head = _prelude_head(described)
    return BAD_GATEWAY if head is None else UrlReply(status=head[0], headers=head[1], body=body)


def _prelude_head(described: bytes) -> tuple[int, tuple[tuple[str, str], ...]] | None:
    """Status and headers, ``None`` where they are none."""
    try:
        prelude = msgspec.json.decode(described)
    except msgspec.DecodeError:
        return None
    return _head({"statusCode": 200, **prelude}, _BYTES) if isinstance(prelude, dict) else None


def _head(answer: Mapping[str, Any], content_type: str) -> tuple[int, tuple[tuple[str, str], ...]] | None:
    """Status and headers, ``None`` where they are none."""
    status = _status(answer["statusCode"])
    headers, cookies = answer.get("headers") or {}, answer.get("cookies") or []
    if status is None or not isinstance(headers, dict) or not isinstance(cookies, list):
        return None
    lines = [(name, _text(value)) for name, value in headers.items() if name.lower() != "content-length"]
    if not any(name.lower() == "content-type" for name, _ in lines):
        lines.insert(0, ("Content-Type", content_type))
    return status, (*lines, *(("Set-Cookie", _text(cookie)) for cookie in cookies))


def _status(value: Any) -> int | None:
    if isinstance(value, str) and value.isdecimal():
        value = int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) and value in _STATUSES else None


def _body(answer: Mapping[str, Any]) -> bytes | None:
    """The bytes of the body; ``None`` where they are not what they are said to be."""
    body = answer.get("body")
    if body is None:
        return b""
    if not isinstance(body, str):
        return msgspec.json.encode(body)
    if not answer.get("isBase64Encoded"):
        return body.encode("utf-8", "replace")
    try:
        return base64.b64decode(body)
    except binascii.Error:
        return None


def _text(value: Any) -> str:
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()
