"""What counts as success and failure of a batch of messages. Source: the table in "Handling errors for an SQS event source"."""

import pytest

from pollers.ports import FunctionFailed, FunctionMissing, FunctionThrottled, FunctionUnloadable, InvocationSucceeded
from pollers.queues.outcome import BatchEnd, judge
from pollers.queues.ports import Message

BATCH = [Message(message_id=name, receipt_handle=name, body="", md5_of_body="") for name in ("a", "b", "c")]


def ids(end: BatchEnd) -> tuple[str, str]:
    """Who was processed, and who failed."""
    return "".join(one.message_id for one in end.processed), "".join(one.message_id for one in end.failed)


@pytest.mark.parametrize(
    "answer",
    [b"", b"null", b"{}", b'{"batchItemFailures": []}', b'{"batchItemFailures": null}', b'"" '],
    ids=["nothing", "null", "empty object", "empty list", "null list", "empty text"],
)
def test_an_answer_that_names_nothing_is_a_success(answer: bytes) -> None:
    assert ids(judge(InvocationSucceeded(payload=answer), BATCH, reports_failures=True)) == ("abc", "")


@pytest.mark.parametrize(
    "answer",
    [
        b"not json",
        b'{"batchItemFailures": "a"}',
        b'{"batchItemFailures": [{"itemIdentifier": ""}]}',
        b'{"batchItemFailures": [{"itemIdentifier": null}]}',
        b'{"batchItemFailures": [{"itemIdentifer": "a"}]}',
        b'{"batchItemFailures": [{"itemIdentifier": "z"}]}',
        b'{"batchItemFailures": [{"itemIdentifier": "a"}, "b"]}',
        b'["a"]',
    ],
)
def test_an_answer_that_cannot_be_read_fails_all_of_it(answer: bytes) -> None:
    end = judge(InvocationSucceeded(payload=answer), BATCH, reports_failures=True)
    assert ids(end) == ("", "abc")
    assert end.outcome.startswith("failed: ")


def test_what_is_named_failed_and_the_rest_did_not() -> None:
    """Unlike a stream's, where everything after the first is delivered again."""
    answer = b'{"batchItemFailures": [{"itemIdentifier": "b"}, {"itemIdentifier": "b"}]}'
    end = judge(InvocationSucceeded(payload=answer), BATCH, reports_failures=True)
    assert ids(end) == ("ac", "b")
    assert end.outcome == "delivered 2 of 3"


def test_without_the_setting_an_answer_means_nothing() -> None:
    answer = InvocationSucceeded(payload=b'{"batchItemFailures": [{"itemIdentifier": "b"}]}')
    assert ids(judge(answer, BATCH, reports_failures=False)) == ("abc", "")


@pytest.mark.parametrize(
    ("reply", "outcome"),
    [
        (FunctionFailed(error_type="ValueError", error_message="no"), "failed: ValueError: no"),
        (FunctionThrottled(reason="full"), "throttled: full"),
        (FunctionMissing(function_arn="arn"), "function not found"),
    ],
)
def test_a_function_that_did_not_succeed_fails_all_of_it(
    reply: FunctionFailed | FunctionThrottled | FunctionMissing, outcome: str
) -> None:
    end = judge(reply, BATCH, reports_failures=False)
    assert (ids(end), end.outcome, end.is_held) == (("", "abc"), outcome, False)


def test_code_that_cannot_be_loaded_holds_the_batch() -> None:
    reply = FunctionUnloadable(error_type="SyntaxError", error_message="oops", location="app.py:3")
    end = judge(reply, BATCH, reports_failures=False)
    assert (end.is_held, end.outcome) == (True, "held: SyntaxError: oops in app.py:3")
