"""A ``Runtime`` over environments: one pool per revision of the code, the newest one taking all new invocations."""

from collections.abc import Callable

from runtimes.contract import FunctionSpec, Invocation, LoadFailure, Outcome, RuntimeUnavailable
from runtimes.pool import Environment, EnvironmentEnded, NotStarted, Pool

__all__ = ["ENVIRONMENTS_MAX", "MakeEnvironment", "WarmRuntime"]

ENVIRONMENTS_MAX = 10
"""Further invocations wait their turn; Lambda's 1,000 would not fit a laptop."""

MakeEnvironment = Callable[[FunctionSpec, Callable[[Environment], None]], Environment]
"""Builds an environment of a revision; it calls the function given should it end while nobody uses it."""


class WarmRuntime:
    """One function, in at most *limit* environments that *make* builds."""

    def __init__(self, spec: FunctionSpec, make: MakeEnvironment, *, limit: int = ENVIRONMENTS_MAX) -> None:
        self._make = make
        self._limit = limit
        self._pool = self._new_pool(spec)
        self._retired: set[Pool] = set()
        self._closed = False

    async def start(self) -> LoadFailure | None:
        """Have one environment ready, or say why the code does not load."""
        return _load_failure(await self._pool.warm())

    async def invoke(self, invocation: Invocation) -> Outcome:
        """Run the handler once, on the newest code there is when an environment is free."""
        while not self._closed:
            pool = self._pool
            found = await pool.acquire()
            if found is None:
                continue  # retired while waiting: newer code is there
            if isinstance(found, NotStarted):
                return found.environment.start_outcome(invocation.request_id)
            try:
                return await found.invoke(invocation)
            except EnvironmentEnded:
                continue
            finally:
                pool.release(found)
        raise RuntimeUnavailable("The function was stopped; deploy it again.")

    def replace(self, spec: FunctionSpec) -> None:
        """Use *spec* from this call on; what is in flight finishes on the old code."""
        old, self._pool = self._pool, self._new_pool(spec)
        old.retire()
        self._retired = {pool for pool in {*self._retired, old} if not pool.is_over}

    async def close(self) -> None:
        """End all environments; invocations in flight come back as crashed."""
        self._closed = True
        for pool in {self._pool, *self._retired}:
            await pool.close()

    def _new_pool(self, spec: FunctionSpec) -> Pool:
        return Pool(lambda on_unusable: self._make(spec, on_unusable), limit=self._limit)


def _load_failure(found: NotStarted | None) -> LoadFailure | None:
    return None if found is None else found.environment.start_outcome("")
