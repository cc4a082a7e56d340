"""TagResource."""

from sandbox.awslambda.scope import LambdaScope
from sandbox.awslambda.shapes import TaggableResource, Tags
from sandbox.awslambda.tagging import check_tags, taggable
from sandbox.wire.operation import RequestShape, operation

__all__ = ["tag_resource"]


class Request(RequestShape):
    """TagResource's members."""

    resource: TaggableResource
    tags: Tags


@operation("TagResource", Request, success_status=204)
def tag_resource(scope: LambdaScope, request: Request) -> None:
    """Add tags to a function or an event source mapping, or replace their values.

    Raises:
        ResourceNotFoundException: there is no such resource.
        InvalidParameterValueException: a version or alias, or more than 50 tags in all.
    """
    arn = taggable(scope, request.resource)
    check_tags({**scope.store.tags.get(arn), **request.tags})
    with scope.store.change():
        scope.store.tags.set(arn, request.tags)
