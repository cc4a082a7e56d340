"""Event source mappings on queues kept polling, and their part in ``drain``."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from pollers.account import Account, MappingMetrics
from pollers.ports import Clock, Invoker
from pollers.queues.mapping import QueueMapping
from pollers.queues.poller import QueuePoller, QueueWorld
from pollers.queues.ports import QueueApi, QueueUnavailable
from pollers.trace import BatchTrace
from sandbox.adapters.mapping_host import CHANGE_GRACE_SECONDS, MappingStanding, Pauses
from sandbox.drain import DrainReport, StuckMapping

__all__ = ["QueueMappingHost"]

_COMING_BACK: Final = "visible again when the queue's visibility timeout is over"
_LOOK_SECONDS: Final = 0.1
"""How often ``drain`` looks at a queue while nothing else tells it to."""


@dataclass(kw_only=True)
class _Hosted:
    """One mapping.

    Attributes:
        poller: the last one that was begun; its settings are those of now.
        running: what runs it, after the one before it has ended; ``None`` once it was told to stop.
    """

    mapping: QueueMapping
    account: Account
    poller: QueuePoller | None = None
    running: asyncio.Task[None] | None = None
    is_paused: bool = False


class QueueMappingHost:
    """Runs every enabled mapping on a queue; all on the event loop's thread.

    Args:
        observe: receives every ``BatchTrace``; it must neither block nor raise.
        disturb: gives each mapping, by its UUID, what it invokes through.
        pauses: where pauses outlive the process; ``None`` nowhere.
    """

    def __init__(
        self,
        *,
        queues: QueueApi,
        invoker: Invoker,
        clock: Clock,
        observe: Callable[[BatchTrace], None] = lambda _trace: None,
        disturb: Callable[[str, Invoker], Invoker] = lambda _uuid, invoker: invoker,
        pauses: Pauses | None = None,
    ) -> None:
        self._queues = queues
        self._world = QueueWorld(queues=queues, invoker=invoker, clock=clock)
        self._observe = observe
        self._disturb = disturb
        self._pauses = pauses
        self._hosted: dict[str, _Hosted] = {}
        self._leaving: set[asyncio.Task[None]] = set()
        self._news = asyncio.Event()

    def __contains__(self, uuid: str) -> bool:
        return uuid in self._hosted

    def start(self, configuration: Mapping[str, Any]) -> None:
        """Begin to poll, or go on with other settings; batches in flight finish under the old ones.

        A mapping that was paused when the process before this one ended stays so.
        """
        mapping = QueueMapping.from_configuration(configuration)
        hosted = self._hosted.get(mapping.uuid)
        if hosted is None:
            hosted = self._hosted[mapping.uuid] = _Hosted(mapping=mapping, account=Account(self._observe, self._tell))
            if self._pauses is not None and self._pauses.find(mapping.uuid) is not None:
                hosted.is_paused, hosted.poller = True, self._poller(hosted)
                return
        hosted.mapping = mapping
        self._begin(hosted)

    def stop(self, uuid: str, *, forget: bool) -> None:
        """Begin no more invocations; with *forget* the counters go too. Unknown mappings are ignored."""
        hosted = self._hosted.get(uuid)
        if hosted is not None:
            self._end(hosted)
            self._forget_pause(uuid)
            if forget:
                del self._hosted[uuid]

    def pause(self, uuid: str) -> None:
        """Stop polling while the mapping stays ``Enabled`` for the API. Raises: KeyError."""
        hosted = self._hosted[uuid]
        self._end(hosted)
        hosted.is_paused = True
        if self._pauses is not None:
            self._pauses.keep(uuid, "paused", is_loop=False)

    def resume(self, uuid: str) -> None:
        """Go on. Raises: KeyError."""
        self._begin(self._hosted[uuid])

    def standing(self, uuid: str) -> MappingStanding | None:
        """How a mapping is doing right now; ``None`` for one that was never started."""
        hosted = self._hosted.get(uuid)
        if hosted is None:
            return None
        poller = hosted.poller
        in_flight = poller.in_flight if poller is not None else 0
        retries = len(poller.coming_back(asyncio.get_running_loop().time())) if poller is not None else 0
        waiting = [poller.waiting] if poller is not None and poller.waiting else []
        waiting += [f"failed messages: {retries}; {_COMING_BACK}"] if retries else []
        return MappingStanding(
            is_paused=hosted.is_paused,
            pause_reason="paused" if hosted.is_paused else None,
            is_idle=not in_flight and not retries,
            pending_records=in_flight + retries,
            waiting=tuple(waiting),
            checkpoints={},
        )

    def last_processing_result(self, uuid: str) -> str | None:
        """``OK``, ``PROBLEM: …`` or ``None`` where nothing was processed yet."""
        hosted = self._hosted.get(uuid)
        return None if hosted is None else hosted.account.last_processing_result

    def metrics(self, uuid: str) -> MappingMetrics | None:
        """The counters of a mapping since the process started, or ``None`` for one that was never started."""
        hosted = self._hosted.get(uuid)
        return None if hosted is None else hosted.account.metrics

    @property
    def activity(self) -> int:
        """Grows with every invocation: equal readings, nothing happened between."""
        return sum(hosted.account.activity for hosted in self._hosted.values())

    async def drain(self, timeout_seconds: float) -> DrainReport:
        """Return when every queue that is polled is empty and every batch has ended, or say what is stuck and why.

        A message that failed and comes back only after *timeout_seconds* (real time, as its visibility timeout is) is
        stuck at once; so is what only a change by the user can help, after a moment's grace for a file just saved.
        """
        loop = asyncio.get_running_loop()
        deadline = loop.time() + timeout_seconds
        hopeless_since: float | None = None
        while True:
            behind = [
                found for hosted in list(self._hosted.values()) if (found := await self._behind(hosted, deadline))
            ]
            now = loop.time()
            if not behind:
                return DrainReport(drained=True)
            is_hopeless = all(needs_change for _, needs_change in behind)
            hopeless_since = (now if hopeless_since is None else hopeless_since) if is_hopeless else None
            patience = deadline if hopeless_since is None else min(deadline, hopeless_since + CHANGE_GRACE_SECONDS)
            if now >= patience:
                return DrainReport(drained=False, stuck=tuple(stuck for stuck, _ in behind))
            await self._look(min(_LOOK_SECONDS, patience - now))

    async def close(self, grace_seconds: float = 2.0) -> None:
        """Stop all; what is in flight may finish within *grace_seconds*."""
        for hosted in self._hosted.values():
            self._end(hosted)
        if self._leaving:
            _, late = await asyncio.wait(self._leaving, timeout=grace_seconds)
            for task in late:
                task.cancel()
            if late:
                await asyncio.wait(late)
        self._hosted.clear()

    def _begin(self, hosted: _Hosted) -> None:
        former = hosted.running
        self._end(hosted)
        hosted.is_paused = False
        self._forget_pause(hosted.mapping.uuid)
        poller = hosted.poller = self._poller(hosted)
        hosted.running = asyncio.get_running_loop().create_task(_after(former, poller))

    def _poller(self, hosted: _Hosted) -> QueuePoller:
        mapping = hosted.mapping
        world = replace(self._world, invoker=self._disturb(mapping.uuid, self._world.invoker))
        return QueuePoller(mapping, world, hosted.account)

    def _forget_pause(self, uuid: str) -> None:
        if self._pauses is not None:
            self._pauses.forget(uuid)

    def _end(self, hosted: _Hosted) -> None:
        if hosted.poller is not None:
            hosted.poller.stop()
        if hosted.running is not None:
            self._leaving.add(hosted.running)
            hosted.running.add_done_callback(self._leaving.discard)
            hosted.running = None
        self._tell()

    async def _behind(self, hosted: _Hosted, deadline: float) -> tuple[StuckMapping, bool] | None:
        """Why a mapping has not caught up, and whether only the user can help; ``None`` where it has."""
        poller, mapping = hosted.poller, hosted.mapping
        if poller is None or (hosted.running is None and not hosted.is_paused):
            return None
        try:
            depth = await self._queues.depth(mapping.queue_arn)
        except QueueUnavailable:
            return None  # there is no queue, so nothing is left of it
        retries = poller.coming_back(asyncio.get_running_loop().time())
        waiting = depth.visible + poller.in_flight
        if not waiting and not retries:
            return None
        if hosted.is_paused:
            reason, needs_change = "paused", True
        elif poller.waiting:
            reason, needs_change = poller.waiting, True
        elif retries and not waiting:
            reason, needs_change = (
                f"failed; {_COMING_BACK}",
                min(retries) > deadline,
            )
        else:
            reason, needs_change = "still working", False
        return _stuck(mapping, reason, waiting + len(retries)), needs_change

    async def _look(self, seconds: float) -> None:
        try:
            async with asyncio.timeout(seconds):
                await self._news.wait()
        except TimeoutError:
            return

    def _tell(self) -> None:
        signal, self._news = self._news, asyncio.Event()
        signal.set()


async def _after(former: asyncio.Task[None] | None, poller: QueuePoller) -> None:
    """Poll once what ran before has ended: a FIFO queue's order must not depend on two at once."""
    if former is not None:
        await asyncio.wait([former])
    await poller.run()


def _stuck(mapping: QueueMapping, reason: str, pending_records: int) -> StuckMapping:
    return StuckMapping(
        uuid=mapping.uuid,
        function_arn=mapping.function_arn,
        stream_arn=mapping.queue_arn,
        reason=reason,
        pending_records=pending_records,
    )
