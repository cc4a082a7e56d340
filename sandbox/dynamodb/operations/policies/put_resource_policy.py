"""PutResourcePolicy: attach a policy to a table or a stream."""

from msgspec.structs import replace

from sandbox.dynamodb.operations.policies.documents import (
    changeable_resource,
    check_policy,
    check_revision,
    check_stays_changeable,
    new_policy,
)
from sandbox.dynamodb.parameters import PolicyRevisionId, ResourceArn
from sandbox.dynamodb.scope import Scope
from sandbox.wire.operation import RequestShape, ResponseShape, operation

__all__ = ["put_resource_policy"]


class Request(RequestShape):
    """PutResourcePolicy as it is sent."""

    is_hash_listed = True
    resource_arn: ResourceArn
    policy: str
    expected_revision_id: PolicyRevisionId | None = None
    confirm_remove_self_resource_access: bool | None = None


class Response(ResponseShape):
    """The revision that is in force now."""

    revision_id: str


@operation("PutResourcePolicy", Request)
def put_resource_policy(scope: Scope, request: Request) -> Response:
    """Keep a policy; nobody is refused anything by it. One that is there already keeps its revision.

    Raises:
        ValidationException: it is no policy, or the ARN is none.
        AccessDeniedException: it would not let the caller change it again, and that is not confirmed.
        ResourceNotFoundException: there is no such table or stream.
        ResourceInUseException: the table is being deleted.
        PolicyNotFoundException: another revision was expected.
    """
    arn = request.resource_arn
    check_policy(request.policy, of_stream="/stream/" in arn)
    definition = changeable_resource(scope, arn).definition
    present = definition.policies.get(arn)
    check_revision(arn, present, request.expected_revision_id)
    if not request.confirm_remove_self_resource_access:
        check_stays_changeable(scope, request.policy)
    policy = new_policy(request.policy, scope.clock.now(), present)
    with scope.store.database.write():
        scope.store.save(replace(definition, policies=definition.policies | {arn: policy}))
    return Response(revision_id=policy.revision_id)
