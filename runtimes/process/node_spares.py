"""A ``node`` started ahead for each of the functions that were started last, until the next save needs one.

Starting takes node a quarter of a second, and has nothing to do with the code. A spare has its function's variables already,
but for those that every environment has of its own; it reads them from its standard input, and goes on.
"""

import asyncio
import contextlib
import json
import os
from collections.abc import Mapping, Sequence

from runtimes.contract import FunctionSpec, RuntimeUnavailable
from runtimes.process.program import WorkerProcess
from runtimes.process.spawn import spawn
from runtimes.reply import Ended
from runtimes.runtime_api.environment import Launch

__all__ = ["NodeSpares"]

_SPARES_MAX = 4
"""Each holds some 40 MB. Who has more functions than that edits one after the other."""
_SPARE_AFTER_SECONDS = 0.3
"""A worker that has just been started is not to be slowed down."""
_EACH_ITS_OWN = ("AWS_LAMBDA_RUNTIME_API", "AWS_LAMBDA_LOG_STREAM_NAME")


class NodeSpares:
    """Start workers of Node functions; keeps a spare for those started last, by function ARN."""

    def __init__(self) -> None:
        self._spares: dict[str, _Spare] = {}
        self._plans: dict[str, asyncio.Task[None]] = {}
        self._ending: set[asyncio.Task[None]] = set()

    async def start(self, launch: Launch, command: Sequence[str], variables: Mapping[str, str]) -> WorkerProcess:
        """Run *command* with *variables*, or have the spare that runs it already. Raises: RuntimeUnavailable."""
        spec = launch.spec
        if (plan := self._plans.pop(spec.function_arn, None)) is not None:
            plan.cancel()
        spare = self._spares.pop(spec.function_arn, None)
        worker = None if spare is None else spare.become(launch, command, variables)
        if spare is not None and worker is None:
            self._dismiss(spare)
        if worker is None:
            worker = await spawn(launch, command, variables)
        if "NODE_OPTIONS" not in variables:  # a debugger's port, an agent's start: not twice
            task = asyncio.get_running_loop().create_task(self._add(spec, _Spare(command, variables)))
            self._plans[spec.function_arn] = task
        return worker

    async def settled(self) -> None:
        """Return once every spare that is planned is there."""
        await asyncio.gather(*self._plans.values(), return_exceptions=True)

    async def close(self) -> None:
        """End all spares."""
        for plan in self._plans.values():
            plan.cancel()
        await self.settled()
        for arn in list(self._spares):
            self._dismiss(self._spares.pop(arn))
        await asyncio.gather(*self._ending)

    async def _add(self, spec: FunctionSpec, spare: "_Spare") -> None:
        await asyncio.sleep(_SPARE_AFTER_SECONDS)
        with contextlib.suppress(RuntimeUnavailable):  # who needs a worker will be told
            await spare.start(spec)
            self._spares[spec.function_arn] = spare
        while len(self._spares) > _SPARES_MAX:
            self._dismiss(self._spares.pop(next(iter(self._spares))))

    def _dismiss(self, spare: "_Spare") -> None:
        task = asyncio.get_running_loop().create_task(spare.close())
        self._ending.add(task)
        task.add_done_callback(self._ending.discard)


class _Spare:
    """One node that waits for its order."""

    def __init__(self, command: Sequence[str], variables: Mapping[str, str]) -> None:
        self._command = list(command)
        self._variables = _common(variables)
        self._said: list[tuple[str, bytes]] = []
        self._launch: Launch | None = None
        self._has_ended = False
        self._worker: WorkerProcess | None = None
        self._order = -1

    async def start(self, spec: FunctionSpec) -> None:
        """Run it. Raises: RuntimeUnavailable."""
        reader, self._order = os.pipe()
        launch = Launch(spec=spec, runtime_api="", log_stream="", feed=self._feed, ended=self._ended)
        try:
            self._worker = await spawn(launch, [*self._command, "spare"], self._variables, stdin=reader)
        except RuntimeUnavailable:
            os.close(self._order)
            raise
        finally:
            os.close(reader)

    def become(self, launch: Launch, command: Sequence[str], variables: Mapping[str, str]) -> WorkerProcess | None:
        """The worker of *launch*; ``None`` where it has ended, or was started for something else."""
        if self._has_ended or self._command != list(command) or self._variables != _common(variables):
            return None
        order = json.dumps({name: variables[name] for name in _EACH_ITS_OWN}).encode("ascii")
        try:
            os.write(self._order, order)
        except OSError:
            return None
        os.close(self._order)
        self._order = -1
        self._launch = launch
        for stream, data in self._said:
            launch.feed(stream, data)
        worker, self._worker = self._worker, None
        return worker

    async def close(self) -> None:
        """End it, which has become nobody's worker."""
        os.close(self._order)
        if self._worker is not None:
            await self._worker.close()

    def _feed(self, stream: str, data: bytes) -> None:
        if self._launch is None:
            self._said.append((stream, data))
        else:
            self._launch.feed(stream, data)

    def _ended(self, end: Ended) -> None:
        self._has_ended = True
        if self._launch is not None:
            self._launch.ended(end)


def _common(variables: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in variables.items() if name not in _EACH_ITS_OWN}
