"""GetLayerVersion."""

from sandbox.awslambda.layer_answers import LayerVersion, layer_version
from sandbox.awslambda.layers import found_layer
from sandbox.awslambda.scope import LambdaScope
from sandbox.awslambda.shapes import LayerName
from sandbox.wire.operation import RequestShape, operation

__all__ = ["get_layer_version"]


class Request(RequestShape):
    """GetLayerVersion's members."""

    layer_name: LayerName
    version_number: int


@operation("GetLayerVersion", Request)
def get_layer_version(scope: LambdaScope, request: Request) -> LayerVersion:
    """Tell everything about a layer version.

    Raises:
        InvalidParameterValueException: versions begin with 1.
        ResourceNotFoundException: there is no such layer or version.
    """
    return layer_version(scope, found_layer(scope, request.layer_name, request.version_number))
