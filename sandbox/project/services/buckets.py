"""``AWS::S3::Bucket``, and an event of Type S3, which is part of its bucket's notifications.

Source: AWS CloudFormation template reference; AWS SAM developer guide, S3; S3 API reference,
PutBucketNotificationConfiguration.
"""

from collections.abc import Mapping
from typing import Any, Final

from sandbox.project.project import ServiceCall, ServiceResource
from sandbox.project.services.place import Place
from sandbox.project.services.tags import TAG_LIST
from sandbox.project.shapes import Document, Flag, ListOf, Reader, Shape, Struct, Text, Unread
from sandbox.project.template import Resource
from sandbox.project.tree import Fields

__all__ = ["read_bucket", "read_s3_event", "with_notification"]

_FILTER: Final = Struct(
    name="Filter",
    members={
        "S3Key": Struct(
            name="S3Key",
            members={
                "Rules": ListOf(
                    of=Struct(name="a rule", members={"Name": Text(), "Value": Text()}, required=("Name", "Value"))
                )
            },
            required=("Rules",),
        )
    },
    required=("S3Key",),
)
_TARGETS: Final = {
    "LambdaConfigurations": ("Function", "LambdaFunctionConfigurations", "LambdaFunctionArn"),
    "QueueConfigurations": ("Queue", "QueueConfigurations", "QueueArn"),
    "TopicConfigurations": ("Topic", "TopicConfigurations", "TopicArn"),
}
"""CloudFormation's list and member, and what both are called in the API."""


def _configuration(target: str) -> ListOf:
    members: Mapping[str, Shape] = {"Event": Text(), target: Text(), "Filter": _FILTER}
    return ListOf(of=Struct(name="a notification", members=members, required=("Event", target)))


_IGNORED: Final = (
    "AbacStatus", "AccelerateConfiguration", "AccessControl", "AnalyticsConfigurations", "BucketEncryption", "BucketNamePrefix",
    "BucketNamespace", "CorsConfiguration", "IntelligentTieringConfigurations", "InventoryConfigurations", "LifecycleConfiguration",
    "LoggingConfiguration", "MetadataConfiguration", "MetadataTableConfiguration", "MetricsConfigurations", "ObjectLockConfiguration",
    "ObjectLockEnabled", "OwnershipControls", "PublicAccessBlockConfiguration", "ReplicationConfiguration", "WebsiteConfiguration",
)  # fmt: skip
_BUCKET: Final = Struct(
    name="AWS::S3::Bucket",
    members={
        **dict.fromkeys(_IGNORED, Unread()),
        "BucketName": Text(),
        "NotificationConfiguration": Struct(
            name="NotificationConfiguration",
            members={
                **{listed: _configuration(target) for listed, (target, _, _) in _TARGETS.items()},
                "EventBridgeConfiguration": Struct(
                    name="EventBridgeConfiguration", members={"EventBridgeEnabled": Flag()}
                ),
            },
        ),
        "Tags": TAG_LIST,
        "VersioningConfiguration": Document(),
    },
)
_S3_EVENT: Final = Struct(
    name="an S3 event",
    members={"Bucket": Text(), "Events": Document(), "Filter": _FILTER},
    required=("Bucket", "Events"),
)


def read_bucket(resource: Resource, name: str, reader: Reader, place: Place) -> ServiceResource:
    """The bucket, its versioning and its notifications."""
    values = reader.struct(resource.properties, _BUCKET, resource.line)
    making: dict[str, Any] = {"Bucket": name}
    if place.region != "us-east-1":
        making["CreateBucketConfiguration"] = {"LocationConstraint": place.region}
    connecting = []
    if "VersioningConfiguration" in values:
        request = {"Bucket": name, "VersioningConfiguration": values["VersioningConfiguration"]}
        connecting.append(ServiceCall("s3", "PutBucketVersioning", request))
    if values.get("Tags"):
        connecting.append(
            ServiceCall("s3", "PutBucketTagging", {"Bucket": name, "Tagging": {"TagSet": values["Tags"]}})
        )
    bucket = ServiceResource(
        logical_id=resource.logical_id,
        type=resource.type,
        name=name,
        line=resource.line,
        making=(ServiceCall("s3", "CreateBucket", making, there_already=("BucketAlreadyOwnedByYou",)),),
        connecting=tuple(connecting),
    )
    notifications = values.get("NotificationConfiguration", {})
    for listed, (target, wire_list, wire_target) in _TARGETS.items():
        for one in notifications.get(listed, []):
            if {"Event", target} <= one.keys():
                wire = {wire_target: one[target], "Events": [one["Event"]], **_wire_filter(one)}
                bucket = with_notification(bucket, wire_list, wire)
    bridge = notifications.get("EventBridgeConfiguration")
    if bridge is not None and bridge.get("EventBridgeEnabled", True):
        bucket = with_notification(bucket, "EventBridgeConfiguration", None)
    return bucket


def read_s3_event(
    properties: Fields, line: int, function_arn: str, reader: Reader
) -> tuple[str, dict[str, Any]] | None:
    """The name of the bucket, and the configuration that calls the function; ``None`` where it is at fault."""
    values = reader.struct(properties, _S3_EVENT, line)
    if not {"Bucket", "Events"} <= values.keys():
        return None
    events = values["Events"] if isinstance(values["Events"], list) else [values["Events"]]
    return values["Bucket"], {"LambdaFunctionArn": function_arn, "Events": events, **_wire_filter(values)}


def with_notification(bucket: ServiceResource, wire_list: str, configuration: dict[str, Any] | None) -> ServiceResource:
    """*bucket* with one more notification: a bucket's are all set by one call. ``None`` is for EventBridge, without any."""
    others = [call for call in bucket.connecting if call.operation != "PutBucketNotificationConfiguration"]
    before = [call for call in bucket.connecting if call.operation == "PutBucketNotificationConfiguration"]
    already = before[0].parameters["NotificationConfiguration"] if before else {}
    more = {} if configuration is None else [*already.get(wire_list, []), configuration]
    request = {"Bucket": bucket.name, "NotificationConfiguration": {**already, wire_list: more}}
    return bucket.connected([*others, ServiceCall("s3", "PutBucketNotificationConfiguration", request)])


def _wire_filter(values: Mapping[str, Any]) -> dict[str, Any]:
    rules = values.get("Filter", {}).get("S3Key", {}).get("Rules", [])
    wire = [{"Name": rule["Name"].lower(), "Value": rule["Value"]} for rule in rules if len(rule) == 2]
    return {"Filter": {"Key": {"FilterRules": wire}}} if wire else {}
