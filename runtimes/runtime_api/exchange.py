"""The conversation with one execution environment, free of HTTP: at most one event at a time.

The host submits an event and awaits its reply; the environment takes events and hands in replies. Whatever arrives in the
wrong state is refused as Lambda refuses it. Source: lambda-event-source-mappings §6.1.
"""

import asyncio
from collections import deque
from dataclasses import dataclass

from runtimes.contract import AnswerSink, Invocation
from runtimes.reply import Ended, Failed, OutOfTime, Reply

__all__ = ["Event", "Exchange", "Refusal"]


@dataclass(frozen=True, kw_only=True)
class Event:
    """One event to hand out; *deadline_ms* is epoch milliseconds of the machine's own clock."""

    invocation: Invocation
    deadline_ms: int


class Refusal(Exception):  # noqa: N818 - an answer of the API, with its status
    """The environment asked for something it may not have now."""

    def __init__(self, status: int, error_type: str, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.error_type = error_type


class Exchange:
    """Events out, replies in; lives on one event loop."""

    def __init__(self) -> None:
        loop = asyncio.get_running_loop()
        self.loaded: asyncio.Future[Failed | Ended | OutOfTime | None] = loop.create_future()
        """Done once the environment first asks for an event (``None``) or is known never to."""
        self._takers: deque[asyncio.Future[Event]] = deque()
        self._waiting_event: Event | None = None
        self._running_id: str | None = None
        self._sink: AnswerSink | None = None
        self._last_id: str | None = None
        self._reply: asyncio.Future[Reply] | None = None
        self._asked: asyncio.Future[None] | None = None
        self._given_up: Ended | OutOfTime | None = None

    async def is_asking(self) -> bool:
        """Whether the environment asks for an event: now, or as soon as it does; false once it is given up."""
        if self._given_up is None and all(taker.done() for taker in self._takers):
            self._asked = asyncio.get_running_loop().create_future()
            await self._asked  # it may ask and end in one turn of the loop
        return self._given_up is None

    def submit(self, event: Event) -> asyncio.Future[Reply]:
        """Hand out *event* as soon as the environment asks; the future is its reply, at once where it was given up.

        One at a time.
        """
        if self._reply is not None and not self._reply.done():
            raise RuntimeError("an environment runs one invocation at a time")
        reply = self._reply = asyncio.get_running_loop().create_future()
        self._running_id = event.invocation.request_id
        self._sink = event.invocation.sink
        if self._given_up is not None:
            reply.set_result(self._given_up)
            return reply
        while self._takers:
            taker = self._takers.popleft()
            if not taker.done():
                taker.set_result(event)
                return reply
        self._waiting_event = event
        return reply

    async def take(self) -> Event:
        """The next event, however long that takes. Raises: Refusal, the last event is not answered yet."""
        if not self.loaded.done():
            self.loaded.set_result(None)
        event, self._waiting_event = self._waiting_event, None
        if event is not None:
            return event
        if self._running_id is not None:
            raise _wrong_state("Invoke", "Ready")
        taker: asyncio.Future[Event] = asyncio.get_running_loop().create_future()
        self._takers.append(taker)
        self._tell_asked()
        try:
            return await taker
        finally:
            if taker in self._takers:
                self._takers.remove(taker)

    def answer(self, request_id: str, reply: Reply) -> None:
        """Take the environment's reply to *request_id*. Raises: Refusal, it is not the running one."""
        self.check(request_id)
        self._last_id, self._running_id = self._running_id, None
        if self._reply is not None and not self._reply.done():
            self._reply.set_result(reply)

    def check(self, request_id: str) -> None:
        """Raises: Refusal, *request_id* is not the event that is running."""
        if self._running_id is None and request_id == self._last_id:
            raise _wrong_state("Ready", "InvocationResponse")
        if request_id != self._running_id:
            raise Refusal(400, "InvalidRequestID", "Invalid request ID")

    @property
    def sink(self) -> AnswerSink | None:
        """What takes the running event's answer where that is streamed."""
        return self._sink

    def give_up(self, reason: Ended | OutOfTime) -> None:
        """Wait no longer for the environment: whatever is awaited now ends with *reason*."""
        self._given_up = self._given_up or reason
        self._tell_asked()
        for future in (self.loaded, self._reply):
            if future is not None and not future.done():
                future.set_result(reason)

    def init_failed(self, failure: Failed) -> None:
        """The environment could not load. Raises: Refusal, it already had."""
        if self.loaded.done():
            raise _wrong_state("Ready", "InitError")
        self.loaded.set_result(failure)

    def _tell_asked(self) -> None:
        if self._asked is not None and not self._asked.done():
            self._asked.set_result(None)


def _wrong_state(state: str, wanted: str) -> Refusal:
    message = f"State transition from {state} to {wanted} failed for runtime. Error: State transition is not allowed"
    return Refusal(403, "InvalidStateTransition", message)
