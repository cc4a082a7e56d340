from collections import deque
from dataclasses import replace

import pytest

from pollers.decide.batching import Batch, Entry
from pollers.decide.next_step import (
    RETRIES_EXHAUSTED,
    Advance,
    Discard,
    Hold,
    Retry,
    Split,
    Step,
    backoff_seconds,
    next_step,
)
from pollers.decide.outcome import Delivered, DeliveredUpTo, Held, Missing, Outcome, Rejected, Throttled
from tests.fakes.batches import batch, mapping

FAILED = Rejected(reason="boom", function_error="Unhandled")
REPORTED = Rejected(reason="no such record", function_error=None)


def step(of: Batch, outcome: Outcome, **settings: object) -> Step:
    return next_step(of, outcome, mapping(**settings), jitter=0.5)


def test_delivered_advances() -> None:
    assert step(batch(3, attempts=2), Delivered()) == Advance()


@pytest.mark.parametrize("retries", [0, 1, 3])
def test_retries_allow_one_invocation_more(retries: int) -> None:
    """Recorded: 1 retry, count 2; 3 retries, count 4."""
    current, invocations = batch(2), 0
    while True:
        invocations += 1
        decided = step(current, FAILED, MaximumRetryAttempts=retries)
        if isinstance(decided, Discard):
            break
        assert isinstance(decided, Retry)
        current = decided.batch
    assert invocations == retries + 1
    assert decided == Discard(
        batch=current, condition=RETRIES_EXHAUSTED, invoke_count=retries + 1, function_error="Unhandled"
    )


def test_without_a_limit_it_is_retried_for_ever() -> None:
    assert isinstance(step(batch(1, attempts=100_000), FAILED), Retry)


def test_a_partial_report_is_named_in_the_failure_record_as_null() -> None:
    decided = step(batch(1), REPORTED, MaximumRetryAttempts=0)
    assert isinstance(decided, Discard)
    assert decided.function_error is None


def test_progress_starts_a_new_count() -> None:
    """The recorded five deliveries with a count of 4: the remainder has its own 1 + 3 tries."""
    decided = step(batch(3, attempts=3), DeliveredUpTo(count=2), MaximumRetryAttempts=3)
    assert isinstance(decided, Retry)
    assert (len(decided.batch.entries), decided.batch.attempts) == (1, 0)


def test_a_report_of_the_first_record_is_no_progress() -> None:
    decided = step(batch(3, attempts=3), DeliveredUpTo(count=0), MaximumRetryAttempts=3)
    assert isinstance(decided, Discard)
    assert (len(decided.batch.entries), decided.invoke_count, decided.function_error) == (3, 4, None)


def test_bisecting_with_reports_splits_at_the_reported_record() -> None:
    decided = step(batch(10), DeliveredUpTo(count=4), BisectBatchOnFunctionError=True, MaximumRetryAttempts=0)
    assert isinstance(decided, Retry)
    assert len(decided.batch.entries) == 6


@pytest.mark.parametrize("outcome", [FAILED, REPORTED])
def test_a_failed_batch_is_halved_in_order(outcome: Outcome) -> None:
    """Both an exception and a report that cannot be used fail the batch outright."""
    whole = batch(5, attempts=7)
    decided = step(whole, outcome, BisectBatchOnFunctionError=True, MaximumRetryAttempts=0)
    assert isinstance(decided, Split)
    assert [len(part.entries) for part in decided.parts] == [3, 2]
    assert [entry for part in decided.parts for entry in part.entries] == whole.entries
    assert [part.attempts for part in decided.parts] == [0, 0]


def test_a_single_record_is_retried_not_split() -> None:
    assert isinstance(step(batch(1), FAILED, BisectBatchOnFunctionError=True, MaximumRetryAttempts=1), Retry)


@pytest.mark.rule("3.3 service error", "3.3 throttled")
@pytest.mark.parametrize("outcome", [Throttled(reason="busy"), Missing(function_arn="f", request_id="r")])
def test_what_kept_the_function_from_running_never_counts(outcome: Outcome) -> None:
    """C6: even with no retries and with bisect, and however often."""
    current = batch(4)
    for _ in range(50):
        decided = step(current, outcome, MaximumRetryAttempts=0, BisectBatchOnFunctionError=True)
        assert isinstance(decided, Retry)
        current = decided.batch
    assert (len(current.entries), current.attempts) == (4, 0)


def test_held_code_waits_for_other_code() -> None:
    assert step(batch(2), Held(reason="SyntaxError", location="handler.py:3"), MaximumRetryAttempts=0) == Hold()


def test_the_last_batch_of_a_window_stays_the_last_in_its_last_part() -> None:
    final = replace(batch(4), is_final=True)
    split = step(final, FAILED, BisectBatchOnFunctionError=True)
    assert isinstance(split, Split)
    assert [part.is_final for part in split.parts] == [False, True]
    rest = step(final, DeliveredUpTo(count=2))
    assert isinstance(rest, Retry)
    assert rest.batch.is_final


@pytest.mark.rule("3.3 backoff")
def test_backoff_doubles_to_a_cap() -> None:
    assert [backoff_seconds(failures, 0.5) for failures in range(1, 8)] == [1, 2, 4, 8, 12, 12, 12]
    assert backoff_seconds(10_000, 0.5) == 12


@pytest.mark.rule("3.3 backoff")
def test_backoff_makes_eight_invocations_in_a_minute() -> None:
    """Recorded on Kinesis with an age limit of 60 s and endless retries."""
    instants = [0.0]
    while instants[-1] <= 60:
        instants.append(instants[-1] + backoff_seconds(len(instants), 0.5))
    assert len(instants) - 1 == 8


def test_jitter_is_a_tenth_to_either_side() -> None:
    assert backoff_seconds(2, 0.0) == pytest.approx(1.8)
    assert backoff_seconds(2, 1.0) == pytest.approx(2.2)


@pytest.mark.parametrize("poison", range(100))
def test_a_poison_record_is_isolated_in_eight_failing_invocations(poison: int) -> None:
    """Any position in a batch of 100, no retries allowed; the other 99 are delivered, in order."""
    work, failing = deque([batch(100)]), 0
    delivered: list[Entry] = []
    bad = work[0].entries[poison]
    while work:
        current = work.popleft()
        is_bad = bad in current.entries
        failing += is_bad
        decided = step(
            current, FAILED if is_bad else Delivered(), BisectBatchOnFunctionError=True, MaximumRetryAttempts=0
        )
        match decided:
            case Split(parts=parts):
                work.extendleft(reversed(parts))
            case Discard(batch=lost):
                assert lost.entries == [bad]
            case _:
                assert decided == Advance()
                delivered += current.entries
    assert failing <= 8
    assert len(delivered) == 99
    assert delivered == sorted(delivered, key=lambda entry: entry.record.position)
