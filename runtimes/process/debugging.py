"""Find the debugger that the user's interpreter has."""

import subprocess
from pathlib import Path

from runtimes.contract import RuntimeUnavailable

__all__ = ["find_debugpy"]

_LOOKS = "import importlib.util; print(importlib.util.find_spec('debugpy').origin)"


def find_debugpy(interpreter: Path) -> Path:
    """The file that *interpreter* imports as debugpy. Raises: RuntimeUnavailable, it has none."""
    found = subprocess.run([str(interpreter), "-c", _LOOKS], check=False, capture_output=True, text=True)  # noqa: S603 - the command is ours
    if found.returncode != 0:
        raise RuntimeUnavailable(
            f"--debug-port needs debugpy, which {interpreter} does not have. Install it: {interpreter} -m pip install debugpy"
        )
    return Path(found.stdout.rstrip("\n"))
