"""Bring one event source mapping to what the template declares; its position in the stream stays where it is."""

from typing import Any, Final

from sandbox.project.api import Caller
from sandbox.project.apply_function import Fill
from sandbox.project.project import EventSource

__all__ = ["apply_mapping", "remove_mapping"]

_NOT_UPDATABLE: Final = ("EventSourceArn", "StartingPosition", "StartingPositionTimestamp", "Tags")


async def apply_mapping(source: EventSource, caller: Caller, fill: Fill) -> str:
    """The mapping's UUID; one that reads the same stream for the same function is the same mapping.

    Raises:
        TemplateFault: the declaration is refused.
    """
    request = fill(dict(source.request))
    existing = await _existing(source, request, caller)
    if not existing:
        created = await caller.call("CreateEventSourceMapping", request, line=source.line, service="lambda")
        return str(created["UUID"])
    uuid = existing[0]
    settings = {member: value for member, value in request.items() if member not in _NOT_UPDATABLE}
    defaults: dict[str, Any] = {"Enabled": True, "FilterCriteria": {}, "FunctionResponseTypes": []}
    await caller.call(
        "UpdateEventSourceMapping", {**defaults, **settings, "UUID": uuid}, line=source.line, service="lambda"
    )
    return uuid


async def remove_mapping(source: EventSource, caller: Caller, fill: Fill) -> None:
    """Read that stream or queue for that function no more. Raises: TemplateFault."""
    for uuid in await _existing(source, fill(dict(source.request)), caller):
        await caller.find("DeleteEventSourceMapping", {"UUID": uuid}, line=source.line, service="lambda")


async def _existing(source: EventSource, request: dict[str, Any], caller: Caller) -> list[str]:
    which = {"FunctionName": request["FunctionName"], "EventSourceArn": request["EventSourceArn"]}
    listed = await caller.find("ListEventSourceMappings", which, line=source.line, service="lambda")
    return [str(mapping["UUID"]) for mapping in (listed or {}).get("EventSourceMappings", [])]
