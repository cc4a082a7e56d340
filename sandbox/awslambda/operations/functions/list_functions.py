"""ListFunctions."""

from typing import Literal

from sandbox.awslambda.answers import FunctionConfiguration
from sandbox.awslambda.configuration import as_listed
from sandbox.awslambda.paging import page_of
from sandbox.awslambda.scope import LambdaScope
from sandbox.awslambda.shapes import MaxItems
from sandbox.awslambda.store.ports import StoredFunction
from sandbox.wire.operation import RequestShape, ResponseShape, operation

__all__ = ["list_functions"]

PAGE_FUNCTIONS_MAX = 50


class Request(RequestShape):
    """ListFunctions' members."""

    function_version: Literal["ALL"] | None = None
    marker: str | None = None
    max_items: MaxItems | None = None


class Response(ResponseShape):
    """One page."""

    next_marker: str | None = None
    functions: list[FunctionConfiguration]


@operation("ListFunctions", Request)
def list_functions(scope: LambdaScope, request: Request) -> Response:
    """List the functions by name, 50 a page; with ``FunctionVersion`` ``ALL`` their versions too."""
    stored = scope.store.functions.of_account(scope.account_id, scope.region)
    if request.function_version == "ALL":
        stored = [version for function in stored for version in _versions(scope, function)]
    size = min(request.max_items or PAGE_FUNCTIONS_MAX, PAGE_FUNCTIONS_MAX)
    page, next_marker = page_of(stored, _arn, marker=request.marker, size=size)
    functions = [FunctionConfiguration.of(as_listed(function.configuration)) for function in page]
    return Response(next_marker=next_marker, functions=functions)


def _versions(scope: LambdaScope, function: StoredFunction) -> list[StoredFunction]:
    return scope.store.functions.versions(function.account_id, function.region, function.name)


def _arn(function: StoredFunction) -> str:
    return str(function.configuration["FunctionArn"])
