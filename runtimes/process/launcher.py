"""Start the programs of all functions of a sandbox: workers forked where that works, spawned elsewhere, and bootstraps."""

import json
import os
from collections.abc import Mapping
from pathlib import Path

from runtimes.contract import Imported, RuntimeUnavailable
from runtimes.debug_ports import DebugPorts
from runtimes.layers import layer_variables
from runtimes.process.bootstrap import start_bootstrap
from runtimes.process.fork import ForkServerGone
from runtimes.process.fork_tree import ForkTree
from runtimes.process.interpreter import Sdk
from runtimes.process.node import node_command
from runtimes.process.node_spares import NodeSpares
from runtimes.process.program import WorkerProcess
from runtimes.process.spawn import spawn
from runtimes.runtime_api.environment import Launch
from runtimes.runtime_api.server import LOOPBACK, Place
from runtimes.variables import environment_variables, inherited_variables

__all__ = ["ProcessLauncher"]

_GUEST = Path(__file__).resolve().parent.parent / "guest" / "__main__.py"

_FAILED_FORKS_MAX = 3


class ProcessLauncher:
    """Launch worker processes of *interpreter*.

    Args:
        sdk: lent to interpreters without boto3.
        outer: the sandbox's own environment variables.
        fork: whether to use a fork server where the system has one.
        debug_ports: where debuggers find the workers; ``None`` lets none in.
        imported: told by forked workers.
    """

    def __init__(
        self,
        interpreter: Path,
        sdk: Sdk,
        outer: Mapping[str, str],
        *,
        fork: bool = True,
        debug_ports: DebugPorts | None = None,
        imported: Imported = lambda _spec, _places: None,
    ) -> None:
        self._debug_ports = debug_ports
        self._interpreter = interpreter
        self._sdk = sdk
        self._outer = outer
        self.node_spares = NodeSpares()
        self._failed_forks = 0 if fork and hasattr(os, "fork") else _FAILED_FORKS_MAX
        self.forks = ForkTree(lambda fd: self._command("fork-server", fd), inherited_variables(outer), imported)

    async def place(self) -> Place:
        """Loopback: the programs run on this machine."""
        return LOOPBACK

    async def launch(self, launch: Launch) -> WorkerProcess:
        """Start the worker or ``bootstrap`` of *launch*. Raises: CodeInMotion, RuntimeUnavailable."""
        spec = launch.spec
        if spec.image is not None:
            raise RuntimeUnavailable(
                f"{spec.function_name} is a container image ({spec.image.uri}); run handlers with --runtime docker."
            )
        for folder in (spec.code_path, *spec.layers):
            if not folder.is_dir():
                raise RuntimeUnavailable(f"The code folder {folder} does not exist; put it back or deploy again.")
        variables = environment_variables(
            spec, self._outer, log_stream=launch.log_stream, runtime_api=launch.runtime_api
        )
        variables |= layer_variables(spec, variables)
        if self._debug_ports is not None:
            variables |= self._debug_ports.variables(spec)
        if spec.runtime.startswith("provided"):
            return await start_bootstrap(launch, variables)
        if spec.runtime.startswith("nodejs"):
            return await self.node_spares.start(launch, node_command(spec.runtime, self._outer), variables)
        if not spec.runtime.startswith("python"):
            raise RuntimeUnavailable(
                f"{spec.runtime} functions cannot run as local processes; python, nodejs and provided can. "
                "Run handlers with --runtime docker."
            )
        if self._failed_forks < _FAILED_FORKS_MAX:
            try:
                worker = await self.forks.fork_worker(launch, variables)
            except ForkServerGone:
                # Spawning is slower, but it works, or shows in the function's log what is wrong with the interpreter.
                self._failed_forks += 1
            else:
                self._failed_forks = 0
                return worker
        return await spawn(launch, self._command("worker", None), variables)

    async def close(self) -> None:
        """End the fork servers and all that came from them, and what was started ahead."""
        await self.node_spares.close()
        await self.forks.close()

    def _command(self, role: str, fd: int | None) -> list[str]:
        options = {"fd": fd, "sdk_folder": self._sdk.folder, "sdk_min_python": list(self._sdk.min_python)}
        return [str(self._interpreter), "-X", "utf8", str(_GUEST), role, json.dumps(options)]
