"""Start by path in the user's interpreter: ``python -X utf8 …/guest/__main__.py worker|fork-server OPTIONS``.

OPTIONS is one JSON object: ``fd`` (the report pipe or the control socket), ``sdk_folder``, ``sdk_min_python``.
"""

import os
import sys

if __name__ == "__main__":  # a handler's multiprocessing children import this file again
    if sys.version_info < (3, 8):  # noqa: UP036 - this is where the user's own interpreter is met
        sys.exit("The sandbox runs handlers with Python 3.8 or newer; choose another interpreter with --python.")
    _FOLDER = os.path.dirname(os.path.abspath(__file__))
    if sys.path and os.path.abspath(sys.path[0]) == _FOLDER:
        del sys.path[0]  # our files must never answer a user's import

    import importlib.util
    import json

    _SPEC = importlib.util.spec_from_file_location(
        "_sandbox_guest", os.path.join(_FOLDER, "__init__.py"), submodule_search_locations=[_FOLDER]
    )
    assert _SPEC is not None and _SPEC.loader is not None  # noqa: PT018 - a file by path always has both
    _PACKAGE = importlib.util.module_from_spec(_SPEC)
    sys.modules["_sandbox_guest"] = _PACKAGE
    _SPEC.loader.exec_module(_PACKAGE)

    _ROLE, _OPTIONS = sys.argv[1], json.loads(sys.argv[2])
    del sys.argv[1:]
    importlib.import_module("_sandbox_guest.sdk").install(_OPTIONS["sdk_folder"], _OPTIONS["sdk_min_python"])
    if _ROLE == "worker":
        importlib.import_module("_sandbox_guest.worker").run(_OPTIONS["fd"])
    importlib.import_module("_sandbox_guest.fork_server").run(_OPTIONS["fd"])
