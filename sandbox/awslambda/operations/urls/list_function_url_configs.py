"""ListFunctionUrlConfigs."""

from typing import Annotated

from msgspec import Meta

from sandbox.awslambda.paging import page_of
from sandbox.awslambda.scope import LambdaScope
from sandbox.awslambda.shapes import FunctionName
from sandbox.awslambda.urls.configuration import UrlConfiguration, configuration_of, urls_of
from sandbox.wire.operation import RequestShape, ResponseShape, operation

__all__ = ["list_function_url_configs"]

PAGE_CONFIGS_MAX = 50


class Request(RequestShape):
    """ListFunctionUrlConfigs' members."""

    function_name: FunctionName
    marker: str | None = None
    max_items: Annotated[int, Meta(ge=1, le=PAGE_CONFIGS_MAX)] | None = None


class Response(ResponseShape):
    """One page."""

    function_url_configs: list[UrlConfiguration]
    next_marker: str | None = None


@operation("ListFunctionUrlConfigs", Request)
def list_function_url_configs(scope: LambdaScope, request: Request) -> Response:
    """List the URLs of a function and its aliases, 50 a page.

    Raises:
        ResourceNotFoundException: there is no such function.
        InvalidParameterValueException: a version or alias is named, or the marker is none of ours.
    """
    reference = scope.unqualified(request.function_name)
    scope.function(reference)
    page, marker = page_of(
        urls_of(scope, reference),
        lambda url: url.qualifier,
        marker=request.marker,
        size=request.max_items or PAGE_CONFIGS_MAX,
    )
    return Response(function_url_configs=[configuration_of(scope, url) for url in page], next_marker=marker)
