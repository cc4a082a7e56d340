"""Outcomes and decisions in words, as traces and ``drain`` show them."""

from typing import assert_never

from pollers.decide.next_step import Advance, Discard, Hold, Retry, Split, Step
from pollers.decide.outcome import Delivered, DeliveredUpTo, Held, Missing, Outcome, Rejected, Throttled

__all__ = ["decision_words", "held_words", "outcome_words", "seconds_words"]


def outcome_words(outcome: Outcome, record_count: int) -> str:
    """What came of an invocation of *record_count* records."""
    match outcome:
        case Delivered():
            return "delivered"
        case DeliveredUpTo(count=count):
            return f"delivered {count} of {record_count}, then one was reported as failed"
        case Rejected(reason=reason):
            return f"failed: {reason}"
        case Throttled(reason=reason):
            return f"throttled: {reason}"
        case Missing(function_arn=function_arn):
            return f"function not found: {function_arn}"
        case Held():
            return held_words(outcome)
        case _:
            assert_never(outcome)


def decision_words(step: Step) -> str:
    """What is done about it; a discard is named in full where it is sent."""
    match step:
        case Advance():
            return "advance"
        case Retry(delay_seconds=delay_seconds):
            return f"retry in {seconds_words(delay_seconds)}"
        case Split(parts=parts):
            middle = parts[-1].entries[0].record.sequence_number
            sizes = " and ".join(str(len(part.entries)) for part in parts)
            return f"split at {middle} into {sizes}"
        case Discard(condition=condition):
            return f"discard ({condition})"
        case Hold():
            return "hold until the code changes"
        case _:
            assert_never(step)


def held_words(held: Held) -> str:
    """Why a batch is held."""
    return f"held: {held.reason} in {held.location}" if held.location else f"held: {held.reason}"


def seconds_words(seconds: float) -> str:
    """``0.3 s``, ``2 s``."""
    return f"{seconds:.0f} s" if seconds >= 1.95 else f"{seconds:.1f} s"
