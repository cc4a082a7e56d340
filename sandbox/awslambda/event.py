"""Judge the body of an Invoke: JSON of an allowed size. Source: esm §5.2, §5.3."""

import base64
import binascii
import re

import msgspec

from sandbox.awslambda.faults import InvalidRequestContentException, RequestTooLargeException

__all__ = ["read_client_context", "read_event"]

CLIENT_CONTEXT_BYTES_MAX = 3_583
_SHOWN_CHARACTERS = 500

_TOKEN = re.compile(r"[A-Za-z_$][A-Za-z0-9_$]*")


def read_event(body: bytes, *, bytes_max: int) -> bytes:
    """Give the event to hand to the function: *body*, or ``{}`` where it is empty.

    Raises:
        RequestTooLargeException: more than *bytes_max*.
        InvalidRequestContentException: not JSON.
    """
    if len(body) > bytes_max:
        raise RequestTooLargeException(
            f"Request must be smaller than {bytes_max} bytes for the InvokeFunction operation"
        )
    if not body.strip():
        return b"{}"
    try:
        body.decode()  # msgspec.Raw looks at the structure only, not into the texts
        msgspec.json.decode(body, type=msgspec.Raw)
    except (UnicodeDecodeError, msgspec.DecodeError, RecursionError) as error:
        raise InvalidRequestContentException(
            f"Could not parse request body into json: Could not parse payload into json: {_complaint(body, error)}"
        ) from error
    return body


def read_client_context(header: str | None) -> bytes | None:
    """Give the JSON that the ``X-Amz-Client-Context`` header carries in base64, ``None`` without one.

    Raises:
        InvalidRequestContentException: not base64, not a JSON object, or too long.
    """
    if header is None:
        return None
    try:
        context = base64.b64decode(header, validate=True)
        msgspec.json.decode(context, type=dict[str, msgspec.Raw])
    except (binascii.Error, ValueError, msgspec.MsgspecError, RecursionError) as error:
        raise InvalidRequestContentException("Client context must be a valid Base64-encoded JSON object.") from error
    if len(header) > CLIENT_CONTEXT_BYTES_MAX:
        raise InvalidRequestContentException(
            f"Client context must be no more than {CLIENT_CONTEXT_BYTES_MAX} bytes when Base64-encoded."
        )
    return context


def _complaint(body: bytes, error: Exception) -> str:
    """What AWS's parser says of a bare word, which is the usual mistake; of others, what ours says."""
    text = body.decode(errors="replace")
    token = _TOKEN.match(text.lstrip())
    if token is None:
        return str(error)
    before = text[: len(text) - len(text.lstrip()) + token.end()]
    line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
    return (
        f"Unrecognized token '{token[0]}': was expecting (JSON String, Number, Array, Object or token 'null', 'true' "
        f"or 'false')\n at [Source: (byte[])\"{text[:_SHOWN_CHARACTERS]}\"; line: {line}, column: {column}]"
    )
