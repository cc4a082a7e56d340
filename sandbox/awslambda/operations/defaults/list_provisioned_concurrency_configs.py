"""ListProvisionedConcurrencyConfigs."""

from typing import Annotated

from msgspec import Meta

from sandbox.awslambda.scope import LambdaScope
from sandbox.awslambda.shapes import FunctionName
from sandbox.wire.operation import RequestShape, ResponseShape, operation

__all__ = ["list_provisioned_concurrency_configs"]


class Request(RequestShape):
    """ListProvisionedConcurrencyConfigs' members."""

    function_name: FunctionName
    marker: str | None = None
    max_items: Annotated[int, Meta(ge=1, le=50)] | None = None


class Response(ResponseShape):
    """Always empty."""

    provisioned_concurrency_configs: list[dict[str, str]]


@operation("ListProvisionedConcurrencyConfigs", Request)
def list_provisioned_concurrency_configs(scope: LambdaScope, request: Request) -> Response:
    """Tell that no concurrency is provisioned.

    Raises:
        ResourceNotFoundException: there is no such function.
    """
    scope.function(scope.unqualified(request.function_name))
    return Response(provisioned_concurrency_configs=[])
