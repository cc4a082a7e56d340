"""GetFunctionConcurrency."""

from sandbox.awslambda.scope import LambdaScope
from sandbox.awslambda.shapes import FunctionName
from sandbox.wire.operation import RequestShape, ResponseShape, operation

__all__ = ["get_function_concurrency"]


class Request(RequestShape):
    """GetFunctionConcurrency's members."""

    function_name: FunctionName


class Response(ResponseShape):
    """What is reserved; absent where nothing is."""

    reserved_concurrent_executions: int | None = None


@operation("GetFunctionConcurrency", Request)
def get_function_concurrency(scope: LambdaScope, request: Request) -> Response:
    """Tell how much concurrency is reserved for a function.

    Raises:
        ResourceNotFoundException: there is no such function.
    """
    function = scope.function(scope.unqualified(request.function_name))
    return Response(reserved_concurrent_executions=function.reserved_concurrency)
