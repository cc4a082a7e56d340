"""NextToken: where a SELECT goes on, bound to the statement and parameters it belongs to.

Source: dynamodb-exact §17 (both refusals). The form is ours: clients must not look inside.
"""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from hashlib import blake2b

import msgspec

from sandbox.dynamodb.faults import ValidationException
from sandbox.values.attribute import AttributeValue

__all__ = ["NextTokens"]

_CHECK_BYTES = 8
_BINDING_BYTES = 16


class NextTokens:
    """The tokens of one statement with its parameters."""

    def __init__(self, statement: str, parameters: Sequence[AttributeValue]) -> None:
        self._bound_to = statement, parameters

    @property
    def _binding(self) -> bytes:
        return _digest(msgspec.json.encode(self._bound_to), _BINDING_BYTES)

    def encode(self, position: bytes) -> str:
        """The token for the rows behind *position*."""
        body = self._binding + position
        return urlsafe_b64encode(_digest(body, _CHECK_BYTES) + body).decode()

    def decode(self, token: str) -> bytes:
        """The position that a token of this statement stands for.

        Raises:
            ValidationException: it is no token, or one of another statement or of other parameters.
        """
        try:
            raw = urlsafe_b64decode(token.encode("ascii"))
        except ValueError:
            raw = b""
        check, body = raw[:_CHECK_BYTES], raw[_CHECK_BYTES:]
        if len(body) <= _BINDING_BYTES or check != _digest(body, _CHECK_BYTES):
            raise ValidationException("Invalid NextToken")
        if body[:_BINDING_BYTES] != self._binding:
            raise ValidationException("NextToken does not match request")
        return body[_BINDING_BYTES:]


def _digest(content: bytes, size: int) -> bytes:
    return blake2b(content, digest_size=size, person=b"NextToken").digest()
