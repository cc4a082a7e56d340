"""Which invocations led to a record, and the guard that stops a function from feeding itself for ever.

A write made inside an invocation carries the invocation's trace header: AWS's SDKs add it by themselves, since Lambda's
own recursion detection needs it. So each record that such a write leaves behind is noted with how often each function
had its turn on the way to it; a batch with a record that the same function led to too often is not delivered.
Source: decision 0006.
"""

from bisect import bisect_left
from collections import OrderedDict, deque
from collections.abc import Callable, Mapping
from typing import Final

import msgspec

from pollers.ports import FunctionThrottled, InvocationReply, Invoker
from sandbox.streams.log import StreamLog, sequence_from_wire

__all__ = ["HOPS_MAX", "Lineage", "LoopGuard"]

HOPS_MAX: Final = 16
"""As Lambda's recursion detection counts: about 16 turns of the same function."""
_INVOCATIONS_MAX: Final = 10_000
_WRITES_MAX: Final = 100_000

Hops = Mapping[str, int]
"""Unqualified function ARN to how often it had its turn."""


class _Change(msgspec.Struct):
    SequenceNumber: str


class _Record(msgspec.Struct):
    dynamodb: _Change | None = None
    eventSourceARN: str = ""  # noqa: N815 - as on the wire


class _Event(msgspec.Struct):
    Records: list[_Record] = []


_DECODE = msgspec.json.Decoder(_Event).decode


class Lineage:
    """How the latest records came to be; in memory, bounded, all on the event loop's thread."""

    def __init__(self, log: StreamLog) -> None:
        self._log = log
        self._invocations: OrderedDict[str, Hops] = OrderedDict()
        self._last_sequences: deque[int] = deque()
        self._writes: deque[tuple[int, Hops]] = deque()

    def invoked(self, function_arn: str, payload: bytes, trace_id: str) -> None:
        """Note that an invocation with *payload* begins under *trace_id*."""
        before, name = self.of_event(payload), _unqualified(function_arn)
        self._invocations[_root(trace_id)] = {**before, name: before.get(name, 0) + 1}
        if len(self._invocations) > _INVOCATIONS_MAX:
            self._invocations.popitem(last=False)

    def writing(self, trace_header: str) -> Callable[[], None] | None:
        """What to call when the operation that begins now has run; ``None`` where the header is no invocation's.

        An operation runs to its end without a pause, so every sequence number taken meanwhile is its own.
        """
        hops = self._invocations.get(_root(trace_header))
        if hops is None:
            return None
        before = self._log.sequence

        def written() -> None:
            if self._log.sequence > before:
                self._note(before + 1, self._log.sequence, hops)

        return written

    def of_event(self, payload: bytes) -> Hops:
        """The most turns that any function had on the way to a record of *payload*, a Lambda event of any kind."""
        if not self._writes:
            return {}
        try:
            records = _DECODE(payload).Records
        except msgspec.MsgspecError:
            return {}
        most: dict[str, int] = {}
        for record in records:
            sequence = record.dynamodb.SequenceNumber if record.dynamodb is not None else ""
            if not sequence.isdecimal() or self._log.by_arn(record.eventSourceARN) is None:
                continue  # another source's sequence numbers mean nothing here
            for function_arn, count in self._of(sequence_from_wire(sequence)).items():
                most[function_arn] = max(count, most.get(function_arn, 0))
        return most

    def forgive(self, function_arn: str) -> None:
        """Forget the turns of a function: its user has looked, and wants it to go on."""
        forgiven = _unqualified(function_arn)
        self._invocations.clear()
        self._writes = deque(
            (first, {name: count for name, count in hops.items() if name != forgiven}) for first, hops in self._writes
        )

    def _note(self, first: int, last: int, hops: Hops) -> None:
        self._writes.append((first, hops))
        self._last_sequences.append(last)
        if len(self._writes) > _WRITES_MAX:
            self._writes.popleft()
            self._last_sequences.popleft()

    def _of(self, sequence: int) -> Hops:
        place = bisect_left(self._last_sequences, sequence)
        if place == len(self._writes):
            return {}
        first, hops = self._writes[place]
        return hops if first <= sequence else {}


class LoopGuard:
    """An ``Invoker`` that hands on to another what is no loop.

    Args:
        pause: is told which function's mapping of which stream to pause, and why.
        may_loop: whether the user allows this function to feed itself.
    """

    def __init__(
        self,
        invoker: Invoker,
        lineage: Lineage,
        pause: Callable[[str, str, str], None],
        may_loop: Callable[[str], bool] = lambda _function_arn: False,
    ) -> None:
        self._invoker = invoker
        self._lineage = lineage
        self._pause = pause
        self._may_loop = may_loop

    async def invoke(self, function_arn: str, payload: bytes) -> InvocationReply:
        """Invoke; a batch that closes a loop is held instead, which uses up no attempt."""
        hops = self._lineage.of_event(payload).get(_unqualified(function_arn), 0)
        if hops < HOPS_MAX or self._may_loop(function_arn):
            return await self._invoker.invoke(function_arn, payload)
        reason = (
            f"The function feeds its own stream: a record came back to it after {HOPS_MAX} invocations that led to one "
            "another. Nothing is lost: correct the function, then resume the mapping."
        )
        self._pause(function_arn, _DECODE(payload).Records[0].eventSourceARN, reason)
        return FunctionThrottled(reason=reason)

    async def code_changed(self, function_arn: str) -> None:
        """As the other says."""
        await self._invoker.code_changed(function_arn)


def _unqualified(function_arn: str) -> str:
    return ":".join(function_arn.split(":")[:7])


def _root(trace_header: str) -> str:
    """The Root of a trace header, by which SDKs that add to it still tell the same invocation."""
    return next((part for part in trace_header.split(";") if part.startswith("Root=")), trace_header)
