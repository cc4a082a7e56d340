"""ListTagsOfResource: the tags of a table, ten to a page."""

from typing import Annotated

from sandbox.dynamodb.faults import ValidationException
from sandbox.dynamodb.operations.tags.find import tagged_table
from sandbox.dynamodb.parameters import ResourceArn, Tag
from sandbox.dynamodb.scope import Scope
from sandbox.wire.constraints import Upfront
from sandbox.wire.operation import RequestShape, ResponseShape, operation

__all__ = ["list_tags_of_resource"]

_PAGE_TAGS = 10


class Request(RequestShape):
    """ListTagsOfResource as it is sent."""

    resource_arn: Annotated[ResourceArn, Upfront(check=lambda arn: None if arn else "Invalid TableArn")]
    next_token: str | None = None


class Response(ResponseShape):
    """A page of tags."""

    tags: list[Tag]
    next_token: str | None = None


@operation("ListTagsOfResource", Request)
def list_tags_of_resource(scope: Scope, request: Request) -> Response:
    """List tags in the order in which they were first given.

    The token is the last key of the page before. Source of the page size: assumption.

    Raises:
        ValidationException: the token is none of ours.
        AccessDeniedException, ResourceNotFoundException: the ARN names no table.
    """
    table = tagged_table(scope, request.resource_arn, "ListTagsOfResource")
    tags = [Tag(key=key, value=value) for key, value in table.definition.tags.items()]
    start = 0
    if request.next_token is not None:
        keys = [tag.key for tag in tags]
        if request.next_token not in keys:
            raise ValidationException("Invalid NextToken")
        start = keys.index(request.next_token) + 1
    page = tags[start : start + _PAGE_TAGS]
    return Response(tags=page, next_token=page[-1].key if start + _PAGE_TAGS < len(tags) else None)
