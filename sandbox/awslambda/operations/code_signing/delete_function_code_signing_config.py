"""DeleteFunctionCodeSigningConfig."""

from sandbox.awslambda.scope import LambdaScope
from sandbox.awslambda.shapes import NamespacedFunctionName
from sandbox.wire.operation import RequestShape, operation

__all__ = ["delete_function_code_signing_config"]


class Request(RequestShape):
    """DeleteFunctionCodeSigningConfig's members."""

    function_name: NamespacedFunctionName


@operation("DeleteFunctionCodeSigningConfig", Request, success_status=204)
def delete_function_code_signing_config(scope: LambdaScope, request: Request) -> None:
    """Do nothing: the function has none.

    Raises:
        ResourceNotFoundException: there is no such function.
    """
    scope.function(scope.unqualified(request.function_name))
