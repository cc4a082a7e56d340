"""The conversation with an environment, at the moments when it ends."""

import asyncio
from collections.abc import Awaitable, Callable

from runtimes.contract import Invocation
from runtimes.reply import Answered, Ended
from runtimes.runtime_api.exchange import Event, Exchange

KILLED = Ended(status=-9)
EVENT = Event(invocation=Invocation(request_id="one", payload=b"1", invoked_function_arn="arn"), deadline_ms=0)


def _play(story: Callable[[Exchange], Awaitable[None]]) -> None:
    async def run() -> None:
        await asyncio.wait_for(story(Exchange()), 20)

    asyncio.run(run())


def test_who_asks_and_ends_in_one_turn_of_the_loop_does_not_ask() -> None:
    """An event for it would wait for its whole timeout."""

    async def story(exchange: Exchange) -> None:
        asked = asyncio.create_task(exchange.is_asking())
        await asyncio.sleep(0)
        taking = asyncio.create_task(exchange.take())
        await asyncio.sleep(0)
        exchange.give_up(KILLED)
        assert await asked is False
        taking.cancel()

    _play(story)


def test_an_event_for_an_environment_that_has_ended_is_answered_at_once() -> None:
    async def story(exchange: Exchange) -> None:
        exchange.give_up(KILLED)
        exchange.give_up(Ended(status=0))
        assert await exchange.is_asking() is False
        assert await exchange.submit(EVENT) == KILLED, "as it first ended"

    _play(story)


def test_an_environment_that_asks_gets_the_event_and_its_answer_counts() -> None:
    async def story(exchange: Exchange) -> None:
        taking = asyncio.create_task(exchange.take())
        await asyncio.sleep(0)
        assert await exchange.is_asking()
        reply = exchange.submit(EVENT)
        assert await taking == EVENT
        exchange.answer("one", Answered(payload=b"2"))
        exchange.give_up(KILLED)
        assert await reply == Answered(payload=b"2")

    _play(story)
