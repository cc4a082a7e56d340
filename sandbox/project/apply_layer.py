"""Publish the layers of a template, and find those that a function names."""

import base64
import hashlib
import re
from collections.abc import Sequence
from typing import Any, Final

from sandbox.project.api import Caller
from sandbox.project.code import code_parameters
from sandbox.project.project import CodeFolder, Layer

__all__ = ["apply_layer", "layers_there"]

_VERSION_ARN: Final = re.compile(r"arn:[^:]+:lambda:[^:]+:\d{12}:layer:[a-zA-Z0-9-_]+:\d+")
_ABOUT: Final = {"Description": "", "CompatibleRuntimes": [], "CompatibleArchitectures": [], "LicenseInfo": ""}


async def apply_layer(layer: Layer, caller: Caller) -> str:
    """Give the ARN of the layer's newest version; publish one unless that is what the template declares.

    Raises:
        TemplateFault: the layer is refused.
    """
    line, service = layer.line, "lambda"
    listed = await caller.call(
        "ListLayerVersions", {"LayerName": layer.name, "MaxItems": 1}, line=line, service=service
    )
    for newest in listed["LayerVersions"]:
        published = await caller.call(
            "GetLayerVersionByArn", {"Arn": newest["LayerVersionArn"]}, line=line, service=service
        )
        if _is_declared(layer, published):
            return str(newest["LayerVersionArn"])
    request = {**layer.request, "Content": code_parameters(layer.code)}
    published = await caller.call("PublishLayerVersion", request, line=line, service=service)
    return str(published["LayerVersionArn"])


async def layers_there(version_arns: Sequence[str], caller: Caller, *, line: int, function_name: str) -> list[str]:
    """Those of *version_arns* that are published here; of the others, a notice says that they are left out."""
    found: list[str] = []
    for arn in version_arns:
        is_there = _VERSION_ARN.fullmatch(arn) is not None and await caller.find(
            "GetLayerVersionByArn", {"Arn": arn}, line=line, service="lambda"
        )
        if is_there:
            found.append(arn)
        else:
            text = f"the layer {arn} of {function_name} is not published here and left out"
            caller.notice(line, f"{text}; install what it holds into the project's interpreter")
    return found


def _is_declared(layer: Layer, published: dict[str, Any]) -> bool:
    content = published["Content"]
    if isinstance(layer.code, CodeFolder):
        is_same_code = content["Location"] == layer.code.path.as_uri()
    else:
        sha256 = base64.b64encode(hashlib.sha256(layer.code.zip_bytes).digest()).decode()
        is_same_code = content["CodeSha256"] == sha256
    return is_same_code and all(
        (layer.request.get(member) or nothing) == published.get(member, nothing) for member, nothing in _ABOUT.items()
    )
