"""ListVersionsByFunction."""

from sandbox.awslambda.answers import FunctionConfiguration
from sandbox.awslambda.configuration import as_listed
from sandbox.awslambda.paging import page_of
from sandbox.awslambda.scope import LambdaScope
from sandbox.awslambda.shapes import MaxItems, NamespacedFunctionName
from sandbox.wire.operation import RequestShape, ResponseShape, operation

__all__ = ["list_versions_by_function"]

PAGE_VERSIONS_MAX = 50


class Request(RequestShape):
    """ListVersionsByFunction's members."""

    function_name: NamespacedFunctionName
    marker: str | None = None
    max_items: MaxItems | None = None


class Response(ResponseShape):
    """One page."""

    next_marker: str | None = None
    versions: list[FunctionConfiguration]


@operation("ListVersionsByFunction", Request)
def list_versions_by_function(scope: LambdaScope, request: Request) -> Response:
    """List ``$LATEST`` and the published versions in order, 50 a page.

    Raises:
        ResourceNotFoundException: there is no such function.
    """
    reference = scope.unqualified(request.function_name)
    scope.function(reference)
    versions = scope.store.functions.versions(scope.account_id, scope.region, reference.name)
    size = min(request.max_items or PAGE_VERSIONS_MAX, PAGE_VERSIONS_MAX)
    page, next_marker = page_of(versions, lambda version: version.version, marker=request.marker, size=size)
    shown = [
        FunctionConfiguration.of(
            {**as_listed(version.configuration), "FunctionArn": f"{reference.arn}:{version.version}"}
        )
        for version in page
    ]
    return Response(next_marker=next_marker, versions=shown)
