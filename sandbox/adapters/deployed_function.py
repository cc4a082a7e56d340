"""One function that runs: its runtime, and its reloads when a file is saved or the API changes it."""

import asyncio
import logging
import time
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from runtimes.contract import FunctionSpec, Invocation, LoadFailure, Outcome, Raised, Runtime, RuntimeUnavailable
from runtimes.hints import hint_for
from runtimes.reload.events import Change, ReloadEvent

if TYPE_CHECKING:  # watching is imported only where a folder is watched
    from runtimes.reload.watcher import Watcher

__all__ = ["DeployedFunction"]

_log = logging.getLogger(__name__)


class DeployedFunction:
    """Keep *runtime* on the newest code.

    Args:
        edited: which folders of a function change by themselves: its code and its layers, as far as people edit them.
        watcher: gives what tells of changes in them; asked where there are any.
        changed: called whenever trying again makes sense: new code, new configuration.
        observe: receives a ``ReloadEvent`` after each reload, and when the code does not load.
    """

    def __init__(
        self,
        spec: FunctionSpec,
        runtime: Runtime,
        *,
        edited: Callable[[FunctionSpec], tuple[Path, ...]],
        watcher: Callable[[], "Watcher"],
        changed: Callable[[], None],
        observe: Callable[[ReloadEvent], None],
    ) -> None:
        self.spec = spec
        self._runtime = runtime
        self._edited = edited
        self._watcher = watcher
        self._changed = changed
        self._observe = observe
        self._saves = 0
        self._newest_load = 0
        self._watched = edited(spec)
        self._unwatch: list[Callable[[], None]] = []
        self._elsewhere: set[Path] = set()
        self._unwatch_elsewhere: list[Callable[[], None]] = []
        self._load_began = time.time()
        self._tasks: set[asyncio.Task[None]] = set()
        # Watching begins before loading: a save in between would go unseen, and the old code stay for good.
        self._watching = self._run(self._watch(self._watched))
        self._run(self._load(0, None, time.perf_counter()))

    async def invoke(self, invocation: Invocation) -> Outcome:
        """Run the handler once, on the newest code."""
        if not self._watching.done():
            await asyncio.shield(self._watching)
        return await self._runtime.invoke(invocation)

    def update(self, spec: FunctionSpec) -> None:
        """Use *spec* from the next invocation on; what is in flight finishes on the old."""
        folders = self._edited(spec)
        if folders != self._watched:
            self._watched = folders
            self._watching = self._run(self._watch(folders))
        self._replace(spec, None)

    def watch_too(self, places: Sequence[Path]) -> None:
        """Watch folders and files outside of the code that the function has turned out to import, as long as it runs."""
        for place in places:
            if place not in self._elsewhere and not any(place.is_relative_to(folder) for folder in self._watched):
                self._elsewhere.add(place)
                self._run(self._watch_elsewhere(place, self._load_began))

    def reload(self, change: Change) -> None:
        """Load the same code anew from the next invocation on, because of *change* somewhere else."""
        self._saved(change)

    async def close(self) -> None:
        """Stop; what is in flight is given up."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._forget()
        while self._unwatch_elsewhere:
            self._unwatch_elsewhere.pop()()
        await self._runtime.close()

    async def _watch(self, folders: tuple[Path, ...]) -> None:
        self._forget()
        for folder in folders:
            try:
                unwatch = await self._watcher().watch(folder, self._saved)
            except Exception:  # noqa: BLE001 - the function still runs; what failed is in the log
                _log.exception("%s cannot be watched; restart the sandbox to reload it", folder)
                continue
            if folders is not self._watched:  # the function has been changed meanwhile
                unwatch()
                return
            self._unwatch.append(unwatch)

    async def _watch_elsewhere(self, place: Path, since: float) -> None:
        try:
            # What was saved while it was loaded may have been read before.
            self._unwatch_elsewhere.append(await self._watcher().watch(place, self._saved_elsewhere, since=since))
        except Exception:  # noqa: BLE001 - the function still runs; what failed is in the log
            _log.exception("%s cannot be watched; restart the sandbox to reload it", place)

    def _forget(self) -> None:
        while self._unwatch:
            self._unwatch.pop()()

    def _saved_elsewhere(self, change: Change) -> None:
        """A package may hold the code folder, whose changes are told already."""
        watched = [folder.resolve() for folder in self._watched]
        if not all(any(file.is_relative_to(folder) for folder in watched) for file in change.files):
            self._saved(change)

    def _saved(self, change: Change) -> None:
        self._saves += 1
        base = self.spec.revision.partition("+")[0]
        self._replace(replace(self.spec, revision=f"{base}+{self._saves}"), change)

    def _replace(self, spec: FunctionSpec, change: Change | None) -> None:
        self.spec = spec
        self._newest_load += 1
        self._load_began = time.time()
        began = time.perf_counter() if change is None else change.noticed_at
        self._runtime.replace(spec)
        self._run(self._load(self._newest_load, change, began))
        self._changed()

    async def _load(self, number: int, change: Change | None, began: float) -> None:
        try:
            await asyncio.shield(self._watching)
            failure = await self._runtime.start()
        except RuntimeUnavailable as reason:
            self._tell(number, change, began, error=str(reason))
            return
        if failure is None:
            if change is not None:
                self._tell(number, change, began)
            return
        location = failure.location if isinstance(failure, Raised) else ""
        self._tell(number, change, began, error=_words(failure), location=location or None, hint=hint_for(failure))

    def _tell(
        self,
        number: int,
        change: Change | None,
        began: float,
        *,
        error: str | None = None,
        location: str | None = None,
        hint: str | None = None,
    ) -> None:
        if number != self._newest_load:
            return  # a later save has overtaken this one
        self._observe(
            ReloadEvent(
                function_name=self.spec.function_name,
                changed_files=() if change is None else tuple(sorted(change.files)),
                duration_ms=(time.perf_counter() - began) * 1000,
                error=error,
                location=location,
                hint=hint,
            )
        )

    def _run(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task


def _words(failure: LoadFailure) -> str:
    if isinstance(failure, Raised):
        return f"{failure.error_type}: {failure.error_message}"
    return failure.payload.decode("utf-8")
