"""What tests see of an invocation."""

from typing import Any

import pytest

from runtimes.contract import Returned
from sandbox.adapters.recorded_invocations import RecordedInvocation
from sandbox.testing.invocations import invocation_of


@pytest.mark.parametrize(
    ("payload", "result"),
    [(b'{"ok": true}', {"ok": True}), (b"", None), (b"piece by piece", "piece by piece"), (b"\xff", "\ufffd")],
)
def test_the_result_of_any_answer(payload: bytes, result: Any) -> None:
    """A handler may stream what is no JSON; looking at its invocations must not fail."""
    recorded = RecordedInvocation(
        function_arn="arn", function_name="f", request_id="r", payload=b'{"n": 1}', outcome=Returned(payload=payload)
    )
    seen = invocation_of(recorded)
    assert (seen.event, seen.result, seen.error) == ({"n": 1}, result, None)
