"""DescribeLimits: the default quotas of an account."""

from sandbox.dynamodb.limits import ACCOUNT_CAPACITY_UNITS_MAX, TABLE_CAPACITY_UNITS_MAX
from sandbox.dynamodb.scope import Scope
from sandbox.wire.operation import RequestShape, ResponseShape, operation

__all__ = ["describe_limits"]


class Request(RequestShape):
    """DescribeLimits has no members."""


class Response(ResponseShape):
    """Capacity units per second of the account and of one table."""

    account_max_read_capacity_units: int
    account_max_write_capacity_units: int
    table_max_read_capacity_units: int
    table_max_write_capacity_units: int


@operation("DescribeLimits", Request)
def describe_limits(_scope: Scope, _request: Request) -> Response:
    """Answer AWS's defaults; those of one table are enforced, those of the account are not. Source: dynamodb-exact §20."""
    return Response(
        account_max_read_capacity_units=ACCOUNT_CAPACITY_UNITS_MAX,
        account_max_write_capacity_units=ACCOUNT_CAPACITY_UNITS_MAX,
        table_max_read_capacity_units=TABLE_CAPACITY_UNITS_MAX,
        table_max_write_capacity_units=TABLE_CAPACITY_UNITS_MAX,
    )
