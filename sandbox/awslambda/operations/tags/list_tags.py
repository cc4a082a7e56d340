"""ListTags."""

from sandbox.awslambda.scope import LambdaScope
from sandbox.awslambda.shapes import TaggableResource, Tags
from sandbox.awslambda.tagging import taggable
from sandbox.wire.operation import RequestShape, ResponseShape, operation

__all__ = ["list_tags"]


class Request(RequestShape):
    """ListTags' members."""

    resource: TaggableResource


class Response(ResponseShape):
    """The tags; an empty object where there are none."""

    tags: Tags


@operation("ListTags", Request)
def list_tags(scope: LambdaScope, request: Request) -> Response:
    """List the tags of a function or an event source mapping.

    Raises:
        ResourceNotFoundException: there is no such resource.
        InvalidParameterValueException: a version or alias.
    """
    return Response(tags=scope.store.tags.get(taggable(scope, request.resource)))
