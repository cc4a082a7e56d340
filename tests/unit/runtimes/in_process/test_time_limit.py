"""Time at a breakpoint is nobody's time."""

import asyncio

from runtimes.in_process.time_limit import TimeLimit


class _Job:
    """A job, stopped while *stops* has looks left."""

    def __init__(self, seconds: float, stops: list[bool]) -> None:
        self.stops = stops
        self.told: list[bool] = []
        self.expired = asyncio.Event()
        self.was_told = asyncio.Event()
        self.limit = TimeLimit(seconds, is_stopped=self._is_stopped, expired=self.expired.set, stopped=self._take)

    def _take(self, stopped: bool) -> None:
        self.told.append(stopped)
        self.was_told.set()

    def _is_stopped(self) -> bool:
        return self.stops.pop(0) if self.stops else False


def test_a_job_that_nobody_stops_runs_out_of_time() -> None:
    async def story() -> None:
        job = _Job(0.01, [])
        await asyncio.wait_for(job.expired.wait(), 60)
        job.limit.end()
        assert job.told == []

    asyncio.run(story())


def test_time_at_a_breakpoint_does_not_count() -> None:
    """Twice stopped for longer than the limit, and none of it counted: every look found it so."""

    async def story() -> None:
        job = _Job(0.15, [True, True, True, False, True, True, True])
        await asyncio.wait_for(job.expired.wait(), 60)
        assert job.stops == []
        assert job.told == [True, False, True, False]
        job.limit.end()
        assert job.told == [True, False, True, False]

    asyncio.run(story())


def test_a_job_that_ends_at_a_breakpoint_lets_time_go_on() -> None:
    async def story() -> None:
        job = _Job(0.01, [True] * 1000)
        await asyncio.wait_for(job.was_told.wait(), 60)
        job.limit.end()
        assert job.told == [True, False]

    asyncio.run(story())


def test_time_in_which_everything_stood_does_not_count() -> None:
    """IDEs stop all threads at a breakpoint: the first look afterwards finds that half an hour has passed."""

    async def story() -> None:
        looks = 0
        looked, expired = asyncio.Event(), asyncio.Event()

        def now() -> float:
            nonlocal looks
            looks += 1
            if looks == 3:
                looked.set()
            return looks * 1800.0

        limit = TimeLimit(60, is_stopped=lambda: False, expired=expired.set, stopped=lambda _: None, now=now)
        await asyncio.wait_for(looked.wait(), 60)
        assert not expired.is_set()
        limit.end()

    asyncio.run(story())
