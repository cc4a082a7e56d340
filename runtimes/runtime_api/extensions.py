"""The extensions of one environment: who has registered, and what each is told next.

They are told of invocations as they begin, and of the end; nobody waits for them. Source: AWS developer guide, "Using the
Lambda Extensions API". *Assumption*: the refusals' error types.
"""

import asyncio
import json
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from runtimes.contract import FunctionSpec
from runtimes.runtime_api.exchange import Event, Refusal

__all__ = ["Extensions", "Told"]

_EVENT_TYPES = frozenset({"INVOKE", "SHUTDOWN"})
_EVENTS_MAX = 1_000
"""Kept for an extension that does not ask; older ones are forgotten."""

Told = Mapping[str, Any]
"""The body of an answer to ``event/next``."""


@dataclass(kw_only=True)
class _Extension:
    wants: frozenset[str]
    events: deque[Told] = field(default_factory=lambda: deque(maxlen=_EVENTS_MAX))
    has_news: asyncio.Event = field(default_factory=asyncio.Event)


class Extensions:
    """Lives on one event loop.

    Args:
        prefix: what their identifiers begin with.
    """

    def __init__(self, spec: FunctionSpec, *, prefix: str) -> None:
        self._spec = spec
        self._prefix = prefix
        self._known: dict[str, _Extension] = {}

    def register(self, name: str, body: bytes, features: str) -> tuple[str, dict[str, str]]:
        """Its identifier and what it is told of the function; *features* are those it accepts.

        Raises:
            Refusal: it has no name, *body* is no ``{"events": […]}``, or there is no such event.
        """
        if not name:
            raise Refusal(400, "Extension.InvalidExtensionName", "Empty extension name")
        try:
            wants = frozenset(json.loads(body or b"{}").get("events", ()))
        except (ValueError, TypeError, AttributeError) as error:
            raise Refusal(400, "InvalidRequestFormat", f"The events cannot be read: {error}") from error
        if not wants <= _EVENT_TYPES:
            names = ", ".join(sorted(map(str, wants - _EVENT_TYPES)))
            raise Refusal(400, "Extension.InvalidEventType", f"There is no such event: {names}")
        identifier = f"{self._prefix}-{len(self._known) + 1}"
        self._known[identifier] = _Extension(wants=wants)
        facts = {
            "functionName": self._spec.function_name,
            "functionVersion": self._spec.version,
            "handler": self._spec.handler,
        }
        if "accountId" in features:
            facts["accountId"] = self._spec.account_id
        return identifier, facts

    def check(self, identifier: str) -> None:
        """Raises: Refusal, nobody has registered under *identifier*."""
        if identifier not in self._known:
            raise Refusal(403, "Extension.UnknownExtensionIdentifier", "Unknown extension identifier")

    async def next(self, identifier: str) -> Told:
        """The next event for *identifier*, however long that takes. Raises: Refusal, it is unknown."""
        self.check(identifier)
        extension = self._known[identifier]
        while not extension.events:
            extension.has_news.clear()
            await extension.has_news.wait()
        return extension.events.popleft()

    def invoked(self, event: Event) -> None:
        """Tell that *event* was handed out."""
        invocation = event.invocation
        self._tell(
            "INVOKE",
            {
                "deadlineMs": event.deadline_ms,
                "requestId": invocation.request_id,
                "invokedFunctionArn": invocation.invoked_function_arn,
                "tracing": {"type": "X-Amzn-Trace-Id", "value": invocation.trace_id},
            },
        )

    def end(self, deadline_ms: int) -> None:
        """Tell that the environment ends."""
        self._tell("SHUTDOWN", {"shutdownReason": "SPINDOWN", "deadlineMs": deadline_ms})

    def _tell(self, event_type: str, members: Told) -> None:
        for extension in self._known.values():
            if event_type in extension.wants:
                extension.events.append({"eventType": event_type, **members})
                extension.has_news.set()
