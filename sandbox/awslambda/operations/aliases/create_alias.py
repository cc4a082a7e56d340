"""CreateAlias."""

from typing import Annotated

from msgspec import Meta

from sandbox.awslambda.aliases import (
    AliasConfiguration,
    AliasName,
    AliasRoutingConfiguration,
    VersionNumber,
    aliased_function,
    check_routing,
    find_alias,
    put_alias,
)
from sandbox.awslambda.faults import ResourceConflictException
from sandbox.awslambda.scope import LambdaScope
from sandbox.awslambda.shapes import FunctionName
from sandbox.wire.operation import RequestShape, operation

__all__ = ["create_alias"]


class Request(RequestShape):
    """CreateAlias's members."""

    function_name: FunctionName
    name: AliasName
    function_version: VersionNumber
    description: Annotated[str, Meta(max_length=256)] | None = None
    routing_config: AliasRoutingConfiguration | None = None


@operation("CreateAlias", Request, success_status=201)
def create_alias(scope: LambdaScope, request: Request) -> AliasConfiguration:
    """Give a version of a function a name.

    Raises:
        ResourceNotFoundException: there is no such function or version.
        ResourceConflictException: the name is taken.
        ValidationException, InvalidParameterValueException: see ``check_routing``.

    Source: esm §5.2.
    """
    function = aliased_function(scope, request.function_name)
    routing = check_routing(scope, function, request.function_version, request.routing_config)
    arn = f"{function.arn}:{request.name}"
    if find_alias(scope, function, request.name) is not None:
        raise ResourceConflictException(f"Alias already exists: {arn}")
    alias = AliasConfiguration(
        alias_arn=arn,
        name=request.name,
        function_version=request.function_version,
        description=request.description or "",
        routing_config=None if routing is None else dict(routing),
        revision_id=scope.ids.uuid(),
    )
    put_alias(scope, function, alias)
    return alias
