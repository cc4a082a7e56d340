"""``AWS::Events::EventBus``, ``AWS::Events::Rule``, and events of Type EventBridgeRule, CloudWatchEvent and Schedule.

Source: AWS CloudFormation template reference; AWS SAM developer guide, EventBridgeRule and Schedule.
"""

import json
from collections.abc import Mapping
from typing import Any, Final

from sandbox.project.project import ServiceCall, ServiceResource
from sandbox.project.services.place import Place
from sandbox.project.shapes import Document, Flag, ListOf, Reader, Shape, Struct, Text, Unread
from sandbox.project.template import Resource
from sandbox.project.tree import Fields

__all__ = ["read_event_bus", "read_pattern_event", "read_rule", "read_schedule_event"]

_STATES: Final = ("ENABLED", "DISABLED", "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS")
_BUS: Final = Struct(
    name="AWS::Events::EventBus",
    members={
        "DeadLetterConfig": Unread(),
        "Description": Unread(),
        "EventSourceName": Unread(),
        "KmsKeyIdentifier": Unread(),
        "LogConfig": Unread(),
        "Name": Text(),
        "Policy": Unread(),
        "Tags": Unread(),
    },
)
_RULE: Final = Struct(
    name="AWS::Events::Rule",
    members={
        "Description": Text(),
        "EventBusName": Text(),
        "EventPattern": Document(),
        "Name": Text(),
        "RoleArn": Unread(),
        "ScheduleExpression": Text(),
        "State": Text(choices=_STATES),
        "Tags": Unread(),
        "Targets": ListOf(of=Document()),
    },
)
_TARGET_INPUT: Final[Mapping[str, Shape]] = {"Input": Text(), "InputPath": Text(), "InputTransformer": Document()}
_PATTERN_EVENT: Final = Struct(
    name="an EventBridgeRule event",
    members={
        **_TARGET_INPUT,
        "DeadLetterConfig": Unread(),
        "EventBusName": Text(),
        "LogConfig": Unread(),
        "Pattern": Document(),
        "RetryPolicy": Unread(),
        "RuleName": Text(),
        "State": Text(choices=_STATES),
        "Target": Unread(),
    },
    required=("Pattern",),
)
_SCHEDULE_EVENT: Final = Struct(
    name="a Schedule event",
    members={
        "DeadLetterConfig": Unread(),
        "Description": Text(),
        "Enabled": Flag(),
        "Input": Text(),
        "Name": Text(),
        "RetryPolicy": Unread(),
        "RoleArn": Unread(),
        "Schedule": Text(),
        "State": Text(choices=_STATES),
    },
    required=("Schedule",),
)


def read_event_bus(resource: Resource, name: str, reader: Reader, _place: Place) -> ServiceResource:
    """The event bus."""
    reader.struct(resource.properties, _BUS, resource.line)
    call = ServiceCall("events", "CreateEventBus", {"Name": name}, there_already=("ResourceAlreadyExistsException",))
    return ServiceResource(
        logical_id=resource.logical_id, type=resource.type, name=name, line=resource.line, making=(call,)
    )


def read_rule(resource: Resource, name: str, reader: Reader, _place: Place) -> ServiceResource:
    """The rule and its targets, which are as the API has them."""
    values = reader.struct(resource.properties, _RULE, resource.line)
    values.pop("Name", None)
    targets = values.pop("Targets", [])
    return _rule(resource.logical_id, name, resource.line, values, targets)


def read_pattern_event(label: str, properties: Fields, line: int, function_arn: str, reader: Reader) -> ServiceResource:
    """A rule with a pattern that calls a function; *label* is its name where it has none."""
    values = reader.struct(properties, _PATTERN_EVENT, line)
    name = values.pop("RuleName", label)
    target = {"Id": label, "Arn": function_arn, **_taken(values, _TARGET_INPUT)}
    values["EventPattern"] = values.pop("Pattern", {})
    return _rule(label, name, line, values, [target])


def read_schedule_event(
    label: str, properties: Fields, line: int, function_arn: str, reader: Reader
) -> ServiceResource:
    """A rule with a schedule that calls a function; *label* is its name where it has none."""
    values = reader.struct(properties, _SCHEDULE_EVENT, line)
    name = values.pop("Name", label)
    target = {"Id": label, "Arn": function_arn, **_taken(values, {"Input": Text()})}
    values["ScheduleExpression"] = values.pop("Schedule", "")
    if not values.pop("Enabled", True):
        values.setdefault("State", "DISABLED")
    return _rule(label, name, line, values, [target])


def _taken(values: dict[str, Any], members: Mapping[str, Shape]) -> dict[str, Any]:
    return {member: values.pop(member) for member in members if member in values}


def _rule(
    logical_id: str, name: str, line: int, values: dict[str, Any], targets: list[dict[str, Any]]
) -> ServiceResource:
    bus = {"EventBusName": values.pop("EventBusName")} if "EventBusName" in values else {}
    request = {**values, **bus, "Name": name}
    if "EventPattern" in request:
        request["EventPattern"] = json.dumps(request["EventPattern"])
    calls = [ServiceCall("events", "PutRule", request)]
    if targets:
        calls.append(ServiceCall("events", "PutTargets", {**bus, "Rule": name, "Targets": targets}))
    return ServiceResource(
        logical_id=logical_id, type="AWS::Events::Rule", name=name, line=line, connecting=tuple(calls)
    )
