"""Provisioned throughput as it changes: pending units come into force, decreases are counted by UTC day.

Source: dynamodb-exact §19.3.
"""

from datetime import UTC, datetime

from msgspec.structs import replace

from sandbox.dynamodb.storage.table import Throughput

__all__ = ["decreases_on", "settled_throughput"]


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


def _day(now: float) -> str:
    return datetime.fromtimestamp(now, tz=UTC).strftime("%Y-%m-%d")
