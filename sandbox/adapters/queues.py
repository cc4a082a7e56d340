"""The sandbox's SQS queues as the poller's ``QueueApi``, and as what the Lambda API asks of a queue it is to map."""

import base64
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from pollers.queues.ports import Message, QueueDepth, QueueUnavailable
from sandbox.aws_services.mount import MotoServices
from sandbox.aws_services.refusals import ServiceRefused

__all__ = ["SandboxQueues"]

_LOOK_SECONDS: Final = 1.0
"""How late a message may be that becomes visible by time alone; one that is sent is seen at once."""
_ENTRIES_MAX: Final = 10
"""Source: SQS API reference, DeleteMessageBatch."""


class SandboxQueues:
    """Queues by ARN, of all accounts and regions."""

    def __init__(self, services: MotoServices) -> None:
        self._services = services
        self._seen: dict[str, int] = {}

    async def receive(self, queue_arn: str, count_max: int) -> Sequence[Message]:
        """Up to *count_max* messages, at once. Raises: QueueUnavailable."""
        self._seen[queue_arn] = self._services.changes
        wanted = {
            "MaxNumberOfMessages": count_max,
            "WaitTimeSeconds": 0,
            "AttributeNames": ["All"],
            "MessageAttributeNames": ["All"],
        }
        answer = await self._ask(queue_arn, "ReceiveMessage", wanted)
        return [_message(one) for one in answer.get("Messages", [])]

    async def delete(self, queue_arn: str, messages: Sequence[Message]) -> None:
        """Delete messages that were received. Raises: QueueUnavailable."""
        for few in _few(messages):
            entries = [{"Id": str(number), "ReceiptHandle": one.receipt_handle} for number, one in enumerate(few)]
            await self._ask(queue_arn, "DeleteMessageBatch", {"Entries": entries})

    async def release(self, queue_arn: str, messages: Sequence[Message]) -> None:
        """Let messages be received again at once. Raises: QueueUnavailable."""
        for few in _few(messages):
            entries = [
                {"Id": str(number), "ReceiptHandle": one.receipt_handle, "VisibilityTimeout": 0}
                for number, one in enumerate(few)
            ]
            await self._ask(queue_arn, "ChangeMessageVisibilityBatch", {"Entries": entries})

    async def depth(self, queue_arn: str) -> QueueDepth:
        """Count the messages. Raises: QueueUnavailable."""
        names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
        visible, not_visible = (int(value) for value in await self._attributes(queue_arn, names))
        return QueueDepth(visible=visible, not_visible=not_visible)

    async def visibility_timeout_seconds(self, queue_arn: str) -> int:
        """How long a received message stays invisible. Raises: QueueUnavailable."""
        (seconds,) = await self._attributes(queue_arn, ["VisibilityTimeout"])
        return int(seconds)

    async def news(self, queue_arn: str) -> None:
        """Return once something was changed since the last ``receive`` of this queue began, or a moment later."""
        await self._services.changed(self._seen.get(queue_arn, -1), seconds=_LOOK_SECONDS)

    async def _attributes(self, queue_arn: str, names: Sequence[str]) -> list[str]:
        answer = await self._ask(queue_arn, "GetQueueAttributes", {"AttributeNames": list(names)})
        return [answer["Attributes"][name] for name in names]

    async def _ask(self, queue_arn: str, operation: str, parameters: Mapping[str, Any]) -> dict[str, Any]:
        _, _, _, region, account_id, name = queue_arn.split(":")
        request = {**parameters, "QueueUrl": f"http://localhost/{account_id}/{name}"}
        try:
            return await self._services.ask("sqs", operation, request, account_id=account_id, region=region)
        except ServiceRefused as refusal:
            raise QueueUnavailable(f"{refusal.code}: {refusal.message}") from refusal


def _few(messages: Sequence[Message]) -> Iterator[Sequence[Message]]:
    for begin in range(0, len(messages), _ENTRIES_MAX):
        yield messages[begin : begin + _ENTRIES_MAX]


def _message(received: Mapping[str, Any]) -> Message:
    return Message(
        message_id=received["MessageId"],
        receipt_handle=received["ReceiptHandle"],
        body=received["Body"],
        md5_of_body=received["MD5OfBody"],
        attributes=received.get("Attributes", {}),
        message_attributes={
            name: {member: _text(value) for member, value in attribute.items()}
            for name, attribute in received.get("MessageAttributes", {}).items()
        },
        md5_of_message_attributes=received.get("MD5OfMessageAttributes"),
    )


def _text(value: Any) -> Any:
    return base64.b64encode(value).decode() if isinstance(value, bytes) else value
