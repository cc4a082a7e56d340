"""Provisioned throughput as it changes: pending units come into force, decreases are counted by UTC day.

Source: dynamodb-exact §19.3.
"""

from datetime import UTC, datetime

from msgspec.structs import replace

from sandbox.dynamodb.storage.table import TableDefinition, Throughput

__all__ = ["decreases_on", "settled_throughput", "switch_under_way"]


def decreases_on(throughput: Throughput, now: float) -> int:
    """How often the units were decreased on the UTC day of *now*."""
    return throughput.decreases_today if throughput.decreases_day == _day(now) else 0


def settled_throughput(throughput: Throughput, pending: tuple[int, int] | None, now: float) -> Throughput:
    """*throughput* with its *pending* read and write units in force."""
    if pending is None:
        return throughput
    read, write = pending
    is_decrease = read < throughput.read_capacity_units or write < throughput.write_capacity_units
    return replace(
        throughput,
        read_capacity_units=read,
        write_capacity_units=write,
        decreases_today=decreases_on(throughput, now) + is_decrease,
        decreases_day=_day(now),
    )


def switch_under_way(definition: TableDefinition) -> float | None:
    """When the switch to on-demand that has not settled yet was asked for; ``None`` where there is none."""
    since, switches = definition.on_demand_since, definition.on_demand_switches
    if definition.billing_mode != "PAY_PER_REQUEST" or not switches:
        return None
    return switches[-1] if since is None or switches[-1] > since else None


def _day(now: float) -> str:
    return datetime.fromtimestamp(now, tz=UTC).strftime("%Y-%m-%d")
