"""Watch code folders with the system's own means, or by looking again and again where those fail."""

import asyncio
import contextlib
import math
import os
import time
import warnings
from collections.abc import Callable, Coroutine, Iterable, Sequence
from functools import partial
from pathlib import Path

from watchdog.events import (
    DirCreatedEvent,
    DirDeletedEvent,
    DirMovedEvent,
    FileClosedEvent,
    FileCreatedEvent,
    FileDeletedEvent,
    FileModifiedEvent,
    FileMovedEvent,
    FileSystemEvent,
    FileSystemEventHandler,
)
from watchdog.observers import Observer
from watchdog.observers.api import BaseObserver, ObservedWatch
from watchdog.observers.polling import PollingObserver

from runtimes.reload.events import Change
from runtimes.reload.snapshot import Snapshot, is_ignored, linked_folders

__all__ = ["Watcher"]

_QUIET_SECONDS = 0.035
"""A save is a handful of events within a few milliseconds."""
_QUIET_SECONDS_OF_WHOLE = 0.012
"""Where the last sign was that a file is whole: closed by its writer, or moved into its place."""
_QUIET_SECONDS_OF_MANY = 0.15
"""A checkout goes on for longer, with pauses."""
_MANY = 12
_PATIENCE_SECONDS = 1.5
_POLL_SECONDS = 0.3

_EVENTS: list[type[FileSystemEvent]] = [
    DirCreatedEvent,
    DirDeletedEvent,
    DirMovedEvent,
    FileClosedEvent,
    FileCreatedEvent,
    FileDeletedEvent,
    FileModifiedEvent,
    FileMovedEvent,
]


class Watcher:
    """Tell about changed content in folders, on the event loop's thread.

    Args:
        say: takes one sentence when the system's watcher fails and polling takes over.
        native: makes the system's observer.
        ignored: names of files and folders, with wildcards, whose changes are nobody's concern.
    """

    def __init__(
        self, say: Callable[[str], None], *, native: Callable[[], BaseObserver] = Observer, ignored: Sequence[str] = ()
    ) -> None:
        self._say = say
        self._ignored = tuple(ignored)
        self._native: Callable[[], BaseObserver] | None = native
        self._observer: BaseObserver | None = None
        self._watched: set[_WatchedFolder] = set()
        self._changing = asyncio.Lock()
        self._ending: set[asyncio.Task[None]] = set()

    async def watch(
        self, place: Path, tell: Callable[[Change], None], *, since: float | None = None
    ) -> Callable[[], None]:
        """Call *tell* for every change of *place*, a folder or a file; the returned function stops that.

        *since* is from when on changes count, in epoch seconds; ``None`` from now.
        """
        watched = _WatchedFolder(place, tell, self._follow, self._ignored)
        async with self._changing:
            self._watched.add(watched)
            await asyncio.to_thread(self._observe, watched, [watched.root])
            await asyncio.to_thread(self._observe, watched, linked_folders(watched.root, self._ignored))
        await watched.look(since)
        return lambda: self._forget(watched)

    async def close(self) -> None:
        """Watch nothing any more."""
        await asyncio.gather(*self._ending)
        async with self._changing:
            watched, self._watched = self._watched, set()
            for folder in watched:
                folder.close()
            observer, self._observer = self._observer, None
            if observer is not None:
                await asyncio.to_thread(_stop, observer)

    async def _follow(self, watched: "_WatchedFolder") -> None:
        """Links may lead elsewhere now."""
        async with self._changing:
            if watched in self._watched:
                await asyncio.to_thread(self._observe, watched, linked_folders(watched.root, self._ignored))

    def _forget(self, watched: "_WatchedFolder") -> None:
        watched.close()
        self._watched.discard(watched)
        task = watched.loop.create_task(self._unobserve(watched))
        self._ending.add(task)
        task.add_done_callback(self._ending.discard)

    async def _unobserve(self, watched: "_WatchedFolder") -> None:
        """Observe no longer what nobody else watches: each observed folder costs a thread."""
        async with self._changing:
            others = {watch for other in self._watched for _, watch in other.watches}
            observer = self._observer
            for handler, watch in watched.watches if observer is not None else ():
                assert observer is not None
                with contextlib.suppress(KeyError):  # of an observer that polling has replaced
                    observer.remove_handler_for_watch(handler, watch)
                    if watch not in others:
                        await asyncio.to_thread(observer.unschedule, watch)

    def _observe(self, watched: "_WatchedFolder", folders: Iterable[Path]) -> None:
        """Observe what is not observed yet; runs on a thread, since large folders take their time."""
        for folder in folders:
            if folder in watched.folders or not folder.exists():
                continue
            watched.folders.add(folder)
            try:
                self._schedule(watched, folder)
            except OSError as error:
                if self._native is None:
                    continue  # polling too: the folder has gone
                self._poll_instead(error)
                return

    def _schedule(self, watched: "_WatchedFolder", folder: Path) -> None:
        if self._observer is None:
            # Folders made quickly one in the other are met twice; watchdog replaces its callback by the same, and warns.
            warnings.filterwarnings("ignore", message="Callback with id", category=RuntimeWarning)
            observer = PollingObserver(timeout=_POLL_SECONDS) if self._native is None else self._native()
            observer.start()
            self._observer = observer
        handler = _Handler(folder, watched)
        # A file is replaced rather than written to: only its folder tells.
        whole, observed = (True, folder) if folder.is_dir() else (False, folder.parent)
        watch = self._observer.schedule(handler, str(observed), recursive=whole, event_filter=_EVENTS)
        watched.watches.append((handler, watch))

    def _poll_instead(self, error: OSError) -> None:
        self._native = None
        broken, self._observer = self._observer, None
        if broken is not None:
            _stop(broken)
        reason = error.strerror or str(error)
        self._say(f"The system cannot watch files ({reason}); changes are looked for every {_POLL_SECONDS} s instead.")
        for watched in self._watched:
            folders = [*watched.folders]
            watched.folders.clear()
            watched.watches.clear()
            self._observe(watched, folders)


