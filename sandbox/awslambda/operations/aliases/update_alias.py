"""UpdateAlias."""

from typing import Annotated

import msgspec
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
from sandbox.awslambda.configuration import check_revision
from sandbox.awslambda.faults import ResourceNotFoundException
from sandbox.awslambda.scope import LambdaScope
from sandbox.awslambda.shapes import FunctionName
from sandbox.wire.operation import RequestShape, operation

__all__ = ["update_alias"]


class Request(RequestShape):
    """UpdateAlias's members; what is absent stays as it is."""

    function_name: FunctionName
    name: AliasName
    function_version: VersionNumber | None = None
    description: Annotated[str, Meta(max_length=256)] | None = None
    routing_config: AliasRoutingConfiguration | None = None
    revision_id: str | None = None


@operation("UpdateAlias", Request)
def update_alias(scope: LambdaScope, request: Request) -> AliasConfiguration:
    """Point an alias elsewhere, from its next invocation on; an empty RoutingConfig gives all to one version.

    Raises:
        ResourceNotFoundException: there is no such function, version or alias.
        PreconditionFailedException: RevisionId is not the latest.
        ValidationException, InvalidParameterValueException: see ``check_routing``.

    Source: esm §5.2; the sentence about a missing alias is recalled.
    """
    function = aliased_function(scope, request.function_name)
    before = find_alias(scope, function, request.name)
    if before is None:
        raise ResourceNotFoundException(f"Alias not found: {function.arn}:{request.name}")
    check_revision({"RevisionId": before.revision_id}, request.revision_id)
    version = request.function_version or before.function_version
    wanted = request.routing_config
    if wanted is None and before.routing_config is not None:
        wanted = msgspec.convert(before.routing_config, AliasRoutingConfiguration)
    routing = check_routing(scope, function, version, wanted)
    alias = msgspec.structs.replace(
        before,
        function_version=version,
        description=before.description if request.description is None else request.description,
        routing_config=None if routing is None else dict(routing),
        revision_id=scope.ids.uuid(),
    )
    put_alias(scope, function, alias)
    return alias
