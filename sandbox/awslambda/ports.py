"""What the Lambda API needs of the things it cannot see: something that runs functions, something that polls.

``sandbox/adapters/function_host.py`` and ``mapping_host.py`` implement these over ``runtimes`` and ``pollers``.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

__all__ = [
    "AnswerSink",
    "EventDestinations",
    "FunctionHost",
    "InvokeResult",
    "MappingHost",
    "PlacedCode",
    "QueueDirectory",
    "QueueMissing",
    "StreamDirectory",
]


@dataclass(frozen=True, kw_only=True)
class PlacedCode:
    """Where a function's code lies on this machine.

    Attributes:
        folder: holds the handler's file; of an image, where it would be inside.
        image_uri: the container image that is the function; empty for code in a folder.
        layers: a folder per layer, in the function's order: what stands in two of them counts as in the later one.
    """

    folder: Path
    image_uri: str = ""
    layers: tuple[Path, ...] = ()


@dataclass(frozen=True, kw_only=True)
class InvokeResult:
    """The outcome of a synchronous Invoke.

    Attributes:
        payload: the answer or Lambda's error document.
        function_error: ``Unhandled`` when the function failed, else ``None``.
        throttle_reason: set when it did not run for want of concurrency.
    """

    payload: bytes
    function_error: str | None = None
    log_tail: bytes = b""
    executed_version: str = "$LATEST"
    throttle_reason: str | None = None


class AnswerSink(Protocol):
    """Takes an answer that a function writes bit by bit; the result's payload is empty then."""

    def begin(self, content_type: str) -> None:
        """What comes is of *content_type*."""

    async def take(self, piece: bytes) -> None:
        """Take the next piece; returns when there is room for another."""


class FunctionHost(Protocol):
    """Runs functions. *configuration* is the stored function configuration, members as on the wire."""

    def deploy(
        self, function_arn: str, configuration: Mapping[str, Any], code: PlacedCode, environment: Mapping[str, str]
    ) -> None:
        """Run this code and configuration from the next invocation on; returns at once, warming goes on behind."""

    def remove(self, function_arn: str) -> None:
        """Stop the function; invocations in flight are given up."""

    def set_reserved_concurrency(self, function_arn: str, limit: int | None) -> None:
        """At most *limit* invocations at once; 0 throttles all; ``None`` lifts the limit."""

    async def invoke(
        self,
        function_arn: str,
        payload: bytes,
        *,
        request_id: str,
        client_context: bytes | None = None,
        invoked_arn: str | None = None,
        sink: AnswerSink | None = None,
    ) -> InvokeResult:
        """Run it once and wait; *sink* takes the answer while the function writes it, where it does so bit by bit."""


class MappingHost(Protocol):
    """Polls. *configuration* is the stored mapping, members as on the wire."""

    def start(self, configuration: Mapping[str, Any]) -> None:
        """Begin or resume polling from the mapping's checkpoint."""

    def update(self, configuration: Mapping[str, Any]) -> None:
        """Apply new settings, keeping the position; the batch in flight finishes under the old ones."""

    def stop(self, uuid: str, *, forget: bool) -> None:
        """Stop polling; with *forget* the checkpoint goes too."""

    def last_processing_result(self, uuid: str) -> str | None:
        """``OK``, ``PROBLEM: …`` or ``None`` where nothing was processed yet."""


class EventDestinations(Protocol):
    """Takes what became of asynchronous events."""

    async def send(
        self, destination_arn: str, document: bytes, *, object_key: str, attributes: Mapping[str, str | int]
    ) -> None:
        """Deliver to the queue, topic, bucket, event bus or function; raises whatever says why it could not.

        *object_key* names the object in a bucket, *attributes* stand beside the message in a queue or topic.
        """


class QueueMissing(Exception):  # noqa: N818 - a state of the world
    """A queue cannot be asked; the text is SQS's own code and message."""


class QueueDirectory(Protocol):
    """Knows the queues there are."""

    async def visibility_timeout_seconds(self, queue_arn: str) -> int:
        """How long a received message stays invisible. Raises: QueueMissing."""


class StreamDirectory(Protocol):
    """Knows which streams there are."""

    def exists(self, stream_arn: str) -> bool:
        """Whether there is such a stream, enabled or disabled but still readable."""
