"""GetFunction."""

from typing import Any

from sandbox.awslambda.scope import LambdaScope
from sandbox.awslambda.shapes import NamespacedFunctionName, Qualifier
from sandbox.wire.operation import RequestShape, operation

__all__ = ["get_function"]


class Request(RequestShape):
    """GetFunction's members."""

    function_name: NamespacedFunctionName
    qualifier: Qualifier | None = None


@operation("GetFunction", Request)
def get_function(scope: LambdaScope, request: Request) -> dict[str, Any]:
    """Tell everything about a function or version.

    ``Code.Location`` is a ``file:`` URL of the folder that holds the code; AWS gives a signed one of an archive.

    Raises:
        ResourceNotFoundException: there is no such function, version or alias.

    Source: esm §5.1.
    """
    reference = scope.reference(request.function_name, request.qualifier)
    function = scope.function(reference)
    answer: dict[str, Any] = {
        "Configuration": scope.shown(function, reference),
        "Code": {"RepositoryType": "S3", "Location": scope.code.location(function.code)},
    }
    if tags := scope.store.tags.get(reference.arn):
        answer["Tags"] = tags
    reserved = scope.reserved_concurrency(reference)
    if reserved is not None:
        answer["Concurrency"] = {"ReservedConcurrentExecutions": reserved}
    return answer
