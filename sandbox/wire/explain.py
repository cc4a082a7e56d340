"""Work out the refusal of a request the typed decoder did not accept, or read it as leniently as AWS does.

Source: dynamodb-exact §1.1 (rows 5, 8), §2, §3.
"""

from collections.abc import Mapping
from typing import Any, TypeVar

import msgspec

from sandbox.wire.faults import SerializationException
from sandbox.wire.json_types import as_read
from sandbox.wire.operation import RequestShape
from sandbox.wire.shape import shape_of
from sandbox.wire.violations import refuse_violations

__all__ = ["explain", "read_leniently"]

RequestT = TypeVar("RequestT", bound=msgspec.Struct)


def explain(request_type: type[RequestT], body: bytes) -> RequestT:
    """Give the request where AWS is more lenient than the typed decoder, else raise AWS's refusal.

    Raises:
        SerializationException: without a text where *body* is no JSON object; with one for a wrong JSON type.
        ValidationException: the declared constraints that are broken.
    """
    try:
        members = msgspec.json.decode(body)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise SerializationException from error
    if not isinstance(members, dict):
        raise SerializationException
    return read_leniently(request_type, members)


def read_leniently(request_type: type[RequestT], members: Mapping[str, Any]) -> RequestT:
    """Read decoded JSON as AWS does, or refuse it; blobs may stand as base64 text or as bytes.

    Raises:
        SerializationException: a member has the wrong JSON type.
        ValidationException: the declared constraints that are broken.
    """
    shape = shape_of(request_type)
    try:
        read = as_read(shape, dict(members))
    except RecursionError as error:
        raise SerializationException from error
    refuse_violations(shape, read, _reported_alone(request_type))
    return msgspec.convert(read, request_type)


def _reported_alone(request_type: type[msgspec.Struct]) -> tuple[str, ...]:
    if not issubclass(request_type, RequestShape):
        return ()
    wire_names = {field.name: field.encode_name for field in msgspec.structs.fields(request_type)}
    return tuple(wire_names[name] for name in request_type.reported_alone)
