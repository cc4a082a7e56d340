"""The ports of a poller as fakes, and a host over them: time moves only by ``advance``, functions answer by script."""

import asyncio
import heapq
import itertools
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

import msgspec

from pollers.checkpoints import MemoryCheckpoints
from pollers.ports import InvocationReply, InvocationSucceeded
from pollers.trace import BatchTrace
from sandbox.adapters.mapping_host import PollingMappingHost
from sandbox.ids import Ids
from tests.fakes.stream import STREAM_ARN, FakeStream

FUNCTION_ARN = "arn:aws:lambda:us-east-1:000000000000:function:handler"
MAPPING_UUID = "11111111-2222-4333-8444-555555555555"
OK = InvocationSucceeded(payload=b"null", request_id="request-ok")

Answer = (
    InvocationReply
    | Callable[[dict[str, Any]], InvocationReply]
    | Callable[[dict[str, Any]], Awaitable[InvocationReply]]
)


class FakeClock:
    """Stands still until ``advance``."""

    def __init__(self, now: float = 1_000_000.0) -> None:
        self._now = now
        self._order = itertools.count()
        self._sleepers: list[tuple[float, int, asyncio.Future[None]]] = []

    def now(self) -> float:
        """Epoch seconds."""
        return self._now

    async def sleep_until(self, instant: float) -> None:
        """Wait for ``advance``."""
        if instant <= self._now:
            await asyncio.sleep(0)
            return
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        heapq.heappush(self._sleepers, (instant, next(self._order), future))
        await future

    async def advance(self, seconds: float) -> None:
        """Move on, stopping at every alarm on the way, and let everything react."""
        target = self._now + seconds
        while self._sleepers and self._sleepers[0][0] <= target:
            instant, _, future = heapq.heappop(self._sleepers)
            if not future.done():
                self._now = max(self._now, instant)
                future.set_result(None)
                await settle()
        self._now = target
        await settle()

    def alarms(self) -> list[float]:
        """How long from now each sleeper sleeps."""
        return sorted(instant - self._now for instant, _, future in self._sleepers if not future.done())


class FakeInvoker:
    """Answers by script: the given answers first, then ``always``. Keeps every event.

    Attributes:
        events: the decoded events in order of their beginning.
        running_max: the most invocations that ran at once.
    """

    def __init__(self, always: Answer = OK) -> None:
        self.always = always
        self.script: list[Answer] = []
        self.events: list[dict[str, Any]] = []
        self.payloads: list[bytes] = []
        self.running = 0
        self.running_max = 0
        self._changes: list[asyncio.Future[None]] = []

    async def invoke(self, function_arn: str, payload: bytes) -> InvocationReply:
        """Answer by script."""
        assert function_arn
        event = msgspec.json.decode(payload)
        self.events.append(event)
        self.payloads.append(payload)
        answer = self.script.pop(0) if self.script else self.always
        self.running += 1
        self.running_max = max(self.running_max, self.running)
        try:
            await asyncio.sleep(0)
            if not callable(answer):
                return answer
            reply = answer(event)
            return await reply if isinstance(reply, Awaitable) else reply
        finally:
            self.running -= 1

    async def code_changed(self, function_arn: str) -> None:
        """Wait for ``change_code``."""
        assert function_arn
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._changes.append(future)
        await future

    def change_code(self) -> None:
        """Save the file."""
        changes, self._changes = self._changes, []
        for future in changes:
            if not future.done():
                future.set_result(None)

    def key_batches(self) -> list[list[str]]:
        """The partition keys of each event."""
        return [keys_of(event) for event in self.events]


class FakeDestination:
    """Keeps what it is sent."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, dict[str, Any], str]] = []
        self.refusal: Exception | None = None

    async def send(self, destination_arn: str, document: bytes, *, object_key: str) -> None:
        """Keep it, or refuse."""
        if self.refusal is not None:
            raise self.refusal
        self.sent.append((destination_arn, msgspec.json.decode(document), object_key))


class PollerWorld:
    """A host with one stream, one function and one destination."""

    def __init__(self, stream: FakeStream | None = None) -> None:
        self.stream = stream or FakeStream()
        self.clock = FakeClock()
        self.invoker = FakeInvoker()
        self.destination = FakeDestination()
        self.checkpoints = MemoryCheckpoints()
        self.traces: list[BatchTrace] = []
        self.host = self.new_host()

    def new_host(self) -> PollingMappingHost:
        """A host over the same stream and checkpoints, as after a restart."""
        self.host = PollingMappingHost(
            streams=self.stream,
            invoker=self.invoker,
            checkpoints=self.checkpoints,
            clock=self.clock,
            ids=MiddlingIds(),
            destination=self.destination,
            observe=self.traces.append,
        )
        return self.host

    async def start(self, **settings: Any) -> None:
        """Start the mapping and let it react."""
        self.host.start(configuration(**settings))
        await settle()

    def checkpoint(self) -> str | None:
        """The checkpoint of the first shard."""
        return self.checkpoints.load(MAPPING_UUID).get(self.stream.first_shard_id)

    def invocations(self) -> Sequence[BatchTrace]:
        """The traces of invocations."""
        return [trace for trace in self.traces if trace.kind == "invocation"]


class MiddlingIds(Ids):
    """Jitter that changes nothing, so that delays are round."""

    def __init__(self) -> None:
        super().__init__(seed=1)

    def fraction(self) -> float:
        """The middle."""
        return 0.5


def configuration(**settings: Any) -> Mapping[str, Any]:
    """A stored mapping; *settings* by wire name."""
    return {
        "UUID": MAPPING_UUID,
        "EventSourceArn": STREAM_ARN,
        "FunctionArn": FUNCTION_ARN,
        "StartingPosition": "TRIM_HORIZON",
        **settings,
    }


def keys_of(event: Mapping[str, Any]) -> list[str]:
    """The partition keys of an event."""
    return [record["dynamodb"]["Keys"]["pk"]["S"] for record in event["Records"]]


async def settle() -> None:
    """Let every task that can run do so; nothing here waits for real time."""
    for _ in range(60):
        await asyncio.sleep(0)


def run(story: Callable[[PollerWorld], Awaitable[None]], *, stream: Callable[[], FakeStream] = FakeStream) -> None:
    """Tell a story in a fresh world on a fresh loop, and stop everything after it."""

    async def told() -> None:
        world = PollerWorld(stream())
        try:
            async with asyncio.timeout(20):
                await story(world)
        finally:
            await world.host.close(grace_seconds=0)

    asyncio.run(told())
