"""Import the user's own modules from what their files say now, never from stale bytecode.

A ``.pyc`` remembers its source by size and whole seconds, so two saves of the same length within one second look alike.
Below the task root, bytecode of recently changed files is not read, and bytecode is never written: in Lambda that
folder is read-only.

Files may be saved while they are imported: then one module is of this save and another of the next, or half a file was
read. ``Sources`` notices, so that nothing runs on such a mixture; and it keeps what is not imported at once, so that a
handler which imports a module in the middle of an invocation gets the one that it was loaded with.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Sequence
from functools import partial
from importlib.machinery import (
    EXTENSION_SUFFIXES,
    SOURCE_SUFFIXES,
    ExtensionFileLoader,
    FileFinder,
    SourceFileLoader,
)
from typing import Any

__all__ = ["SETTLED_SECONDS", "FreshSourceLoader", "LayerSourceLoader", "Sources", "finder_for", "install"]

SETTLED_SECONDS = 5.0
"""So long after a save the bytecode of a source is not trusted."""
_KEPT_FOLDERS_MAX = 100
_KEPT_FILES_MAX = 200
_KEPT_BYTES_MAX = 2_097_152
"""What is read within a few milliseconds. Of larger folders the files nearest to the top are kept: the user's own."""
_QUIET_SECONDS = 0.03
"""Who has just saved one file may be about to save another. Less than what the watcher of the host waits for, so that
a reload does not wait twice."""


class Sources:
    """Source files and folders as they were just before they were read."""

    def __init__(self) -> None:
        self._files: dict[str, object] = {}
        self._folders: dict[str, object] = {}
        self._kept: dict[str, bytes] = {}
        self._imported: set[str] = set()

    def keep(self, root: str) -> None:
        """Read the modules below *root* now, for imports to come."""
        folders, bytes_left = [root], _KEPT_BYTES_MAX
        for folder in folders:
            for entry in _modules_and_folders(folder):
                if entry.is_dir(follow_symlinks=False):
                    folders.append(entry.path)
                    continue
                stamp = _stamp(entry.path)
                text = _read(entry.path, bytes_left)
                if text is None:
                    continue  # not to be read: importing it will tell why
                bytes_left -= len(text)
                if bytes_left < 0 or len(self._kept) == _KEPT_FILES_MAX:
                    return
                self._files.setdefault(entry.path, stamp)
                self._kept[entry.path] = text
            del folders[_KEPT_FOLDERS_MAX:]

    def kept(self, path: str) -> bytes | None:
        """What *path* held when it was kept, if it holds something else now."""
        text = self._kept.get(path)
        return None if text is None or _stamp(path) == self._files[path] else text

    def note_file(self, path: str) -> None:
        """Call it before importing *path*."""
        self._imported.add(path)
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
            # A file about to be written is empty before it is young: a truncation shows in the size first.
            age = 0.0 if path in self._imported and _is_empty_module(path) else _age_seconds(path)
            time.sleep(max(0.0, _QUIET_SECONDS - age))
        return all(_stamp(path) == stamp for path, stamp in stamps.items())


class FreshSourceLoader(SourceFileLoader):
    """Load a source file; trust its bytecode only if the source has been left alone for a while."""

    def __init__(self, sources: Sources, fullname: str, path: str) -> None:
        super().__init__(fullname, path)
        self._sources = sources

    def path_stats(self, path: Any) -> Any:
        """Facts to check bytecode by; raising OSError makes the import machinery compile from source."""
        self._sources.note_file(path)
        if self._sources.kept(path) is not None:
            raise OSError("the file and its bytecode are of a later save")
        stats = super().path_stats(path)
        if abs(time.time() - stats["mtime"]) < SETTLED_SECONDS:
            raise OSError("the source is too young for its bytecode to be trusted")
        return stats

    def get_data(self, path: str) -> bytes:
        """The source (or bytecode), as of when it was kept where it was."""
        kept = self._sources.kept(path)
        return super().get_data(path) if kept is None else kept

    def set_data(self, path: str, data: Any, *, _mode: int = 0o666) -> None:
        """Write no bytecode into the user's folder."""


class LayerSourceLoader(FreshSourceLoader):
    """Load a source file of a layer; keep bytecode, since a layer may hold large packages that hardly ever change."""

    def set_data(self, path: str, data: Any, *, _mode: int = 0o666) -> None:
        """Write bytecode, of a source that has been left alone for a while, as Python does everywhere else."""
        SourceFileLoader.set_data(self, path, data, _mode=_mode)


def finder_for(folder: str, sources: Sources, *, is_layer: bool = False) -> FileFinder:
    """A finder over *folder* whose source modules are fresh, and noted in *sources*."""
    sources.note_folder(folder)
    loader: Any = partial(LayerSourceLoader if is_layer else FreshSourceLoader, sources)
    return FileFinder(folder, (ExtensionFileLoader, EXTENSION_SUFFIXES), (loader, SOURCE_SUFFIXES))


def install(task_root: str, layers: Sequence[str] = ()) -> Sources:
    """Use fresh sources for every ``sys.path`` entry and package at or below *task_root* and the folders of *layers*.

    They are noted in the answer.
    """
    root = _with_separator(task_root)
    roots = (root, *map(_with_separator, layers))
    sources = Sources()
    sources.keep(task_root)

    def hook(path: str) -> FileFinder:
        place = _with_separator(path)
        if not place.startswith(roots) or not os.path.isdir(path):
            raise ImportError("neither below the task root nor of a layer")
        return finder_for(path, sources, is_layer=not place.startswith(root))

    sys.path_hooks.insert(0, hook)
    for entry in list(sys.path_importer_cache):
        if _with_separator(entry).startswith(roots):
            del sys.path_importer_cache[entry]
    return sources


def _with_separator(folder: str) -> str:
    return os.path.join(os.path.realpath(folder), "")


def _modules_and_folders(folder: str) -> list[os.DirEntry[str]]:
    """What of *folder* may hold modules, links to folders left aside."""
    try:
        entries = list(os.scandir(folder))
    except OSError:
        return []
    return [
        entry
        for entry in entries
        if (entry.is_dir(follow_symlinks=False) and not entry.name.startswith((".", "__pycache__", "node_modules")))
        or entry.name.endswith(".py")
    ]


def _read(path: str, bytes_max: int) -> bytes | None:
    """What *path* holds, cut off one byte after *bytes_max*; ``None`` where it cannot be read."""
    try:
        with open(path, "rb") as file:
            return file.read(bytes_max + 1)
    except OSError:
        return None


def _is_empty_module(path: str) -> bool:
    if path.endswith("__init__.py"):
        return False  # packages may be empty for good
    try:
        return os.stat(path).st_size == 0
    except OSError:
        return False


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
    changed = stats.st_mtime if sys.platform == "win32" else stats.st_ctime
    age = time.time() - changed
    return age if age >= 0 else float("inf")
