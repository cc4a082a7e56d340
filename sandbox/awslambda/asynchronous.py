"""Invocations that nobody waits for (InvocationType ``Event``): run behind the answer, tried again as AWS does.

A failing function is tried three times, about one and two minutes apart; a throttled one for up to six hours. (Where
failures end up, OnFailure and dead-letter queues, is still to come.) Source: esm §5.3.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable

from sandbox.awslambda.ports import InvokeResult
from sandbox.clock import Clock

__all__ = ["AsynchronousInvocations"]

RETRY_SECONDS = (60.0, 120.0)
EVENT_AGE_SECONDS_MAX = 21_600.0
_THROTTLE_BACKOFF_SECONDS_MAX = 300.0

_log = logging.getLogger(__name__)


class AsynchronousInvocations:
    """Owns the invocations under way."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def pending(self) -> int:
        """How many events have not reached their end."""
        return len(self._tasks)

    def submit(self, function_arn: str, attempt: Callable[[], Awaitable[InvokeResult]]) -> None:
        """Run *attempt* in the background, again where it fails; call it on the event loop."""
        task = asyncio.get_running_loop().create_task(self._deliver(function_arn, attempt))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def drained(self) -> None:
        """Return once nothing is under way, waits between tries included."""
        while self._tasks:
            await asyncio.wait(self._tasks)

    async def close(self) -> None:
        """Give up what is under way."""
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _deliver(self, function_arn: str, attempt: Callable[[], Awaitable[InvokeResult]]) -> None:
        born = self._clock.now()
        failures, throttles = 0, 0
        while True:
            try:
                result = await attempt()
            except Exception:  # noqa: BLE001 - whatever it was, an event nobody waits for must not end silently
                _log.exception("the asynchronous invocation of %s could not be made", function_arn)
                return
            if result.throttle_reason is not None:
                wait_seconds = min(2.0**throttles, _THROTTLE_BACKOFF_SECONDS_MAX)
                throttles += 1
            elif result.function_error is None:
                return
            elif failures == len(RETRY_SECONDS):
                _log.warning("the event for %s is dropped after %d failures", function_arn, failures + 1)
                return
            else:
                wait_seconds = RETRY_SECONDS[failures]
                failures += 1
            if self._clock.now() + wait_seconds - born > EVENT_AGE_SECONDS_MAX:
                _log.warning("the event for %s is dropped, as it is too old", function_arn)
                return
            await self._clock.sleep(wait_seconds)
