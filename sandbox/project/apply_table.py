"""Bring one table to what the template declares, without ever losing an item."""

import asyncio
from typing import Any, Final

from sandbox.project.api import Caller
from sandbox.project.project import Table

__all__ = ["apply_table", "keys_of"]

_BETWEEN_LOOKS_SECONDS: Final = 0.01


async def apply_table(table: Table, caller: Caller) -> str | None:
    """Create the table or update it; the ARN of its stream, ``None`` without one.

    Raises:
        TemplateFault: the declaration is refused.
    """
    existing = await _described(table, caller)
    if existing is None:
        # The slip that is made most, and AWS's answer speaks of a mode that the template does not name.
        advice = "" if "BillingMode" in table.request else "Add to its Properties: BillingMode: PAY_PER_REQUEST"
        await caller.call("CreateTable", table.request, line=table.line, advice=advice)
        await _settled(table, caller)
    else:
        await _settled(table, caller)
        await _update(table, existing, caller)
    await _apply_time_to_live(table, caller)
    description = await _described(table, caller) or {}
    if not description.get("StreamSpecification", {}).get("StreamEnabled"):
        return None
    stream_arn: str = description["LatestStreamArn"]
    return stream_arn


async def _described(table: Table, caller: Caller) -> dict[str, Any] | None:
    answer = await caller.find("DescribeTable", {"TableName": table.name}, line=table.line)
    if answer is None:
        return None
    description: dict[str, Any] = answer["Table"]
    return description


async def _update(table: Table, existing: dict[str, Any], caller: Caller) -> None:
    """One UpdateTable call per kind of change, as DynamoDB wants it."""
    request = table.request
    if keys_of(request) != keys_of(existing):
        text = f"table {table.name} exists with another key and keeps it; delete it, or name the new one otherwise"
        caller.notice(table.line, text)
        return
    changes = [
        *_billing(request, existing),
        *_stream(request, existing),
        *_indexes(request, existing),
        *_vector_indexes(request, existing),
        *_protection(request, existing),
    ]
    for change in changes:
        await caller.call("UpdateTable", {"TableName": table.name, **change}, line=table.line)
        await _settled(table, caller)


async def _settled(table: Table, caller: Caller) -> None:
    """Return once the table takes another change: changes last where that is set, and a large index is filled in steps."""
    while description := await _described(table, caller):
        statuses = [description.get("TableStatus"), *_index_statuses(description)]
        if all(status in {None, "ACTIVE"} for status in statuses):
            return
        await asyncio.sleep(_BETWEEN_LOOKS_SECONDS)


def _index_statuses(description: dict[str, Any]) -> list[str | None]:
    indexes = [*description.get("GlobalSecondaryIndexes", []), *description.get("VectorIndexes", [])]
    return [index.get("IndexStatus") for index in indexes]


def _protection(request: Any, existing: dict[str, Any]) -> list[dict[str, Any]]:
    wanted = bool(request.get("DeletionProtectionEnabled", False))
    return (
        []
        if wanted == bool(existing.get("DeletionProtectionEnabled", False))
        else [{"DeletionProtectionEnabled": wanted}]
    )


def keys_of(described: Any) -> list[tuple[str, str, str | None]]:
    """The key of a CreateTable request or of a description: name, HASH or RANGE, and type, each."""
    types = {one["AttributeName"]: one["AttributeType"] for one in described.get("AttributeDefinitions", [])}
    return [
        (key["AttributeName"], key["KeyType"], types.get(key["AttributeName"]))
        for key in described.get("KeySchema", [])
    ]


def _billing(request: Any, existing: dict[str, Any]) -> list[dict[str, Any]]:
    wanted = request.get("BillingMode", "PROVISIONED")
    current = existing.get("BillingModeSummary", {}).get("BillingMode", "PROVISIONED")
    if wanted == "PAY_PER_REQUEST":
        return [] if current == wanted else [{"BillingMode": wanted}]
    throughput = request.get("ProvisionedThroughput", {})
    had = existing.get("ProvisionedThroughput", {})
    if current == wanted and all(had.get(member) == value for member, value in throughput.items()):
        return []
    return [{"BillingMode": wanted, "ProvisionedThroughput": throughput}]


