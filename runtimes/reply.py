"""How one run of a handler ended, before it is written to the log and told to the caller."""

from dataclasses import dataclass

__all__ = [
    "RESPONSE_BYTES_MAX",
    "STREAMED_BYTES_MAX",
    "Answered",
    "Ended",
    "Failed",
    "OutOfTime",
    "Reply",
    "StartFailure",
    "TooLarge",
]

RESPONSE_BYTES_MAX = 6_291_556
"""6 MB and 100 bytes, as Lambda's own message has it."""
STREAMED_BYTES_MAX = 209_715_200
"""Of an answer that is passed on while it comes. Source: AWS Lambda developer guide, "Response streaming"."""


@dataclass(frozen=True, kw_only=True)
class Answered:
    """The handler answered; *max_memory_kb* where it told."""

    payload: bytes
    max_memory_kb: int | None = None


@dataclass(frozen=True, kw_only=True)
class Failed:
    """The handler, or loading it, failed; *payload* is its error document as it came."""

    error_type: str
    payload: bytes
    location: str = ""
    max_memory_kb: int | None = None


@dataclass(frozen=True, kw_only=True)
class TooLarge:
    """The answer was larger than Lambda takes."""


@dataclass(frozen=True, kw_only=True)
class Ended:
    """The environment is no more; *status* as in ``subprocess`` (negative: a signal).

    Attributes:
        is_out_of_memory: it was killed because it held more than its function's memory.
        taken_away: why it could not go on, with advice, where that was nothing of the handler's doing; else empty.
    """

    status: int
    is_out_of_memory: bool = False
    taken_away: str = ""


@dataclass(frozen=True, kw_only=True)
class OutOfTime:
    """The host's patience ended."""


Reply = Answered | Failed | TooLarge | Ended | OutOfTime
StartFailure = Failed | Ended | OutOfTime
