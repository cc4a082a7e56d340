"""``FunctionUrlConfig`` of a SAM function, and ``AWS::Lambda::Url``, to CreateFunctionUrlConfig requests."""

from collections.abc import Mapping
from typing import Final

from sandbox.project.project import FunctionUrl
from sandbox.project.shapes import Flag, ListOf, Number, Reader, Shape, Struct, Text
from sandbox.project.template import Resource
from sandbox.project.tree import Fields

__all__ = ["read_function_url", "read_url"]

_SETTINGS: Final[Mapping[str, Shape]] = {
    "AuthType": Text(choices=("NONE", "AWS_IAM")),
    "Cors": Struct(
        name="Cors",
        members={
            "AllowCredentials": Flag(),
            "AllowHeaders": ListOf(of=Text()),
            "AllowMethods": ListOf(of=Text()),
            "AllowOrigins": ListOf(of=Text()),
            "ExposeHeaders": ListOf(of=Text()),
            "MaxAge": Number(),
        },
    ),
    "InvokeMode": Text(choices=("BUFFERED", "RESPONSE_STREAM")),
}
_OF_FUNCTION: Final = Struct(name="FunctionUrlConfig", members=_SETTINGS, required=("AuthType",))
_RESOURCE: Final = Struct(
    name="AWS::Lambda::Url",
    members={**_SETTINGS, "Qualifier": Text(), "TargetFunctionArn": Text()},
    required=("AuthType", "TargetFunctionArn"),
)


def read_function_url(properties: Fields, function_name: str, reader: Reader) -> FunctionUrl | None:
    """The URL that a SAM function's *properties* ask for; ``None`` where they ask for none, or after a fault."""
    config = properties.entries.get("FunctionUrlConfig")
    node = None if config is None else reader.settled(config)
    if node is None:
        return None
    line = properties.line_of("FunctionUrlConfig")
    values = reader.value(node, _OF_FUNCTION, "FunctionUrlConfig")
    if not isinstance(values, dict):
        return None
    return FunctionUrl(line=line, function_name=function_name, request={**values, "FunctionName": function_name})


def read_url(resource: Resource, reader: Reader) -> FunctionUrl:
    """The URL that *resource* declares."""
    values = reader.struct(resource.properties, _RESOURCE, resource.line)
    target = values.pop("TargetFunctionArn", "")
    name = target.rpartition(":function:")[2].partition(":")[0]
    return FunctionUrl(line=resource.line, function_name=name, request={**values, "FunctionName": target})
