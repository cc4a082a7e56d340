"""Which function's environment a debugger finds at which port."""

from dataclasses import replace

from runtimes.contract import FunctionSpec, RuntimeUnavailable

__all__ = ["DebugPorts"]

_NO_TIMEOUT_SECONDS = 86_400
_PORTS_MAX = 65_535


class DebugPorts:
    """One port per Python function: *first* for the function that starts first, the next one for the second.

    Args:
        wait: nothing is loaded until a debugger is attached.
    """

    def __init__(self, first: int, *, wait: bool) -> None:
        self._first = first
        self._wait = wait
        self._ports: dict[str, int] = {}

    def port_of(self, spec: FunctionSpec) -> int | None:
        """The function's port, ``None`` where it is not Python's. Raises: RuntimeUnavailable, there are no more ports."""
        if not spec.runtime.startswith("python"):
            return None
        port = self._ports.setdefault(spec.function_arn, self._first + len(self._ports))
        if port > _PORTS_MAX:
            raise RuntimeUnavailable(
                f"{spec.function_name} would be debugged on port {port}; choose a lower --debug-port."
            )
        return port

    def variables(self, spec: FunctionSpec) -> dict[str, str]:
        """What the function's worker has to be told. Raises: RuntimeUnavailable, there are no more ports."""
        port = self.port_of(spec)
        if port is None:
            return {}
        wait = {"SANDBOX_DEBUG_WAIT": "1"} if self._wait else {}
        return {"SANDBOX_DEBUG_PORT": str(port), **wait}

    @staticmethod
    def without_timeout(spec: FunctionSpec) -> FunctionSpec:
        """The same function with all the time that a person needs."""
        return replace(spec, timeout_seconds=_NO_TIMEOUT_SECONDS)
