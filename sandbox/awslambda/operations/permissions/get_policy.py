"""GetPolicy."""

from sandbox.awslambda.policies import found_policy, permitted_function
from sandbox.awslambda.scope import LambdaScope
from sandbox.awslambda.shapes import NamespacedFunctionName, Qualifier
from sandbox.wire.operation import RequestShape, ResponseShape, operation

__all__ = ["get_policy"]


class Request(RequestShape):
    """GetPolicy's members."""

    function_name: NamespacedFunctionName
    qualifier: Qualifier | None = None


class Response(ResponseShape):
    """The policy as JSON text."""

    policy: str
    revision_id: str


@operation("GetPolicy", Request)
def get_policy(scope: LambdaScope, request: Request) -> Response:
    """Tell who may use a function, version or alias.

    Raises:
        ResourceNotFoundException: there is no such function, or no policy.
    """
    reference = permitted_function(scope, request.function_name, request.qualifier)
    policy = found_policy(scope, reference, "The resource you requested does not exist.")
    return Response(policy=policy.document(), revision_id=policy.revision_id)
