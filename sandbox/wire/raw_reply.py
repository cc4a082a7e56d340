"""An answer that is not the JSON of a response shape."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

__all__ = ["DECLINED", "Declined", "RawReply"]


@dataclass(frozen=True, kw_only=True)
class RawReply:
    """Status, headers and body as they shall leave: the answer of Invoke is the function's own payload.

    Attributes:
        status: the HTTP status.
        headers: further headers, or other values for those every answer has (``x-amzn-RequestId``, ``Content-Type``).
        body: the bytes.
    """

    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""


@dataclass(frozen=True)
class Declined:
    """The operation leaves this request to whoever serves the rest of AWS."""


DECLINED: Final = Declined()
