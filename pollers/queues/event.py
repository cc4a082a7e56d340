"""Messages as the event document a function is given, and as the document that filters look at.

Source: AWS Lambda developer guide, "Using Lambda with Amazon SQS", the example event, and "Using event filtering with an
Amazon SQS event source".
"""

from collections.abc import Sequence
from typing import Any

import msgspec

from pollers.queues.ports import Message

__all__ = ["event_document", "filtered_document"]


def event_document(queue_arn: str, messages: Sequence[Message]) -> bytes:
    """The payload of one invocation."""
    return msgspec.json.encode({"Records": [_record(queue_arn, message) for message in messages]})


def filtered_document(queue_arn: str, message: Message) -> dict[str, Any]:
    """The record, its body as a document where it is one: patterns reach into it."""
    record = _record(queue_arn, message)
    try:
        body = msgspec.json.decode(message.body)
    except msgspec.DecodeError:
        return record
    return {**record, "body": body} if isinstance(body, dict) else record


def _record(queue_arn: str, message: Message) -> dict[str, Any]:
    record: dict[str, Any] = {
        "messageId": message.message_id,
        "receiptHandle": message.receipt_handle,
        "body": message.body,
        "attributes": dict(message.attributes),
        "messageAttributes": {name: _attribute(one) for name, one in message.message_attributes.items()},
    }
    if message.md5_of_message_attributes is not None:
        record["md5OfMessageAttributes"] = message.md5_of_message_attributes
    return record | {
        "md5OfBody": message.md5_of_body,
        "eventSource": "aws:sqs",
        "eventSourceARN": queue_arn,
        "awsRegion": queue_arn.split(":")[3],
    }


def _attribute(attribute: Any) -> dict[str, Any]:
    shown: dict[str, Any] = {}
    for wire, name in (("StringValue", "stringValue"), ("BinaryValue", "binaryValue")):
        if wire in attribute:
            shown[name] = attribute[wire]
    return {**shown, "stringListValues": [], "binaryListValues": [], "dataType": attribute.get("DataType", "String")}
