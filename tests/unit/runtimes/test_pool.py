"""The pool with environments that do as told."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from runtimes.contract import Crashed, Invocation, LoadFailure, Outcome, Returned, RuntimeUnavailable
from runtimes.pool import Environment, NotStarted, Pool


class Fake:
    """An environment that starts when told, and how."""

    def __init__(self) -> None:
        self.usable = False
        self.used_at = 0.0
        self.closed = False
        self.gone = asyncio.Event()
        self.begun: asyncio.Future[bool] = asyncio.get_running_loop().create_future()

    async def start(self) -> bool:
        """Wait to be told."""
        self.usable = await self.begun
        return self.usable

    def start_outcome(self, request_id: str) -> LoadFailure:
        """Some failure."""
        return Crashed(payload=request_id.encode(), phase="init")

    async def invoke(self, invocation: Invocation) -> Outcome:
        """Give the event back."""
        return Returned(payload=invocation.payload)

    async def close(self) -> None:
        """Remember."""
        self.closed = True
        self.gone.set()


class Yard:
    """A pool and what it made."""

    def __init__(self, limit: int) -> None:
        self.made: list[Fake] = []
        self.deaths: list[Callable[[Environment], None]] = []
        self.pool = Pool(self._make, limit=limit)

    def _make(self, on_unusable: Callable[[Environment], None]) -> Fake:
        self.made.append(Fake())
        self.deaths.append(on_unusable)
        return self.made[-1]


async def _turns() -> None:
    for _ in range(10):
        await asyncio.sleep(0)


def _play(scenario: Callable[[Yard], Awaitable[None]], limit: int = 2) -> None:
    async def run() -> None:
        yard = Yard(limit)
        await asyncio.wait_for(scenario(yard), 20)
        await yard.pool.close()

    asyncio.run(run())


def test_a_free_environment_is_used_again() -> None:
    async def scenario(yard: Yard) -> None:
        first = asyncio.ensure_future(yard.pool.acquire())
        await _turns()
        yard.made[0].begun.set_result(True)
        environment = await first
        assert environment is yard.made[0]
        yard.pool.release(yard.made[0])
        assert await yard.pool.acquire() is yard.made[0]
        assert len(yard.made) == 1

    _play(scenario)


def test_the_limit_holds_and_the_longest_wait_is_served_first() -> None:
    async def scenario(yard: Yard) -> None:
        callers = [asyncio.ensure_future(yard.pool.acquire()) for _ in range(4)]
        await _turns()
        assert len(yard.made) == 2
        yard.made[1].begun.set_result(True)
        assert await callers[0] is yard.made[1]
        yard.pool.release(yard.made[1])
        assert await callers[1] is yard.made[1]
        yard.made[0].begun.set_result(True)
        assert await callers[2] is yard.made[0]
        assert not callers[3].done()
        yard.pool.release(yard.made[0])
        assert await callers[3] is yard.made[0]

    _play(scenario)


def test_a_failed_start_is_told_to_one_caller_and_the_next_tries_anew() -> None:
    """Whoever asks in the very turn in which a failure is told must not wait for a start that has ended."""

    async def scenario(yard: Yard) -> None:
        async def twice() -> tuple[object, object]:
            return await yard.pool.acquire(), await yard.pool.acquire()

        caller = asyncio.ensure_future(twice())
        await _turns()
        yard.made[0].begun.set_result(False)
        await _turns()
        yard.made[1].begun.set_result(True)
        failed, found = await caller
        assert isinstance(failed, NotStarted)
        assert found is yard.made[1]
        assert yard.made[0].closed

    _play(scenario)


def test_what_can_never_start_is_told_to_who_waits() -> None:
    async def scenario(yard: Yard) -> None:
        caller = asyncio.ensure_future(yard.pool.acquire())
        await _turns()
        yard.made[0].begun.set_exception(RuntimeUnavailable("no interpreter"))
        with pytest.raises(RuntimeUnavailable, match="no interpreter"):
            await caller
        assert yard.pool.size == 0

    _play(scenario)


def test_an_unusable_environment_is_closed_and_makes_room() -> None:
    async def scenario(yard: Yard) -> None:
        callers = [asyncio.ensure_future(yard.pool.acquire()) for _ in range(2)]
        await _turns()
        yard.made[0].begun.set_result(True)
        await callers[0]
        yard.made[0].usable = False
        yard.pool.release(yard.made[0])
        await _turns()
        assert yard.made[0].closed
        assert len(yard.made) == 2
        yard.made[1].begun.set_result(True)
        assert await callers[1] is yard.made[1]

    _play(scenario, limit=1)


def test_all_but_one_of_those_that_nobody_needs_are_closed() -> None:
    async def scenario(yard: Yard) -> None:
        pool = yard.pool = Pool(yard._make, limit=3, idle_seconds_max=0.01)
        calls = [asyncio.create_task(pool.acquire()) for _ in range(3)]
        await _turns()
        for made in yard.made:
            made.begun.set_result(True)
        for found in await asyncio.gather(*calls):
            assert isinstance(found, Fake)
            pool.release(found)
        await asyncio.gather(*(one.gone.wait() for one in yard.made[:2]))
        assert [one.closed for one in yard.made] == [True, True, False]
        assert await pool.acquire() is yard.made[2]

    _play(scenario)


def test_one_that_dies_while_idle_is_not_handed_out() -> None:
    async def scenario(yard: Yard) -> None:
        warming = asyncio.ensure_future(yard.pool.warm())
        await _turns()
        yard.made[0].begun.set_result(True)
        assert await warming is None
        yard.deaths[0](yard.made[0])
        caller = asyncio.ensure_future(yard.pool.acquire())
        await _turns()
        yard.made[1].begun.set_result(True)
        assert await caller is yard.made[1]
        assert yard.made[0].closed

    _play(scenario)


def test_retiring_sends_who_waits_away_and_closes_the_busy_when_they_come_back() -> None:
    async def scenario(yard: Yard) -> None:
        busy = asyncio.ensure_future(yard.pool.acquire())
        await _turns()
        yard.made[0].begun.set_result(True)
        await busy
        waiting = asyncio.ensure_future(yard.pool.acquire())
        await _turns()
        yard.pool.retire()
        assert await waiting is None
        assert await yard.pool.acquire() is None
        assert not yard.made[0].closed
        yard.pool.release(yard.made[0])
        await _turns()
        assert yard.made[0].closed

    _play(scenario, limit=1)


def test_a_caller_that_gives_up_leaves_its_environment_to_the_next() -> None:
    async def scenario(yard: Yard) -> None:
        gone = asyncio.ensure_future(yard.pool.acquire())
        await _turns()
        yard.made[0].begun.set_result(True)
        await asyncio.sleep(0)
        gone.cancel()
        await _turns()
        assert await yard.pool.acquire() is yard.made[0]

    _play(scenario, limit=1)
