"""GetRuntimeManagementConfig."""

from sandbox.awslambda.runtime_management import RuntimeManagement, runtime_management
from sandbox.awslambda.scope import LambdaScope
from sandbox.awslambda.shapes import NamespacedFunctionName, Qualifier
from sandbox.wire.operation import RequestShape, operation

__all__ = ["get_runtime_management_config"]


class Request(RequestShape):
    """GetRuntimeManagementConfig's members."""

    function_name: NamespacedFunctionName
    qualifier: Qualifier | None = None


@operation("GetRuntimeManagementConfig", Request)
def get_runtime_management_config(scope: LambdaScope, request: Request) -> RuntimeManagement:
    """Tell when the runtime of a version is updated.

    Raises:
        ResourceNotFoundException: there is no such function, version or alias.
    """
    return runtime_management(scope, scope.function(scope.reference(request.function_name, request.qualifier)))
