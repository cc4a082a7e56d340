"""``AWS::Serverless::LayerVersion`` and ``AWS::Lambda::LayerVersion`` to PublishLayerVersion requests."""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from sandbox.project.code_property import read_content
from sandbox.project.project import CodeFolder, Layer, Notice
from sandbox.project.shapes import ListOf, Reader, Shape, Struct, Text, Unread
from sandbox.project.template import Resource

__all__ = ["read_layer"]

_COMMON: Final[Mapping[str, Shape]] = {
    "CompatibleArchitectures": ListOf(of=Text(choices=("x86_64", "arm64"))),
    "CompatibleRuntimes": ListOf(of=Text()),
    "Description": Text(),
    "LayerName": Text(),
    "LicenseInfo": Text(),
}
_SHAPES: Final = {
    "AWS::Lambda::LayerVersion": Struct(
        name="AWS::Lambda::LayerVersion", members={**_COMMON, "Content": Unread()}, required=("Content",)
    ),
    "AWS::Serverless::LayerVersion": Struct(
        name="AWS::Serverless::LayerVersion",
        members={**_COMMON, "ContentUri": Unread(), "PublishLambdaVersion": Unread(), "RetentionPolicy": Unread()},
    ),
}


def read_layer(resource: Resource, name: str, reader: Reader, notices: list[Notice], *, folder: Path) -> Layer | None:
    """The layer that *resource* declares; ``None`` after a fault has been reported. Paths are relative to *folder*."""
    values = reader.struct(resource.properties, _SHAPES[resource.type], resource.line)
    code = read_content(resource, reader, folder=folder)
    if code is None:
        return None
    if isinstance(code, CodeFolder) and _looks_like_modules(code.path):
        text = f"the modules of layer {name} are not found: Lambda looks for them in a folder python inside {code.path}"
        notices.append(Notice(line=resource.line, text=text))
    return Layer(
        logical_id=resource.logical_id,
        name=name,
        line=resource.line,
        code=code,
        request={**values, "LayerName": name},
    )


def _looks_like_modules(folder: Path) -> bool:
    """Whether Python code lies in *folder* itself, where Lambda does not look for it."""
    return not (folder / "python").is_dir() and any(folder.glob("*.py"))
