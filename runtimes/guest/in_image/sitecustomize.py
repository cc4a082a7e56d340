"""Let a debugger into the Python that an image starts: run by that before anything else, since it is first on its path.

Of itself it leaves nothing behind, neither variable nor path, but for debugpy, which is found last; then the file of this
name that the image itself may have takes its turn.
"""

from __future__ import annotations

import os
import sys
from importlib.machinery import ModuleSpec, PathFinder
from importlib.util import module_from_spec, spec_from_file_location
from types import ModuleType

_HERE = os.path.dirname(os.path.abspath(__file__))
_GUEST = os.path.dirname(_HERE)
_LENT = os.path.join(os.path.dirname(_GUEST), "lib")


def _forget_path() -> None:
    """Put the path back: where PYTHONPATH is set, AWS's own images do not add the folders of layers to it."""
    entries = [entry for entry in os.environ.pop("PYTHONPATH", "").split(os.pathsep) if entry not in (_HERE, _LENT)]
    if any(entries):
        os.environ["PYTHONPATH"] = os.pathsep.join(entries)
    sys.path[:] = [entry for entry in sys.path if entry not in (_HERE, _LENT)] + [_LENT]


def _run(spec: ModuleSpec | None) -> ModuleType | None:
    if spec is None or spec.loader is None:
        return None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


_forget_path()
_DEBUGGING = _run(spec_from_file_location("_sandbox_debugging", os.path.join(_GUEST, "debugging.py")))
assert _DEBUGGING is not None
_DEBUGGING.let_debugger_in()
_OWN = _run(PathFinder.find_spec("sitecustomize", sys.path))
if _OWN is not None:
    sys.modules["sitecustomize"] = _OWN
