"""What to do with a batch after its invocation: go on, try again, halve it, give it up, or hold it.

Attempts are counted as recorded: ``MaximumRetryAttempts`` N allows 1 + N invocations of the same records; whatever makes
the batch smaller (a partial report with progress, a split) starts a new count; what kept the function from running never
counts. Source: lambda-event-source-mappings §3.3 to §3.6, aws-recorded-answers §6.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final, assert_never

from pollers.decide.batching import Batch
from pollers.decide.outcome import Delivered, DeliveredUpTo, Held, Missing, Outcome, Rejected, Throttled
from pollers.mapping import EventSourceMapping

__all__ = [
    "RETRIES_EXHAUSTED",
    "TOO_OLD",
    "Advance",
    "Discard",
    "Hold",
    "Retry",
    "Split",
    "Step",
    "backoff_seconds",
    "next_step",
]

RETRIES_EXHAUSTED: Final = "RetryAttemptsExhausted"
TOO_OLD: Final = "RecordAgeExceeded"
"""Not ``MaximumRecordAgeExceeded``, whatever is written elsewhere. Source: lambda-event-source-mappings §3.8."""

BACKOFF_SECONDS_FIRST: Final = 1.0
BACKOFF_SECONDS_MAX: Final = 12.0
"""1, 2, 4, 8, 12, 12 … : eight invocations within 60 s, as recorded (lambda-event-source-mappings §3.3)."""

THROTTLE_SECONDS_FIRST: Final = 0.25
"""Want of concurrency is short. Source: assumption."""

JITTER_SHARE: Final = 0.1


@dataclass(frozen=True, kw_only=True)
class Advance:
    """All of it is finished."""


@dataclass(frozen=True, kw_only=True)
class Retry:
    """Invoke *batch* after *delay_seconds*; what the old batch held beyond it is finished."""

    batch: Batch
    delay_seconds: float


@dataclass(frozen=True, kw_only=True)
class Split:
    """Invoke these instead, one after the other, at once."""

    parts: Sequence[Batch]


@dataclass(frozen=True, kw_only=True)
class Discard:
    """Give *batch* up and tell the failure destination.

    Attributes:
        condition: ``RetryAttemptsExhausted`` or ``RecordAgeExceeded``.
        invoke_count: for ``approximateInvokeCount``.
        function_error: ``Unhandled`` after an exception, ``None`` after a partial report.
    """

    batch: Batch
    condition: str
    invoke_count: int
    function_error: str | None


@dataclass(frozen=True, kw_only=True)
class Hold:
    """Invoke the same batch again once the code has changed."""


Step = Advance | Retry | Split | Discard | Hold


def next_step(batch: Batch, outcome: Outcome, mapping: EventSourceMapping, *, jitter: float) -> Step:
    """Decide about *batch* after one more invocation of it ended in *outcome*; *jitter* lies in [0, 1)."""
    match outcome:
        case Delivered():
            return Advance()
        case DeliveredUpTo(count=count) if count:
            # The remainder is a batch of its own with all its attempts: the recorded five deliveries with a count of 4.
            remainder = Batch(entries=batch.entries[count:], is_final=batch.is_final)
            return Retry(batch=remainder, delay_seconds=backoff_seconds(1, jitter))
        case DeliveredUpTo():
            # "The batch is bisected at the returned sequence number": before the first record there is nothing to part.
            return _try_again(batch, None, mapping, jitter)
        case Rejected() if mapping.bisects_batch_on_function_error and len(batch.entries) > 1:
            return Split(parts=_halves(batch))
        case Rejected(function_error=function_error):
            return _try_again(batch, function_error, mapping, jitter)
        case Throttled() | Missing():
            refused = replace(batch, refusals=batch.refusals + 1)
            return Retry(
                batch=refused, delay_seconds=backoff_seconds(refused.refusals, jitter, first=THROTTLE_SECONDS_FIRST)
            )
        case Held():
            return Hold()
        case _:
            assert_never(outcome)


def backoff_seconds(failures: int, jitter: float, *, first: float = BACKOFF_SECONDS_FIRST) -> float:
    """How long to wait after so many failures in a row (1 for the first): doubling, capped, jittered by a tenth."""
    doubled = first * 2.0 ** min(failures - 1, 16)
    return min(doubled, BACKOFF_SECONDS_MAX) * (1 - JITTER_SHARE + 2 * JITTER_SHARE * jitter)


def _try_again(batch: Batch, function_error: str | None, mapping: EventSourceMapping, jitter: float) -> Step:
    attempts = batch.attempts + 1
    if mapping.retry_attempts_max is not None and attempts > mapping.retry_attempts_max:
        return Discard(batch=batch, condition=RETRIES_EXHAUSTED, invoke_count=attempts, function_error=function_error)
    return Retry(batch=replace(batch, attempts=attempts, refusals=0), delay_seconds=backoff_seconds(attempts, jitter))


def _halves(batch: Batch) -> tuple[Batch, Batch]:
    middle = (len(batch.entries) + 1) // 2
    # Only the last part can be the last of its window.
    return Batch(entries=batch.entries[:middle]), Batch(entries=batch.entries[middle:], is_final=batch.is_final)
