"""What a mapping did and why, one value per invocation and per decision, for people and for tests."""

from dataclasses import dataclass
from typing import Final, Literal

__all__ = ["ANSWER_BYTES_MAX", "BatchTrace", "TraceKind"]

ANSWER_BYTES_MAX: Final = 2048
"""How much of a function's answer a trace keeps."""

TraceKind = Literal["invocation", "filtered", "discarded", "notice"]


@dataclass(frozen=True, kw_only=True)
class BatchTrace:
    """One thing that happened to records of a mapping.

    Attributes:
        kind: ``invocation`` (a function was asked), ``filtered`` (records matched no pattern and were skipped),
            ``discarded`` (records were given up without asking the function), ``notice`` (the mapping itself: paused,
            stream unavailable, position trimmed …).
        at_seconds: epoch seconds.
        shard_id: empty for a notice about the whole mapping.
        lane: 0 to ParallelizationFactor - 1.
        attempt: which invocation of exactly these records this was, 1 for the first; 0 when none was made.
        first_sequence_number: of the records this is about; empty when there are none.
        filtered_out: how many records matched no pattern.
        matched_patterns: pairs of filter index and number of records it let through.
        outcome: in words: ``delivered``, ``failed: ValueError: boom``, ``throttled: …``.
        decision: in words: ``advance``, ``retry in 2 s``, ``split into 50 and 50``,
            ``discard to <arn> (RetryAttemptsExhausted)``, ``held: syntax error in handler.py:3``.
        duration_ms: from handing over the event to having the reply.
        answer: the function's answer or error document, cut at ``ANSWER_BYTES_MAX``.
        iterator_age_ms: how old the last record was when the invocation ended; ``None`` without an invocation or record.
        remark: what else there is to say, such as ``chaos: delivered twice``; mostly empty.
    """

    kind: TraceKind
    mapping_uuid: str
    function_arn: str
    stream_arn: str
    at_seconds: float
    shard_id: str = ""
    lane: int = 0
    attempt: int = 0
    record_count: int = 0
    first_sequence_number: str = ""
    last_sequence_number: str = ""
    filtered_out: int = 0
    matched_patterns: tuple[tuple[int, int], ...] = ()
    outcome: str = ""
    decision: str = ""
    duration_ms: float = 0.0
    answer: str = ""
    request_id: str = ""
    iterator_age_ms: float | None = None
    remark: str = ""
