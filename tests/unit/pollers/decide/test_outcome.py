from typing import Any

import msgspec
import pytest

from pollers.decide.outcome import Delivered, DeliveredUpTo, Held, Missing, Outcome, Rejected, Throttled, judge
from pollers.ports import (
    FunctionFailed,
    FunctionMissing,
    FunctionThrottled,
    FunctionUnloadable,
    InvocationReply,
    InvocationSucceeded,
)
from tests.fakes.batches import entries

BATCH = entries(3)
NUMBERS = [entry.record.sequence_number for entry in BATCH]


def judged(payload: bytes, *, reports: bool = True, state: bool = False) -> Outcome:
    return judge(InvocationSucceeded(payload=payload), BATCH, reports_failures=reports, carries_state=state)


def report(*identifiers: Any) -> bytes:
    return msgspec.json.encode({"batchItemFailures": [{"itemIdentifier": one} for one in identifiers]})


@pytest.mark.parametrize(
    "payload",
    [b"[]", b"null", b"{}", b'{"batchItemFailures": []}', b'{"batchItemFailures": null}', b'""', b"", b" \n"],
)
def test_every_recorded_form_of_success(payload: bytes) -> None:
    """C3, aws-recorded-answers §6."""
    assert judged(payload) == Delivered()


@pytest.mark.parametrize(
    "payload",
    [
        report(123),
        report(""),
        report(None),
        report("99999999"),
        b'{"batchItemFailures": [{"foo": 123}]}',
        b'{"batchItemFailures": [{"foo": null}]}',
        b'{"batchItemFailures": ["text"]}',
        b'{"batchItemFailures": "text"}',
        b'{"batchItemFailures": {}}',
        report(NUMBERS[1], "99999999"),
        b'"text"',
        b"[1]",
        b"7",
        b"not json",
    ],
)
def test_a_report_that_cannot_be_used_fails_the_whole_batch(payload: bytes) -> None:
    """C4; the first five as recorded, with ``functionError`` null in what follows from them."""
    outcome = judged(payload)
    assert isinstance(outcome, Rejected)
    assert outcome.function_error is None


def test_the_lowest_reported_number_counts() -> None:
    assert judged(report(NUMBERS[2], NUMBERS[1])) == DeliveredUpTo(count=1)
    assert judged(report(NUMBERS[2])) == DeliveredUpTo(count=2)
    assert judged(report(NUMBERS[0], NUMBERS[2])) == DeliveredUpTo(count=0)


def test_without_the_setting_the_body_is_ignored() -> None:
    assert judged(report(NUMBERS[0]), reports=False) == Delivered()
    assert judged(b"not json", reports=False) == Delivered()


def test_a_window_needs_a_state_in_the_answer() -> None:
    assert judged(b'{"state": {"n": 1}}', reports=False, state=True) == Delivered(state=b'{"n":1}')
    for payload in (b"null", b"{}", b'{"state": null}', b'{"state": 5}', b"[]"):
        assert isinstance(judged(payload, reports=False, state=True), Rejected)


def test_a_window_and_a_report_in_one_answer() -> None:
    payload = msgspec.json.encode({"state": {}, "batchItemFailures": [{"itemIdentifier": NUMBERS[1]}]})
    assert judged(payload, state=True) == DeliveredUpTo(count=1, state=b"{}")


@pytest.mark.parametrize(
    ("reply", "outcome"),
    [
        (
            FunctionFailed(error_type="ValueError", error_message="boom"),
            Rejected(reason="ValueError: boom", function_error="Unhandled"),
        ),
        (FunctionThrottled(reason="busy"), Throttled(reason="busy")),
        (FunctionMissing(function_arn="arn", request_id="r"), Missing(function_arn="arn", request_id="r")),
        (
            FunctionUnloadable(error_type="SyntaxError", error_message="bad", location="handler.py:3"),
            Held(reason="SyntaxError: bad", location="handler.py:3"),
        ),
    ],
)
def test_replies_other_than_an_answer(reply: InvocationReply, outcome: Outcome) -> None:
    assert judge(reply, BATCH, reports_failures=True, carries_state=True) == outcome
