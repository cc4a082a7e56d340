"""GetResourcePolicy: the policy attached to a table or a stream."""

from sandbox.dynamodb.operations.policies.canonical import told
from sandbox.dynamodb.operations.policies.documents import policy_not_found, resource_of
from sandbox.dynamodb.parameters import ResourceArn
from sandbox.dynamodb.scope import Scope
from sandbox.wire.operation import RequestShape, ResponseShape, operation

__all__ = ["get_resource_policy"]


class Request(RequestShape):
    """GetResourcePolicy as it is sent."""

    resource_arn: ResourceArn


class Response(ResponseShape):
    """The policy in AWS's form, and its revision."""

    policy: str
    revision_id: str


@operation("GetResourcePolicy", Request)
def get_resource_policy(scope: Scope, request: Request) -> Response:
    """Tell a resource's policy.

    Raises:
        ResourceNotFoundException: there is no such table or stream.
        PolicyNotFoundException: it has no policy.
    """
    arn = request.resource_arn
    policy = resource_of(scope, arn).definition.policies.get(arn)
    if policy is None:
        raise policy_not_found(arn)
    return Response(policy=told(policy.text), revision_id=policy.revision_id)
