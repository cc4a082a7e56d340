"""What the poller of a queue needs of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

__all__ = ["Message", "QueueApi", "QueueDepth", "QueueUnavailable"]


class QueueUnavailable(Exception):  # noqa: N818 - a state of the world, not a bug
    """The queue could not be asked, most often because there is none; the text says why."""


@dataclass(frozen=True, kw_only=True)
class Message:
    """One received message.

    Attributes:
        attributes: SQS's own, as ReceiveMessage names them: ``ApproximateReceiveCount``, ``SentTimestamp`` …
        message_attributes: the sender's, per name ``DataType`` and ``StringValue`` or ``BinaryValue`` (base64 text).
    """

    message_id: str
    receipt_handle: str
    body: str
    md5_of_body: str
    attributes: Mapping[str, str] = field(default_factory=dict)
    message_attributes: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    md5_of_message_attributes: str | None = None

    @property
    def receive_count(self) -> int:
        """How often it was received, this time included."""
        return int(self.attributes.get("ApproximateReceiveCount", "1"))


@dataclass(frozen=True, kw_only=True)
class QueueDepth:
    """How many messages there are: to be received now, and received by somebody and not yet deleted."""

    visible: int
    not_visible: int


class QueueApi(Protocol):
    """The queues of a sandbox, by ARN. Every call raises: QueueUnavailable."""

    async def receive(self, queue_arn: str, count_max: int) -> Sequence[Message]:
        """Up to *count_max* messages (1 to 10), at once, perhaps none; they are invisible to others from now on."""

    async def delete(self, queue_arn: str, messages: Sequence[Message]) -> None:
        """Delete messages that were received."""

    async def release(self, queue_arn: str, messages: Sequence[Message]) -> None:
        """Let messages be received again at once."""

    async def depth(self, queue_arn: str) -> QueueDepth:
        """Count the messages."""

    async def visibility_timeout_seconds(self, queue_arn: str) -> int:
        """How long a received message stays invisible."""

    async def news(self, queue_arn: str) -> None:
        """Return when the queue may have got a message since it was last received from, or a moment later.

        Time too makes messages visible.
        """
