"""Every event source mapping, on whatever it reads: one ``MappingHost`` over that of streams and that of queues."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

from pollers.account import MappingMetrics
from pollers.mapping import EventSourceMapping
from sandbox.adapters.mapping_host import MappingStanding, PollingMappingHost
from sandbox.adapters.queue_mapping_host import QueueMappingHost
from sandbox.awslambda.queue_mappings import is_queue
from sandbox.drain import DrainReport, Jump

__all__ = ["MappingHosts"]


class MappingHosts:
    """Hands every call to the host whose mapping it is about; see there for what the calls do."""

    def __init__(self, streams: PollingMappingHost, queues: QueueMappingHost) -> None:
        self._streams = streams
        self._queues = queues

    def start(self, configuration: Mapping[str, Any]) -> None:
        """Begin or resume polling."""
        host = self._queues if is_queue(configuration["EventSourceArn"]) else self._streams
        host.start(configuration)

    def update(self, configuration: Mapping[str, Any]) -> None:
        """Apply new settings."""
        if is_queue(configuration["EventSourceArn"]):
            self._queues.start(configuration)
        else:
            self._streams.update(configuration)

    def stop(self, uuid: str, *, forget: bool) -> None:
        """Stop polling; with *forget* nothing is remembered."""
        self._of(uuid).stop(uuid, forget=forget)

    def pause(self, uuid: str) -> None:
        """Stop polling while the mapping stays ``Enabled`` for the API. Raises: KeyError."""
        self._of(uuid).pause(uuid)

    def resume(self, uuid: str) -> None:
        """Go on. Raises: KeyError."""
        self._of(uuid).resume(uuid)

    async def rewind(self, uuid: str, positions: Mapping[str, str]) -> None:
        """Continue a stream's mapping from other checkpoints. Raises: KeyError: no such mapping was started."""
        await self._streams.rewind(uuid, positions)

    def pause_loop(self, function_arn: str, stream_arn: str, reason: str) -> None:
        """Pause the mapping of this pair, and say why wherever it is asked for."""
        self._streams.pause_loop(function_arn, stream_arn, reason)

    def standing(self, uuid: str) -> MappingStanding | None:
        """How a mapping is doing right now; ``None`` for one that was never started."""
        return self._of(uuid).standing(uuid)

    def last_processing_result(self, uuid: str) -> str | None:
        """``OK``, ``PROBLEM: …`` or ``None`` where nothing was processed yet."""
        return self._of(uuid).last_processing_result(uuid)

    def metrics(self, uuid: str) -> MappingMetrics | None:
        """The counters of a mapping, or ``None`` for one that was never started."""
        return self._of(uuid).metrics(uuid)

    def counted(self) -> Sequence[tuple[EventSourceMapping, MappingMetrics]]:
        """The mappings on streams whose MetricsConfig asks for EventCount, with their counters."""
        return self._streams.counted()

    async def drain(self, timeout_seconds: float = 30.0, jump: Jump | None = None) -> DrainReport:
        """Return when every mapping has caught up; what one function brings another is waited for too.

        *jump* hastens mappings on streams; what comes back to a queue does so in real time.
        """
        loop = asyncio.get_running_loop()
        deadline = loop.time() + timeout_seconds
        while True:
            before = self._queues.activity
            streams = await self._streams.drain(max(0.0, deadline - loop.time()), jump)
            queues = await self._queues.drain(max(0.0, deadline - loop.time()))
            stuck = (*streams.stuck, *queues.stuck)
            if stuck or self._queues.activity == before or loop.time() >= deadline:
                return DrainReport(drained=not stuck, stuck=stuck)

    async def close(self) -> None:
        """Stop all."""
        await asyncio.gather(self._streams.close(), self._queues.close())

    def _of(self, uuid: str) -> PollingMappingHost | QueueMappingHost:
        return self._queues if uuid in self._queues else self._streams
