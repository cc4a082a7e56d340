"""GetFunctionRecursionConfig."""

from sandbox.awslambda.recursion import RecursionConfig, recursive_loop
from sandbox.awslambda.scope import LambdaScope
from sandbox.awslambda.shapes import FunctionName
from sandbox.wire.operation import RequestShape, operation

__all__ = ["get_function_recursion_config"]


class Request(RequestShape):
    """GetFunctionRecursionConfig's members."""

    function_name: FunctionName


@operation("GetFunctionRecursionConfig", Request)
def get_function_recursion_config(scope: LambdaScope, request: Request) -> RecursionConfig:
    """Tell whether a function may feed itself.

    Raises:
        ResourceNotFoundException: there is no such function.
        InvalidParameterValueException: a version or alias is named.
    """
    reference = scope.unqualified(request.function_name)
    scope.function(reference)
    said = recursive_loop(scope.store.attachments, scope.account_id, scope.region, reference.name)
    return RecursionConfig(recursive_loop=said)
