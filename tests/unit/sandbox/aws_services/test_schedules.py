"""Rules with a schedule, by a clock that jumps."""

import asyncio
import logging
from collections.abc import Awaitable, Callable

import pytest

from sandbox.aws_services.schedules import ScheduledRule, Schedules
from sandbox.clock import Clock

HOURLY = ScheduledRule(arn="hourly", expression="rate(1 hour)")
DAILY = ScheduledRule(arn="daily", expression="rate(1 day)")
Play = Callable[[Callable[[Schedules, Clock, list[str]], Awaitable[None]]], None]


@pytest.fixture
def play() -> Play:
    """Play a scenario with schedules, their clock, and what was fired."""

    def now(scenario: Callable[[Schedules, Clock, list[str]], Awaitable[None]]) -> None:
        async def run() -> None:
            clock, fired = Clock(), list[str]()

            async def fire(arn: str, _moment: float) -> None:
                fired.append(arn)

            schedules = Schedules(clock, fire)
            try:
                await scenario(schedules, clock, fired)
            finally:
                await schedules.close()

        asyncio.run(run())

    return now


async def begun() -> None:
    """Give every task a turn."""
    await asyncio.sleep(0)


def test_a_jump_fires_what_is_due_once(play: Play) -> None:
    async def scenario(schedules: Schedules, clock: Clock, fired: list[str]) -> None:
        schedules.replace({HOURLY, DAILY})
        await begun()
        clock.advance(3 * 3_600 + 60)
        await schedules.settled(30)
        assert fired == ["hourly"]
        clock.advance(3_600)
        await schedules.settled(30)
        assert fired == ["hourly", "hourly"]

    play(scenario)


def test_a_rule_that_stays_keeps_its_count(play: Play) -> None:
    """Every request for EventBridge tells all rules again."""

    async def scenario(schedules: Schedules, clock: Clock, fired: list[str]) -> None:
        schedules.replace({HOURLY})
        await begun()
        clock.advance(1_800)
        schedules.replace({HOURLY, DAILY})
        await begun()
        clock.advance(1_801)
        await schedules.settled(30)
        assert fired == ["hourly"]

    play(scenario)


def test_a_rule_that_is_gone_is_never_due(play: Play) -> None:
    async def scenario(schedules: Schedules, clock: Clock, fired: list[str]) -> None:
        schedules.replace({HOURLY})
        await begun()
        schedules.replace(set())
        clock.advance(7_200)
        await schedules.settled(30)
        await begun()
        assert fired == []

    play(scenario)


def test_what_is_no_schedule_is_told_and_harms_nobody(play: Play, caplog: pytest.LogCaptureFixture) -> None:
    async def scenario(schedules: Schedules, clock: Clock, fired: list[str]) -> None:
        schedules.replace({ScheduledRule(arn="wrong", expression="rate(1 hours)"), HOURLY})
        await begun()
        clock.advance(3_601)
        await schedules.settled(30)
        assert fired == ["hourly"]

    with caplog.at_level(logging.WARNING):
        play(scenario)
    assert "wrong is never due" in caplog.text
