"""GetFunction."""

from sandbox.awslambda.answers import FunctionConfiguration
from sandbox.awslambda.scope import LambdaScope
from sandbox.awslambda.shapes import NamespacedFunctionName, Qualifier, Tags
from sandbox.wire.operation import RequestShape, ResponseShape, operation

__all__ = ["get_function"]


class Request(RequestShape):
    """GetFunction's members."""

    function_name: NamespacedFunctionName
    qualifier: Qualifier | None = None


class CodeLocation(ResponseShape):
    """Where the code lies."""

    repository_type: str
    location: str


class Concurrency(ResponseShape):
    """What is reserved."""

    reserved_concurrent_executions: int


class Response(ResponseShape):
    """Everything about a function."""

    configuration: FunctionConfiguration
    code: CodeLocation
    tags: Tags | None = None
    concurrency: Concurrency | None = None


@operation("GetFunction", Request)
def get_function(scope: LambdaScope, request: Request) -> Response:
    """Tell everything about a function or version.

    ``Code.Location`` is a ``file:`` URL of the folder that holds the code; AWS gives a signed one of an archive.

    Raises:
        ResourceNotFoundException: there is no such function, version or alias.

    Source: esm §5.1.
    """
    reference = scope.reference(request.function_name, request.qualifier)
    function = scope.function(reference)
    reserved = scope.reserved_concurrency(reference)
    return Response(
        configuration=scope.configuration(reference),
        code=CodeLocation(repository_type="S3", location=scope.code.location(function.code)),
        tags=scope.store.tags.get(reference.arn) or None,
        concurrency=None if reserved is None else Concurrency(reserved_concurrent_executions=reserved),
    )
