"""What is told of a layer version, made of what is stored."""

from typing import Any

from sandbox.awslambda.layers import version_arn
from sandbox.awslambda.scope import LambdaScope
from sandbox.awslambda.store.ports import StoredLayer
from sandbox.wire.operation import ResponseShape

__all__ = ["LayerVersion", "ListedLayerVersion", "layer_version", "listed_layer_version", "matches"]


class Content(ResponseShape):
    """Where the archive lies, and how large it is."""

    location: str
    code_sha256: str
    code_size: int


class ListedLayerVersion(ResponseShape):
    """A layer version in a list."""

    layer_version_arn: str
    version: int
    description: str
    created_date: str
    compatible_architectures: list[str] | None = None
    compatible_runtimes: list[str] | None = None
    license_info: str | None = None


class LayerVersion(ListedLayerVersion):
    """A layer version by itself."""

    content: Content
    layer_arn: str


def layer_version(scope: LambdaScope, layer: StoredLayer) -> LayerVersion:
    """Tell everything about *layer*, which is not deleted.

    ``Location`` is a ``file:`` URL of the folder that holds the content; AWS gives a signed one of an archive.
    """
    assert layer.code is not None, "only a deleted layer has lost its code"
    arn = version_arn(layer)
    return LayerVersion(
        content=Content(
            location=scope.code.location(layer.code), code_sha256=layer.code.sha256, code_size=layer.code.size
        ),
        layer_arn=arn.rpartition(":")[0],
        **_listed(layer),
    )


def listed_layer_version(layer: StoredLayer) -> ListedLayerVersion:
    """Tell what lists tell about *layer*."""
    return ListedLayerVersion(**_listed(layer))


def matches(layer: StoredLayer, *, runtime: str | None, architecture: str | None) -> bool:
    """Whether *layer* is there and says that it goes with both; ``None`` asks for none."""
    document = layer.document
    return (
        not layer.deleted
        and (runtime is None or runtime in document.get("CompatibleRuntimes", ()))
        and (architecture is None or architecture in document.get("CompatibleArchitectures", ()))
    )


def _listed(layer: StoredLayer) -> dict[str, Any]:
    document = layer.document
    return {
        "layer_version_arn": version_arn(layer),
        "version": layer.version,
        "description": document["Description"],
        "created_date": document["CreatedDate"],
        "compatible_architectures": document.get("CompatibleArchitectures"),
        "compatible_runtimes": document.get("CompatibleRuntimes"),
        "license_info": document.get("LicenseInfo"),
    }
