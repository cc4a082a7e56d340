"""Where in its layers a function finds what: AWS lays them over each other in ``/opt``, here they lie side by side.

Source: AWS developer guide, "Packaging your layer content"; the order of AWS's Python runtime, in which
``site-packages`` comes before ``python``.
"""

import os
from collections.abc import Mapping
from pathlib import Path

from runtimes.contract import FunctionSpec

__all__ = ["layer_variables", "python_folders"]


def python_folders(spec: FunctionSpec) -> list[str]:
    """The folders that modules are imported from, after the code's own; those of later layers first."""
    places = (Path("python", "lib", spec.runtime, "site-packages"), Path("python"))
    folders = (layer / place for place in places for layer in reversed(spec.layers))
    return [str(folder) for folder in folders if folder.is_dir()]


def layer_variables(spec: FunctionSpec, variables: Mapping[str, str]) -> dict[str, str]:
    """What a program on this machine needs beside *variables* to find its layers; what the user has set stays.

    ``NODE_PATH`` is where Node looks after the ``node_modules`` of the code, ``SANDBOX_PYTHON_LAYERS`` is for our own
    Python worker, which takes it away.
    """
    before = {name: variables.get(name, "") for name in ("PATH", "LD_LIBRARY_PATH", "NODE_PATH")}
    found = {
        "PATH": [before["PATH"], *_folders(spec, "bin")],
        "LD_LIBRARY_PATH": [before["LD_LIBRARY_PATH"], *_folders(spec, "lib")],
        "NODE_PATH": [*_node_folders(spec), before["NODE_PATH"]],
    }
    joined = {name: os.pathsep.join(filter(None, folders)) for name, folders in found.items()}
    added = {name: text for name, text in joined.items() if text != before[name] and name not in spec.environment}
    python = python_folders(spec) if spec.runtime.startswith("python") else []
    return {**added, "SANDBOX_PYTHON_LAYERS": os.pathsep.join(python)} if python else added


def _node_folders(spec: FunctionSpec) -> list[str]:
    """Packages for this version of Node come first: ``nodejs/node20/node_modules``, then ``nodejs/node_modules``."""
    version = spec.runtime.removeprefix("nodejs").removesuffix(".x")
    return [*_folders(spec, f"nodejs/node{version}/node_modules"), *_folders(spec, "nodejs/node_modules")]


def _folders(spec: FunctionSpec, place: str) -> list[str]:
    folders = (layer / place for layer in reversed(spec.layers))
    return [str(folder) for folder in folders if folder.is_dir()]
