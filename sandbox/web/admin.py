"""``/_sandbox/...``: what can be asked of the sandbox itself.

A change is a POST with ``Content-Type: application/json``, which no web page can send across origins unasked.
Source: reliability S5.
"""

from collections.abc import Mapping
from typing import Annotated, Any, Final, TypeVar

import msgspec
from msgspec import Meta

from sandbox.web.ports import AdminHandlers
from sandbox.web.refusal import Refusal
from sandbox.web.replies import JSON, Replies
from sandbox.web.reply import Reply
from sandbox.wire.encode import encode

__all__ = ["ADMIN_PREFIX", "Admin"]

ADMIN_PREFIX: Final = "/_sandbox/"

StructT = TypeVar("StructT", bound=msgspec.Struct)


class Drain(msgspec.Struct, forbid_unknown_fields=True):
    """Wait for every mapping, this long at most."""

    timeout_seconds: Annotated[float, Meta(ge=0, le=86_400)] = 30.0


class Advance(msgspec.Struct, forbid_unknown_fields=True):
    """Let time pass."""

    advance_seconds: Annotated[float, Meta(ge=0, le=3_155_760_000)]


class Admin:
    """Routes the paths below ``/_sandbox/`` to their handlers."""

    def __init__(self, handlers: AdminHandlers, replies: Replies) -> None:
        self._handlers = handlers
        self._replies = replies

    async def answer(self, method: str, path: str, content_type: str, body: bytes) -> Reply:
        """Answer one request with a JSON object.

        Raises:
            Refusal: 404 for an unknown path, 405 for the wrong method, 415 for another type than JSON, 400 for a body
                that does not say what the path wants.
        """
        match path.removeprefix(ADMIN_PREFIX):
            case "status":
                _want_method(method, "GET")
                return self._report(self._handlers.status())
            case "drain":
                _want_json(method, content_type)
                drain = _read(Drain, body)
                return self._report(await self._handlers.drain(drain.timeout_seconds))
            case "clock":
                _want_json(method, content_type)
                advance = _read(Advance, body)
                return self._report(self._handlers.advance_clock(advance.advance_seconds))
            case _:
                raise Refusal(404)

    def _report(self, report: Mapping[str, Any]) -> Reply:
        return self._replies.plain(200, encode(report), JSON)


def _want_method(method: str, wanted: str) -> None:
    if method != wanted:
        raise Refusal(405)


def _want_json(method: str, content_type: str) -> None:
    _want_method(method, "POST")
    if content_type.partition(";")[0].strip().lower() != JSON:
        raise Refusal(415, "Send Content-Type: application/json.")


def _read(shape: type[StructT], body: bytes) -> StructT:
    try:
        return msgspec.json.decode(body or b"{}", type=shape)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise Refusal(400, f"The body does not say what this path wants: {error}") from error
