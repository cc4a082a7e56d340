"""One fork server per interpreter at the root, one template per function above it.

The first worker of a function tells which installed packages it imported. The AWS SDK among them is then imported once, in
the root that all functions share; the rest in a template of that function's own, with that function's variables. The next
worker, after a save, imports nothing but the user's own files.
"""

import asyncio
import contextlib
import socket
import subprocess
import threading
from collections.abc import Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from runtimes.contract import FunctionSpec, Imported
from runtimes.process.fork import ForkServer, ForkServerGone
from runtimes.process.program import WorkerProcess
from runtimes.process.report import Report, ReportReader
from runtimes.reload.stamps import Stamps, stamps_of
from runtimes.runtime_api.environment import Launch

__all__ = ["ForkTree"]

_SDK_FIRST = Report(
    sdk_modules=("boto3", "boto3.resources.factory", "botocore.client", "botocore.httpsession"),
    other_modules=(),
    sdk_data=(),
    elsewhere=(),
)
"""Imported before the first worker is forked where its handler's file mentions boto3."""


@dataclass(frozen=True, kw_only=True)
class _Template:
    server: ForkServer
    modules: frozenset[str]
    environment: Mapping[str, str]


class ForkTree:
    """Fork workers for all functions.

    Args:
        command: the command line of a fork server that talks over the descriptor it is given.
        environment: the root's own variables.
        imported: told where a function's own modules lie beside its code.

    Attributes:
        packages: the folders of installed packages, as they were when the root began; empty before the first worker.
    """

    def __init__(
        self,
        command: Callable[[int], Sequence[str]],
        environment: Mapping[str, str],
        imported: Imported = lambda _spec, _places: None,
    ) -> None:
        self._imported = imported
        self._command = command
        self._environment = dict(environment)
        self._root: ForkServer | None = None
        self._root_holds: Report | None = None
        self._everywhere: frozenset[str] = frozenset()
        self.packages: Stamps = {}
        self._templates: dict[str, _Template] = {}
        self._unfit: set[str] = set()
        self._starting = asyncio.Lock()
        self._improving = asyncio.Lock()
        self._processes: list[asyncio.Future[None]] = []
        self._improvements: set[asyncio.Task[None]] = set()

    async def fork_worker(self, launch: Launch, variables: Mapping[str, str]) -> WorkerProcess:
        """A new worker with *variables*. Raises: ForkServerGone, there is no server and none can be started."""
        spec = launch.spec
        root = await self._current_root()
        if self._root_holds is None and _mentions_sdk(spec):
            await self._teach(root, _SDK_FIRST, None)
        told = ReportReader(lambda report: self._learn(spec, variables, report)).feed

        template = self._templates.get(spec.function_arn)
        if template is not None and template.server.alive and template.environment == spec.environment:
            with contextlib.suppress(ForkServerGone):
                return await template.server.fork_worker(launch, variables, told)
        return await root.fork_worker(launch, variables, told)

    async def settled(self) -> None:
        """Return once what was learned so far has been put to use."""
        while self._improvements:
            await asyncio.wait(self._improvements)

    async def close(self) -> None:
        """End all servers, and with them all workers."""
        for task in self._improvements:
            task.cancel()
        await self.settled()
        for template in self._templates.values():
            template.server.close()
        self._templates.clear()
        if self._root is not None:
            self._root.close()
        await asyncio.gather(*map(asyncio.shield, self._processes))

    async def _current_root(self) -> ForkServer:
        async with self._starting:
            if self._root is not None and self._root.alive and self.packages == stamps_of(self.packages):
                return self._root
            self._retire_all()
            root = self._root = self._start_root()
            hello = await root.hello()
            self.packages = stamps_of(map(Path, hello["folders"]))
            self._everywhere = frozenset(hello["modules"])
            return root

    def _start_root(self) -> ForkServer:
        ours, theirs = socket.socketpair()
        with theirs:
            try:
                process = subprocess.Popen(  # noqa: S603 - no shell, the command is ours
                    self._command(theirs.fileno()),
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.DEVNULL,
                    pass_fds=(theirs.fileno(),),
                    env=self._environment,
                    start_new_session=True,
                )
            except OSError as error:
                ours.close()
                raise ForkServerGone(str(error)) from error
        self._processes.append(_reaped(process))
        return ForkServer(ours)

    def _retire_all(self) -> None:
        """Installed packages have changed, or the root is gone: what is running may finish, nothing new starts from it."""
        for template in self._templates.values():
            template.server.retire()
        self._templates.clear()
        self._unfit.clear()
        self._root_holds = None
        if self._root is not None:
            self._root.retire()
            self._root = None

    async def _teach(self, root: ForkServer, report: Report, template: _Template | None) -> None:
        """Have the root, and a template forked from it before, import and read what they lack of the SDK."""
        modules, data = report.sdk_news(self._root_holds)
        if modules or data:
            self._root_holds = report.merged(self._root_holds)
            await root.import_modules(modules, data)
            if template is not None:
                await template.server.import_modules(modules, data)

    def _learn(self, spec: FunctionSpec, variables: Mapping[str, str], report: Report) -> None:
        if report.elsewhere:
            self._imported(spec, report.elsewhere)
        if self._root is not None:
            self._spawn_task(self._improve(self._root, spec, variables, report))

    async def _improve(
        self, root: ForkServer, spec: FunctionSpec, variables: Mapping[str, str], report: Report
    ) -> None:
        async with self._improving:
            with contextlib.suppress(ForkServerGone):
                await self._improve_now(root, spec, variables, report)

    async def _improve_now(
        self, root: ForkServer, spec: FunctionSpec, variables: Mapping[str, str], report: Report
    ) -> None:
        known = self._templates.get(spec.function_arn)
        await self._teach(root, report, known)
        modules = [name for name in report.other_modules if name not in self._everywhere]
        if known is not None and set(modules) <= known.modules and known.environment == spec.environment:
            return
        if modules and spec.function_arn not in self._unfit:
            await self._make_template(root, spec, variables, modules)

    async def _make_template(
        self, root: ForkServer, spec: FunctionSpec, variables: Mapping[str, str], modules: Sequence[str]
    ) -> None:
        server = await root.fork_template(variables, modules)
        try:
            hello = await server.hello()
        except BaseException:
            server.close()
            raise
        if hello["threads"] > 1 or hello["elsewhere"] or root is not self._root:
            # A thread does not survive a fork, but the locks it holds do; and what the user edits must not be older than
            # its last save. Such packages are imported by each worker.
            self._unfit.add(spec.function_arn)
            server.close()
            return
        old = self._templates.get(spec.function_arn)
        if old is not None:
            old.server.retire()
        self._templates[spec.function_arn] = _Template(
            server=server, modules=frozenset(modules), environment=dict(spec.environment)
        )

    def _spawn_task(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._improvements.add(task)
        task.add_done_callback(self._improvements.discard)


def _mentions_sdk(spec: FunctionSpec) -> bool:
    """Whether the handler's own file imports boto3, and not one that lies in the code folder."""
    module = spec.handler.rpartition(".")[0].replace(".", "/")
    try:
        text = (spec.code_path / f"{module}.py").read_bytes()
    except OSError:
        return False
    return b"boto3" in text and not (spec.code_path / "boto3").exists()


def _reaped(process: "subprocess.Popen[bytes]") -> asyncio.Future[None]:
    """Done once *process* has ended; waits on a thread, as event loops watch children from the main thread only."""
    loop = asyncio.get_running_loop()
    over: asyncio.Future[None] = loop.create_future()

    def wait() -> None:
        process.wait()
        with contextlib.suppress(RuntimeError):  # the loop is closed
            loop.call_soon_threadsafe(over.set_result, None)

    threading.Thread(target=wait, name=f"wait-{process.pid}", daemon=True).start()
    return over
