"""UntagResource: take tags off a table or stream."""

from typing import Annotated

from sandbox.dynamodb.faults import ValidationException
from sandbox.dynamodb.operations.tags.find import check_table_arn, retagged, tagged_table, tags_of
from sandbox.dynamodb.operations.tags.rules import check_tag_keys
from sandbox.dynamodb.parameters import ResourceArn
from sandbox.dynamodb.scope import Scope
from sandbox.wire.constraints import Upfront
from sandbox.wire.operation import RequestShape, operation

__all__ = ["untag_resource"]


class Request(RequestShape):
    """UntagResource as it is sent."""

    resource_arn: Annotated[ResourceArn, Upfront(check=lambda arn: None if arn else "Invalid TableArn")]
    tag_keys: list[str]


@operation("UntagResource", Request)
def untag_resource(scope: Scope, request: Request) -> None:
    """Remove tags by key, known or not; the answer has no body.

    Raises:
        ValidationException: no key is given, one is not allowed, or there are more than 50.
        AccessDeniedException, ResourceNotFoundException: the ARN names neither table nor stream.
    """
    check_table_arn(scope, request.resource_arn)
    if not request.tag_keys:
        raise ValidationException("Atleast one Tag Key needs to be provided as Input.")
    check_tag_keys(request.tag_keys)
    table = tagged_table(scope, request.resource_arn)
    present = tags_of(table.definition, request.resource_arn)
    tags = {key: value for key, value in present.items() if key not in request.tag_keys}
    with scope.store.database.write():
        scope.store.save(retagged(table.definition, request.resource_arn, tags))
