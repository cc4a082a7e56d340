"""``AWS::SNS::Topic``, ``AWS::SNS::Subscription``, and an event of Type SNS.

Source: AWS CloudFormation template reference; AWS SAM developer guide, SNS; SNS API reference, Subscribe.
"""

from collections.abc import Mapping
from typing import Any, Final

from sandbox.project.project import ServiceCall, ServiceResource
from sandbox.project.services.attributes import attribute_text
from sandbox.project.services.place import Place
from sandbox.project.services.tags import TAG_LIST
from sandbox.project.shapes import Document, Flag, ListOf, Reader, Shape, Struct, Text, Unread
from sandbox.project.template import Resource
from sandbox.project.tree import Fields

__all__ = ["read_sns_event", "read_subscription", "read_topic"]

_TOPIC: Final = Struct(
    name="AWS::SNS::Topic",
    members={
        "ArchivePolicy": Unread(),
        "ContentBasedDeduplication": Flag(),
        "DataProtectionPolicy": Unread(),
        "DeliveryStatusLogging": Unread(),
        "DisplayName": Text(),
        "FifoThroughputScope": Unread(),
        "FifoTopic": Flag(),
        "KmsMasterKeyId": Text(),
        "SignatureVersion": Text(),
        "Subscription": ListOf(
            of=Struct(
                name="a subscription",
                members={"Endpoint": Text(), "Protocol": Text()},
                required=("Endpoint", "Protocol"),
            )
        ),
        "Tags": TAG_LIST,
        "TopicName": Text(),
        "TracingConfig": Unread(),
    },
)
_FILTERING: Final[Mapping[str, Shape]] = {
    "FilterPolicy": Document(),
    "FilterPolicyScope": Text(choices=("MessageAttributes", "MessageBody")),
    "RedrivePolicy": Document(),
    "Region": Unread(),
}
_SUBSCRIPTION: Final = Struct(
    name="AWS::SNS::Subscription",
    members={
        **_FILTERING,
        "DeliveryPolicy": Unread(),
        "Endpoint": Text(),
        "Protocol": Text(),
        "RawMessageDelivery": Flag(),
        "ReplayPolicy": Unread(),
        "SubscriptionRoleArn": Unread(),
        "TopicArn": Text(),
    },
    required=("TopicArn", "Protocol"),
)
_SNS_EVENT: Final = Struct(name="an SNS event", members={**_FILTERING, "Topic": Text()}, required=("Topic",))


def read_topic(resource: Resource, name: str, reader: Reader, place: Place) -> ServiceResource:
    """The topic, and the subscriptions it lists itself."""
    values = reader.struct(resource.properties, _TOPIC, resource.line)
    values.pop("TopicName", None)
    subscriptions = values.pop("Subscription", [])
    tags = values.pop("Tags", [])
    attributes = {member: attribute_text(value) for member, value in values.items()}
    making = {"Name": name, "Attributes": attributes, **({"Tags": tags} if tags else {})}
    arn = f"arn:aws:sns:{place.region}:{place.account_id}:{name}"
    return ServiceResource(
        logical_id=resource.logical_id,
        type=resource.type,
        name=name,
        line=resource.line,
        making=(ServiceCall("sns", "CreateTopic", making),),
        connecting=tuple(_subscribe(arn, one) for one in subscriptions if len(one) == 2),
    )


def read_subscription(resource: Resource, name: str, reader: Reader, _place: Place) -> ServiceResource:
    """A subscription that stands alone."""
    values = reader.struct(resource.properties, _SUBSCRIPTION, resource.line)
    return ServiceResource(
        logical_id=resource.logical_id,
        type=resource.type,
        name=name,
        line=resource.line,
        connecting=(_subscribe(values.get("TopicArn", ""), values),),
    )


def read_sns_event(label: str, properties: Fields, line: int, function_arn: str, reader: Reader) -> ServiceResource:
    """A topic that calls a function."""
    values = reader.struct(properties, _SNS_EVENT, line)
    values |= {"Protocol": "lambda", "Endpoint": function_arn}
    return ServiceResource(
        logical_id=label,
        type="AWS::SNS::Subscription",
        name=label,
        line=line,
        connecting=(_subscribe(values.get("Topic", ""), values),),
    )


def _subscribe(topic_arn: str, values: Mapping[str, Any]) -> ServiceCall:
    attributes = {
        member: attribute_text(values[member])
        for member in ("FilterPolicy", "FilterPolicyScope", "RedrivePolicy")
        if member in values
    }
    if values.get("RawMessageDelivery"):  # said only where it is true: the hosted SNS takes the word false for true
        attributes["RawMessageDelivery"] = "true"
    request = {
        "TopicArn": topic_arn,
        "Protocol": values["Protocol"],
        "Endpoint": values.get("Endpoint", ""),
        "Attributes": attributes,
    }
    return ServiceCall("sns", "Subscribe", request)
