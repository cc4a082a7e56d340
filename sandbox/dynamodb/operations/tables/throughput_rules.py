"""What throughput a table and its indexes may be given at creation: the rules that hang on the billing mode.

Source: dynamodb-exact §19.1 rows 2-4, 17, 19, 20.
"""

from sandbox.dynamodb.faults import ValidationException
from sandbox.dynamodb.limits import CAPACITY_UNITS_MAX
from sandbox.dynamodb.operations.tables.wording import invalid
from sandbox.dynamodb.parameters import OnDemandThroughput, ProvisionedThroughput

__all__ = ["check_index_throughput", "check_on_demand_range", "check_throughput", "first_on_demand_member"]


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


def first_on_demand_member(limits: OnDemandThroughput) -> str | None:
    """The name of the first limit that is given, reads first; ``None`` where none is."""
    if limits.max_read_request_units is not None:
        return "MaxReadRequestUnits"
    if limits.max_write_request_units is not None:
        return "MaxWriteRequestUnits"
    return None


def check_on_demand_range(limits: OnDemandThroughput, *, removal: bool) -> None:
    """Check that each limit is at least 1, or -1 where *removal* of a limit makes sense.

    Raises:
        ValidationException: a limit is out of range.
    """
    for member, limit in (
        ("MaxReadRequestUnits", limits.max_read_request_units),
        ("MaxWriteRequestUnits", limits.max_write_request_units),
    ):
        if limit is not None and limit < 1 and not (removal and limit == -1):
            raise invalid(f"Requested {member} for OnDemandThroughput for table is outside of valid range")
