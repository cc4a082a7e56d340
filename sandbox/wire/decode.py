"""Bytes -> typed request. The accepting path is one typed decode; everything else is left to ``explain``."""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any, TypeVar

import msgspec

from sandbox.wire import violations as constraint_violations
from sandbox.wire.explain import explain, read_leniently
from sandbox.wire.json_types import as_read
from sandbox.wire.shape import BooleanShape, ListShape, NumberShape, Shape, shape_of

__all__ = ["decode", "decode_object", "from_texts", "violations"]

RequestT = TypeVar("RequestT", bound=msgspec.Struct)


@cache
def _decoder(request_type: type[msgspec.Struct]) -> msgspec.json.Decoder[Any]:
    return msgspec.json.Decoder(request_type)


def decode(request_type: type[RequestT], body: bytes) -> RequestT:
    """Read a request.

    A key that stands twice counts with its last value, as in AWS's own parser.

    Raises:
        SerializationException: *body* is no JSON object, or a member has the wrong JSON type.
        ValidationException: the declared constraints that are broken, all in one message.

    Source: dynamodb-exact §2, §3.
    """
    try:
        request: RequestT = _decoder(request_type).decode(body)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        # worked out outside of this handler, so that the refusal carries no context of ours
        pass
    else:
        return request
    return explain(request_type, body)


def decode_object(request_type: type[RequestT], members: Mapping[str, Any]) -> RequestT:
    """Read a request from members that are decoded already, blobs as base64 text or as bytes.

    Raises:
        SerializationException: a member has the wrong JSON type.
        ValidationException: the declared constraints that are broken.
    """
    try:
        return msgspec.convert(members, request_type)
    except (msgspec.MsgspecError, RecursionError):
        pass  # as above
    return read_leniently(request_type, members)


def violations(request_type: type[msgspec.Struct], members: Mapping[str, Any]) -> list[str]:
    """List the declared constraints that *members* break, as ``Value '…' at '…' failed to satisfy constraint: …``.

    Raises:
        SerializationException: a member has the wrong JSON type.
    """
    shape = shape_of(request_type)
    return list(constraint_violations.violations(shape, as_read(shape, dict(members))))


def from_texts(request_type: type[msgspec.Struct], texts: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    """Give members that came as text, from a path, a query string or a header, the JSON type their place has.

    A text that does not fit its place stays as it is, to be refused with the rest.
    """
    shapes = {member.name: member.shape for member in shape_of(request_type).members}
    return {name: _from_texts(shapes[name], found) for name, found in texts.items() if name in shapes and found}


def _from_texts(shape: Shape, texts: Sequence[str]) -> Any:
    match shape:
        case ListShape():
            return list(texts)
        case NumberShape():
            text = texts[-1].removeprefix("-")
            return int(texts[-1]) if text.isascii() and text.isdigit() else texts[-1]
        case BooleanShape():
            return {"true": True, "false": False}.get(texts[-1].lower(), texts[-1])
        case _:
            return texts[-1]
