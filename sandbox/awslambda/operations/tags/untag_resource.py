"""UntagResource."""

from sandbox.awslambda.scope import LambdaScope
from sandbox.awslambda.shapes import TaggableResource
from sandbox.awslambda.tagging import taggable
from sandbox.wire.operation import RequestShape, operation

__all__ = ["untag_resource"]


class Request(RequestShape):
    """UntagResource's members."""

    resource: TaggableResource
    tag_keys: list[str]


@operation("UntagResource", Request, success_status=204)
def untag_resource(scope: LambdaScope, request: Request) -> None:
    """Take tags away from a function or an event source mapping; one that is not there is no error.

    Raises:
        ResourceNotFoundException: there is no such resource.
        InvalidParameterValueException: a version or alias.
    """
    arn = taggable(scope, request.resource)
    with scope.store.change():
        scope.store.tags.remove(arn, request.tag_keys)
