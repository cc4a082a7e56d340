"""``/_sandbox/mappings...``: what every mapping does, and ways to stop it, let it go on, and move it."""

from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from sandbox.adapters.batch_traces import BatchTraces
from sandbox.adapters.mapping_hosts import MappingHosts
from sandbox.adapters.rewinding import positions_of
from sandbox.awslambda.queue_mappings import is_queue
from sandbox.awslambda.store.ports import MappingStore, StoredMapping
from sandbox.streams.log import StreamLog
from sandbox.web.admin_route import AdminRequest, AdminRoute
from sandbox.web.refusal import Refusal, there_are

__all__ = ["MappingAdministration", "NoRequest", "function_name", "mapping_meant", "source_name"]


class NoRequest(AdminRequest):
    """Nothing has to be said."""


class OneMapping(AdminRequest):
    """A mapping by its UUID, the beginning of one, or the name of its function."""

    mapping: str


class ShownMapping(OneMapping):
    """How many traces to give along, the latest."""

    traces: Annotated[int, Meta(ge=0, le=1_000)] = 20


class Rewind(OneMapping):
    """Where to go on: ``oldest``, ``latest``, a sequence number, or a time (ISO 8601 or epoch seconds)."""

    to: str


class MappingAdministration:
    """Answers for the mappings of all accounts and regions.

    Args:
        mappings, mapping_host: as they are when asked, since functions begin late.
    """

    def __init__(
        self,
        *,
        mappings: Callable[[], MappingStore],
        mapping_host: Callable[[], MappingHosts],
        traces: Callable[[], BatchTraces],
        log: StreamLog,
    ) -> None:
        self._mappings = mappings
        self._mapping_host = mapping_host
        self._traces = traces
        self._log = log

    def routes(self) -> Mapping[str, AdminRoute]:
        """Everything below ``mappings``."""
        return {
            "mappings": AdminRoute(request=NoRequest, answer=self._list),
            "mappings/show": AdminRoute(request=ShownMapping, answer=self._show),
            "mappings/pause": AdminRoute(request=OneMapping, answer=self._pause, changes=True),
            "mappings/resume": AdminRoute(request=OneMapping, answer=self._resume, changes=True),
            "mappings/rewind": AdminRoute(request=Rewind, answer=self._rewind, changes=True),
        }

    def _list(self, _request: NoRequest) -> Mapping[str, Any]:
        return {"mappings": [self._about(mapping) for mapping in self._mappings().everything()]}

    def _show(self, request: ShownMapping) -> Mapping[str, Any]:
        mapping = mapping_meant(self._mappings(), request.mapping)
        traces = self._traces().of_mapping(mapping.uuid, limit=request.traces)
        return {
            **self._about(mapping),
            "configuration": mapping.configuration,
            "traces": [asdict(trace) for trace in traces],
        }

    def _pause(self, request: OneMapping) -> Mapping[str, Any]:
        mapping = self._running(request.mapping)
        self._mapping_host().pause(mapping.uuid)
        return self._about(mapping)

    def _resume(self, request: OneMapping) -> Mapping[str, Any]:
        mapping = self._running(request.mapping)
        self._mapping_host().resume(mapping.uuid)
        return self._about(mapping)

    async def _rewind(self, request: Rewind) -> Mapping[str, Any]:
        mapping = self._running(request.mapping)
        if is_queue(mapping.configuration["EventSourceArn"]):
            raise Refusal(409, "This mapping reads a queue, which has no positions: send its messages again.")
        stream = self._log.by_arn(mapping.configuration["EventSourceArn"])
        if stream is None:
            raise Refusal(409, "The stream of this mapping is gone.")
        try:
            positions = positions_of(self._log, stream, request.to)
        except ValueError as error:
            raise Refusal(400, str(error)) from error
        await self._mapping_host().rewind(mapping.uuid, positions)
        return self._about(mapping)

    def _running(self, reference: str) -> StoredMapping:
        mapping = mapping_meant(self._mappings(), reference)
        if not mapping.enabled or self._mapping_host().standing(mapping.uuid) is None:
            raise Refusal(409, f"The mapping {mapping.uuid} is {mapping.configuration['State']}; enable it first.")
        return mapping

    def _about(self, mapping: StoredMapping) -> dict[str, Any]:
        host = self._mapping_host()
        metrics, standing = host.metrics(mapping.uuid), host.standing(mapping.uuid)
        return {
            "uuid": mapping.uuid,
            "function_name": function_name(mapping),
            "function_arn": mapping.configuration["FunctionArn"],
            "stream_arn": mapping.configuration["EventSourceArn"],
            "table_name": source_name(mapping.configuration["EventSourceArn"]),
            "state": mapping.configuration["State"],
            "last_processing_result": host.last_processing_result(mapping.uuid),
            "standing": None if standing is None else asdict(standing),
            "metrics": None if metrics is None else msgspec.to_builtins(metrics),
        }


def source_name(event_source_arn: str) -> str:
    """The name of the table or queue."""
    return event_source_arn.rpartition(":")[2] if is_queue(event_source_arn) else event_source_arn.split("/")[1]


def mapping_meant(mappings: MappingStore, reference: str) -> StoredMapping:
    """The mapping of that UUID, of the only one that begins so, or of the function of that name.

    Raises:
        Refusal: 404 where there is none, 409 where there are several.
    """
    everything = mappings.everything()
    found = [mapping for mapping in everything if reference and mapping.uuid.startswith(reference)] or [
        mapping for mapping in everything if function_name(mapping) == reference
    ]
    if not found:
        known = there_are(map(function_name, everything))
        raise Refusal(404, f"There is no mapping {reference}, and no function of that name has one. {known}")
    if len(found) > 1:
        uuids = ", ".join(mapping.uuid for mapping in found)
        raise Refusal(409, f"{reference} stands for several mappings; say which: {uuids}.")
    return found[0]


def function_name(mapping: StoredMapping) -> str:
    """The name of the function that a mapping invokes."""
    return str(mapping.configuration["FunctionArn"].split(":")[6])
