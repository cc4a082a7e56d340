"""Functions that are container images: what they may and may not have, and what is told of their code.

An image may be of any registry and any name that the Docker engine knows; AWS takes those of its own registry only.
Source of the refusals, but for those marked *recalled*: pulumi/pulumi-aws#5439, boto/boto3#2705,
appleboy/lambda-action#28, umihico/pythonista-chromeless#19.
"""

import hashlib
from collections.abc import Mapping
from typing import Any

import msgspec

from sandbox.awslambda.faults import InvalidParameterValueException
from sandbox.awslambda.shapes import FunctionCode, FunctionSettings
from sandbox.awslambda.store.ports import CodeReference

__all__ = ["check_package", "image_code", "with_image_config"]


def check_package(request: FunctionSettings, package_type: str) -> None:
    """Refuse settings of the other type of package.

    Raises:
        InvalidParameterValueException: a runtime, handler or layers for an image, ImageConfig for an archive (recalled).
    """
    if package_type == "Image":
        if request.runtime is not None or request.handler is not None or request.layers:
            raise InvalidParameterValueException(
                "Please don't provide Handler or Runtime or Layer when the intended function PackageType is Image."
            )
    elif request.image_config is not None:
        raise InvalidParameterValueException(
            "Please don't provide ImageConfig when the intended function PackageType is Zip."
        )


def image_code(source: FunctionCode, package_type: str, *, doing: str) -> CodeReference | None:
    """The image that *source* names, for a function of this type of package; ``None`` where its code is an archive.

    *doing* is ``creating`` or ``updating``.

    Raises:
        InvalidParameterValueException: no image for a function that is one, or an image for one that is none.
    """
    if package_type == "Image":
        if source.image_uri is None:
            raise InvalidParameterValueException(
                f"Please provide ImageUri when {doing} a function with packageType Image."
            )
        sha256 = hashlib.sha256(source.image_uri.encode()).hexdigest()
        return CodeReference(kind="image", path=source.image_uri, sha256=sha256)
    if source.image_uri is not None and doing == "updating":
        raise InvalidParameterValueException(
            "Please don't provide ImageUri when updating a function with packageType Zip."
        )
    return None


def with_image_config(configuration: Mapping[str, Any], request: FunctionSettings) -> dict[str, Any]:
    """Lay ImageConfig over *configuration*; an empty one takes it away."""
    if request.image_config is None:
        return dict(configuration)
    kept = {name: value for name, value in configuration.items() if name != "ImageConfigResponse"}
    given = {name: value for name, value in msgspec.to_builtins(request.image_config).items() if value}
    return {**kept, "ImageConfigResponse": {"ImageConfig": given}} if given else kept
