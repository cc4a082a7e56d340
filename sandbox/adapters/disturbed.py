"""Chaos on a mapping's way: its invocations, and its reads of the stream.

Whatever is done here is said in the trace of the batch, or in a notice of its own, with the word ``chaos:``.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Final

from pollers import ports
from pollers.drive.world import World
from pollers.mapping import EventSourceMapping
from sandbox.adapters.streams_api import LogStreams
from sandbox.chaos import Chaos, Dice
from sandbox.streams.retention import Retention
from sandbox.streams.shard import sequence_from_wire

__all__ = ["FAILURE", "DisturbedInvoker", "DisturbedStreams", "Disturbing", "Tell"]

FAILURE: Final = ports.FunctionFailed(
    error_type="chaos", error_message="failed", payload=b'{"errorMessage":"failed","errorType":"chaos"}'
)

Tell = Callable[[str, str], None]
"""Gets what happened and what is done about it, in words."""


class Disturbing:
    """Gives each mapping a world in which chaos may strike; while there is none it is as the one before."""

    def __init__(self, chaos: Chaos, streams: LogStreams, retention: Retention, clock: ports.Clock) -> None:
        self._chaos = chaos
        self._clock = clock
        self._streams = streams
        self._retention = retention

    def __call__(self, mapping: EventSourceMapping, world: World, tell: Tell) -> World:
        """The world of *mapping*."""
        table_name, _, _ = mapping.event_source_arn.partition(":table/")[2].partition("/")
        return replace(
            world,
            invoker=self.invoker(mapping.uuid, world.invoker),
            streams=DisturbedStreams(
                self._streams, self._retention, self._clock, lambda: self._chaos.of_table(table_name), tell
            ),
        )

    def invoker(self, mapping_uuid: str, invoker: ports.Invoker) -> ports.Invoker:
        """What a mapping invokes through, on a stream or on a queue."""
        return DisturbedInvoker(invoker, self._clock, lambda: self._chaos.of_mapping(mapping_uuid))


class DisturbedInvoker:
    """An ``Invoker`` over another: late, instead of it, or twice."""

    def __init__(self, invoker: ports.Invoker, clock: ports.Clock, dice: Callable[[], Dice | None]) -> None:
        self._invoker = invoker
        self._clock = clock
        self._dice = dice
        self.code_changed = invoker.code_changed

    async def invoke(self, function_arn: str, payload: bytes) -> ports.InvocationReply:
        """Invoke, or what chaos has in mind."""
        dice = self._dice()
        if dice is None:
            return await self._invoker.invoke(function_arn, payload)
        remarks: list[str] = []
        if dice.strikes("delay"):
            remarks.append(f"chaos: delayed by {dice.chances.delay_seconds:g} s")
            await self._clock.sleep_until(self._clock.now() + dice.chances.delay_seconds)
        reply: ports.InvocationReply
        if dice.strikes("throttle"):
            reply = ports.FunctionThrottled(reason="chaos: throttled")
        elif dice.strikes("fail"):
            reply = FAILURE
            remarks.append("chaos: failed without running the function")
        else:
            reply = await self._invoker.invoke(function_arn, payload)
            if isinstance(reply, ports.InvocationSucceeded) and dice.strikes("twice"):
                remarks.append(f"chaos: delivered twice, before as batch {reply.request_id}")
                reply = await self._invoker.invoke(function_arn, payload)
        return replace(reply, remark="; ".join(remarks)) if remarks else reply


class DisturbedStreams:
    """The streams as one mapping reads them: late, refused, trimmed under its eyes.

    A page is disturbed at most once, so that what is read again comes; pages without records are left alone.
    """

    def __init__(
        self,
        streams: LogStreams,
        retention: Retention,
        clock: ports.Clock,
        dice: Callable[[], Dice | None],
        tell: Tell,
    ) -> None:
        self._streams = streams
        self._retention = retention
        self._clock = clock
        self._dice = dice
        self._tell = tell
        self._seen: dict[str, str] = {}
        self.list_streams = streams.list_streams
        self.describe_stream = streams.describe_stream
        self.shard_iterator = streams.shard_iterator
        self.latest = streams.latest
        self.wakeup = streams.wakeup

    async def records(self, iterator: str, limit: int) -> ports.RecordsPage:
        """Read a page, or what chaos has in mind.

        Raises: as ``LogStreams.records``, and:
            ExpiredIterator: it expired before its time.
            StreamUnavailable: the read is throttled.
        """
        page = await self._streams.records(iterator, limit)
        dice = self._dice()
        if dice is None or not page.records or not self._is_new(iterator, page):
            return page
        if dice.strikes("delay"):
            seconds = dice.chances.delay_seconds
            self._tell(f"chaos: the stream answers {seconds:g} s late", "wait")
            await self._clock.sleep_until(self._clock.now() + seconds)
        if dice.strikes("throttle"):
            raise ports.StreamUnavailable("chaos: throttled")
        if dice.strikes("expire"):
            self._tell("chaos: the iterator expired", "take a new one")
            raise ports.ExpiredIterator("chaos: the iterator expired")
        if dice.strikes("trim"):
            stream, shard, _ = self._streams.place(iterator)
            self._retention.drop(stream, shard, sequence_from_wire(page.records[-1].sequence_number))
            count = len(page.records)
            words = "1 record" if count == 1 else f"{count} records"
            self._tell(f"chaos: {words} left the stream before being read", "lost")
            raise ports.TrimmedData("chaos: trimmed")
        return page

    def _is_new(self, iterator: str, page: ports.RecordsPage) -> bool:
        shard, first = iterator.rpartition("/")[0], page.records[0].sequence_number
        if self._seen.get(shard) == first:
            return False
        self._seen[shard] = first
        return True
