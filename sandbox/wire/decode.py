"""Bytes -> typed request. The accepting path is one typed decode; everything else is left to ``explain``.

What words a refusal is imported with the first one: a start, and a client that makes no mistakes, do without it.
"""

from collections.abc import Mapping
from functools import cache
from typing import Any, TypeVar

import msgspec

__all__ = ["decode", "decode_object", "is_json"]

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
    from sandbox.wire.explain import explain  # noqa: PLC0415 - see above

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
    from sandbox.wire.explain import read_leniently  # noqa: PLC0415 - see above

    return read_leniently(request_type, members)


def is_json(body: bytes) -> bool:
    """Tell whether *body* is a JSON text."""
    try:
        msgspec.json.decode(body)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return False
    return True
