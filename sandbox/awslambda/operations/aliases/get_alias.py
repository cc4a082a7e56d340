"""GetAlias."""

from sandbox.awslambda.aliases import AliasConfiguration, AliasName, aliased_function, find_alias
from sandbox.awslambda.faults import ResourceNotFoundException
from sandbox.awslambda.scope import LambdaScope
from sandbox.awslambda.shapes import FunctionName
from sandbox.wire.operation import RequestShape, operation

__all__ = ["get_alias"]


class Request(RequestShape):
    """GetAlias's members."""

    function_name: FunctionName
    name: AliasName


@operation("GetAlias", Request)
def get_alias(scope: LambdaScope, request: Request) -> AliasConfiguration:
    """Tell where an alias points.

    Raises:
        ResourceNotFoundException: there is no such function or alias.

    Source: esm §5.2.
    """
    function = aliased_function(scope, request.function_name)
    alias = find_alias(scope, function, request.name)
    if alias is None:
        raise ResourceNotFoundException(f"Cannot find alias arn: {function.arn}:{request.name}")
    return alias
