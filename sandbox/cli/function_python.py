"""Which Python the functions of a project run in, in words."""

import os
import platform
import sys
from pathlib import Path

from runtimes.process.interpreter import find_interpreter
from sandbox.config import Settings
from sandbox.project.project import Project

__all__ = ["function_python"]


def function_python(settings: Settings, project: Project) -> str:
    """Name the interpreter, after its version where the template speaks of another; ``.venv/bin/python``."""
    if settings.runtime == "docker":
        return "in containers"
    if settings.runtime == "in-process":
        place, version = "in this process", platform.python_version()
    else:
        found = find_interpreter(settings.python, settings.project_folder, os.environ)
        is_own = found == Path(sys.executable)
        version = platform.python_version() if is_own else _version_of(found)
        folder = settings.project_folder
        place = str(found.relative_to(folder) if found.is_relative_to(folder) else found)
        if is_own and settings.python is None:
            place = f"{found}, the sandbox's own; the project has no .venv"
    minor = ".".join(version.split(".")[:2])
    runtimes = {str(function.request.get("Runtime", "")) for function in project.functions}
    wanted = {name.removeprefix("python") for name in runtimes if name.startswith("python")} - {minor}
    return f"{minor} in place of {', '.join(sorted(wanted))}: {place}" if minor and wanted else place


def _version_of(interpreter: Path) -> str:
    """What the interpreter's virtual environment notes of its version; empty where there is none."""
    try:
        noted = (interpreter.parent.parent / "pyvenv.cfg").read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return ""
    pairs = (line.partition("=") for line in noted.splitlines())
    values = {name.strip(): value.strip() for name, _, value in pairs}
    return values.get("version") or values.get("version_info", "")
