"""A spare container per function that is being edited: started ahead, so that a save need not wait for the engine.

It takes an engine most of a second to start a container, and a save needs a new one. A spare is held before its
image's own program begins (``runtimes.container.started``): nothing of the function is read before it is needed.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from runtimes.container.engine import Missing
from runtimes.container.plan import Plan
from runtimes.container.started import SHELL, Started
from runtimes.container.starts import Starts
from runtimes.contract import FunctionSpec, RuntimeUnavailable

__all__ = ["Spares"]

_AFTER_SECONDS = 0.05
_OTHER_STARTS_SECONDS_MAX = 5.0
_IDLE_SECONDS_MAX = 900.0
"""Whoever has not saved for so long edits something else."""
_SPARES_MAX = 8

Key = tuple[str, str]


@dataclass(eq=False)
class _Spare:
    plan: Plan
    has_begun: bool = False
    making: "asyncio.Task[Started | None]" = field(init=False)
    timer: asyncio.TimerHandle = field(init=False)

    @property
    def name(self) -> str:
        return f"spare {id(self)}"


class Spares:
    """The spares of one sandbox; lives on one event loop.

    Args:
        hold: starts a container that is held. Raises: Missing, RuntimeUnavailable.
        discard: removes one that nobody needs.
        starts: of all containers; spares begin when no other does.
    """

    def __init__(
        self,
        hold: Callable[[Plan], Awaitable[Started]],
        discard: Callable[[Started], Awaitable[None]],
        starts: Starts,
        *,
        idle_seconds_max: float = _IDLE_SECONDS_MAX,
    ) -> None:
        self._hold = hold
        self._discard = discard
        self._starts = starts
        self._idle_seconds_max = idle_seconds_max
        self._spares: dict[Key, _Spare] = {}
        self._last: dict[Key, tuple[str, Plan]] = {}
        self._unholdable: set[str] = set()
        self._dismissals: set[asyncio.Task[None]] = set()

    async def take(self, spec: FunctionSpec, plan: Plan) -> Started | None:
        """The spare of a function, if it is what *plan* says; ``None`` where starting another is as quick."""
        spare = self._spares.pop(_key(spec), None)
        if spare is None:
            return None
        spare.timer.cancel()
        if spare.plan != plan or not spare.has_begun:
            self._dismiss(spare)
            return None
        try:
            return await asyncio.shield(spare.making)
        except asyncio.CancelledError:
            self._dismiss(spare)
            raise

    def launched(self, spec: FunctionSpec, plan: Plan, *, from_spare: bool) -> None:
        """Have a spare, or another one, where this was the start of edited code: a new revision, and all else as it was."""
        key = _key(spec)
        revision, last = self._last.get(key, (spec.revision, plan))
        self._last[key] = (spec.revision, plan)
        is_edited = from_spare or (revision != spec.revision and last == plan)
        if is_edited and plan.is_repeatable and plan.image.identity not in self._unholdable:
            self._want(key, plan)

    def forget(self, spec: FunctionSpec) -> None:
        """The function runs no more."""
        self._last.pop(_key(spec), None)
        self._drop(_key(spec))

    async def close(self) -> None:
        """Discard all."""
        for key in list(self._spares):
            self._drop(key)
        while self._dismissals:
            await asyncio.wait(self._dismissals)

    def _want(self, key: Key, plan: Plan) -> None:
        self._drop(key)
        while len(self._spares) >= _SPARES_MAX:
            self._drop(next(iter(self._spares)))
        loop = asyncio.get_running_loop()
        spare = self._spares[key] = _Spare(plan)
        self._starts.begin(spare.name, ahead=True)
        spare.making = loop.create_task(self._make(spare))
        spare.making.add_done_callback(lambda _: self._starts.end(spare.name))
        spare.timer = loop.call_later(self._idle_seconds_max, self._drop, key)

    async def _make(self, spare: _Spare) -> Started | None:
        """Start it in a quiet moment; ``None`` where that does not work: who needs a container will be told why."""
        await asyncio.sleep(_AFTER_SECONDS)
        await self._starts.over(_OTHER_STARTS_SECONDS_MAX, ahead=False)
        spare.has_begun = True
        try:
            return await self._hold(spare.plan)
        except (Missing, RuntimeUnavailable) as reason:
            if SHELL in str(reason):
                self._unholdable.add(spare.plan.image.identity)
            return None

    def _drop(self, key: Key) -> None:
        spare = self._spares.pop(key, None)
        if spare is not None:
            spare.timer.cancel()
            self._dismiss(spare)

    def _dismiss(self, spare: _Spare) -> None:
        if not spare.has_begun:
            spare.making.cancel()
        task = asyncio.get_running_loop().create_task(self._await_and_discard(spare))
        self._dismissals.add(task)
        task.add_done_callback(self._dismissals.discard)

    async def _await_and_discard(self, spare: _Spare) -> None:
        await asyncio.wait([spare.making])
        started = None if spare.making.cancelled() else spare.making.result()
        if started is not None:
            await self._discard(started)


def _key(spec: FunctionSpec) -> Key:
    return spec.function_arn, spec.version
