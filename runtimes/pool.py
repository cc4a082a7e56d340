"""The environments of one function revision: reused when free, added when all are busy, dropped when long idle.

Waiting is first come, first served. A new environment is started per waiting caller; whoever has waited longest gets
whichever is ready first.
"""

import asyncio
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from runtimes.contract import Invocation, LoadFailure, Outcome, RuntimeUnavailable

__all__ = ["CodeInMotion", "Environment", "EnvironmentEnded", "NotStarted", "Pool"]

_IDLE_SECONDS_MAX = 60.0
_MIXTURES_MAX = 50


class CodeInMotion(Exception):  # noqa: N818 - a state of the code folder
    """Files were saved while an environment loaded them, so it holds a mixture; the next one will not."""


class EnvironmentEnded(Exception):  # noqa: N818 - a state of the environment
    """It ended before it was handed the event; another one may have it."""


class Environment(Protocol):
    """One place where a handler runs, one invocation at a time."""

    usable: bool
    """Whether it can take an invocation now; once false after ``start``, it stays so."""
    used_at: float
    """When it last ended an invocation, in ``time.monotonic`` seconds."""

    async def start(self) -> bool:
        """Load the handler; false where that fails. Raises: CodeInMotion, RuntimeUnavailable."""

    def start_outcome(self, request_id: str) -> LoadFailure:
        """Why ``start`` gave false, as the outcome of *request_id*."""

    async def invoke(self, invocation: Invocation) -> Outcome:
        """Run the handler once. Raises: EnvironmentEnded, it is usable no more and the event was not touched."""

    async def close(self) -> None:
        """End it, whatever it does."""


@dataclass(frozen=True)
class NotStarted:
    """An environment whose ``start`` gave false."""

    environment: Environment


_Found = Environment | NotStarted | None


