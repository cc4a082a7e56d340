"""Invocations that nobody waits for (InvocationType ``Event``): run behind the answer, tried again as AWS does.

A failing function is tried three times, about one and two minutes apart; a throttled one for up to six hours. How it
ended goes to the function's destination, and what failed for good to its dead-letter queue too. Source: esm §5.3.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from sandbox.awslambda.event_results import (
    AsynchronousEvent,
    EventEnd,
    dead_letter_attributes,
    result_document,
    result_object_key,
)
from sandbox.awslambda.ports import EventDestinations, InvokeResult
from sandbox.clock import Clock
from sandbox.drain import Jump, StuckEvent
from sandbox.ids import Ids

__all__ = ["AsynchronousInvocations"]

RETRY_SECONDS = (60.0, 120.0)
_THROTTLE_BACKOFF_SECONDS_MAX = 300.0

_log = logging.getLogger(__name__)

Attempt = Callable[[], Awaitable[InvokeResult]]


@dataclass(kw_only=True)
class _Course:
    """How far one event has come; *due* is when it is tried again, ``None`` while something is being done."""

    event: AsynchronousEvent
    attempt: Attempt
    born: float
    failures: int = 0
    throttles: int = 0
    due: float | None = None
    reason: str = "still working"
    last: InvokeResult | None = field(default=None)


class AsynchronousInvocations:
    """Owns the invocations under way.

    Attributes:
        begun: how many tries there were so far.
    """

    def __init__(self, clock: Clock, ids: Ids, destinations: EventDestinations) -> None:
        self._clock = clock
        self._ids = ids
        self._destinations = destinations
        self._courses: dict[asyncio.Task[None], _Course] = {}
        self._next_change = asyncio.Event()
        self.begun = 0

    @property
    def pending(self) -> int:
        """How many events have not reached their end."""
        return len(self._courses)

    def submit(self, event: AsynchronousEvent, attempt: Attempt) -> None:
        """Run *attempt* in the background, again where it fails; call it on the event loop."""
        course = _Course(event=event, attempt=attempt, born=self._clock.now())
        task = asyncio.get_running_loop().create_task(self._run(course))
        self._courses[task] = course
        task.add_done_callback(self._forget)

    async def drained(self) -> None:
        """Return once nothing is under way, waits between tries included."""
        while self._courses:
            await asyncio.wait(self._courses)

    async def settled(self, timeout_seconds: float, jump: Jump | None = None) -> tuple[StuckEvent, ...]:
        """Wait for what ends within *timeout_seconds* of real time; give the events that do not.

        An event whose next try is due later than that is not waited for, unless *jump* moves the clock there: nothing
        else can hasten it.
        """
        loop = asyncio.get_running_loop()
        deadline = loop.time() + timeout_seconds
        while True:
            dues = [course.due for course in self._courses.values() if course.due is not None]
            if jump is not None and dues and len(dues) == len(self._courses):
                jump(min(dues))
            patience_seconds = deadline - loop.time()
            horizon = self._clock.now() + patience_seconds
            if patience_seconds <= 0 or all(
                course.due is not None and course.due > horizon for course in self._courses.values()
            ):
                return tuple(
                    StuckEvent(
                        request_id=course.event.request_id,
                        function_arn=course.event.function_arn,
                        reason=course.reason,
                    )
                    for course in self._courses.values()
                )
            try:
                async with asyncio.timeout_at(deadline):
                    await self._next_change.wait()
            except TimeoutError:
                continue

    async def close(self) -> None:
        """Give up what is under way."""
        tasks = list(self._courses)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _forget(self, task: asyncio.Task[None]) -> None:
        del self._courses[task]
        self._tell()

    def _tell(self) -> None:
        signal, self._next_change = self._next_change, asyncio.Event()
        signal.set()

    async def _run(self, course: _Course) -> None:
        try:
            condition = await self._tried(course)
            await self._report(course, condition)
        except Exception:  # noqa: BLE001 - whatever it was, an event nobody waits for must not end silently
            _log.exception("the asynchronous invocation of %s could not be made", course.event.function_arn)

    async def _tried(self, course: _Course) -> EventEnd:
        """Try until the event has reached its end; give which."""
        while True:
            self.begun += 1
            course.due, course.reason = None, "still working"
            result = await course.attempt()
            settings = course.event.settings()
            if result.throttle_reason is not None:
                if settings.is_shut:
                    return "ZeroReservedConcurrency"
                wait_seconds = min(2.0**course.throttles, _THROTTLE_BACKOFF_SECONDS_MAX)
                course.throttles += 1
                course.reason = f"throttled ({result.throttle_reason})"
            else:
                course.last = result
                if result.function_error is None:
                    return "Success"
                if course.failures >= settings.retries_max:
                    course.failures += 1
                    return "RetriesExhausted"
                wait_seconds = RETRY_SECONDS[course.failures]
                course.failures += 1
                course.reason = f"failed {course.failures} times"
            course.due = self._clock.now() + wait_seconds
            if course.due - course.born > settings.age_seconds_max:
                return "EventAgeExceeded"
            course.reason += f"; the next try is due in {wait_seconds:.0f} s"
            self._tell()
            await self._clock.sleep_until(course.due)

    async def _report(self, course: _Course, condition: EventEnd) -> None:
        course.due, course.reason = None, "its result is being delivered"
        settings, event = course.event.settings(), course.event
        if condition != "Success" and settings.on_failure is None and settings.dead_letter is None:
            _log.warning("the event %s for %s is dropped: %s", event.request_id, event.function_arn, condition)
        if condition != "Success" and settings.dead_letter is not None:
            attributes = dead_letter_attributes(event, course.last)
            await self._send(settings.dead_letter, event.payload, "", attributes)
        destination = settings.on_success if condition == "Success" else settings.on_failure
        if destination is not None:
            now = self._clock.now()
            count = course.failures + (condition == "Success")
            document = result_document(event, condition, course.last, invoke_count=count, now=now)
            await self._send(destination, document, result_object_key(event, now=now, uuid=self._ids.uuid()), {})

    async def _send(self, arn: str, document: bytes, object_key: str, attributes: dict[str, str | int]) -> None:
        try:
            await self._destinations.send(arn, document, object_key=object_key, attributes=attributes)
        except Exception as refusal:  # noqa: BLE001 - one destination that refuses must not keep the other from its record
            _log.warning("the result of an event could not be delivered to %s: %s", arn, refusal)