class _WatchedFolder:
    """One watched folder, or file: gathers the events of one save, then looks at the content."""

    def __init__(
        self,
        place: Path,
        tell: Callable[[Change], None],
        follow: Callable[["_WatchedFolder"], Coroutine[None, None, None]],
        ignored: Sequence[str],
    ) -> None:
        self.ignored = ignored
        self.root = place.resolve()
        self.folders: set[Path] = set()
        self.watches: list[tuple[_Handler, ObservedWatch]] = []
        self.loop = asyncio.get_running_loop()
        self._tell = tell
        self._follow = follow
        self._snapshot: Snapshot | None = None
        self._hints: set[Path] = set()
        self._noticed_at = 0.0
        self._last_sign = 0.0
        self._is_whole = False
        self._settling: asyncio.Task[None] | None = None
        self._open = True

    async def look(self, since: float | None) -> None:
        """Remember the content as it is now, or was at *since*; what comes later is a change."""
        self._snapshot = await asyncio.to_thread(
            Snapshot, self.root, self.ignored, math.inf if since is None else since
        )
        if since is not None:
            self.notice([self.root], time.perf_counter())
        self._wake()

    def notice(self, paths: Sequence[Path], moment: float, *, is_whole: bool = False) -> None:
        """Something may have happened to *paths* at *moment* (``time.perf_counter``); *is_whole*: with it a file was done."""
        if not self._hints:
            self._noticed_at = moment
        self._hints.update(paths)
        self._last_sign = self.loop.time()
        self._is_whole = is_whole
        self._wake()

    def close(self) -> None:
        """Tell nothing any more."""
        self._open = False
        if self._settling is not None:
            self._settling.cancel()

    def _wake(self) -> None:
        if self._open and self._hints and self._snapshot is not None and self._settling is None:
            self._settling = self.loop.create_task(self._settle(self._snapshot))

    async def _settle(self, snapshot: Snapshot) -> None:
        try:
            while self._hints:
                await self._quiet()
                hints, self._hints = self._hints, set()
                noticed_at = self._noticed_at
                files = await asyncio.to_thread(snapshot.changed, hints)
                if any(hint.is_symlink() or hint.is_dir() for hint in hints):
                    await self._follow(self)
                if files:
                    self._tell(Change(files=files, noticed_at=noticed_at))
        finally:
            self._settling = None

    async def _quiet(self) -> None:
        """Return once no sign has come for a moment, or patience ends: a folder may never be quiet."""
        give_up = self.loop.time() + _PATIENCE_SECONDS
        while (now := self.loop.time()) < give_up:
            rest = self._last_sign + self._quiet_seconds() - now
            if rest <= 0:
                return
            await asyncio.sleep(rest)

    def _quiet_seconds(self) -> float:
        if len(self._hints) >= _MANY:
            return _QUIET_SECONDS_OF_MANY
        return _QUIET_SECONDS_OF_WHOLE if self._is_whole else _QUIET_SECONDS


class _Handler(FileSystemEventHandler):
    """Pass the paths of one observed place's events on to the event loop."""

    def __init__(self, place: Path, watched: _WatchedFolder) -> None:
        self._place = place
        self._watched = watched

    def on_any_event(self, event: FileSystemEvent) -> None:
        """Runs on the observer's thread."""
        named = (event.src_path, event.dest_path)
        paths = [Path(os.fsdecode(path)) for path in named if path]
        wanted = [path for path in paths if self._is_wanted(path)]
        if wanted:
            # Moved away, to where an editor keeps its backup, is no sign of being done.
            is_whole = isinstance(event, FileClosedEvent) or (
                isinstance(event, FileMovedEvent) and wanted[-1] == paths[-1]
            )
            tell = partial(self._watched.notice, wanted, time.perf_counter(), is_whole=is_whole)
            with contextlib.suppress(RuntimeError):  # the loop is closed
                self._watched.loop.call_soon_threadsafe(tell)

    def _is_wanted(self, path: Path) -> bool:
        if path == self._place:
            return True
        return not is_ignored(path, self._place, self._watched.ignored)


def _stop(observer: BaseObserver) -> None:
    observer.stop()
    observer.join()
