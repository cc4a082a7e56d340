"""A function's ``CodeUri`` or ``Code``, a layer's ``ContentUri`` or ``Content``: a path, or a map of where the code lies."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final, assert_never

from sandbox.project.code import code_at, inline_code
from sandbox.project.project import CodeBundle, CodeFolder
from sandbox.project.shapes import Reader, Struct, Text, Unread
from sandbox.project.template import Resource
from sandbox.project.tree import Fields, Items, Scalar, scalar_text

__all__ = ["read_code", "read_content", "read_image_uri"]

_LAMBDA_CODE: Final = Struct(
    name="Code",
    members={
        "ImageUri": Text(),
        "S3Bucket": Text(),
        "S3Key": Text(),
        "S3ObjectVersion": Text(),
        "SourceKMSKeyArn": Unread(),
        "ZipFile": Text(),
    },
)
_LAMBDA_CONTENT: Final = Struct(
    name="Content", members={"S3Bucket": Text(), "S3Key": Text(), "S3ObjectVersion": Text()}
)
_SERVERLESS_CODE: Final = Struct(name="CodeUri", members={"Bucket": Text(), "Key": Text(), "Version": Text()})


def read_code(
    resource: Resource, properties: Fields, reader: Reader, *, folder: Path, runtime: str
) -> CodeFolder | CodeBundle | None:
    """Where the code of *resource* lies; ``None`` after a fault has been reported.

    A path is relative to *folder*, the template's own. ``AWS::Lambda::Function`` takes a path too, as
    ``aws cloudformation package`` does.
    """
    serverless = resource.type == "AWS::Serverless::Function"
    name = "CodeUri" if serverless else "Code"
    line = properties.line_of(name)
    if name not in properties.entries:
        return CodeFolder(path=folder.resolve()) if serverless else None  # SAM CLI takes the template's folder
    found = _located(properties, name, _SERVERLESS_CODE if serverless else _LAMBDA_CODE, reader, folder=folder)
    if not isinstance(found, Mapping):
        return found
    if "ZipFile" in found:
        return inline_code(found["ZipFile"], runtime)
    advice = "Point it at the folder with the source, for example ./functions/app"
    reader.problems.add(line, f"the code of {resource.logical_id} is in S3, not on this machine", advice)
    return None


def read_image_uri(resource: Resource, properties: Fields, reader: Reader) -> str | None:
    """The container image that is the function; ``None`` where *resource* names none."""
    if resource.type == "AWS::Serverless::Function":
        node = properties.entries.get("ImageUri")
        return None if node is None else _text(reader.value(node, Text(), "ImageUri"))
    node = properties.entries.get("Code")
    values = None if node is None else reader.value(node, _LAMBDA_CODE, "Code")
    return _text(values.get("ImageUri")) if isinstance(values, dict) else None


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) else None


def read_content(resource: Resource, reader: Reader, *, folder: Path) -> CodeFolder | CodeBundle | None:
    """Where the content of a layer lies; ``None`` after a fault has been reported."""
    serverless = resource.type == "AWS::Serverless::LayerVersion"
    name = "ContentUri" if serverless else "Content"
    properties = resource.properties
    if name not in properties.entries:
        return CodeFolder(path=folder.resolve()) if serverless else None
    found = _located(properties, name, _SERVERLESS_CODE if serverless else _LAMBDA_CONTENT, reader, folder=folder)
    if not isinstance(found, Mapping):
        return found
    advice = "Point it at the folder with the content, for example ./layers/shared"
    what = f"the content of {resource.logical_id} is in S3, not on this machine"
    reader.problems.add(properties.line_of(name), what, advice)
    return None


def _located(
    properties: Fields, name: str, shape: Struct, reader: Reader, *, folder: Path
) -> CodeFolder | CodeBundle | Mapping[str, Any] | None:
    """The code at the path that property *name* says, or the map that it is; ``None`` after a fault."""
    line = properties.line_of(name)
    node = reader.settled(properties.entries[name])
    match node:
        case None:
            return None
        case Scalar():
            return code_at(scalar_text(node.value), folder, line, reader.problems)
        case Fields():
            values = reader.struct(node, shape, line)
        case Items():
            reader.problems.add(line, f"{name} must be a path or a map", "Name the folder with the source")
            return None
        case _:
            assert_never(node)
    bucket, key = values.get("S3Bucket", values.get("Bucket")), values.get("S3Key", values.get("Key", ""))
    if bucket == "hot-reload":  # the name LocalStack's users know for a folder on this machine
        return code_at(key, folder, line, reader.problems)
    return values
