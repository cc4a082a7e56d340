"""Rules that have a schedule, run by the sandbox's clock.

A rule that is due sends its event once, however many of its times a jump of the clock has passed over: nobody who lets a
day go by wants the 1,440 invocations of a rule for every minute.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass

from sandbox.aws_services.schedule_expression import InvalidSchedule, Schedule, read_schedule
from sandbox.clock import Clock

__all__ = ["ScheduledRule", "Schedules"]

_log = logging.getLogger(__name__)

Fire = Callable[[str, float], Awaitable[None]]
"""Sends the event of the rule with this ARN, at this time, to the rule's targets."""


@dataclass(frozen=True, kw_only=True)
class ScheduledRule:
    """An enabled rule with a schedule."""

    arn: str
    expression: str


class Schedules:
    """Runs the rules it is told of; all on one event loop."""

    def __init__(self, clock: Clock, fire: Fire) -> None:
        self._clock = clock
        self._fire = fire
        self._tasks: dict[ScheduledRule, asyncio.Task[None]] = {}
        self._due: dict[ScheduledRule, float] = {}
        self._fired = asyncio.Event()

    def replace(self, rules: Collection[ScheduledRule]) -> None:
        """Run exactly *rules*; one that ran before goes on as it was."""
        for rule in [one for one in self._tasks if one not in rules]:
            self._tasks.pop(rule).cancel()
            self._due.pop(rule, None)
        for rule in rules:
            if rule in self._tasks:
                continue
            try:
                schedule = read_schedule(rule.expression)
            except InvalidSchedule as invalid:
                _log.warning("%s is never due: %s", rule.arn, invalid)
                continue
            self._tasks[rule] = asyncio.get_running_loop().create_task(self._run(rule, schedule))

    async def settled(self, timeout_seconds: float) -> None:
        """Return once what is due was sent, at the latest after *timeout_seconds* of real time."""
        try:
            async with asyncio.timeout(timeout_seconds):
                while any(due <= self._clock.now() for due in self._due.values()):
                    await self._fired.wait()
        except TimeoutError:
            return

    async def close(self) -> None:
        """Stop all."""
        tasks = list(self._tasks.values())
        self._tasks.clear()
        self._due.clear()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _run(self, rule: ScheduledRule, schedule: Schedule) -> None:
        since = self._clock.now()
        while (due := schedule.after(self._clock.now(), since=since)) is not None:
            self._due[rule] = due
            await self._clock.sleep_until(due)
            try:
                await self._fire(rule.arn, due)
            except Exception:  # noqa: BLE001 - one failure must not end the schedule
                _log.exception("%s was due and could not be sent", rule.arn)
            del self._due[rule]
            signal, self._fired = self._fired, asyncio.Event()
            signal.set()
