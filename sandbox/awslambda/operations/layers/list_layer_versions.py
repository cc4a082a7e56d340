"""ListLayerVersions."""

from typing import Annotated, Literal

from msgspec import Meta

from sandbox.awslambda.layer_answers import ListedLayerVersion, listed_layer_version, matches
from sandbox.awslambda.layers import place_of
from sandbox.awslambda.paging import page_of
from sandbox.awslambda.scope import LambdaScope
from sandbox.awslambda.shapes import LayerName
from sandbox.wire.operation import RequestShape, ResponseShape, operation

__all__ = ["list_layer_versions"]


class Request(RequestShape):
    """ListLayerVersions' members."""

    compatible_architecture: Literal["x86_64", "arm64"] | None = None
    compatible_runtime: str | None = None
    layer_name: LayerName
    marker: str | None = None
    max_items: Annotated[int, Meta(ge=1, le=50)] | None = None


class Response(ResponseShape):
    """A page of versions."""

    layer_versions: list[ListedLayerVersion]
    next_marker: str | None = None


@operation("ListLayerVersions", Request)
def list_layer_versions(scope: LambdaScope, request: Request) -> Response:
    """List the versions of a layer, newest first; a layer that is not there has none.

    Raises:
        InvalidParameterValueException: the marker is none of ours.
    """
    versions = [
        layer
        for layer in scope.store.layers.versions(*place_of(scope, request.layer_name))
        if matches(layer, runtime=request.compatible_runtime, architecture=request.compatible_architecture)
    ]
    page, marker = page_of(
        versions, lambda layer: str(layer.version), marker=request.marker, size=request.max_items or 50
    )
    return Response(layer_versions=[listed_layer_version(layer) for layer in page], next_marker=marker)
