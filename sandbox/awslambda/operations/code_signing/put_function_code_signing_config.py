"""PutFunctionCodeSigningConfig."""

from typing import Annotated

from msgspec import Meta

from sandbox.awslambda.faults import CodeSigningConfigNotFoundException
from sandbox.awslambda.scope import LambdaScope
from sandbox.awslambda.shapes import NamespacedFunctionName
from sandbox.wire.operation import RequestShape, operation

__all__ = ["put_function_code_signing_config"]


class Request(RequestShape):
    """PutFunctionCodeSigningConfig's members."""

    code_signing_config_arn: Annotated[str, Meta(max_length=200)]
    function_name: NamespacedFunctionName


@operation("PutFunctionCodeSigningConfig", Request)
def put_function_code_signing_config(scope: LambdaScope, request: Request) -> None:
    """Say that there is no such configuration; the wording is an assumption.

    Raises:
        ResourceNotFoundException: there is no such function.
        CodeSigningConfigNotFoundException: otherwise always, as none can be made here.
    """
    scope.function(scope.unqualified(request.function_name))
    raise CodeSigningConfigNotFoundException(
        f"The code signing configuration {request.code_signing_config_arn} cannot be found."
    )
