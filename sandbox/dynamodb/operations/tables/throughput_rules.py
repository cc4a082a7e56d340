"""What throughput a table and its indexes may be given at creation: the rules that hang on the billing mode.

Source: dynamodb-exact §19.1 rows 2-4, 17, 19, 20.
"""

from sandbox.dynamodb.faults import ValidationException
from sandbox.dynamodb.limits import CAPACITY_UNITS_MAX, ON_DEMAND_READ_UNITS, ON_DEMAND_WRITE_UNITS
from sandbox.dynamodb.operations.tables.wording import invalid
from sandbox.dynamodb.parameters import OnDemandThroughput, ProvisionedThroughput, WarmThroughput

__all__ = [
    "check_index_throughput",
    "check_on_demand",
    "check_on_demand_range",
    "check_throughput",
    "check_warm",
    "first_on_demand_member",
]

_INITIAL_THROUGHPUT_PAGE = (
    "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/"
    "on-demand-capacity-mode.html#on-demand-capacity-mode-initial"
)


def check_throughput(billing_mode: str, throughput: ProvisionedThroughput | None) -> None:
    """Check a table's throughput against its billing mode.

    Raises:
        ValidationException: it is given on demand, lacks when provisioned, or is over 10^12 units.
    """
    if billing_mode == "PAY_PER_REQUEST":
        if throughput is not None:
            raise invalid(
                "Neither ReadCapacityUnits nor WriteCapacityUnits can be specified when BillingMode is PAY_PER_REQUEST"
            )
        return
    if throughput is None:
        raise invalid("ReadCapacityUnits and WriteCapacityUnits must both be specified when BillingMode is PROVISIONED")
    _check_bounds(throughput, "")


def check_index_throughput(billing_mode: str, index_name: str, throughput: ProvisionedThroughput | None) -> None:
    """Check the throughput of one index of a new table.

    The text for its absence is quoted in a public issue (awsdocs/amazon-dynamodb-developer-guide 246).

    Raises:
        ValidationException: it is given on demand, lacks when provisioned, or is over 10^12 units.
    """
    if billing_mode == "PAY_PER_REQUEST":
        if throughput is not None:
            raise invalid(
                f"ProvisionedThroughput should not be specified for index: {index_name} when BillingMode is PAY_PER_REQUEST"
            )
        return
    if throughput is None:
        raise invalid(f"ProvisionedThroughput is not specified for index: {index_name}")
    _check_bounds(throughput, f" for index {index_name}")


def _check_bounds(throughput: ProvisionedThroughput, place: str) -> None:
    for member, units in (
        ("ReadCapacityUnits", throughput.read_capacity_units),
        ("WriteCapacityUnits", throughput.write_capacity_units),
    ):
        if units > CAPACITY_UNITS_MAX:
            raise ValidationException(f"Given value {units} for {member} is out of bounds{place}")


def check_on_demand(billing_mode: str, limits: OnDemandThroughput | None, index_name: str | None = None) -> None:
    """Check the upper limits of a new table, or of one of its indexes.

    Source: dynamodb-exact §19.1 rows 19, 20; ack-api-quirks DDB-TABLE-128 for indexes.

    Raises:
        ValidationException: the table is provisioned, or a limit is below 1.
    """
    if limits is None:
        return
    member = first_on_demand_member(limits)
    if member is not None and billing_mode == "PROVISIONED":
        place = "" if index_name is None else f" for index: {index_name}"
        raise invalid(
            f"{member} for OnDemandThroughput{place} cannot be specified when table BillingMode is PROVISIONED."
        )
    check_on_demand_range(limits, removal=False, index_name=index_name)


def first_on_demand_member(limits: OnDemandThroughput) -> str | None:
    """The name of the first limit that is given, reads first; ``None`` where none is."""
    if limits.max_read_request_units is not None:
        return "MaxReadRequestUnits"
    if limits.max_write_request_units is not None:
        return "MaxWriteRequestUnits"
    return None


def check_on_demand_range(limits: OnDemandThroughput, *, removal: bool, index_name: str | None = None) -> None:
    """Check that each limit is at least 1, or -1 where *removal* of a limit makes sense.

    Raises:
        ValidationException: a limit is out of range.
    """
    place = "table" if index_name is None else f"index : {index_name}"
    for member, limit in (
        ("MaxReadRequestUnits", limits.max_read_request_units),
        ("MaxWriteRequestUnits", limits.max_write_request_units),
    ):
        if limit is not None and limit < 1 and not (removal and limit == -1):
            raise invalid(f"Requested {member} for OnDemandThroughput for {place} is outside of valid range")


def check_warm(
    billing_mode: str,
    warm: WarmThroughput | None,
    throughput: ProvisionedThroughput | None,
    index_name: str | None = None,
) -> None:
    """Check what a new table, or one of its indexes, must take at once: not less than it takes anyway.

    Source: ack-api-quirks DDB-TABLE-039, 128. That an index of a provisioned table has the words of its table is an
    assumption.

    Raises:
        ValidationException: it is less.
    """
    if warm is None:
        return
    place = "table" if index_name is None else f"index {index_name}"
    for member, units, unit_member, least in (
        ("ReadUnitsPerSecond", warm.read_units_per_second, "ReadCapacityUnits", ON_DEMAND_READ_UNITS),
        ("WriteUnitsPerSecond", warm.write_units_per_second, "WriteCapacityUnits", ON_DEMAND_WRITE_UNITS),
    ):
        text = f"Requested {member} for WarmThroughput for {place} is lower than"
        if billing_mode == "PAY_PER_REQUEST":
            if units is not None and units < least:
                raise invalid(f"{text} initial throughput for OnDemand. See: {_INITIAL_THROUGHPUT_PAGE}")
        elif units is not None and throughput is not None and units < _units(throughput, unit_member):
            raise invalid(f"{text} {unit_member} of ProvisionedThroughput")


def _units(throughput: ProvisionedThroughput, member: str) -> int:
    return throughput.read_capacity_units if member == "ReadCapacityUnits" else throughput.write_capacity_units
