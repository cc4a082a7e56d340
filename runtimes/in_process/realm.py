"""A code folder's own modules, kept apart from everybody else's of the same names.

All of them live in ``sys.modules`` below one private package (``_function_3.handler``, ``_function_3.shared.models``), so two folders
that both hold a ``handler.py`` never meet, and the import system's own locks serve both. ``hooks`` leads absolute imports of
code inside the realm here.
"""

import importlib
import itertools
import sys
from collections.abc import Sequence
from importlib.machinery import FileFinder, ModuleSpec, PathFinder
from types import ModuleType

from runtimes.guest.fresh_source import Sources, finder_for

__all__ = ["Realm", "realm_of"]

_PREFIX = "_function_"
_numbers = itertools.count(1)
_realms: dict[str, "Realm"] = {}
_import_module = importlib.import_module  # the real one, whatever is hooked later


class Realm:
    """The modules of the folder *root*, then of *layers*; fresh ones, whoever may have imported these files before.

    Attributes:
        sources: what has been read of it.
    """

    def __init__(self, root: str, layers: Sequence[str] = ()) -> None:
        self.name = f"{_PREFIX}{next(_numbers)}"
        self.sources = Sources()
        self._roots = [root, *layers]
        self._layers = tuple(layers)
        self._owned: dict[str, bool] = {}
        self._finders: dict[str, FileFinder] = {}
        package = ModuleType(self.name)
        package.__path__ = self._roots
        sys.modules[self.name] = package
        _realms[self.name] = self
        if _RealmFinder not in sys.meta_path:
            sys.meta_path.insert(0, _RealmFinder)

    def owns(self, top_level_name: str) -> bool:
        """Whether ``import <top_level_name>`` inside the realm means a module of the folder.

        As on Lambda, the folder and the layers come before installed packages, but not before what the interpreter has
        loaded of its own library; and a plain folder without ``__init__.py`` loses against an installed package.
        """
        known = self._owned.get(top_level_name)
        if known is None:
            known = self._owned[top_level_name] = self._find_out(top_level_name)
        return known

    def import_module(self, name: str) -> ModuleType:
        """Import *name* as code inside the realm would."""
        if self.owns(name.partition(".")[0]):
            return _import_module(f"{self.name}.{name}")
        return _import_module(name)

    def find_spec(self, fullname: str, path: Sequence[str]) -> ModuleSpec | None:
        """Look for a module of the realm in *path*, the folders of its parent package."""
        for folder in path:
            finder = self._finders.get(folder)
            if finder is None:
                finder = self._finders[folder] = finder_for(
                    folder, self.sources, is_layer=folder.startswith(self._layers)
                )
            spec = finder.find_spec(fullname)
            if spec is not None:
                return spec
        return None

    def close(self) -> None:
        """Forget all modules; who still runs their code keeps what it holds."""
        _realms.pop(self.name, None)
        inside = f"{self.name}."
        for name in [name for name in sys.modules if name == self.name or name.startswith(inside)]:
            del sys.modules[name]
        if not _realms and _RealmFinder in sys.meta_path:
            sys.meta_path.remove(_RealmFinder)

    def _find_out(self, name: str) -> bool:
        if name in sys.builtin_module_names or (name in sys.stdlib_module_names and name in sys.modules):
            return False
        spec = self.find_spec(f"{self.name}.{name}", self._roots)
        if spec is None:
            return False
        return spec.loader is not None or PathFinder.find_spec(name) is None


class _RealmFinder:
    """The one entry of ``sys.meta_path`` for all realms."""

    @staticmethod
    def find_spec(fullname: str, path: Sequence[str] | None, target: ModuleType | None = None) -> ModuleSpec | None:
        """Answer for names inside a realm only."""
        del target
        if path is None or not fullname.startswith(_PREFIX):
            return None
        realm = _realms.get(fullname.partition(".")[0])
        return None if realm is None else realm.find_spec(fullname, path)


def realm_of(module_name: object) -> Realm | None:
    """The realm a module belongs to, by the module's ``__name__``."""
    if isinstance(module_name, str) and module_name.startswith(_PREFIX):
        return _realms.get(module_name.partition(".")[0])
    return None
