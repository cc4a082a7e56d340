"""ListFunctions."""

from typing import Any, Literal

from sandbox.awslambda.configuration import as_listed
from sandbox.awslambda.paging import page_of
from sandbox.awslambda.scope import LambdaScope
from sandbox.awslambda.shapes import MaxItems
from sandbox.awslambda.store.ports import StoredFunction
from sandbox.wire.operation import RequestShape, operation

__all__ = ["list_functions"]

PAGE_FUNCTIONS_MAX = 50


class Request(RequestShape):
    """ListFunctions' members."""

    function_version: Literal["ALL"] | None = None
    marker: str | None = None
    max_items: MaxItems | None = None


@operation("ListFunctions", Request)
def list_functions(scope: LambdaScope, request: Request) -> dict[str, Any]:
    """List the functions by name, 50 a page; with ``FunctionVersion`` ``ALL`` their versions too."""
    functions = scope.store.functions.of_account(scope.account_id, scope.region)
    if request.function_version == "ALL":
        functions = [version for function in functions for version in _versions(scope, function)]
    size = min(request.max_items or PAGE_FUNCTIONS_MAX, PAGE_FUNCTIONS_MAX)
    page, next_marker = page_of(functions, _arn, marker=request.marker, size=size)
    answer: dict[str, Any] = {"Functions": [as_listed(function.configuration) for function in page]}
    return answer if next_marker is None else {"NextMarker": next_marker, **answer}


def _versions(scope: LambdaScope, function: StoredFunction) -> list[StoredFunction]:
    return scope.store.functions.versions(function.account_id, function.region, function.name)


def _arn(function: StoredFunction) -> str:
    return str(function.configuration["FunctionArn"])
