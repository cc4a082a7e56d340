"""Our end of a fork server: ask it to import, to fork workers, to make templates of itself.

Replies come in the order of the requests, ends of workers at any time; both as JSON lines. Source: ``runtimes/guest/fork_server.py``.
"""

import asyncio
import json
import socket
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from runtimes.process.program import Pipes, WorkerProcess
from runtimes.runtime_api.environment import Launch

__all__ = ["ForkServer", "ForkServerGone"]


class ForkServerGone(Exception):  # noqa: N818 - a state of the world: spawn instead
    """The fork server has ended."""


class ForkServer:
    """Talk to the server at the other end of *control*; owns *control*."""

    def __init__(self, control: socket.socket) -> None:
        self._control = control
        self._loop = asyncio.get_running_loop()
        self._hello: asyncio.Future[Mapping[str, Any]] = self._loop.create_future()
        self._replies: deque[tuple[asyncio.Future[Mapping[str, Any]], WorkerProcess | None]] = deque()
        self._workers: dict[int, WorkerProcess] = {}
        self._received = b""
        self._turn = asyncio.Lock()
        self._retired = False
        self.alive = True
        control.setblocking(False)
        self._loop.add_reader(control.fileno(), self._read)

    async def hello(self) -> Mapping[str, Any]:
        """``{"threads": …, "folders": [installed packages' folders], "elsewhere": …}`` once it serves.

        Raises: ForkServerGone.
        """
        return await asyncio.shield(self._hello)

    async def import_modules(self, modules: Sequence[str], sdk_data: Sequence[Any] = ()) -> int:
        """Import in the server itself, and read *sdk_data* that a worker reported.

        Returns the number of threads the server has afterwards. Raises: ForkServerGone.
        """
        reply = await self._ask({"do": "import", "modules": list(modules), "sdk_data": list(sdk_data)})
        return int(reply["threads"])

    async def fork_worker(
        self, launch: Launch, environment: Mapping[str, str], told: Callable[[bytes], None]
    ) -> WorkerProcess:
        """A new worker. *told* takes what it reports. Raises: ForkServerGone."""
        worker = WorkerProcess(Pipes(launch, told), launch.ended)
        try:
            await self._ask({"do": "worker", "environment": dict(environment)}, worker.pipes.for_worker, worker)
        except BaseException:
            worker.abandon()
            raise
        finally:
            worker.pipes.hand_over()
        return worker

    async def fork_template(self, environment: Mapping[str, str], modules: Sequence[str]) -> "ForkServer":
        """A fork server with *environment* that has imported *modules* too. Raises: ForkServerGone."""
        ours, theirs = socket.socketpair()
        with theirs:
            try:
                request = {"do": "template", "environment": dict(environment), "modules": list(modules)}
                await self._ask(request, (theirs.fileno(),))
            except BaseException:
                ours.close()
                raise
        return ForkServer(ours)

    def retire(self) -> None:
        """Close once the last worker has ended."""
        self._retired = True
        self._close_if_done()

    def close(self) -> None:
        """Hang up; the server ends and takes its workers along."""
        if not self.alive:
            return
        self.alive = False
        self._loop.remove_reader(self._control.fileno())
        self._control.close()
        for future in [self._hello, *(reply for reply, _ in self._replies)]:
            if not future.done():
                future.set_exception(ForkServerGone("the fork server has ended"))
                future.exception()  # whether or not somebody still waits
        self._replies.clear()
        workers, self._workers = self._workers, {}
        for worker in workers.values():
            worker.kill()
            worker.ended_with(-9)

    async def _ask(
        self, request: Mapping[str, Any], fds: Sequence[int] = (), worker: WorkerProcess | None = None
    ) -> Mapping[str, Any]:
        """Ask and wait for the reply; a fork becomes *worker* in the very moment it is known."""
        async with self._turn:  # one message with descriptors at a time: they are not framed
            if not self.alive:
                raise ForkServerGone("the fork server has ended")
            reply: asyncio.Future[Mapping[str, Any]] = self._loop.create_future()
            self._replies.append((reply, worker))
            await self._send(json.dumps(request).encode("ascii") + b"\n", fds)
            return await reply

    async def _send(self, data: bytes, fds: Sequence[int]) -> None:
        try:
            # Cancelling must not leave half a message behind: it is short, and the server reads all the time.
            sent = socket.send_fds(self._control, [data], list(fds)) if fds else 0
            if sent < len(data):
                await asyncio.shield(self._loop.create_task(self._loop.sock_sendall(self._control, data[sent:])))
        except OSError as error:
            self.close()
            raise ForkServerGone(str(error)) from error

    def _read(self) -> None:
        try:
            data = self._control.recv(65_536)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if not data:
            self.close()
            return
        self._received += data
        *lines, self._received = self._received.split(b"\n")
        for line in lines:
            self._take(json.loads(line))

    def _take(self, message: Mapping[str, Any]) -> None:
        if "hello" in message:
            self._hello.set_result(message)
            return
        if "ended" in message:
            worker = self._workers.pop(message["ended"], None)
            if worker is not None:
                worker.ended_with(message["status"])
        else:
            reply, worker = self._replies.popleft()
            if worker is not None:
                self._workers[message["forked"]] = worker
                worker.began_as(message["forked"], inherited_kb=message["inherited_kb"] or 0)
            if not reply.done():
                reply.set_result(message)
        self._close_if_done()

    def _close_if_done(self) -> None:
        if self._retired and not self._workers and not self._replies:
            self.close()
