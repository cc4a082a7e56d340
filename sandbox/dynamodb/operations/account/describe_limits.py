"""DescribeLimits: the default quotas of an account."""

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
    """Answer AWS's defaults; nothing here enforces them. Source: dynamodb-exact §20."""
    return Response(
        account_max_read_capacity_units=80_000,
        account_max_write_capacity_units=80_000,
        table_max_read_capacity_units=40_000,
        table_max_write_capacity_units=40_000,
    )
