"""Modules that are neither below the task root nor installed packages', but the user's own all the same.

Editable installs, folders on PYTHONPATH, ``sys.path.append("../shared")``: however they are found, it is the import system's own
loader that reads them; so that is where they are met. They are as fresh as the code (``fresh_source``), and the host is
told where they lie, to watch them.
"""

from __future__ import annotations

import os
import sys
import time
from importlib.machinery import SourceFileLoader
from typing import Any

from .fresh_source import SETTLED_SECONDS, FreshSourceLoader, Sources

__all__ = ["Elsewhere", "holds_any", "is_elsewhere", "place_of"]

_PACKAGE_FOLDERS = ("site-packages", "dist-packages")
_OURS = tuple(
    os.path.join(folder, "")
    for file in (os.__file__, __file__)
    for folder in {os.path.dirname(os.path.abspath(file)), os.path.dirname(os.path.realpath(file))}
)
"""The interpreter's own library, and this package."""


class Elsewhere:
    """Notes such modules in *sources*, from ``begin`` on."""

    def __init__(self, sources: Sources) -> None:
        self._sources = sources
        self._places: set[str] = set()

    @property
    def places(self) -> list[str]:
        """Where they lie: folders of top-level packages, and files of modules that are in none."""
        return sorted(self._places)

    def begin(self) -> None:
        """Meet every import to come."""
        usual = SourceFileLoader.path_stats

        def path_stats(loader: SourceFileLoader, path: Any) -> Any:
            if isinstance(loader, FreshSourceLoader) or not is_elsewhere(path):
                return usual(loader, path)
            self._places.add(place_of(loader.name, os.path.abspath(path)))
            self._sources.note_file(path)
            stats = usual(loader, path)
            if abs(time.time() - stats["mtime"]) < SETTLED_SECONDS:
                raise OSError("the source is too young for its bytecode to be trusted")
            return stats

        SourceFileLoader.path_stats = path_stats  # type: ignore[method-assign, assignment, unused-ignore] # finders of editable installs make its instances


def is_elsewhere(path: str) -> bool:
    """Whether *path* is neither the interpreter's own nor an installed package's."""
    return not path.startswith(_OURS) and not any(folder in path for folder in _PACKAGE_FOLDERS)


def holds_any() -> bool:
    """Whether this process has imported such a module, which nobody reads anew."""
    files = [getattr(module, "__file__", None) for name, module in list(sys.modules.items()) if name != "__main__"]
    return any(isinstance(file, str) and file.endswith(".py") and is_elsewhere(os.path.abspath(file)) for file in files)


def place_of(module: str, path: str) -> str:
    """The folder of the outermost package that holds the module named *module* in the file *path*, or the file itself."""
    place, folder = path, os.path.dirname(path)
    packages = module.split(".")
    if os.path.basename(path) != "__init__.py":
        packages.pop()
    for name in reversed(packages):
        if os.path.basename(folder) != name:
            break
        place, folder = folder, os.path.dirname(folder)
    return place
