"""DeleteLayerVersion."""

import msgspec

from sandbox.awslambda.faults import ResourceNotFoundException
from sandbox.awslambda.layers import found_layer, release_layers, version_arn
from sandbox.awslambda.scope import LambdaScope
from sandbox.awslambda.shapes import LayerName
from sandbox.wire.operation import RequestShape, operation

__all__ = ["delete_layer_version"]


class Request(RequestShape):
    """DeleteLayerVersion's members."""

    layer_name: LayerName
    version_number: int


@operation("DeleteLayerVersion", Request, success_status=204)
def delete_layer_version(scope: LambdaScope, request: Request) -> None:
    """Show a layer version no more; functions that have it keep it. One that is not there is no error.

    Raises:
        InvalidParameterValueException: versions begin with 1.

    Source: API reference, DeleteLayerVersion.
    """
    try:
        layer = found_layer(scope, request.layer_name, request.version_number)
    except ResourceNotFoundException:
        return
    with scope.store.change():
        scope.store.layers.put(msgspec.structs.replace(layer, deleted=True, policy=None))
    release_layers(scope, [version_arn(layer)])
