"""The embedded sandbox without pytest's fixture."""

import threading

import pytest

from sandbox.config import Settings
from sandbox.testing.embedded import EmbeddedSandbox
from sandbox.testing.loop_thread import LoopThread


def test_two_at_once_are_two_clouds() -> None:
    with EmbeddedSandbox() as first, EmbeddedSandbox() as second:
        first.table("orders")
        first.client("sqs").create_queue(QueueName="q")
        assert second.call("ListTables", {})["TableNames"] == []
        assert "QueueUrls" not in second.client("sqs").list_queues()
        assert first.endpoint_url != second.endpoint_url


def test_closing_leaves_no_thread() -> None:
    before = set(threading.enumerate())
    with EmbeddedSandbox() as sandbox:
        sandbox.deploy(lambda *_: None, sandbox.table("orders"))
        sandbox.call("PutItem", {"TableName": "orders", "Item": {"pk": {"S": "x"}}})
        sandbox.drain()
        sandbox.client("sqs").list_queues()
    left = [thread for thread in set(threading.enumerate()) - before if thread.is_alive() and not thread.daemon]
    assert left == []


def test_a_port_that_is_taken_is_an_error_and_leaves_nothing_behind() -> None:
    before = set(threading.enumerate())
    with EmbeddedSandbox() as sandbox:
        port = int(sandbox.endpoint_url.rsplit(":", 1)[1])
        during = set(threading.enumerate())
        with pytest.raises(OSError, match=str(port)):
            EmbeddedSandbox(Settings(port=port, runtime="in-process"))
        assert set(threading.enumerate()) <= during
    assert set(threading.enumerate()) <= before


def test_the_clock_moves_by_what_is_told() -> None:
    with EmbeddedSandbox() as sandbox:
        before = sandbox.clock.now()
        after = sandbox.clock.advance(3600)
        assert 3600 <= after - before < 3700
        with pytest.raises(ValueError, match="forward"):
            sandbox.clock.advance(-1)


def test_what_happens_on_the_loop_is_raised_to_the_caller() -> None:
    async def fail() -> None:
        raise LookupError("told")

    def fail_now() -> None:
        raise LookupError("told")

    loop = LoopThread("test")
    with pytest.raises(LookupError, match="told"):
        loop.run(fail())
    with pytest.raises(LookupError, match="told"):
        loop.do(fail_now)
    loop.close()
