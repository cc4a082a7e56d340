"""Time that may jump, and stand still."""

import asyncio

from sandbox.clock import Clock


def test_while_it_stands_nobody_wakes_and_nothing_gets_older() -> None:
    """A debugger has stopped a handler: what the developer looks at must not expire meanwhile."""

    async def story() -> None:
        clock = Clock()
        clock.pause()
        clock.pause()
        stood_at = clock.now()
        sleeper = asyncio.create_task(clock.sleep(0.001))
        await asyncio.sleep(0.05)  # real time, which must not count
        assert (clock.now(), sleeper.done()) == (stood_at, False)
        clock.go_on()
        assert clock.now() == stood_at  # somebody else still holds it
        clock.go_on()
        assert clock.offset_seconds < 0
        await asyncio.wait_for(sleeper, 60)
        assert clock.now() >= stood_at

    asyncio.run(story())


def test_a_jump_is_a_jump_while_it_stands() -> None:
    async def story() -> None:
        clock = Clock()
        clock.pause()
        sleeper = asyncio.create_task(clock.sleep(3600))
        await asyncio.sleep(0)
        clock.advance(3600)
        await asyncio.wait_for(sleeper, 60)
        clock.go_on()

    asyncio.run(story())