def _stream(request: Any, existing: dict[str, Any]) -> list[dict[str, Any]]:
    """A view type cannot be changed: the old stream is closed and a new one opened."""
    wanted = request.get("StreamSpecification")
    current = existing.get("StreamSpecification")
    current = current if current and current.get("StreamEnabled") else None
    if (wanted or {}).get("StreamViewType") == (current or {}).get("StreamViewType"):
        return []
    closing = [{"StreamSpecification": {"StreamEnabled": False}}] if current else []
    opening = [{"StreamSpecification": wanted}] if wanted else []
    return closing + opening


def _indexes(request: Any, existing: dict[str, Any]) -> list[dict[str, Any]]:
    """Deletions first, so that an index with a changed key can take its old name again."""
    wanted = {index["IndexName"]: index for index in request.get("GlobalSecondaryIndexes", [])}
    current = {index["IndexName"]: index for index in existing.get("GlobalSecondaryIndexes", [])}
    changed = {
        name
        for name in wanted.keys() & current.keys()
        if wanted[name]["KeySchema"] != current[name]["KeySchema"]
        or wanted[name]["Projection"].get("ProjectionType", "ALL")
        != current[name]["Projection"].get("ProjectionType", "ALL")
    }
    removed = [name for name in current if name not in wanted or name in changed]
    added = [index for name, index in wanted.items() if name not in current or name in changed]
    definitions = request.get("AttributeDefinitions", [])
    return [
        *({"GlobalSecondaryIndexUpdates": [{"Delete": {"IndexName": name}}]} for name in removed),
        *({"AttributeDefinitions": definitions, "GlobalSecondaryIndexUpdates": [{"Create": index}]} for index in added),
    ]


def _vector_indexes(request: Any, existing: dict[str, Any]) -> list[dict[str, Any]]:
    """As ``_indexes``; nothing of a vector index can be changed but by making it anew."""
    wanted = {index["IndexName"]: index for index in request.get("VectorIndexes", [])}
    current = {index["IndexName"]: index for index in existing.get("VectorIndexes", [])}
    changed = {
        name for name in wanted.keys() & current.keys() if _vector_form(wanted[name]) != _vector_form(current[name])
    }
    removed = [name for name in current if name not in wanted or name in changed]
    added = [index for name, index in wanted.items() if name not in current or name in changed]
    definitions = request.get("AttributeDefinitions", [])
    return [
        *({"VectorIndexUpdates": [{"Delete": {"IndexName": name}}]} for name in removed),
        *({"AttributeDefinitions": definitions, "VectorIndexUpdates": [{"Create": index}]} for index in added),
    ]


def _vector_form(index: dict[str, Any]) -> tuple[Any, ...]:
    """What makes a vector index of a request or a description the one it is."""
    projection = index["Projection"]
    members = ("VectorAttribute", "Dimensions", "DistanceFunction", "SearchSchema")
    projected = (projection.get("ProjectionType"), sorted(projection.get("NonKeyAttributes", [])))
    return (*(index.get(member) for member in members), projected)


async def _apply_time_to_live(table: Table, caller: Caller) -> None:
    answer = await caller.find("DescribeTimeToLive", {"TableName": table.name}, line=table.line) or {}
    current = answer.get("TimeToLiveDescription", {})
    enabled = current.get("TimeToLiveStatus") in {"ENABLED", "ENABLING"}
    wanted = table.time_to_live
    if wanted is None or not wanted.get("Enabled"):
        if not enabled:
            return
        specification = {"AttributeName": current["AttributeName"], "Enabled": False}
    elif enabled and current.get("AttributeName") == wanted.get("AttributeName"):
        return
    else:
        specification = {"AttributeName": wanted.get("AttributeName"), "Enabled": True}
        if enabled:
            disable = {"AttributeName": current["AttributeName"], "Enabled": False}
            await caller.call(
                "UpdateTimeToLive", {"TableName": table.name, "TimeToLiveSpecification": disable}, line=table.line
            )
            await _without_time_to_live(table, caller)
    await caller.call(
        "UpdateTimeToLive", {"TableName": table.name, "TimeToLiveSpecification": specification}, line=table.line
    )


async def _without_time_to_live(table: Table, caller: Caller) -> None:
    while answer := await caller.find("DescribeTimeToLive", {"TableName": table.name}, line=table.line):
        if answer["TimeToLiveDescription"]["TimeToLiveStatus"] == "DISABLED":
            return
        await asyncio.sleep(_BETWEEN_LOOKS_SECONDS)
