"""``/_sandbox/...``: what can be asked of the sandbox itself.

A change is a POST with ``Content-Type: application/json``, which no web page can send across origins unasked.
Source: reliability S5.
"""

from collections.abc import Mapping
from inspect import isawaitable
from typing import Annotated, Any, Final, TypeVar
from urllib.parse import parse_qsl

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
    """Wait for every mapping, this long at most; with *advance_clock* the clock moves over windows and backoffs."""

    timeout_seconds: Annotated[float, Meta(ge=0, le=86_400)] = 30.0
    advance_clock: bool = False


class Jump(msgspec.Struct, forbid_unknown_fields=True):
    """Let time pass: so many seconds, or until that instant (epoch seconds); one of the two."""

    advance_seconds: Annotated[float, Meta(ge=0, le=3_155_760_000)] | None = None
    set_seconds: Annotated[float, Meta(ge=0, le=32_503_680_000)] | None = None


class Admin:
    """Routes the paths below ``/_sandbox/`` to their handlers."""

    def __init__(self, handlers: AdminHandlers, replies: Replies) -> None:
        self._handlers = handlers
        self._replies = replies

    async def answer(self, method: str, path: str, query: str, content_type: str, body: bytes) -> Reply:
        """Answer one request with a JSON object.

        Raises:
            Refusal: 404 for an unknown path, 405 for the wrong method, 415 for another type than JSON, 400 for a body
                or query that does not say what the path wants; what the path itself refuses.
        """
        match path.removeprefix(ADMIN_PREFIX):
            case "status":
                _want_method(method, "GET")
                return self._report(self._handlers.status())
            case "drain":
                _want_json(method, content_type)
                drain = _read(Drain, body)
                return self._report(
                    await self._handlers.drain(drain.timeout_seconds, advance_clock=drain.advance_clock)
                )
            case "clock":
                _want_json(method, content_type)
                return self._report(self._jump(_read(Jump, body)))
            case name:
                return self._report(await self._ask(name, method, query, content_type, body))

    def _jump(self, jump: Jump) -> Mapping[str, Any]:
        if (jump.advance_seconds is None) == (jump.set_seconds is None):
            raise Refusal(400, "Say either advance_seconds or set_seconds.")
        if jump.advance_seconds is not None:
            return self._handlers.advance_clock(jump.advance_seconds)
        assert jump.set_seconds is not None
        try:
            return self._handlers.set_clock(jump.set_seconds)
        except ValueError as error:
            raise Refusal(409, f"That instant has passed: {error}.") from error

    async def _ask(self, name: str, method: str, query: str, content_type: str, body: bytes) -> Mapping[str, Any]:
        """Ask what is declared under *name*."""
        route = self._handlers.route(name)
        if route is None:
            raise Refusal(404)
        if route.changes:
            _want_json(method, content_type)
            request = _read(route.request, body)
        else:
            _want_method(method, "GET")
            request = _read_query(route.request, query)
        answer = route.answer(request)
        return await answer if isawaitable(answer) else answer

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


def _read_query(shape: type[StructT], query: str) -> StructT:
    try:
        return msgspec.convert(dict(parse_qsl(query, keep_blank_values=True)), shape, strict=False)
    except (msgspec.MsgspecError, ValueError) as error:
        raise Refusal(400, f"The query does not say what this path wants: {error}") from error
