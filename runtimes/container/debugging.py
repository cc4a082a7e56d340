"""Let debuggers into containers: the project's own debugpy is mounted, and its port published on our loopback alone.

``runtimes/guest/in_image/sitecustomize.py`` begins it in whatever Python the image's own entry script starts.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from runtimes.contract import FunctionSpec
from runtimes.debug_ports import DebugPorts
from runtimes.runtime_api.server import LOOPBACK

__all__ = ["DebuggedContainers", "Debugging"]

_GUEST = Path(__file__).resolve().parent.parent / "guest"
_INSIDE = "/var/serverless-sandbox"
_SAY_SO_SECONDS = 2.0


@dataclass(frozen=True, kw_only=True)
class Debugging:
    """What a container is given so that a debugger may come in at *port*."""

    port: int
    variables: dict[str, str]
    volumes: tuple[str, ...]

    @property
    def ports(self) -> dict[str, Any]:
        """As the SDK takes them: a port inside, and where it is published."""
        return {f"{self.port}/tcp": (LOOPBACK.host, self.port)}


class DebuggedContainers:
    """One container at a time has a function's port; lives on one event loop.

    Args:
        debugpy: the file of the package that is lent to images.
    """

    def __init__(self, ports: DebugPorts, debugpy: Path) -> None:
        self._ports = ports
        self._debugpy = debugpy
        self._taken: dict[int, asyncio.Lock] = {}

    def of(self, spec: FunctionSpec) -> Debugging | None:
        """What the container of a function is given; ``None`` where it is not Python's.

        Raises:
            RuntimeUnavailable: there are no more ports.
        """
        port = self._ports.port_of(spec)
        if port is None:
            return None
        path = f"{_INSIDE}/guest/in_image:{_INSIDE}/lib"
        own = spec.environment.get("PYTHONPATH")
        return Debugging(
            port=port,
            variables={
                **self._ports.variables(spec),
                "SANDBOX_DEBUG_HOST": "0.0.0.0",  # noqa: S104 - inside the container; outside it is our loopback
                "PYTHONPATH": path if own is None else f"{path}:{own}",
            },
            volumes=(
                f"{_GUEST}:{_INSIDE}/guest:ro",
                f"{_lent(self._debugpy)}:{_INSIDE}/lib/{_lent(self._debugpy).name}:ro",
            ),
        )

    async def hold(self, port: int, say: Callable[[str], None]) -> Callable[[], None]:
        """Wait until the container that has *port* is gone, and *say* so if that takes long; gives what lets it go."""
        taken = self._taken.setdefault(port, asyncio.Lock())
        patience = asyncio.get_running_loop().call_later(
            _SAY_SO_SECONDS, say, f"port {port} is taken; its new code waits until the old has ended"
        )
        try:
            await taken.acquire()
        finally:
            patience.cancel()
        return taken.release


def _lent(debugpy: Path) -> Path:
    """The package's folder; a module that is a single file is lent as that."""
    return debugpy.parent if debugpy.name == "__init__.py" else debugpy
