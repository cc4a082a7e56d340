"""Event source mappings kept polling: the Lambda API's ``MappingHost`` over the pollers, and ``drain``."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Final, Protocol

from pollers.account import Account, MappingMetrics
from pollers.discarded import DiscardedBatch
from pollers.drive.supervisor import Supervisor
from pollers.drive.tenure import Tenure
from pollers.drive.world import World
from pollers.mapping import EventSourceMapping
from pollers.ports import Checkpoints, Clock, Destination, Invoker, StreamsApi
from pollers.trace import BatchTrace
from sandbox.drain import DrainReport, Jump, StuckMapping
from sandbox.ids import Ids

__all__ = ["Disturb", "DrainReport", "MappingStanding", "Pauses", "PollingMappingHost", "StuckMapping"]

Disturb = Callable[[EventSourceMapping, World, Callable[[str, str], None]], World]
"""From a mapping, the world of all, and what tells in words what happened and what is done about it."""

CHANGE_GRACE_SECONDS: Final = 2.0
"""How long ``drain`` waits for a file just saved to be noticed before it calls a held mapping stuck."""


class Changes:
    """A count that grows, and can be waited for; nobody who waits misses a step of it."""

    def __init__(self) -> None:
        self.count = 0
        self._waiting: list[asyncio.Future[None]] = []

    def tell(self) -> None:
        """Something is different now."""
        self.count += 1
        waiting, self._waiting = self._waiting, []
        for future in waiting:
            if not future.done():
                future.set_result(None)

    async def after(self, seen: int) -> None:
        """Return once the count is beyond *seen*."""
        while self.count <= seen:
            future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            self._waiting.append(future)
            await future


@dataclass(frozen=True, kw_only=True)
class MappingStanding:
    """How a mapping is doing.

    Attributes:
        is_paused: stopped by ``pause`` or as a loop, while the API still calls it Enabled.
        pause_reason: why, ``None`` while it is not paused.
        is_idle: everything read is finished.
        pending_records: read and not finished.
        waiting: why it stands still, in words; empty while it works or is idle.
        checkpoints: per shard the last sequence number that is finished, or a mark of ``pollers.records``.
    """

    is_paused: bool
    pause_reason: str | None
    is_idle: bool
    pending_records: int
    waiting: tuple[str, ...]
    checkpoints: Mapping[str, str]


@dataclass(kw_only=True)
class _Hosted:
    mapping: EventSourceMapping
    tenure: Tenure
    is_paused: bool = False
    pause_reason: str = "paused"
    is_looping: bool = False


class Pauses(Protocol):
    """Remembers which mappings are paused."""

    def find(self, mapping_uuid: str) -> tuple[str, bool] | None:
        """Why, and whether for a loop; ``None`` where it is not paused."""

    def keep(self, mapping_uuid: str, reason: str, *, is_loop: bool) -> None:
        """Remember a pause."""

    def forget(self, mapping_uuid: str) -> None:
        """Forget it; unknown ones are ignored."""


class PollingMappingHost:
    """Runs every enabled mapping, each on its own.

    All methods are to be called on the event loop's thread.

    Args:
        ids: jitter and identifiers; a seeded one repeats a run.
        observe: receives every ``BatchTrace``; it must neither block nor raise.
        discarded: receives every batch that was given up; likewise.
        forgive: is told of a function whose mapping was paused as a loop and begins again.
        disturb: gives each mapping the world it works in.
        pauses: where pauses outlive the process; ``None`` nowhere.
    """

    def __init__(
        self,
        *,
        streams: StreamsApi,
        invoker: Invoker,
        checkpoints: Checkpoints,
        clock: Clock,
        ids: Ids,
        destination: Destination | None = None,
        observe: Callable[[BatchTrace], None] = lambda _trace: None,
        discarded: Callable[[DiscardedBatch], None] = lambda _batch: None,
        forgive: Callable[[str], None] = lambda _function_arn: None,
        disturb: Disturb = lambda _mapping, world, _tell: world,
        pauses: Pauses | None = None,
    ) -> None:
        self._world = World(
            streams=streams,
            invoker=invoker,
            checkpoints=checkpoints,
            clock=clock,
            chance=ids,
            destination=destination,
            discarded=discarded,
        )
        self._observe = observe
        self._forgive = forgive
        self._disturb = disturb
        self._pauses = pauses
        self._hosted: dict[str, _Hosted] = {}
        self._leaving: list[Tenure] = []
        self._changes = Changes()

    def start(self, configuration: Mapping[str, Any]) -> None:
        """Begin or resume polling from the mapping's checkpoint; LATEST is fixed before this returns.

        A mapping that was paused when the process before this one ended stays so.
        """
        mapping = EventSourceMapping.from_configuration(configuration)
        is_first = mapping.uuid not in self._hosted
        kept = self._pauses.find(mapping.uuid) if is_first and self._pauses is not None else None
        if kept is None:
            self._begin(mapping)
            return
        hosted = self._host(mapping)
        hosted.is_paused, (hosted.pause_reason, hosted.is_looping) = True, kept

    def update(self, configuration: Mapping[str, Any]) -> None:
        """Apply new settings at the same position; an invocation in flight finishes under the old ones."""
        self._begin(EventSourceMapping.from_configuration(configuration))

    def stop(self, uuid: str, *, forget: bool) -> None:
        """Begin no more invocations; with *forget* the checkpoint and the counters go too. Unknown mappings are ignored."""
        hosted = self._hosted.get(uuid)
        if hosted is not None:
            hosted.tenure.switch(None)
            hosted.is_paused = False
        self._forget_pause(uuid)
        if forget:
            if hosted is not None:
                hosted.tenure.account.is_forgotten = True
                self._leaving = [tenure for tenure in self._leaving if tenure.is_running]
                self._leaving.append(self._hosted.pop(uuid).tenure)
            self._world.checkpoints.forget(uuid)
        self._changes.tell()

    def pause(self, uuid: str) -> None:
        """Stop polling while the mapping stays ``Enabled`` for the API; ``drain`` names it as stuck if records wait.

        Raises:
            KeyError: no such mapping runs.
        """
        hosted = self._hosted[uuid]
        if not hosted.is_paused:
            self._pause(hosted, "paused", is_loop=False)
        self._notice(hosted.mapping, "paused", "wait for resume")

    def pause_loop(self, function_arn: str, stream_arn: str, reason: str) -> None:
        """Pause the mapping of this pair, and say why wherever it is asked for; unknown pairs are ignored."""
        for hosted in self._hosted.values():
            pair = (hosted.mapping.function_arn, hosted.mapping.event_source_arn)
            if pair == (function_arn, stream_arn) and not hosted.is_paused:
                self._pause(hosted, f"paused: {reason}", is_loop=True)
                self._notice(hosted.mapping, "paused", reason)

    def resume(self, uuid: str) -> None:
        """Go on from the checkpoint.

        Raises:
            KeyError: no such mapping was started.
        """
        hosted = self._hosted[uuid]
        self._begin(hosted.mapping)
        self._notice(hosted.mapping, "resumed", "go on from the checkpoint")

    async def rewind(self, uuid: str, positions: Mapping[str, str]) -> None:
        """Continue from other checkpoints: per shard as in ``pollers.ports.Checkpoints``; empty means the trim horizon.

        Raises:
            KeyError: no such mapping was started.
        """
        hosted = self._hosted[uuid]
        hosted.tenure.switch(None)
        await hosted.tenure.stopped()
        self._world.checkpoints.forget(uuid)
        for shard_id, position in positions.items():
            self._world.checkpoints.store(uuid, shard_id, position)
        if not hosted.is_paused:
            hosted.tenure.switch(self._supervisor(hosted))

    def standing(self, uuid: str) -> MappingStanding | None:
        """How a mapping is doing right now; ``None`` for one that was never started."""
        hosted = self._hosted.get(uuid)
        if hosted is None:
            return None
        pulse = hosted.tenure.pulse()
        return MappingStanding(
            is_paused=hosted.is_paused,
            pause_reason=hosted.pause_reason if hosted.is_paused else None,
            is_idle=pulse.is_idle,
            pending_records=pulse.pending_count,
            waiting=tuple(dict.fromkeys(one.reason for one in pulse.waiting)),
            checkpoints=self._world.checkpoints.load(uuid),
        )

    def last_processing_result(self, uuid: str) -> str | None:
        """``OK``, ``PROBLEM: …`` or ``None`` where nothing was processed yet."""
        hosted = self._hosted.get(uuid)
        if hosted is None:
            return None
        if hosted.is_looping:
            return f"PROBLEM: {hosted.pause_reason}"
        return hosted.tenure.account.last_processing_result

    def metrics(self, uuid: str) -> MappingMetrics | None:
        """The counters of a mapping since the process started, or ``None`` for one that was never started."""
        hosted = self._hosted.get(uuid)
        return None if hosted is None else hosted.tenure.account.metrics

    def counted(self) -> Sequence[tuple[EventSourceMapping, MappingMetrics]]:
        """The mappings whose MetricsConfig asks for EventCount, with their counters."""
        return [
            (hosted.mapping, hosted.tenure.account.metrics)
            for hosted in self._hosted.values()
            if hosted.mapping.counts_events
        ]

    async def drain(self, timeout_seconds: float = 30.0, jump: Jump | None = None) -> DrainReport:
        """Return when every enabled mapping has delivered or discarded everything committed so far, chains included.

        What a function writes while this waits counts too. It returns early once only a change by the user can help (code
        that cannot be loaded, a missing function, a paused mapping), after a moment's grace for a file just saved.
        *timeout_seconds* is real time, whatever the clock shows; *jump* moves the clock on where all only wait for it.
        """
        loop = asyncio.get_running_loop()
        deadline = loop.time() + timeout_seconds
        hopeless_since: float | None = None
        while True:
            seen = self._changes.count
            activity = self._activity()
            behind = await self._behind()
            now = loop.time()
            if activity != self._activity() and now < deadline:
                hopeless_since = None
                await asyncio.sleep(0)  # something happened while we asked, so the answers are old
                continue
            if not behind:
                return DrainReport(drained=True)
            is_hopeless = all(one.needs_change for one in behind)
            hopeless_since = (now if hopeless_since is None else hopeless_since) if is_hopeless else None
            patience = deadline if hopeless_since is None else min(deadline, hopeless_since + CHANGE_GRACE_SECONDS)
            if now >= patience:
                return DrainReport(drained=False, stuck=tuple(one.stuck for one in behind))
            due = _next_due(behind)
            if jump is not None and due is not None and due > self._world.clock.now():
                jump(due)
            try:
                async with asyncio.timeout_at(patience):
                    await self._changes.after(seen)
            except TimeoutError:
                continue

    async def close(self, grace_seconds: float = 2.0) -> None:
        """Stop all; what is in flight may finish within *grace_seconds*, and is delivered again at the next start if not."""
        tenures = [hosted.tenure for hosted in self._hosted.values()] + self._leaving
        for tenure in tenures:
            tenure.switch(None)
        waits = [asyncio.ensure_future(tenure.stopped()) for tenure in tenures]
        if waits:
            _, late = await asyncio.wait(waits, timeout=grace_seconds)
            if late:
                for tenure in tenures:
                    tenure.abandon()
                await asyncio.wait(late)
        self._hosted.clear()
        self._leaving.clear()

    def _host(self, mapping: EventSourceMapping) -> _Hosted:
        hosted = self._hosted.get(mapping.uuid)
        if hosted is None:
            account = Account(self._observe, self._changes.tell)
            hosted = _Hosted(mapping=mapping, tenure=Tenure(account, self._world.clock))
            self._hosted[mapping.uuid] = hosted
        return hosted

    def _pause(self, hosted: _Hosted, reason: str, *, is_loop: bool) -> None:
        hosted.is_paused, hosted.is_looping, hosted.pause_reason = True, is_loop, reason
        hosted.tenure.switch(None)
        if self._pauses is not None:
            self._pauses.keep(hosted.mapping.uuid, reason, is_loop=is_loop)

    def _forget_pause(self, uuid: str) -> None:
        if self._pauses is not None:
            self._pauses.forget(uuid)

    def _begin(self, mapping: EventSourceMapping) -> None:
        hosted = self._host(mapping)
        self._forget_pause(mapping.uuid)
        if hosted.is_looping:
            self._forgive(mapping.function_arn)
        hosted.mapping = mapping
        hosted.is_paused = hosted.is_looping = False
        hosted.pause_reason = "paused"
        supervisor = self._supervisor(hosted)
        supervisor.fix_position()
        hosted.tenure.switch(supervisor)

    def _notice(self, mapping: EventSourceMapping, outcome: str, decision: str) -> None:
        self._observe(
            BatchTrace(
                kind="notice",
                mapping_uuid=mapping.uuid,
                function_arn=mapping.function_arn,
                stream_arn=mapping.event_source_arn,
                at_seconds=self._world.clock.now(),
                outcome=outcome,
                decision=decision,
            )
        )

    def _supervisor(self, hosted: _Hosted) -> Supervisor:
        world = self._disturb(hosted.mapping, self._world, partial(self._notice, hosted.mapping))
        return Supervisor(hosted.mapping, world, hosted.tenure.account)

    def _activity(self) -> int:
        return sum(hosted.tenure.account.activity for hosted in self._hosted.values())

    async def _behind(self) -> Sequence["_Behind"]:
        """The mappings that have not caught up."""
        behind: list[_Behind] = []
        for hosted in list(self._hosted.values()):
            pulse = hosted.tenure.pulse()
            if hosted.is_paused:
                if await self._supervisor(hosted).has_backlog():
                    stuck = _stuck(hosted, hosted.pause_reason, pulse.pending_count)
                    behind.append(_Behind(stuck=stuck, needs_change=True))
            elif not pulse.is_idle:
                reason = "; ".join(dict.fromkeys(one.reason for one in pulse.waiting)) or "still working"
                needs_change = bool(pulse.waiting) and all(one.needs_change for one in pulse.waiting)
                due = min((one.until for one in pulse.waiting if one.until is not None), default=None)
                stuck = _stuck(hosted, reason, pulse.pending_count)
                behind.append(_Behind(stuck=stuck, needs_change=needs_change, due=due))
            elif await hosted.tenure.has_news():
                behind.append(_Behind(stuck=_stuck(hosted, "records are about to be read", pulse.pending_count)))
        return behind


@dataclass(frozen=True, kw_only=True)
class _Behind:
    """A mapping that has not caught up.

    Attributes:
        needs_change: only the user can help.
        due: epoch seconds at which it goes on by itself; ``None`` where it is at work, or time does not help.
    """

    stuck: StuckMapping
    needs_change: bool = False
    due: float | None = None


def _next_due(behind: Sequence[_Behind]) -> float | None:
    """When the first goes on, where all of them wait for the clock; ``None`` where one is at work."""
    dues = [one.due for one in behind if not one.needs_change]
    waiting = [due for due in dues if due is not None]
    return min(waiting, default=None) if len(waiting) == len(dues) else None


def _stuck(hosted: _Hosted, reason: str, pending_records: int) -> StuckMapping:
    return StuckMapping(
        uuid=hosted.mapping.uuid,
        function_arn=hosted.mapping.function_arn,
        stream_arn=hosted.mapping.event_source_arn,
        reason=reason,
        pending_records=pending_records,
    )
