"""TagResource: add tags to a table or stream, or change the values of those it has."""

from typing import Annotated

from sandbox.dynamodb.faults import ValidationException
from sandbox.dynamodb.operations.tags.find import check_table_arn, retagged, tagged_table, tags_of
from sandbox.dynamodb.operations.tags.rules import check_tags, merged_tags
from sandbox.dynamodb.parameters import ResourceArn, TagList
from sandbox.dynamodb.scope import Scope
from sandbox.wire.constraints import Upfront
from sandbox.wire.operation import RequestShape, operation

__all__ = ["tag_resource"]


class Request(RequestShape):
    """TagResource as it is sent."""

    resource_arn: Annotated[ResourceArn, Upfront(check=lambda arn: None if arn else "Invalid TableArn")]
    tags: TagList


@operation("TagResource", Request)
def tag_resource(scope: Scope, request: Request) -> None:
    """Add tags; the answer has no body.

    Raises:
        ValidationException: no tag is given, one is not allowed, or there would be more than 50.
        AccessDeniedException, ResourceNotFoundException: the ARN names neither table nor stream.
    """
    check_table_arn(scope, request.resource_arn)
    if not request.tags:
        raise ValidationException("Atleast one Tag needs to be provided as Input.")
    check_tags(request.tags)
    table = tagged_table(scope, request.resource_arn)
    tags = merged_tags(tags_of(table.definition, request.resource_arn), request.tags)
    with scope.store.database.write():
        scope.store.save(retagged(table.definition, request.resource_arn, tags))
