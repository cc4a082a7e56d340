"""PutFunctionRecursionConfig."""

from sandbox.awslambda.names import LATEST
from sandbox.awslambda.recursion import RecursionConfig, RecursiveLoop
from sandbox.awslambda.scope import LambdaScope
from sandbox.awslambda.shapes import FunctionName
from sandbox.awslambda.store.ports import Attachment
from sandbox.wire.operation import RequestShape, operation

__all__ = ["put_function_recursion_config"]


class Request(RequestShape):
    """PutFunctionRecursionConfig's members."""

    function_name: FunctionName
    recursive_loop: RecursiveLoop


@operation("PutFunctionRecursionConfig", Request)
def put_function_recursion_config(scope: LambdaScope, request: Request) -> RecursionConfig:
    """Say whether a function may feed itself; where it may not, a mapping that does is paused.

    Raises:
        ResourceNotFoundException: there is no such function.
        InvalidParameterValueException: a version or alias is named.
    """
    reference = scope.unqualified(request.function_name)
    scope.function(reference)
    with scope.store.change():
        scope.store.attachments.put(
            Attachment(
                account_id=scope.account_id,
                region=scope.region,
                name=reference.name,
                kind="recursion",
                qualifier=LATEST,
                document={"RecursiveLoop": request.recursive_loop},
            )
        )
    return RecursionConfig(recursive_loop=request.recursive_loop)
