"""From indexes and limits as they are asked for to their stored form."""

from sandbox.dynamodb.parameters import (
    CreateGlobalSecondaryIndexAction,
    GlobalSecondaryIndex,
    LocalSecondaryIndex,
    OnDemandThroughput,
    ProvisionedThroughput,
    WarmThroughput,
)
from sandbox.dynamodb.storage.table import IndexDefinition, Throughput

__all__ = ["new_global_index", "new_local_index", "on_demand_limits", "stored_throughput", "warm_units"]


def new_local_index(index: LocalSecondaryIndex) -> IndexDefinition:
    """A local index of a new table; its number is set by whoever counts them."""
    return IndexDefinition(
        name=index.index_name,
        number=0,
        is_global=False,
        key_schema=[(element.attribute_name, element.key_type) for element in index.key_schema],
        projection_type=index.projection.projection_type or "ALL",
        non_key_attributes=index.projection.non_key_attributes,
    )


def new_global_index(
    index: GlobalSecondaryIndex | CreateGlobalSecondaryIndexAction,
    settles_at: float,
    *,
    number: int = 0,
    backfilling: bool = False,
) -> IndexDefinition:
    """A global index, CREATING until *settles_at* (epoch seconds)."""
    return IndexDefinition(
        name=index.index_name,
        number=number,
        is_global=True,
        key_schema=[(element.attribute_name, element.key_type) for element in index.key_schema],
        projection_type=index.projection.projection_type or "ALL",
        non_key_attributes=index.projection.non_key_attributes,
        status="CREATING",
        settles_at=settles_at,
        backfilling=backfilling,
        throughput=stored_throughput(index.provisioned_throughput),
        on_demand_throughput=on_demand_limits(index.on_demand_throughput),
        warm_throughput=warm_units(index.warm_throughput),
    )


def stored_throughput(throughput: ProvisionedThroughput | None) -> Throughput:
    """Units as given; zeros on demand."""
    if throughput is None:
        return Throughput()
    return Throughput(
        read_capacity_units=throughput.read_capacity_units, write_capacity_units=throughput.write_capacity_units
    )


def on_demand_limits(limits: OnDemandThroughput | None) -> dict[str, int] | None:
    """The limits that are given, by ``read`` and ``write``; an empty object counts as none."""
    if limits is None:
        return None
    given = {"read": limits.max_read_request_units, "write": limits.max_write_request_units}
    return {name: limit for name, limit in given.items() if limit is not None} or None


def warm_units(warm: WarmThroughput | None) -> dict[str, int] | None:
    """The units that are asked for, by ``read`` and ``write``."""
    if warm is None:
        return None
    given = {"read": warm.read_units_per_second, "write": warm.write_units_per_second}
    return {name: units for name, units in given.items() if units is not None} or None
