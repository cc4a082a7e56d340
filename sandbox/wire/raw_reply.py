"""An answer that is not the JSON of a response shape."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from typing import Final, Protocol

__all__ = ["DECLINED", "Declined", "Pieces", "RawReply"]


class Pieces(Protocol):
    """A body that comes bit by bit."""

    def __aiter__(self) -> AsyncIterator[bytes]:
        """The pieces, once. Raises: ConnectionError, there will never be all of it."""

    def abandon(self) -> None:
        """Nobody reads any more."""


@dataclass(frozen=True, kw_only=True)
class RawReply:
    """Status, headers and body as they shall leave: the answer of Invoke is the function's own payload.

    Attributes:
        status: the HTTP status.
        headers: further headers, or other values for those every answer has (``x-amzn-RequestId``, ``Content-Type``).
        body: the bytes.
        pieces: what comes instead of *body* once the headers have left; ``None``: *body* is all.
    """

    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    pieces: Pieces | None = None


@dataclass(frozen=True)
class Declined:
    """The operation leaves this request to whoever serves the rest of AWS."""


DECLINED: Final = Declined()
