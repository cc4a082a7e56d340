"""What becomes of a function's asynchronous events: where they go when they failed or succeeded, and how often they are tried.

Source: AWS SAM developer guide, EventInvokeConfiguration and DeadLetterQueue; AWS CloudFormation template reference.
"""

from collections.abc import Mapping
from typing import Any, Final

from sandbox.project.project import InvokeSettings, Notice
from sandbox.project.shapes import Number, Reader, Shape, Struct, Text
from sandbox.project.template import Resource
from sandbox.project.tree import Fields

__all__ = ["read_dead_letter", "read_event_invoke_config", "read_invoke_settings"]

_DESTINATION: Final = Struct(
    name="a destination",
    members={"Destination": Text(), "Type": Text(choices=("SQS", "SNS", "Lambda", "EventBridge", "S3Bucket"))},
)
_SETTINGS: Final[Mapping[str, Shape]] = {
    "DestinationConfig": Struct(
        name="DestinationConfig", members={"OnFailure": _DESTINATION, "OnSuccess": _DESTINATION}
    ),
    "MaximumEventAgeInSeconds": Number(),
    "MaximumRetryAttempts": Number(),
}
_OF_FUNCTION: Final = Struct(name="EventInvokeConfig", members=_SETTINGS)
_RESOURCE: Final = Struct(
    name="AWS::Lambda::EventInvokeConfig",
    members={**_SETTINGS, "FunctionName": Text(), "Qualifier": Text()},
    required=("FunctionName", "Qualifier"),
)
_DEAD_LETTER: Final = Struct(
    name="a dead-letter queue",
    members={"TargetArn": Text(), "Type": Text(choices=("SQS", "SNS"))},
    required=("TargetArn",),
)


def read_dead_letter(properties: Fields, reader: Reader) -> str | None:
    """The ARN of the queue or topic for what failed for good, by SAM's name for it or by Lambda's."""
    for member in ("DeadLetterQueue", "DeadLetterConfig"):
        if member in properties.entries:
            values = reader.value(properties.entries[member], _DEAD_LETTER, member)
            target: str | None = values.get("TargetArn") if isinstance(values, dict) else None
            return target
    return None


def read_event_invoke_config(
    properties: Fields, function_name: str, reader: Reader, notices: list[Notice]
) -> InvokeSettings | None:
    """The settings that a SAM function's *properties* ask for; ``None`` where they ask for none, or after a fault."""
    node = properties.entries.get("EventInvokeConfig")
    values = None if node is None else reader.value(node, _OF_FUNCTION, "EventInvokeConfig")
    if not isinstance(values, dict):
        return None
    line = properties.line_of("EventInvokeConfig")
    return _settings(line, function_name, {"FunctionName": function_name}, values, notices)


def read_invoke_settings(resource: Resource, reader: Reader, notices: list[Notice]) -> InvokeSettings:
    """The settings that *resource* declares."""
    values = reader.struct(resource.properties, _RESOURCE, resource.line)
    function = values.pop("FunctionName", "")
    which = {"FunctionName": function, "Qualifier": values.pop("Qualifier", "$LATEST")}
    name = function.rpartition(":function:")[2].partition(":")[0]
    return _settings(resource.line, name, which, values, notices)


def _settings(
    line: int, function_name: str, which: Mapping[str, Any], values: dict[str, Any], notices: list[Notice]
) -> InvokeSettings:
    destinations: dict[str, Any] = {}
    for kind, destination in values.pop("DestinationConfig", {}).items():
        if "Destination" in destination:
            destinations[kind] = {"Destination": destination["Destination"]}
        else:
            text = f"{kind} of {function_name} names no Destination; the one that SAM would make is not made"
            notices.append(Notice(line=line, text=text))
    request = {**which, **values, "DestinationConfig": destinations}
    return InvokeSettings(line=line, function_name=function_name, request=request)
