"""GetLayerVersionByArn."""

from sandbox.awslambda.layer_answers import LayerVersion, layer_version
from sandbox.awslambda.layers import found_layer
from sandbox.awslambda.scope import LambdaScope
from sandbox.awslambda.shapes import LayerVersionArn
from sandbox.wire.operation import RequestShape, operation

__all__ = ["get_layer_version_by_arn"]


class Request(RequestShape):
    """GetLayerVersionByArn's members."""

    arn: LayerVersionArn


@operation("GetLayerVersionByArn", Request)
def get_layer_version_by_arn(scope: LambdaScope, request: Request) -> LayerVersion:
    """Tell everything about a layer version.

    Raises:
        InvalidParameterValueException: versions begin with 1.
        ResourceNotFoundException: there is no such layer or version.
    """
    layer_arn, _, version = request.arn.rpartition(":")
    number = int(version) if version.isdecimal() else 1  # AWS's own layers have no number, and none of them is here
    return layer_version(scope, found_layer(scope, layer_arn, number))