class Pool:
    """Environments made by *make*, at most *limit* at once.

    ``acquire`` and ``release`` bracket an invocation; ``retire`` closes what is idle now and the rest when released.
    What nobody has needed for *idle_seconds_max* is closed too, but for one, so that the next invocation is warm.
    """

    def __init__(
        self,
        make: Callable[[Callable[[Environment], None]], Environment],
        *,
        limit: int,
        idle_seconds_max: float = _IDLE_SECONDS_MAX,
    ) -> None:
        self._make = make
        self._limit = limit
        self._idle_seconds_max = idle_seconds_max
        self._idle: list[Environment] = []
        self._busy: set[Environment] = set()
        self._starts: set[asyncio.Task[None]] = set()
        self._starting = 0
        self._mixtures = 0
        self._closing: set[asyncio.Task[None]] = set()
        self._waiters: deque[asyncio.Future[_Found]] = deque()
        self._warming: list[asyncio.Future[NotStarted | None]] = []
        self._retired = False
        self._sweep: asyncio.TimerHandle | None = None

    async def warm(self) -> NotStarted | None:
        """Have one environment ready; the failure where it does not start.

        Raises:
            RuntimeUnavailable: it never will.
        """
        if self._retired or self._idle or self._busy:
            return None
        # Not a caller: whoever comes while it starts takes this environment, and needs no second one.
        warming: asyncio.Future[NotStarted | None] = asyncio.get_running_loop().create_future()
        self._warming.append(warming)
        self._grow()
        return await warming

    async def acquire(self) -> Environment | NotStarted | None:
        """An environment for one invocation; ``None`` once the pool is retired. Raises: RuntimeUnavailable."""
        if self._retired:
            return None
        if self._idle:
            environment = self._idle.pop()
            self._busy.add(environment)
            return environment
        waiter: asyncio.Future[_Found] = asyncio.get_running_loop().create_future()
        self._waiters.append(waiter)
        self._grow()
        try:
            return await waiter
        except asyncio.CancelledError:
            self._withdraw(waiter)
            raise

    def release(self, environment: Environment) -> None:
        """Give back what ``acquire`` gave."""
        self._busy.discard(environment)
        if self._retired or not environment.usable:
            self._close_soon(environment)
            self._grow()
            return
        self._hand_out(environment)

    def retire(self) -> None:
        """Take no more callers and send those who wait away; close idle environments now, busy ones when they come back."""
        self._retired = True
        while (waiter := self._next_waiter()) is not None:
            waiter.set_result(None)
        self._end_warming(None)
        if self._sweep is not None:
            self._sweep.cancel()
        idle, self._idle = self._idle, []
        for environment in idle:
            self._close_soon(environment)

    @property
    def size(self) -> int:
        """How many environments there are, starting ones included."""
        return len(self._idle) + len(self._busy) + self._starting

    @property
    def is_over(self) -> bool:
        """Whether nothing is left of it, not even what is being closed."""
        return not self.size and not self._closing

    async def close(self) -> None:
        """Close everything, also what is busy."""
        self.retire()
        for task in self._starts:
            task.cancel()
        for environment in list(self._busy):
            self._close_soon(environment)
        while pending := [*self._starts, *self._closing]:
            await asyncio.wait(pending)

    def _grow(self) -> None:
        wanted = max(len(self._waiters), 1 if self._warming else 0)
        while self._starting < wanted and self.size < self._limit:
            self._starting += 1
            task = asyncio.get_running_loop().create_task(self._start_one())
            self._starts.add(task)
            task.add_done_callback(self._starts.discard)

    async def _start_one(self) -> None:
        environment = self._make(self._died_idle)
        error: Exception | None = None
        started = False
        try:
            started = await environment.start()
            self._mixtures = 0
        except Exception as raised:  # noqa: BLE001 - it is told to whoever waits
            error = self._unless_mixed(raised)
        finally:
            self._starting -= 1  # before anybody is woken: who comes next must see what is true now
            if not started:
                self._close_soon(environment)
        if started:
            self._hand_out(environment)
            self._end_warming(None)
        elif not isinstance(error, CodeInMotion):  # with code in motion, who waits goes on waiting, for the next one
            self._tell_of_failure(environment, error)
        self._grow()

    def _tell_of_failure(self, environment: Environment, error: Exception | None) -> None:
        waiter = self._next_waiter()
        if waiter is not None:
            if error is None:
                waiter.set_result(NotStarted(environment))
            else:
                waiter.set_exception(error)
        elif not self._warming and error is not None and not isinstance(error, RuntimeUnavailable):
            raise error
        self._end_warming(NotStarted(environment) if error is None else error)

    def _end_warming(self, found: NotStarted | Exception | None) -> None:
        warming, self._warming = self._warming, []
        for one in warming:
            if one.done():
                continue
            if isinstance(found, Exception):
                one.set_exception(found)
            else:
                one.set_result(found)

    def _unless_mixed(self, error: Exception) -> Exception:
        """*error*, or what is told once it has been ``CodeInMotion`` too often."""
        if not isinstance(error, CodeInMotion):
            return error
        self._mixtures += 1
        if self._mixtures <= _MIXTURES_MAX:
            return error
        self._mixtures = 0
        return RuntimeUnavailable(
            "The code changes whenever it is loaded; keep functions from writing to their own code."
        )

    def _hand_out(self, environment: Environment) -> None:
        waiter = self._next_waiter()
        if waiter is not None:
            self._busy.add(environment)
            waiter.set_result(environment)
        elif self._retired:
            self._close_soon(environment)
        else:
            self._idle.append(environment)
            self._plan_sweep()

    def _next_waiter(self) -> asyncio.Future[_Found] | None:
        while self._waiters:
            waiter = self._waiters.popleft()
            if not waiter.done():
                return waiter
        return None

    def _withdraw(self, waiter: asyncio.Future[_Found]) -> None:
        if waiter in self._waiters:
            self._waiters.remove(waiter)
        elif waiter.done() and not waiter.cancelled() and waiter.exception() is None:
            found = waiter.result()
            if found is not None and not isinstance(found, NotStarted):
                self.release(found)

    def _died_idle(self, environment: Environment) -> None:
        if environment in self._idle:
            self._idle.remove(environment)
            self._close_soon(environment)

    def _close_soon(self, environment: Environment) -> None:
        task = asyncio.get_running_loop().create_task(environment.close())
        self._closing.add(task)
        task.add_done_callback(self._closing.discard)

    def _plan_sweep(self) -> None:
        if self._sweep is None and len(self._idle) > 1:
            self._sweep = asyncio.get_running_loop().call_later(self._idle_seconds_max, self._drop_idle)

    def _drop_idle(self) -> None:
        """Close all but one of the environments nobody has needed for a while."""
        self._sweep = None
        oldest_kept = time.monotonic() - self._idle_seconds_max
        stale = [environment for environment in self._idle[:-1] if environment.used_at < oldest_kept]
        for environment in stale:
            self._idle.remove(environment)
            self._close_soon(environment)
        self._plan_sweep()
