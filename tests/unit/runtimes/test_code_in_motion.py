"""Environments that were saved into while they loaded: nobody gets one."""

import asyncio
from collections.abc import Callable

import pytest

from runtimes.contract import Invocation, LoadFailure, Outcome, RuntimeUnavailable
from runtimes.pool import CodeInMotion, Environment, NotStarted, Pool


class Saved:
    """An environment that holds a mixture, or not."""

    def __init__(self, *, is_mixed: bool) -> None:
        self.usable = not is_mixed
        self.used_at = 0.0
        self.is_mixed = is_mixed
        self.closed = False

    async def start(self) -> bool:
        """Give a mixture away."""
        await asyncio.sleep(0)
        if self.is_mixed:
            raise CodeInMotion
        return True

    def start_outcome(self, request_id: str) -> LoadFailure:
        """Not reached."""
        raise NotImplementedError(request_id)

    async def invoke(self, invocation: Invocation) -> Outcome:
        """Not reached."""
        raise NotImplementedError(invocation)

    async def close(self) -> None:
        """Remember it."""
        self.closed = True


def _pool(made: list[Saved], mixtures: int) -> Pool:
    def make(_on_unusable: Callable[[Environment], None]) -> Environment:
        made.append(Saved(is_mixed=len(made) < mixtures))
        return made[-1]

    return Pool(make, limit=2)


def test_who_waits_gets_the_next_one() -> None:
    made: list[Saved] = []

    async def scenario() -> None:
        pool = _pool(made, mixtures=3)
        first, second = await asyncio.gather(pool.acquire(), pool.acquire())
        assert isinstance(first, Saved)
        assert isinstance(second, Saved)
        assert not first.is_mixed
        assert not second.is_mixed
        await pool.close()

    asyncio.run(scenario())
    assert len(made) == 5
    assert all(one.closed for one in made)


def test_code_that_changes_at_every_load_is_told_instead_of_loaded_for_ever() -> None:
    made: list[Saved] = []

    async def scenario() -> None:
        pool = _pool(made, mixtures=10_000)
        with pytest.raises(RuntimeUnavailable, match="The code changes whenever it is loaded"):
            await pool.acquire()
        await pool.close()

    asyncio.run(scenario())
    assert len(made) < 100
    assert all(one.closed for one in made)


def test_a_retired_pool_does_not_try_again() -> None:
    made: list[Saved] = []

    async def scenario() -> None:
        pool = _pool(made, mixtures=10_000)
        waiting = asyncio.ensure_future(pool.acquire())
        await asyncio.sleep(0)
        pool.retire()
        found = await waiting
        assert found is None
        assert not isinstance(found, NotStarted)
        await pool.close()

    asyncio.run(scenario())
    assert len(made) == 1
