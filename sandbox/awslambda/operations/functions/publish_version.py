"""PublishVersion."""

from typing import Annotated

from msgspec import Meta, field

from sandbox.awslambda.answers import FunctionConfiguration
from sandbox.awslambda.configuration import check_revision
from sandbox.awslambda.deployment import publish
from sandbox.awslambda.faults import InvalidParameterValueException
from sandbox.awslambda.scope import LambdaScope
from sandbox.awslambda.shapes import FunctionName
from sandbox.wire.operation import RequestShape, operation

__all__ = ["publish_version"]


class Request(RequestShape):
    """PublishVersion's members."""

    function_name: FunctionName
    code_sha256: str | None = field(default=None, name="CodeSha256")
    description: Annotated[str, Meta(max_length=256)] | None = None
    revision_id: str | None = None


@operation("PublishVersion", Request, success_status=201)
def publish_version(scope: LambdaScope, request: Request) -> FunctionConfiguration:
    """Freeze ``$LATEST`` as a numbered version; where nothing has changed, the last version is the answer.

    Raises:
        ResourceNotFoundException: there is no such function.
        PreconditionFailedException: RevisionId is not the latest.
        InvalidParameterValueException: CodeSha256 is not that of the code.
    """
    latest = scope.function(scope.unqualified(request.function_name))
    check_revision(latest.configuration, request.revision_id)
    sha256 = latest.configuration["CodeSha256"]
    if request.code_sha256 is not None and request.code_sha256 != sha256:
        raise InvalidParameterValueException(
            f"CodeSHA256 ({request.code_sha256}) is different from current CodeSHA256 in $LATEST ({sha256}). "
            "Please try again with the CodeSHA256 in $LATEST."
        )
    return FunctionConfiguration.of(publish(scope, latest, description=request.description).configuration)
