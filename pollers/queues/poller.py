"""One mapping on a queue, from receiving to deleting."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final

from pollers.account import RESULT_FUNCTION_FAILED, RESULT_OK, Account
from pollers.decide.filtering import compile_document_filter
from pollers.ports import Clock, InvocationReply, Invoker
from pollers.queues.event import event_document, filtered_document
from pollers.queues.mapping import QueueMapping
from pollers.queues.outcome import BatchEnd, judge
from pollers.queues.ports import Message, QueueApi, QueueUnavailable
from pollers.trace import ANSWER_BYTES_MAX, BatchTrace

__all__ = ["QueuePoller", "QueueWorld"]

_RECEIVED_MAX: Final = 10
"""Source: SQS API reference, ReceiveMessage, MaxNumberOfMessages."""
_BATCH_BYTES_MAX: Final = 6 * 1024 * 1024


@dataclass(frozen=True, kw_only=True)
class QueueWorld:
    """What all pollers of queues share."""

    queues: QueueApi
    invoker: Invoker
    clock: Clock


class QueuePoller:
    """Runs until it is told to stop; what it has received by then it still delivers.

    Attributes:
        waiting: why it stands still, in words; empty while it works or has nothing to do.
        retries: when the messages that failed come back, in the event loop's time, by message id.
    """

    def __init__(self, mapping: QueueMapping, world: QueueWorld, account: Account) -> None:
        self.mapping = mapping
        self.waiting = ""
        self.retries: dict[str, float] = {}
        self._world = world
        self._account = account
        self._matches: Callable[[Mapping[str, Any]], bool] | None = compile_document_filter(mapping.filter_patterns)
        self._stopping = asyncio.Event()
        self._places = asyncio.Semaphore(mapping.concurrency_max)
        self._deliveries: dict[asyncio.Task[None], int] = {}
        self._gathered = 0
        self._holds = 0
        self._loadable = asyncio.Event()
        self._loadable.set()

    @property
    def in_flight(self) -> int:
        """How many messages were received and have not come to their end."""
        return self._gathered + sum(self._deliveries.values())

    def coming_back(self, now: float) -> list[float]:
        """When the messages that failed and are still invisible at *now* come back, all in the event loop's time."""
        return [due for due in self.retries.values() if due > now]

    def stop(self) -> None:
        """Receive nothing more."""
        self._stopping.set()
        self._loadable.set()

    async def run(self) -> None:
        """Poll until ``stop``, then finish what is in flight."""
        while not self._stopping.is_set():
            await self._places.acquire()
            batch = await self._batch()
            if not batch:
                self._places.release()
                continue
            delivery = asyncio.get_running_loop().create_task(self._deliver(batch))
            self._deliveries[delivery] = len(batch)
            self._gathered = 0
            delivery.add_done_callback(self._delivered)
        if self._deliveries:
            await asyncio.wait(self._deliveries)

    def _delivered(self, delivery: asyncio.Task[None]) -> None:
        del self._deliveries[delivery]
        self._places.release()
        self._account.changed()

    async def _batch(self) -> list[Message]:
        """Gather until the batch is full, its window is over, or nothing more may be received."""
        batch: list[Message] = []
        due: float | None = None
        while not self._stopping.is_set():
            # A message received now would be held as well, and come nearer to its dead-letter queue for nothing.
            await self._loadable.wait()
            received = await self._receive(min(_RECEIVED_MAX, self.mapping.batch_size - len(batch)))
            batch += received
            self._gathered = len(batch)
            if batch and due is None:
                due = self._world.clock.now() + self.mapping.batching_window_seconds
            is_full = len(batch) >= self.mapping.batch_size or sum(len(one.body) for one in batch) > _BATCH_BYTES_MAX
            if is_full or (due is not None and self._world.clock.now() >= due):
                return batch
            if not received:
                await self._news(due)
        return batch

    async def _receive(self, count_max: int) -> Sequence[Message]:
        """What was received and matches; what does not match is deleted, as it will not match later either."""
        try:
            received = await self._world.queues.receive(self.mapping.queue_arn, count_max)
            if not self._holds:
                self.waiting = ""
            for message in received:
                self.retries.pop(message.message_id, None)
            if self._matches is None or not received:
                return received
            matches = self._matches
            kept = [one for one in received if matches(filtered_document(self.mapping.queue_arn, one))]
            dropped = [one for one in received if one not in kept]
            if dropped:
                await self._world.queues.delete(self.mapping.queue_arn, dropped)
                self._account.metrics.filtered_out_event_count += len(dropped)
                self._tell("filtered", dropped, filtered_out=len(dropped), outcome="filtered out", decision="delete")
        except QueueUnavailable as reason:
            self.waiting = str(reason)
            return ()
        return kept

    async def _news(self, due: float | None) -> None:
        waits = [
            asyncio.ensure_future(self._world.queues.news(self.mapping.queue_arn)),
            asyncio.ensure_future(self._stopping.wait()),
            *([] if due is None else [asyncio.ensure_future(self._world.clock.sleep_until(due))]),
        ]
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for wait in waits:
                wait.cancel()

    async def _deliver(self, batch: Sequence[Message]) -> None:
        payload = event_document(self.mapping.queue_arn, batch)
        self._account.metrics.polled_event_count += len(batch)
        reply = await self._world.invoker.invoke(self.mapping.function_arn, payload)
        end = judge(reply, batch, reports_failures=self.mapping.reports_batch_item_failures)
        self._count(batch, end)
        try:
            if end.processed:
                await self._world.queues.delete(self.mapping.queue_arn, end.processed)
            decision = await self._left(end)
        except QueueUnavailable as reason:
            decision = str(reason)
        self._tell_invocation(batch, reply, end, decision)
        if end.is_held:
            await self._hold(end)

    async def _left(self, end: BatchEnd) -> str:
        """See to what was not processed; what is done about it, in words."""
        if end.is_held or not end.failed:
            return "wait for other code" if end.is_held else "delete"
        seconds = await self._world.queues.visibility_timeout_seconds(self.mapping.queue_arn)
        now = asyncio.get_running_loop().time()
        # What was due before came back, or went to the dead-letter queue.
        self.retries = {one: due for one, due in self.retries.items() if due > now}
        self.retries |= {message.message_id: now + seconds for message in end.failed}
        return f"visible again in {seconds} s"

    async def _hold(self, end: BatchEnd) -> None:
        """Wait for other code, then have the batch received again."""
        self.waiting = end.outcome.removeprefix("held: ")
        self._holds += 1
        self._loadable.clear()
        self._account.changed()
        changed = asyncio.ensure_future(self._world.invoker.code_changed(self.mapping.function_arn))
        stopped = asyncio.ensure_future(self._stopping.wait())
        try:
            await asyncio.wait([changed, stopped], return_when=asyncio.FIRST_COMPLETED)
        finally:
            changed.cancel()
            stopped.cancel()
        self._holds -= 1
        if not self._holds:
            self.waiting = ""
            self._loadable.set()
        with suppress(QueueUnavailable):  # then they come back by themselves
            await self._world.queues.release(self.mapping.queue_arn, end.failed)

    def _count(self, batch: Sequence[Message], end: BatchEnd) -> None:
        self._account.activity += 1
        self._account.metrics.invoked_event_count += len(batch)
        self._account.metrics.failed_invoke_event_count += len(end.failed)
        self._account.last_processing_result = RESULT_FUNCTION_FAILED if end.failed else RESULT_OK

    def _tell_invocation(self, batch: Sequence[Message], reply: InvocationReply, end: BatchEnd, decision: str) -> None:
        payload: bytes = getattr(reply, "payload", b"")
        self._tell(
            "invocation",
            batch,
            attempt=max(message.receive_count for message in batch),
            outcome=end.outcome,
            decision=decision,
            duration_ms=getattr(reply, "duration_ms", 0.0),
            answer=payload[:ANSWER_BYTES_MAX].decode(errors="replace"),
            request_id=reply.request_id,
            remark=reply.remark,
        )

    def _tell(self, kind: Any, messages: Sequence[Message], **members: Any) -> None:
        self._account.emit(
            BatchTrace(
                kind=kind,
                mapping_uuid=self.mapping.uuid,
                function_arn=self.mapping.function_arn,
                stream_arn=self.mapping.queue_arn,
                at_seconds=self._world.clock.now(),
                record_count=len(messages),
                **members,
            )
        )
