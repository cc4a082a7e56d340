"""A ``Runtime`` over environments: one pool per revision of the code, the newest one taking all new invocations."""

from collections.abc import Callable

from runtimes.contract import (
    FunctionSpec,
    Invocation,
    LoadFailure,
    LogSink,
    Outcome,
    RuntimeUnavailable,
)
from runtimes.environment import Environment, Launcher
from runtimes.pool import NotStarted, Pool

__all__ = ["WarmRuntime"]

_ENVIRONMENTS_MAX = 10
"""Further invocations wait their turn; Lambda's 1,000 would not fit a laptop."""


class WarmRuntime:
    """One function run by whatever *launcher* starts.

    Args:
        new_log_stream: names the log stream of the next environment of a version.
    """

    def __init__(
        self, spec: FunctionSpec, launcher: Launcher, *, sink: LogSink, new_log_stream: Callable[[str], str]
    ) -> None:
        self._launcher = launcher
        self._sink = sink
        self._new_log_stream = new_log_stream
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
            match found:
                case Environment():
                    try:
                        return await found.invoke(invocation)
                    finally:
                        pool.release(found)
                case NotStarted():
                    return found.environment.start_outcome(found.failure, invocation.request_id)
                case None:
                    continue  # retired while waiting: newer code is there
        raise RuntimeUnavailable("The function was stopped; deploy it again.")

    async def replace(self, spec: FunctionSpec) -> LoadFailure | None:
        """Use *spec* from now on; returns once an environment is ready, or with why its code does not load."""
        old, self._pool = self._pool, self._new_pool(spec)
        old.retire()
        self._retired = {pool for pool in {*self._retired, old} if pool.size}
        return _load_failure(await self._pool.warm())

    async def close(self) -> None:
        """End all environments; invocations in flight come back as crashed."""
        self._closed = True
        for pool in {self._pool, *self._retired}:
            await pool.close()

    def _new_pool(self, spec: FunctionSpec) -> Pool:
        def make(on_unusable: Callable[[Environment], None]) -> Environment:
            stream = self._new_log_stream(spec.version)
            return Environment(spec, self._launcher, self._sink, stream, on_unusable=on_unusable)

        return Pool(make, limit=_ENVIRONMENTS_MAX)


def _load_failure(found: NotStarted | None) -> LoadFailure | None:
    if found is None:
        return None
    return found.environment.start_outcome(found.failure, "")
