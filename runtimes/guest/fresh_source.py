"""Import the user's own modules from what their files say now, never from stale bytecode.

A ``.pyc`` remembers its source by size and whole seconds, so two saves of the same length within one second look alike.
Below the task root, bytecode of recently changed files is not read, and bytecode is never written: in Lambda that
folder is read-only.

Files may be saved while they are imported: then one module is of this save and another of the next, or half a file was
read. ``Sources`` notices, so that nothing runs on such a mixture.
"""

from __future__ import annotations

import os
import sys
import time
from functools import partial
from importlib.machinery import (
    EXTENSION_SUFFIXES,
    SOURCE_SUFFIXES,
    ExtensionFileLoader,
    FileFinder,
    SourceFileLoader,
)
from typing import Any

__all__ = ["FreshSourceLoader", "Sources", "finder_for", "install"]

_SETTLED_SECONDS = 5.0
_QUIET_SECONDS = 0.03
"""Who has just saved one file may be about to save another. Less than what the watcher of the host waits for, so that
a reload does not wait twice."""


class Sources:
    """Source files and folders as they were just before they were read."""

    def __init__(self) -> None:
        self._files: dict[str, object] = {}
        self._folders: dict[str, object] = {}

    def note_file(self, path: str) -> None:
        """Call it before reading *path*."""
        self._files.setdefault(path, _stamp(path))

    def note_folder(self, path: str) -> None:
        """Call it before looking for modules in *path*."""
        self._folders.setdefault(path, _stamp(path))

    def have_held_still(self, *, folders: bool) -> bool:
        """Whether everything is as it was read; waits until nothing of it is so young that a save may be under way.

        *folders*: look at these too, since what could not be found may be there by now.
        """
        stamps = {**self._files, **self._folders} if folders else self._files
        for path in stamps:
            time.sleep(max(0.0, _QUIET_SECONDS - _age_seconds(path)))
        return all(_stamp(path) == stamp for path, stamp in stamps.items())


class FreshSourceLoader(SourceFileLoader):
    """Load a source file; trust its bytecode only if the source has been left alone for a while."""

    def __init__(self, sources: Sources, fullname: str, path: str) -> None:
        super().__init__(fullname, path)
        self._sources = sources

    def path_stats(self, path: Any) -> Any:
        """Facts to check bytecode by; raising OSError makes the import machinery compile from source."""
        self._sources.note_file(path)
        stats = super().path_stats(path)
        if abs(time.time() - stats["mtime"]) < _SETTLED_SECONDS:
            raise OSError("the source is too young for its bytecode to be trusted")
        return stats

    def set_data(self, path: str, data: Any, *, _mode: int = 0o666) -> None:
        """Write no bytecode into the user's folder."""


def finder_for(folder: str, sources: Sources) -> FileFinder:
    """A finder over *folder* whose source modules are fresh, and noted in *sources*."""
    sources.note_folder(folder)
    loader: Any = partial(FreshSourceLoader, sources)
    return FileFinder(folder, (ExtensionFileLoader, EXTENSION_SUFFIXES), (loader, SOURCE_SUFFIXES))


def install(task_root: str) -> Sources:
    """Use fresh sources for every ``sys.path`` entry and package at or below *task_root*; they are noted in the answer."""
    root = os.path.join(os.path.realpath(task_root), "")
    sources = Sources()

    def hook(path: str) -> FileFinder:
        if not os.path.join(os.path.realpath(path), "").startswith(root) or not os.path.isdir(path):
            raise ImportError("not below the task root")
        return finder_for(path, sources)

    sys.path_hooks.insert(0, hook)
    for entry in list(sys.path_importer_cache):
        if os.path.join(os.path.realpath(entry), "").startswith(root):
            del sys.path_importer_cache[entry]
    return sources


def _stamp(path: str) -> object:
    """What changes whenever *path* is written, renamed over, made or removed; ``None`` where there is nothing."""
    try:
        stats = os.stat(path)
    except OSError:
        return None
    return stats.st_mtime_ns, stats.st_ctime_ns, stats.st_size, stats.st_ino


def _age_seconds(path: str) -> float:
    """How long ago *path* was last changed; infinite where it is gone, or its clock is not ours."""
    try:
        stats = os.stat(path)
    except OSError:
        return float("inf")
    if not stats.st_size and not path.endswith("__init__.py"):
        return 0.0  # about to be written, perhaps: a truncation shows in the size before it shows in the dates
    changed = stats.st_mtime if sys.platform == "win32" else stats.st_ctime
    age = time.time() - changed
    return age if age >= 0 else float("inf")
