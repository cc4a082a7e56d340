"""Which worker a debugger finds where."""

import subprocess
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from runtimes.contract import FunctionSpec, RuntimeUnavailable

__all__ = ["DebugPorts", "require_debugpy"]

_NO_TIMEOUT_SECONDS = 86_400
_PORTS_MAX = 65_535
_LOOKS = "import importlib.util, sys; sys.exit(importlib.util.find_spec('debugpy') is None)"


class DebugPorts:
    """One port per Python function: *first* for the function that starts first, the next one for the second.

    Args:
        wait: workers load nothing until a debugger is attached.
    """

    def __init__(self, first: int, *, wait: bool) -> None:
        self._first = first
        self._wait = wait
        self._ports: dict[str, int] = {}

    def variables(self, spec: FunctionSpec) -> Mapping[str, str]:
        """What the function's worker has to be told. Raises: RuntimeUnavailable, there are no more ports."""
        if not spec.runtime.startswith("python"):
            return {}
        port = self._ports.setdefault(spec.function_arn, self._first + len(self._ports))
        if port > _PORTS_MAX:
            raise RuntimeUnavailable(
                f"{spec.function_name} would be debugged on port {port}; choose a lower --debug-port."
            )
        wait = {"SANDBOX_DEBUG_WAIT": "1"} if self._wait else {}
        return {"SANDBOX_DEBUG_PORT": str(port), **wait}

    @staticmethod
    def without_timeout(spec: FunctionSpec) -> FunctionSpec:
        """The same function with all the time that a person needs."""
        return replace(spec, timeout_seconds=_NO_TIMEOUT_SECONDS)


def require_debugpy(interpreter: Path) -> None:
    """Look for debugpy. Raises: RuntimeUnavailable, *interpreter* does not have it."""
    found = subprocess.run([str(interpreter), "-c", _LOOKS], check=False, capture_output=True)  # noqa: S603 - the command is ours
    if found.returncode != 0:
        raise RuntimeUnavailable(
            f"--debug-port needs debugpy, which {interpreter} does not have. Install it: {interpreter} -m pip install debugpy"
        )
