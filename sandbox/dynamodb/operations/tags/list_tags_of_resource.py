"""ListTagsOfResource: the tags of a table or stream, all of them at once."""

from typing import Annotated

from sandbox.dynamodb.operations.tags.find import tagged_table, tags_of
from sandbox.dynamodb.parameters import ResourceArn, Tag
from sandbox.dynamodb.scope import Scope
from sandbox.wire.constraints import Upfront
from sandbox.wire.operation import RequestShape, ResponseShape, operation

__all__ = ["list_tags_of_resource"]


class Request(RequestShape):
    """ListTagsOfResource as it is sent."""

    resource_arn: Annotated[ResourceArn, Upfront(check=lambda arn: None if arn else "Invalid TableArn")]
    next_token: str | None = None


class Response(ResponseShape):
    """All tags."""

    tags: list[Tag]


@operation("ListTagsOfResource", Request)
def list_tags_of_resource(scope: Scope, request: Request) -> Response:
    """List tags in the order in which they were first given.

    There are fifty at most and AWS has no pages of them, whatever the model says (aws/aws-sdk 583, its service team).

    Raises:
        ValidationException, AccessDeniedException, ResourceNotFoundException: the ARN names neither table nor stream.
    """
    table = tagged_table(scope, request.resource_arn)
    tags = tags_of(table.definition, request.resource_arn)
    return Response(tags=[Tag(key=key, value=value) for key, value in tags.items()])
