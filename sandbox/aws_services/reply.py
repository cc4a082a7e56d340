"""What a hosted service answered."""

from dataclasses import dataclass

__all__ = ["ForeignReply"]


@dataclass(frozen=True, kw_only=True)
class ForeignReply:
    """An HTTP answer to pass on as it is; a header name may come twice; a HEAD answer keeps its ``Content-Length``."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes
