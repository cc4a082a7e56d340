"""What a function answers, as an HTTP answer. Source: AWS Lambda developer guide, "Invoking Lambda function URLs"."""

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import msgspec

__all__ = ["BAD_GATEWAY", "UrlReply", "fault_reply", "mapped", "streamed"]

_JSON = "application/json"
_PRELUDE_END = bytes(8)
"""Ends the status and headers in front of a streamed body. Source: AWS Lambda developer guide, "Response streaming"."""
_STATUSES = range(100, 600)


@dataclass(frozen=True, kw_only=True)
class UrlReply:
    """An HTTP answer; a header name may come twice."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes


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


def streamed(payload: bytes) -> UrlReply:
    """Map what a function has written to its response stream, gathered: bytes, perhaps after a prelude that describes them.

    Without a prelude they are a 200 of unknown content; assumption.
    """
    described, end, body = payload.partition(_PRELUDE_END)
    if not end:
        return UrlReply(status=200, headers=(("Content-Type", "application/octet-stream"),), body=payload)
    try:
        prelude = msgspec.json.decode(described)
    except msgspec.DecodeError:
        return BAD_GATEWAY
    head = _head({"statusCode": 200, **prelude}, "application/octet-stream") if isinstance(prelude, dict) else None
    return BAD_GATEWAY if head is None else UrlReply(status=head[0], headers=head[1], body=body)


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
