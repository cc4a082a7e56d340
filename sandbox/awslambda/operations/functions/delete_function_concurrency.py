"""DeleteFunctionConcurrency."""

import msgspec

from sandbox.awslambda.scope import LambdaScope
from sandbox.awslambda.shapes import FunctionName
from sandbox.wire.operation import RequestShape, operation

__all__ = ["delete_function_concurrency"]


class Request(RequestShape):
    """DeleteFunctionConcurrency's members."""

    function_name: FunctionName


@operation("DeleteFunctionConcurrency", Request, success_status=204)
def delete_function_concurrency(scope: LambdaScope, request: Request) -> None:
    """Take a function's reserved concurrency away, and with it its limit.

    Raises:
        ResourceNotFoundException: there is no such function.
    """
    reference = scope.unqualified(request.function_name)
    before = scope.function(reference)
    with scope.store.change():
        scope.store.functions.put(msgspec.structs.replace(before, reserved_concurrency=None))
    scope.function_host.set_reserved_concurrency(reference.arn, None)
