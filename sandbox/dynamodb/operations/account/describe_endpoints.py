"""DescribeEndpoints: AWS's regional endpoint, for clients with endpoint discovery switched on."""

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
    """Answer the host name AWS would answer; an operation does not know the address it is served at.

    SDKs skip discovery where an endpoint was configured, so nobody is sent away by this. Source: assumption.
    """
    return Response(
        endpoints=[
            Endpoint(address=f"dynamodb.{scope.region}.amazonaws.com", cache_period_in_minutes=_CACHE_PERIOD_MINUTES)
        ]
    )
