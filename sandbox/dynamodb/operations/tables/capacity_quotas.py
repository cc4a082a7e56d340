"""What may be asked for one table or index: the maximum of an account, as DescribeLimits tells it.

Source: ack-api-quirks DDB-TABLE-154, 170, 171. That a sentence about warm throughput begins as that about on-demand limits
is an assumption.
"""

from typing import Protocol

from sandbox.dynamodb.faults import LimitExceededException
from sandbox.dynamodb.limits import TABLE_CAPACITY_UNITS_MAX
from sandbox.dynamodb.parameters import OnDemandThroughput, ProvisionedThroughput, WarmThroughput

__all__ = ["CapacityRequest", "check_quotas"]


class CapacityRequest(Protocol):
    """The members by which capacity is asked for; a table and a global index have the same."""

    @property
    def provisioned_throughput(self) -> ProvisionedThroughput | None:
        """Units per second to pay for."""

    @property
    def on_demand_throughput(self) -> OnDemandThroughput | None:
        """Units per second to pay for at most."""

    @property
    def warm_throughput(self) -> WarmThroughput | None:
        """Units per second that can be taken at once."""


def check_quotas(region: str, request: CapacityRequest, index_name: str | None = None) -> None:
    """Check what is asked for a table of *region*, or for its index *index_name*.

    Raises:
        LimitExceededException: it is above the maximum.
    """
    if request.provisioned_throughput is not None:
        _check_provisioned(region, request.provisioned_throughput, index_name)
    on_demand, warm = request.on_demand_throughput, request.warm_throughput
    if on_demand is not None:
        place = "table" if index_name is None else f"index : {index_name}"
        _check_kind(
            region,
            f"OnDemandThroughput for {place}",
            ("MaxReadRequestUnits", on_demand.max_read_request_units),
            ("MaxWriteRequestUnits", on_demand.max_write_request_units),
        )
    if warm is not None:
        place = "table" if index_name is None else f"index {index_name}"
        _check_kind(
            region,
            f"WarmThroughput for {place}",
            ("ReadUnitsPerSecond", warm.read_units_per_second),
            ("WriteUnitsPerSecond", warm.write_units_per_second),
        )


def _check_provisioned(region: str, throughput: ProvisionedThroughput, index_name: str | None) -> None:
    kind, place = ("table", "") if index_name is None else ("index", f" for index {index_name}")
    for member, units in (
        ("ReadCapacityUnits", throughput.read_capacity_units),
        ("WriteCapacityUnits", throughput.write_capacity_units),
    ):
        if units > TABLE_CAPACITY_UNITS_MAX:
            raise LimitExceededException(
                f"The requested {member}{place}, {units}, is above the per {kind} maximum for the account in {region}. "
                f"Per table maximum: {TABLE_CAPACITY_UNITS_MAX}. "
                "Refer to the Amazon DynamoDB Developer Guide for current limits and how to request higher limits."
            )


def _check_kind(region: str, kind: str, reads: tuple[str, int | None], writes: tuple[str, int | None]) -> None:
    for (member, units), quota in ((reads, "TableMaxReadCapacityUnits"), (writes, "TableMaxWriteCapacityUnits")):
        if units is not None and units > TABLE_CAPACITY_UNITS_MAX:
            raise LimitExceededException(
                f"Subscriber limit exceeded: Requested {member} for {kind} exceeds {quota} of the account in region {region}"
            )
