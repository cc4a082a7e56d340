"""GetFunction."""

from sandbox.awslambda.answers import FunctionConfiguration
from sandbox.awslambda.scope import LambdaScope
from sandbox.awslambda.shapes import NamespacedFunctionName, Qualifier, Tags
from sandbox.awslambda.store.ports import CodeReference
from sandbox.wire.operation import RequestShape, ResponseShape, operation

__all__ = ["get_function"]


class Request(RequestShape):
    """GetFunction's members."""

    function_name: NamespacedFunctionName
    qualifier: Qualifier | None = None


class CodeLocation(ResponseShape):
    """Where the code lies: a folder, or an image."""

    repository_type: str
    location: str | None = None
    image_uri: str | None = None
    resolved_image_uri: str | None = None


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
        code=_location(scope, function.code),
        tags=scope.store.tags.get(reference.arn) or None,
        concurrency=None if reserved is None else Concurrency(reserved_concurrent_executions=reserved),
    )


def _location(scope: LambdaScope, code: CodeReference) -> CodeLocation:
    if code.kind == "image":
        return CodeLocation(repository_type="ECR", image_uri=code.path, resolved_image_uri=_resolved(code))
    return CodeLocation(repository_type="S3", location=scope.code.location(code))


def _resolved(code: CodeReference) -> str:
    """The URI with a digest, as AWS resolves it; ours is of the URI, since nobody is asked for the image before it runs."""
    repository, _, _ = code.path.partition("@")
    folder, slash, name = repository.rpartition("/")
    return f"{folder}{slash}{name.partition(':')[0]}@sha256:{code.sha256}"
