"""ListAliases."""

import msgspec

from sandbox.awslambda.aliases import AliasConfiguration, VersionNumber, aliased_function
from sandbox.awslambda.paging import page_of
from sandbox.awslambda.scope import LambdaScope
from sandbox.awslambda.shapes import FunctionName, MaxItems
from sandbox.wire.operation import RequestShape, ResponseShape, operation

__all__ = ["list_aliases"]

PAGE_ALIASES_MAX = 50


class Request(RequestShape):
    """ListAliases' members."""

    function_name: FunctionName
    function_version: VersionNumber | None = None
    marker: str | None = None
    max_items: MaxItems | None = None


class Response(ResponseShape):
    """One page."""

    next_marker: str | None = None
    aliases: list[AliasConfiguration]


@operation("ListAliases", Request)
def list_aliases(scope: LambdaScope, request: Request) -> Response:
    """List the aliases of a function by name, 50 a page; with FunctionVersion those that name this version.

    Raises:
        ResourceNotFoundException: there is no such function.
    """
    function = aliased_function(scope, request.function_name)
    stored = scope.store.attachments.of_function("alias", scope.account_id, scope.region, function.name)
    aliases = [msgspec.convert(each.document, AliasConfiguration) for each in stored]
    if request.function_version is not None:
        aliases = [alias for alias in aliases if request.function_version in _versions(alias)]
    size = min(request.max_items or PAGE_ALIASES_MAX, PAGE_ALIASES_MAX)
    page, next_marker = page_of(aliases, lambda alias: alias.name, marker=request.marker, size=size)
    return Response(next_marker=next_marker, aliases=list(page))


def _versions(alias: AliasConfiguration) -> tuple[str, ...]:
    return (alias.function_version, *(alias.routing_config or {}).get("AdditionalVersionWeights", ()))
