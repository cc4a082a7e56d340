"""GetFunctionConfiguration."""

from sandbox.awslambda.answers import FunctionConfiguration
from sandbox.awslambda.scope import LambdaScope
from sandbox.awslambda.shapes import NamespacedFunctionName, Qualifier
from sandbox.wire.operation import RequestShape, operation

__all__ = ["get_function_configuration"]


class Request(RequestShape):
    """GetFunctionConfiguration's members."""

    function_name: NamespacedFunctionName
    qualifier: Qualifier | None = None


@operation("GetFunctionConfiguration", Request)
def get_function_configuration(scope: LambdaScope, request: Request) -> FunctionConfiguration:
    """Tell the settings of a function or version.

    Raises:
        ResourceNotFoundException: there is no such function, version or alias.
    """
    return scope.configuration(scope.reference(request.function_name, request.qualifier))
