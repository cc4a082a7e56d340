"""DeleteResourcePolicy: take the policy off a table or a stream."""

from msgspec.structs import replace

from sandbox.dynamodb.operations.policies.documents import changeable_resource, check_revision
from sandbox.dynamodb.parameters import PolicyRevisionId, ResourceArn
from sandbox.dynamodb.scope import Scope
from sandbox.wire.operation import RequestShape, ResponseShape, operation

__all__ = ["delete_resource_policy"]


class Request(RequestShape):
    """DeleteResourcePolicy as it is sent."""

    resource_arn: ResourceArn
    expected_revision_id: PolicyRevisionId | None = None


class Response(ResponseShape):
    """The revision that was deleted; nothing where there was none."""

    revision_id: str | None = None


@operation("DeleteResourcePolicy", Request)
def delete_resource_policy(scope: Scope, request: Request) -> Response:
    """Delete a resource's policy; one that has none is no error.

    Raises:
        ResourceNotFoundException: there is no such table or stream.
        ResourceInUseException: the table is being deleted.
        PolicyNotFoundException: another revision was expected.
    """
    arn = request.resource_arn
    definition = changeable_resource(scope, arn).definition
    present = definition.policies.get(arn)
    check_revision(arn, present, request.expected_revision_id)
    if present is None:
        return Response()
    others = {other: policy for other, policy in definition.policies.items() if other != arn}
    with scope.store.database.write():
        scope.store.save(replace(definition, policies=others))
    return Response(revision_id=present.revision_id)
