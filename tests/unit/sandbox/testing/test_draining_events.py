"""``drain`` knows of invocations that nobody waits for."""

from typing import Any

import pytest

from sandbox.testing.embedded import EmbeddedSandbox, NotDrained


def test_events_sent_by_a_handler_have_ended_too(sandbox: EmbeddedSandbox) -> None:
    """A chain of a record, a function and an event is one piece of work to who waits for it."""
    seen: list[Any] = []
    second = sandbox.deploy(lambda event, _context: seen.append(event), sandbox.table("unused"), name="second")
    client = sandbox.client("lambda")

    def first(_event: Any, _context: Any) -> None:
        client.invoke(FunctionName=second.name, InvocationType="Event", Payload=b'{"n": 1}')

    table = sandbox.table("orders")
    sandbox.deploy(first, table, name="first")
    sandbox.call("PutItem", {"TableName": table, "Item": {"pk": {"S": "a"}}})
    sandbox.drain()
    assert seen == [{"n": 1}]


def test_an_event_that_waits_for_its_next_try_is_stuck_at_once(sandbox: EmbeddedSandbox) -> None:
    """Nobody wants to sit out AWS's minute; the clock can be advanced."""

    def fail(_event: Any, _context: Any) -> None:
        raise ValueError("boom")

    function = sandbox.deploy(fail, sandbox.table("unused"), name="broken")
    sandbox.client("lambda").invoke(FunctionName=function.name, InvocationType="Event", Payload=b"{}")
    with pytest.raises(NotDrained, match=r"broken: the event .* failed 1 times; the next try is due in 60 s"):
        sandbox.drain()
    sandbox.clock.advance(61)
    with pytest.raises(NotDrained, match="failed 2 times; the next try is due in 120 s"):
        sandbox.drain()
    sandbox.clock.advance(121)
    sandbox.drain()
