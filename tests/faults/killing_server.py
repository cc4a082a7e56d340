"""``sandbox`` itself, killed with SIGKILL when it comes by a named point: ``killing_server.py ORDER FAILURES serve …``.

The points lie at the ports of the pollers, whose real implementations are wrapped before the sandbox is composed; the
product knows nothing of it. It lives until there is a file ORDER: a JSON object of the ``point``, how many ``times`` it may
be reached, and the ``log`` into which the function writes a line when it begins. Failure records are appended to FAILURES,
since they have to survive the server. Retries wait 50 ms at most.
"""

import asyncio
import json
import os
import signal
import sys
from pathlib import Path
from typing import Any, Final

sys.path.insert(0, str(Path(__file__).parents[2]))

from pollers import ports
from sandbox import cli, compose_functions
from sandbox.adapters.destinations import ServiceDestinations
from sandbox.adapters.invoker import HostInvoker
from sandbox.adapters.mapping_host import PollingMappingHost
from sandbox.adapters.streams_api import LogStreams
from sandbox.dynamodb.storage.checkpoints import StoredCheckpoints

POINTS: Final = (
    "before the stream is described",
    "before an iterator is taken",
    "before a read",
    "after a read",
    "before an invocation",
    "while the function runs",
    "after the function is done, before its answer is looked at",
    "after an answer that fails the batch",
    "after a report of some records",
    "before a part of a split batch is invoked",
    "before a checkpoint is stored",
    "after a checkpoint is stored",
    "before the end of a shard is stored",
    "before a failure record is sent",
    "after a failure record has arrived, before that is known",
    "while a retry is waited for",
)
RETRY_SECONDS_MAX: Final = 0.05


class Fate:
    """Ends this process at the point that was ordered, the n-th time it comes by."""

    def __init__(self, order: Path, failures: Path) -> None:
        self._order = order
        self._times = dict.fromkeys(POINTS, 0)
        self.failures = failures
        self.has_failed = False

    def strike(self, point: str) -> None:
        """Come by *point*."""
        if self._order.exists():
            self._times[point] += 1
            order = json.loads(self._order.read_bytes())
            if (point, self._times[point]) == (order["point"], order["times"]):
                os.kill(os.getpid(), signal.SIGKILL)

    def log(self) -> Path | None:
        """Where the function writes down that it began; ``None`` without an order."""
        return Path(json.loads(self._order.read_bytes())["log"]) if self._order.exists() else None


def wrapped(fate: Fate) -> dict[str, type]:
    """The implementations of the ports, by the names ``sandbox.compose_functions`` has for them."""

    class Streams(LogStreams):
        async def describe_stream(self, stream_arn: str) -> ports.StreamDescription:
            fate.strike("before the stream is described")
            return await super().describe_stream(stream_arn)

        async def shard_iterator(self, stream_arn: str, shard_id: str, position: ports.Position) -> str:
            fate.strike("before an iterator is taken")
            return await super().shard_iterator(stream_arn, shard_id, position)

        async def records(self, iterator: str, limit: int) -> ports.RecordsPage:
            fate.strike("before a read")
            page = await super().records(iterator, limit)
            if page.records:
                fate.strike("after a read")
            return page

    class Invoker(HostInvoker):
        async def invoke(self, function_arn: str, payload: bytes) -> ports.InvocationReply:
            fate.strike("before an invocation")
            if fate.has_failed:
                fate.strike("before a part of a split batch is invoked")
            running = asyncio.ensure_future(super().invoke(function_arn, payload))
            log = fate.log()
            began = _lines(log)
            while log is not None and not running.done() and _lines(log) == began:  # noqa: ASYNC110 - see below
                await asyncio.sleep(0.002)  # another process: its file is all there is to look at
            fate.strike("while the function runs")
            reply = await running
            fate.strike("after the function is done, before its answer is looked at")
            fate.has_failed = isinstance(reply, ports.FunctionFailed)
            if fate.has_failed:
                fate.strike("after an answer that fails the batch")
            if isinstance(reply, ports.InvocationSucceeded) and b"itemIdentifier" in reply.payload:
                fate.strike("after a report of some records")
            return reply

    class Checkpoints(StoredCheckpoints):
        def store(self, mapping_uuid: str, shard_id: str, sequence_number: str) -> None:
            fate.strike("before a checkpoint is stored")
            if sequence_number == "SHARD_END":
                fate.strike("before the end of a shard is stored")
            super().store(mapping_uuid, shard_id, sequence_number)
            fate.strike("after a checkpoint is stored")

    class Destinations(ServiceDestinations):
        async def send(self, destination_arn: str, document: bytes, **_: object) -> None:
            assert destination_arn
            fate.strike("before a failure record is sent")
            with fate.failures.open("ab") as file:
                file.write(document + b"\n")
            fate.strike("after a failure record has arrived, before that is known")

    class Host(PollingMappingHost):
        def __init__(self, *, clock: ports.Clock, **more: Any) -> None:
            super().__init__(clock=_QuickClock(clock, fate), **more)

    return {
        "LogStreams": Streams,
        "HostInvoker": Invoker,
        "StoredCheckpoints": Checkpoints,
        "ServiceDestinations": Destinations,
        "PollingMappingHost": Host,
    }


class _QuickClock:
    """The sandbox's clock, on which nobody waits long."""

    def __init__(self, clock: ports.Clock, fate: Fate) -> None:
        self._clock = clock
        self._fate = fate

    def now(self) -> float:
        return self._clock.now()

    async def sleep_until(self, instant: float) -> None:
        if self._fate.has_failed:
            self._fate.strike("while a retry is waited for")
        await self._clock.sleep_until(min(instant, self._clock.now() + RETRY_SECONDS_MAX))


def _lines(path: Path | None) -> int:
    return path.read_bytes().count(b"\n") if path is not None else 0


def main() -> None:
    """Run the command line of the sandbox, mortal."""
    order, failures, *arguments = sys.argv[1:]
    for name, port in wrapped(Fate(Path(order), Path(failures))).items():
        setattr(compose_functions, name, port)
    sys.argv[1:] = arguments
    cli.main()


if __name__ == "__main__":
    main()
