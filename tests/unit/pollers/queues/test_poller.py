"""The poller of a queue against a queue in memory: what needs a moment that cannot be brought about from outside."""

import asyncio
import itertools
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field

import pytest

from pollers.account import Account
from pollers.ports import FunctionFailed, FunctionUnloadable, InvocationReply, InvocationSucceeded
from pollers.queues.mapping import QueueMapping
from pollers.queues.poller import QueuePoller, QueueWorld
from pollers.queues.ports import Message, QueueDepth, QueueUnavailable
from pollers.trace import BatchTrace
from sandbox.clock import Clock

QUEUE = "arn:aws:sqs:us-east-1:000000000000:orders"


@dataclass
class _Queue:
    """A queue whose received messages stay invisible until they are released."""

    visible: list[str] = field(default_factory=list)
    invisible: list[str] = field(default_factory=list)
    is_there: bool = True
    changed: asyncio.Event = field(default_factory=asyncio.Event)
    _handles: "itertools.count[int]" = field(default_factory=itertools.count)

    def send(self, *bodies: str) -> None:
        self.visible += bodies
        self.changed.set()

    async def receive(self, queue_arn: str, count_max: int) -> Sequence[Message]:
        assert queue_arn == QUEUE
        self.changed.clear()
        if not self.is_there:
            raise QueueUnavailable("no queue")
        taken, self.visible = self.visible[:count_max], self.visible[count_max:]
        self.invisible += taken
        return [
            Message(message_id=body, receipt_handle=str(next(self._handles)), body=body, md5_of_body="")
            for body in taken
        ]

    async def delete(self, _queue_arn: str, messages: Sequence[Message]) -> None:
        for message in messages:
            self.invisible.remove(message.body)

    async def release(self, _queue_arn: str, messages: Sequence[Message]) -> None:
        await self.delete(_queue_arn, messages)
        self.send(*(message.body for message in messages))

    async def depth(self, _queue_arn: str) -> QueueDepth:
        return QueueDepth(visible=len(self.visible), not_visible=len(self.invisible))

    async def visibility_timeout_seconds(self, _queue_arn: str) -> int:
        return 30

    async def news(self, _queue_arn: str) -> None:
        await self.changed.wait()


@dataclass
class _Function:
    """Answers with *replies*, the last of them again and again; ``change`` is a save."""

    replies: list[InvocationReply]
    payloads: list[bytes] = field(default_factory=list)
    invoked: asyncio.Event = field(default_factory=asyncio.Event)
    change: asyncio.Event = field(default_factory=asyncio.Event)

    async def invoke(self, _function_arn: str, payload: bytes) -> InvocationReply:
        self.payloads.append(payload)
        self.invoked.set()
        return self.replies.pop(0) if len(self.replies) > 1 else self.replies[0]

    async def code_changed(self, _function_arn: str) -> None:
        await self.change.wait()


@dataclass
class _Bench:
    queue: _Queue
    function: _Function
    poller: QueuePoller
    traces: list[BatchTrace]

    async def until(self, holds: Callable[[], bool]) -> None:
        """Let everybody else have turns until it holds."""
        while not holds():  # noqa: ASYNC110 - what it asks about has no event; every turn is one of the loop's
            await asyncio.sleep(0)


Play = Callable[..., None]


@pytest.fixture
def play() -> Play:
    """Play a scenario with a poller that runs."""

    def now(scenario: Callable[[_Bench], Awaitable[None]], *replies: InvocationReply, batch_size: int = 10) -> None:
        async def run() -> None:
            queue, function = _Queue(), _Function(replies=list(replies))
            traces: list[BatchTrace] = []
            poller = QueuePoller(
                QueueMapping(uuid="u", queue_arn=QUEUE, function_arn="arn", batch_size=batch_size, concurrency_max=2),
                QueueWorld(queues=queue, invoker=function, clock=Clock()),
                Account(traces.append, lambda: None),
            )
            running = asyncio.create_task(poller.run())
            async with asyncio.timeout(60):
                await scenario(_Bench(queue, function, poller, traces))
                poller.stop()
                await running

        asyncio.run(run())

    return now


def test_nothing_is_received_while_the_code_cannot_be_loaded(play: Play) -> None:
    """Each receive brings a message nearer to its dead-letter queue; a typo must not push any there."""

    async def scenario(bench: _Bench) -> None:
        bench.queue.send("one")
        await bench.until(lambda: bool(bench.poller.waiting))
        bench.queue.send("two", "three")
        for _ in range(20):
            await asyncio.sleep(0)
        assert bench.queue.visible == ["two", "three"]
        assert bench.poller.waiting == "SyntaxError: oops"
        bench.function.change.set()
        await bench.until(lambda: not bench.queue.visible and not bench.queue.invisible)
        assert bench.poller.waiting == ""
        assert next(trace.outcome for trace in bench.traces) == "held: SyntaxError: oops"

    play(scenario, FunctionUnloadable(error_type="SyntaxError", error_message="oops"), InvocationSucceeded(payload=b""))


def test_a_queue_that_is_not_there_is_waited_for(play: Play) -> None:
    """A sandbox that starts again has its mappings before its queues."""

    async def scenario(bench: _Bench) -> None:
        bench.queue.is_there = False
        bench.queue.send("one")
        await bench.until(lambda: bench.poller.waiting == "no queue")
        bench.queue.is_there = True
        bench.queue.send()
        await bench.until(lambda: not bench.queue.visible and not bench.queue.invisible)
        assert bench.poller.waiting == ""

    play(scenario, InvocationSucceeded(payload=b""))


def test_what_was_received_is_delivered_before_the_end(play: Play) -> None:
    async def scenario(bench: _Bench) -> None:
        bench.queue.send(*"abcdef")
        await bench.function.invoked.wait()

    play(scenario, InvocationSucceeded(payload=b""), batch_size=2)


def test_failures_say_when_they_come_back(play: Play) -> None:
    async def scenario(bench: _Bench) -> None:
        bench.queue.send("one")
        await bench.until(lambda: bool(bench.traces))
        (trace,) = bench.traces
        assert (trace.outcome, trace.decision) == ("failed: ValueError: no", "visible again in 30 s")
        assert list(bench.poller.retries) == ["one"]
        assert bench.queue.invisible == ["one"]

    play(scenario, FunctionFailed(error_type="ValueError", error_message="no"))
