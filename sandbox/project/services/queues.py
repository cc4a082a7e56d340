"""``AWS::SQS::Queue``. Source: AWS CloudFormation template reference, and SQS API reference, SetQueueAttributes."""

from typing import Any, Final

from sandbox.project.project import ServiceCall, ServiceResource
from sandbox.project.services.attributes import attribute_text
from sandbox.project.services.place import Place
from sandbox.project.services.tags import TAG_LIST, tag_map
from sandbox.project.shapes import Document, Flag, Number, Reader, Struct, Text
from sandbox.project.template import Resource

__all__ = ["read_queue"]

_QUEUE: Final = Struct(
    name="AWS::SQS::Queue",
    members={
        "ContentBasedDeduplication": Flag(),
        "DeduplicationScope": Text(choices=("queue", "messageGroup")),
        "DelaySeconds": Number(),
        "FifoQueue": Flag(),
        "FifoThroughputLimit": Text(choices=("perQueue", "perMessageGroupId")),
        "KmsDataKeyReusePeriodSeconds": Number(),
        "KmsMasterKeyId": Text(),
        "MaximumMessageSize": Number(),
        "MessageRetentionPeriod": Number(),
        "QueueName": Text(),
        "ReceiveMessageWaitTimeSeconds": Number(),
        "RedriveAllowPolicy": Document(),
        "RedrivePolicy": Document(),
        "SqsManagedSseEnabled": Flag(),
        "Tags": TAG_LIST,
        "VisibilityTimeout": Number(),
    },
)


def read_queue(resource: Resource, name: str, reader: Reader, place: Place) -> ServiceResource:
    """The queue: made first, its settings after, since they may name another queue."""
    values = reader.struct(resource.properties, _QUEUE, resource.line)
    values.pop("QueueName", None)
    tags = tag_map(values.pop("Tags", []))
    url = f"http://localhost/{place.account_id}/{name}"
    making: dict[str, Any] = {"QueueName": name}
    if values.pop("FifoQueue", False):
        making["Attributes"] = {"FifoQueue": "true"}
    connecting = []
    if values:
        attributes = {member: attribute_text(value) for member, value in values.items()}
        connecting.append(ServiceCall("sqs", "SetQueueAttributes", {"QueueUrl": url, "Attributes": attributes}))
    if tags:
        connecting.append(ServiceCall("sqs", "TagQueue", {"QueueUrl": url, "Tags": tags}))
    return ServiceResource(
        logical_id=resource.logical_id,
        type=resource.type,
        name=name,
        line=resource.line,
        making=(ServiceCall("sqs", "CreateQueue", making, there_already=("QueueAlreadyExists", "QueueNameExists")),),
        connecting=tuple(connecting),
    )
