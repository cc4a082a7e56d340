"""Find the interpreter that runs the user's handlers, and our boto3 for the ones that have none."""

import importlib.metadata
import importlib.util
import os
import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from runtimes.contract import RuntimeUnavailable

__all__ = ["Sdk", "find_interpreter", "find_sdk"]


@dataclass(frozen=True, kw_only=True)
class Sdk:
    """Our own boto3: the folder it lies in (``None``: there is none) and the oldest Python it runs on."""

    folder: str | None
    min_python: tuple[int, ...] = ()


def find_interpreter(python: Path | None, project_folder: Path, environment: Mapping[str, str]) -> Path:
    """The interpreter to use: *python* if given, the project's ``.venv``, the active environment, else our own.

    Raises:
        RuntimeUnavailable: *python* was given and is not an executable file.
    """
    if python is not None:
        found = _inside(python) if python.is_dir() else python
        if not os.access(found, os.X_OK) or found.is_dir():
            raise RuntimeUnavailable(f"{python} is not a Python interpreter; give the path of one with --python.")
        return found.absolute()  # not resolved: a virtual environment is known by its link's place
    folders = [project_folder / ".venv"]
    if active := environment.get("VIRTUAL_ENV"):
        folders.append(Path(active))
    for folder in folders:
        if os.access(_inside(folder), os.X_OK):
            return _inside(folder).absolute()
    return Path(sys.executable)


def find_sdk() -> Sdk:
    """Where our boto3 is; it is lent to interpreters that lack one, as Lambda's runtime brings one along."""
    spec = importlib.util.find_spec("boto3")
    if spec is None or spec.origin is None:
        return Sdk(folder=None)
    required = str(importlib.metadata.metadata("botocore").json.get("requires_python", ""))
    floor = re.search(r">=\s*(\d+(?:\.\d+)*)", required)
    version = tuple(int(part) for part in floor[1].split(".")) if floor else ()
    return Sdk(folder=str(Path(spec.origin).parent.parent), min_python=version)


def _inside(virtual_environment: Path) -> Path:
    return virtual_environment / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
