"""PublishLayerVersion."""

from typing import Annotated, Literal

from msgspec import Meta

from sandbox.awslambda.configuration import timestamp
from sandbox.awslambda.layer_answers import LayerVersion, layer_version
from sandbox.awslambda.layers import place_of
from sandbox.awslambda.runtimes import check_compatible_runtimes
from sandbox.awslambda.scope import LambdaScope
from sandbox.awslambda.shapes import ArchiveSource, LayerName
from sandbox.awslambda.store.ports import StoredLayer
from sandbox.wire.operation import RequestShape, operation

__all__ = ["publish_layer_version"]


class Request(RequestShape):
    """PublishLayerVersion's members."""

    layer_name: LayerName
    description: Annotated[str, Meta(max_length=256)] | None = None
    content: ArchiveSource
    compatible_architectures: Annotated[list[Literal["x86_64", "arm64"]], Meta(max_length=2)] | None = None
    compatible_runtimes: Annotated[list[str], Meta(max_length=15)] | None = None
    license_info: Annotated[str, Meta(max_length=512)] | None = None


@operation("PublishLayerVersion", Request, success_status=201)
async def publish_layer_version(scope: LambdaScope, request: Request) -> LayerVersion:
    """Keep the content as the layer's next version; no number is given twice.

    The content is an archive, an object in S3, or a folder as ``S3Key`` of the bucket ``hot-reload``.

    Raises:
        InvalidParameterValueException: the content or a runtime is not acceptable.
        RequestEntityTooLargeException: an upload of more than 50 MB.

    Source: API reference, PublishLayerVersion.
    """
    check_compatible_runtimes(request.compatible_runtimes or ())
    code = await scope.code.receive(request.content, account_id=scope.account_id, region=scope.region)
    _, _, name = place_of(scope, request.layer_name)
    before = scope.store.layers.versions(scope.account_id, scope.region, name)
    about = {
        "Description": request.description or "",
        "CreatedDate": timestamp(scope.clock.now()),
        "CompatibleArchitectures": request.compatible_architectures or None,
        "CompatibleRuntimes": request.compatible_runtimes or None,
        "LicenseInfo": request.license_info,
    }
    layer = StoredLayer(
        account_id=scope.account_id,
        region=scope.region,
        name=name,
        version=before[0].version + 1 if before else 1,
        document={member: value for member, value in about.items() if value is not None},
        code=code,
    )
    with scope.store.change():
        scope.store.layers.put(layer)
    return layer_version(scope, layer)
