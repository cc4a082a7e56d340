"""How old a record is, and which records of a batch are too old to be delivered.

Age is now minus ``ApproximateCreationDateTime``. Two limits: ``MaximumRecordAgeInSeconds`` discards with a failure record;
the stream's own 24 hours make a record simply be gone. Time during which code that could not be loaded held the shard does
not count: in development nothing is dropped because a syntax error took long to find.
Source: lambda-event-source-mappings §3.4; the held time: our own promise.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from pollers.decide.batching import Batch, Entry

__all__ = ["RETENTION_SECONDS", "Aged", "HeldSpan", "age_seconds", "part_aged", "with_span"]

RETENTION_SECONDS: Final = 24 * 60 * 60
"""How long a stream keeps a record. Source: lambda-event-source-mappings §3.4."""


@dataclass(frozen=True, kw_only=True)
class HeldSpan:
    """A time, epoch seconds, during which a shard was held."""

    began: float
    ended: float


@dataclass(frozen=True, kw_only=True)
class Aged:
    """A batch parted by age.

    Attributes:
        too_old: past ``MaximumRecordAgeInSeconds``; go to the failure destination with ``RecordAgeExceeded``.
        gone: past the stream's retention without such a limit; nothing can be sent of them.
        rest: what is still to be delivered, with its attempts; ``None`` when nothing is.
    """

    too_old: Sequence[Entry]
    gone: Sequence[Entry]
    rest: Batch | None


def with_span(held: Sequence[HeldSpan], span: HeldSpan) -> tuple[HeldSpan, ...]:
    """Add a span; lanes that were held together count once."""
    if held and span.began <= held[-1].ended:
        joined = HeldSpan(began=min(held[-1].began, span.began), ended=max(held[-1].ended, span.ended))
        return (*held[:-1], joined)
    return (*held, span)


def age_seconds(created_seconds: float, now: float, held: Sequence[HeldSpan] = ()) -> float:
    """The age of a record at *now*, without the time it was held."""
    excused = sum(max(0.0, min(span.ended, now) - max(span.began, created_seconds)) for span in held)
    return now - created_seconds - excused


def part_aged(batch: Batch, *, age_seconds_max: int | None, now: float, held: Sequence[HeldSpan] = ()) -> Aged | None:
    """Part *batch* by age, or ``None`` when no record of it is too old, which is nearly always.

    The younger records keep the batch's count of attempts: nothing of them was delivered.
    """
    limit = RETENTION_SECONDS if age_seconds_max is None else min(age_seconds_max, RETENTION_SECONDS)
    if all(now - entry.record.created_seconds <= limit for entry in batch.entries):
        return None
    old = [entry for entry in batch.entries if age_seconds(entry.record.created_seconds, now, held) > limit]
    if not old:
        return None
    rest = [entry for entry in batch.entries if age_seconds(entry.record.created_seconds, now, held) <= limit]
    is_wanted = age_seconds_max is not None
    return Aged(
        too_old=old if is_wanted else (),
        gone=() if is_wanted else old,
        rest=replace(batch, entries=rest) if rest or batch.is_final else None,
    )
