"""GetFunctionRecursionConfig."""

from sandbox.awslambda.scope import LambdaScope
from sandbox.awslambda.shapes import FunctionName
from sandbox.wire.operation import RequestShape, ResponseShape, operation

__all__ = ["get_function_recursion_config"]


class Request(RequestShape):
    """GetFunctionRecursionConfig's members."""

    function_name: FunctionName


class Response(ResponseShape):
    """What happens to a loop."""

    recursive_loop: str


@operation("GetFunctionRecursionConfig", Request)
def get_function_recursion_config(scope: LambdaScope, request: Request) -> Response:
    """Tell that loops are ended, which is AWS's default; this sandbox lets them run.

    Raises:
        ResourceNotFoundException: there is no such function.
    """
    scope.function(scope.unqualified(request.function_name))
    return Response(recursive_loop="Terminate")
