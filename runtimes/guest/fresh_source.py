"""Import the user's own modules from what their files say now, never from stale bytecode.

A ``.pyc`` remembers its source by size and whole seconds, so two saves of the same length within one second look alike.
Below the task root, bytecode of recently changed files is not read, and bytecode is never written: in Lambda that
folder is read-only.
"""

from __future__ import annotations

import os
import sys
import time
from importlib.machinery import (
    EXTENSION_SUFFIXES,
    SOURCE_SUFFIXES,
    ExtensionFileLoader,
    FileFinder,
    SourceFileLoader,
)
from typing import Any

__all__ = ["FreshSourceLoader", "finder_for", "install"]

_SETTLED_SECONDS = 5.0


class FreshSourceLoader(SourceFileLoader):
    """Load a source file; trust its bytecode only if the source has been left alone for a while."""

    def path_stats(self, path: Any) -> Any:
        """Facts to check bytecode by; raising OSError makes the import machinery compile from source."""
        stats = super().path_stats(path)
        if abs(time.time() - stats["mtime"]) < _SETTLED_SECONDS:
            raise OSError("the source is too young for its bytecode to be trusted")
        return stats

    def set_data(self, path: str, data: Any, *, _mode: int = 0o666) -> None:
        """Write no bytecode into the user's folder."""


def finder_for(folder: str) -> FileFinder:
    """A finder over *folder* whose source modules are fresh."""
    return FileFinder(folder, (ExtensionFileLoader, EXTENSION_SUFFIXES), (FreshSourceLoader, SOURCE_SUFFIXES))


def install(task_root: str) -> None:
    """Use fresh sources for every ``sys.path`` entry and package at or below *task_root*."""
    root = os.path.join(os.path.realpath(task_root), "")

    def hook(path: str) -> FileFinder:
        if not os.path.join(os.path.realpath(path), "").startswith(root) or not os.path.isdir(path):
            raise ImportError("not below the task root")
        return finder_for(path)

    sys.path_hooks.insert(0, hook)
    for entry in list(sys.path_importer_cache):
        if os.path.join(os.path.realpath(entry), "").startswith(root):
            del sys.path_importer_cache[entry]
