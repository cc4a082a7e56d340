"""ListLayers."""

from typing import Annotated, Literal

from msgspec import Meta

from sandbox.arn import layer_arn
from sandbox.awslambda.layer_answers import ListedLayerVersion, listed_layer_version, matches
from sandbox.awslambda.paging import page_of
from sandbox.awslambda.scope import LambdaScope
from sandbox.awslambda.store.ports import StoredLayer
from sandbox.wire.operation import RequestShape, ResponseShape, operation

__all__ = ["list_layers"]


class Request(RequestShape):
    """ListLayers' members."""

    compatible_architecture: Literal["x86_64", "arm64"] | None = None
    compatible_runtime: str | None = None
    marker: str | None = None
    max_items: Annotated[int, Meta(ge=1, le=50)] | None = None


class Layer(ResponseShape):
    """A layer with the newest version that was asked for."""

    layer_name: str
    layer_arn: str
    latest_matching_version: ListedLayerVersion


class Response(ResponseShape):
    """A page of layers."""

    layers: list[Layer]
    next_marker: str | None = None


@operation("ListLayers", Request)
def list_layers(scope: LambdaScope, request: Request) -> Response:
    """List layers by name, each with its newest version that goes with the runtime and architecture.

    Raises:
        InvalidParameterValueException: the marker is none of ours.
    """
    newest: dict[str, StoredLayer] = {}
    for layer in scope.store.layers.of_account(scope.account_id, scope.region):
        if matches(layer, runtime=request.compatible_runtime, architecture=request.compatible_architecture):
            newest.setdefault(layer.name, layer)
    page, marker = page_of(
        list(newest.values()), lambda layer: layer.name, marker=request.marker, size=request.max_items or 50
    )
    layers = [
        Layer(
            layer_name=layer.name,
            layer_arn=layer_arn(layer.region, layer.account_id, layer.name),
            latest_matching_version=listed_layer_version(layer),
        )
        for layer in page
    ]
    return Response(layers=layers, next_marker=marker)
