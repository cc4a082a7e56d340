"""GetLayerVersionPolicy."""

from sandbox.awslambda.faults import ResourceNotFoundException
from sandbox.awslambda.layer_policies import policy_of_layer
from sandbox.awslambda.layers import found_layer
from sandbox.awslambda.scope import LambdaScope
from sandbox.awslambda.shapes import LayerName
from sandbox.wire.operation import RequestShape, ResponseShape, operation

__all__ = ["get_layer_version_policy"]


class Request(RequestShape):
    """GetLayerVersionPolicy's members."""

    layer_name: LayerName
    version_number: int


class Response(ResponseShape):
    """The policy as JSON text."""

    policy: str
    revision_id: str


@operation("GetLayerVersionPolicy", Request)
def get_layer_version_policy(scope: LambdaScope, request: Request) -> Response:
    """Tell who may use a layer version.

    Raises:
        ResourceNotFoundException: there is no such layer version, or no policy.
        InvalidParameterValueException: versions begin with 1.
    """
    policy = policy_of_layer(found_layer(scope, request.layer_name, request.version_number))
    if policy is None:
        raise ResourceNotFoundException("No policy is associated with the given resource.")
    return Response(policy=policy.document(), revision_id=policy.revision_id)
