"""DescribeEndpoints: where this service is, for clients with endpoint discovery switched on."""

from sandbox.dynamodb.scope import Scope
from sandbox.wire.operation import RequestShape, ResponseShape, operation

__all__ = ["describe_endpoints"]

_CACHE_PERIOD_MINUTES = 1440


class Request(RequestShape):
    """DescribeEndpoints has no members."""


class Endpoint(ResponseShape):
    """A host name and how long it may be remembered."""

    address: str
    cache_period_in_minutes: int


class Response(ResponseShape):
    """One endpoint."""

    endpoints: list[Endpoint]


@operation("DescribeEndpoints", Request)
def describe_endpoints(scope: Scope, _request: Request) -> Response:
    """Answer the address this server is served at: AWS's own would send a client with test data out into the world."""
    address = f"dynamodb.{scope.region}.amazonaws.com" if scope.address is None else scope.address()
    return Response(endpoints=[Endpoint(address=address, cache_period_in_minutes=_CACHE_PERIOD_MINUTES)])
