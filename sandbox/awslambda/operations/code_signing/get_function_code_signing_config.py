"""GetFunctionCodeSigningConfig."""

from sandbox.awslambda.scope import LambdaScope
from sandbox.awslambda.shapes import NamespacedFunctionName
from sandbox.wire.operation import RequestShape, ResponseShape, operation

__all__ = ["get_function_code_signing_config"]


class Request(RequestShape):
    """GetFunctionCodeSigningConfig's members."""

    function_name: NamespacedFunctionName


class Response(ResponseShape):
    """Both are absent where no code is signed, as it never is here."""

    code_signing_config_arn: str | None = None
    function_name: str | None = None


@operation("GetFunctionCodeSigningConfig", Request)
def get_function_code_signing_config(scope: LambdaScope, request: Request) -> Response:
    """Tell that a function's code need not be signed. Assumption: AWS's answer is empty then.

    Raises:
        ResourceNotFoundException: there is no such function.
    """
    scope.function(scope.unqualified(request.function_name))
    return Response()
