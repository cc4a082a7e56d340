"""One lane at work: gather a batch, invoke, do what was decided, again."""

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import replace
from typing import assert_never

from pollers.decide.ageing import Aged, HeldSpan, part_aged, with_span
from pollers.decide.batching import Batch, Entry
from pollers.decide.lanes import Lane
from pollers.decide.next_step import TOO_OLD, Advance, Discard, Hold, Retry, Split, Step, next_step
from pollers.decide.outcome import Delivered, DeliveredUpTo, Held, Missing, Outcome, Throttled, judge
from pollers.drive.batches import Batches
from pollers.drive.failures import send_failure
from pollers.drive.shard import ShardState
from pollers.drive.world import Waiting, first_of
from pollers.event import event_document, window_event_document
from pollers.ports import FunctionFailed, FunctionThrottled, InvocationReply, InvocationSucceeded
from pollers.trace import ANSWER_BYTES_MAX, BatchTrace
from pollers.wording import decision_words, held_words, outcome_words, seconds_words

__all__ = ["LaneRunner"]

_log = logging.getLogger(__name__)


class LaneRunner:
    """Works one lane of a shard.

    Attributes:
        records_came: set by the reader when this lane should look again.
        is_busy: an invocation or a failure record is on its way and must be seen through.
        waiting: why it stands still with records in hand, or ``None``.
        due: the instant it has set its alarm to, or ``None``.
    """

    def __init__(self, shard: ShardState, lane: Lane) -> None:
        self._shard = shard
        self._lane = lane
        self._batches = Batches(shard.mapping, lane)
        self.records_came = asyncio.Event()
        self.is_busy = False
        self.waiting: Waiting | None = None
        self.due: float | None = None

    async def run(self) -> None:
        """Work until the shard is read to its end and nothing is left, or it is to stop."""
        while not self._shard.is_stopping and await self._gather():
            await self._attempt(self._lane.work[0])

    async def _gather(self) -> bool:
        """Have a batch in ``work``; ``False`` when none will come any more."""
        lane, shard = self._lane, self._shard
        while not lane.work:
            supply = shard.supply(lane)
            due = self._batches.due_at(supply)
            now = shard.world.clock.now()
            if due is not None and due <= now:
                batch = self._batches.take(supply, now)
                if batch is not None:
                    lane.work.append(batch)
                    shard.room.set()
                    return True
                due = None
            if due is None and supply.is_ended:
                return False
            await self._await_records(due)
        return True

    async def _await_records(self, due: float | None) -> None:
        if due is None:
            self._shard.account.changed()
            await self.records_came.wait()
        else:
            self.due = due
            if self._lane.pending:
                self.waiting = Waiting(reason="gathering a batch until its window ends", until=due)
            self._shard.account.changed()
            try:
                await first_of(self.records_came.wait(), self._shard.world.clock.sleep_until(due))
            finally:
                self.due = self.waiting = None
        self.records_came.clear()

    async def _attempt(self, batch: Batch) -> None:
        shard = self._shard
        mapping = shard.mapping
        aged = part_aged(
            batch,
            age_seconds_max=mapping.record_age_seconds_max,
            now=shard.world.clock.now(),
            held=shard.held,
        )
        self.is_busy = True
        try:
            if aged is not None:
                await self._drop_aged(batch, aged)
                return
            reply, duration_ms = await self._invoke(batch)
            outcome = judge(
                reply,
                batch.entries,
                reports_failures=mapping.reports_batch_item_failures,
                carries_state=mapping.tumbling_window_seconds > 0,
            )
            step = next_step(batch, outcome, mapping, jitter=shard.world.chance.fraction())
            age_ms = self._note(batch, outcome)
            decision = await self._settle(batch, outcome, step, reply)
            trace = self._trace(batch, reply, outcome, decision, duration_ms)
            shard.account.emit(replace(trace, iterator_age_ms=age_ms))
        finally:
            self.is_busy = False
        if not shard.is_stopping:
            await self._pause(batch, outcome, step)

    async def _invoke(self, batch: Batch) -> tuple[InvocationReply, float]:
        """The reply, and how many milliseconds it took."""
        loop = asyncio.get_running_loop()
        arn = self._shard.mapping.function_arn
        began = loop.time()
        reply: InvocationReply
        try:
            reply = await self._shard.world.invoker.invoke(arn, self._event(batch))
        except Exception as error:  # noqa: BLE001 - a failing invoker is a service error, which costs no attempt
            _log.exception("invoking %s failed", arn)
            reply = FunctionThrottled(reason=f"the invocation could not be made: {error!r}")
        return reply, (loop.time() - began) * 1000

    def _event(self, batch: Batch) -> bytes:
        window = self._batches.window
        if window is None:
            return event_document(batch.entries)
        return window_event_document(
            batch.entries,
            window,
            is_final=batch.is_final,
            shard_id=self._shard.shard_id,
            stream_arn=self._shard.mapping.event_source_arn,
        )

    def _note(self, batch: Batch, outcome: Outcome) -> float | None:
        """Count the invocation; gives the age of its last record in milliseconds."""
        now = self._shard.world.clock.now()
        self._batches.previous_invocation_ended = now
        age_ms = (now - batch.entries[-1].record.created_seconds) * 1000 if batch.entries else None
        self._shard.account.note_outcome(outcome, record_count=len(batch.entries), iterator_age_ms=age_ms)
        return age_ms

    async def _settle(self, batch: Batch, outcome: Outcome, step: Step, reply: InvocationReply) -> str:
        """Change the lane's work as decided, store the checkpoint, and give the decision in words."""
        work = self._lane.work
        words = decision_words(step)
        match outcome:
            case Delivered(state=state):
                self._batches.delivered(batch, len(batch.entries), state)
            case DeliveredUpTo(count=count, state=state):
                self._batches.delivered(batch, count, state)
            case _:
                pass
        match step:
            case Advance():
                work.popleft()
            case Retry(batch=remainder):
                work[0] = remainder
            case Split(parts=parts):
                work.popleft()
                work.extendleft(reversed(parts))
            case Discard():
                words = await self._discard(step, reply)
                work.popleft()
                self._batches.given_up(batch)
            case Hold():
                pass
            case _:
                assert_never(step)
        self._shard.save()
        return words

    async def _discard(self, step: Discard, reply: InvocationReply) -> str:
        entries = step.batch.entries
        self._shard.account.metrics.dropped_event_count += len(entries)
        return await send_failure(
            self._shard,
            entries,
            condition=step.condition,
            invoke_count=step.invoke_count,
            function_error=step.function_error,
            request_id=reply.request_id,
            executed_version=getattr(reply, "executed_version", "$LATEST"),
            payload=self._event(step.batch),
        )

    async def _drop_aged(self, batch: Batch, aged: Aged) -> None:
        """Give up the records that are too old; what is younger stays the batch."""
        shard, work = self._shard, self._lane.work
        dropped: Sequence[Entry] = aged.too_old or aged.gone
        words = "drop: the stream keeps records for 24 hours only"
        if aged.too_old:
            words = await send_failure(
                shard,
                aged.too_old,
                condition=TOO_OLD,
                invoke_count=max(1, batch.attempts),
                function_error=None,
                request_id="",
                executed_version="$LATEST",
                payload=self._event(Batch(entries=aged.too_old)),
            )
        if aged.rest is None:
            work.popleft()
        else:
            work[0] = aged.rest
        shard.account.metrics.dropped_event_count += len(dropped)
        shard.account.activity += 1
        shard.save()
        trace = shard.trace("discarded", [entry.record for entry in dropped], outcome="too old", decision=words)
        shard.account.emit(replace(trace, lane=self._lane.number, attempt=batch.attempts))

    async def _pause(self, batch: Batch, outcome: Outcome, step: Step) -> None:
        """Wait as decided; a change of the function's code ends any wait, since trying again makes sense then."""
        shard = self._shard
        world, arn = shard.world, shard.mapping.function_arn
        match step:
            case Retry(delay_seconds=delay_seconds):
                words = outcome_words(outcome, len(batch.entries))
                due = world.clock.now() + delay_seconds
                self.waiting = Waiting(
                    reason=f"retrying in {seconds_words(delay_seconds)}: {words}",
                    until=due,
                    needs_change=isinstance(outcome, Missing),
                )
                until = first_of(world.clock.sleep_until(due), world.invoker.code_changed(arn))
            case Hold():
                words = held_words(outcome) if isinstance(outcome, Held) else "held"
                self.waiting = Waiting(reason=words, needs_change=True)
                until = world.invoker.code_changed(arn)
            case _:
                return
        began = world.clock.now()
        shard.account.changed()
        try:
            await until
        finally:
            self.waiting = None
            if isinstance(step, Hold):
                shard.held = with_span(shard.held, HeldSpan(began=began, ended=world.clock.now()))

    def _trace(
        self, batch: Batch, reply: InvocationReply, outcome: Outcome, decision: str, duration_ms: float
    ) -> BatchTrace:
        shard, entries = self._shard, batch.entries
        match reply:
            case InvocationSucceeded(payload=payload) | FunctionFailed(payload=payload):
                answer = payload[:ANSWER_BYTES_MAX].decode("utf-8", "replace")
            case _:
                answer = ""
        has_run = not isinstance(outcome, Throttled | Missing | Held)
        return BatchTrace(
            kind="invocation",
            mapping_uuid=shard.mapping.uuid,
            function_arn=shard.mapping.function_arn,
            stream_arn=shard.mapping.event_source_arn,
            at_seconds=shard.world.clock.now(),
            shard_id=shard.shard_id,
            lane=self._lane.number,
            attempt=batch.attempts + 1 if has_run else batch.attempts,
            record_count=len(entries),
            first_sequence_number=entries[0].record.sequence_number if entries else "",
            last_sequence_number=entries[-1].record.sequence_number if entries else "",
            matched_patterns=shard.matched_patterns(entries),
            outcome=outcome_words(outcome, len(entries)),
            decision=decision,
            duration_ms=duration_ms,
            answer=answer,
            request_id=reply.request_id,
            remark=reply.remark,
        )
