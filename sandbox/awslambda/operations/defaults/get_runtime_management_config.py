"""GetRuntimeManagementConfig."""

from sandbox.awslambda.scope import LambdaScope
from sandbox.awslambda.shapes import NamespacedFunctionName, Qualifier
from sandbox.wire.operation import RequestShape, ResponseShape, operation

__all__ = ["get_runtime_management_config"]


class Request(RequestShape):
    """GetRuntimeManagementConfig's members."""

    function_name: NamespacedFunctionName
    qualifier: Qualifier | None = None


class Response(ResponseShape):
    """When the runtime is updated, and of which version."""

    update_runtime_on: str
    function_arn: str


@operation("GetRuntimeManagementConfig", Request)
def get_runtime_management_config(scope: LambdaScope, request: Request) -> Response:
    """Tell that the runtime is kept up to date by itself, which is AWS's default.

    Raises:
        ResourceNotFoundException: there is no such function.
    """
    reference = scope.reference(request.function_name, request.qualifier)
    function = scope.function(reference)
    return Response(update_runtime_on="Auto", function_arn=f"{reference.arn}:{function.version}")
