"""A worker process as a ``Program``: its pipes, its process group, its end."""

import asyncio
import contextlib
import os
import signal
import sys
from collections.abc import Callable

from runtimes.guest.held_memory import held_kb
from runtimes.process.pipes import PipeReader, open_pipe
from runtimes.reply import Ended
from runtimes.runtime_api.environment import Launch

__all__ = ["Pipes", "WorkerProcess"]


class Pipes:
    """The three pipes of a worker. The writing ends are *stdout*, *stderr* and *report*: pass them on, then ``hand_over``."""

    def __init__(self, launch: Launch, told: Callable[[bytes], None]) -> None:
        feed = launch.feed
        out_reader, self.stdout = open_pipe()
        err_reader, self.stderr = open_pipe()
        report_reader, self.report = os.pipe()
        self._readers = [
            PipeReader(out_reader, lambda data: feed("stdout", data)),
            PipeReader(err_reader, lambda data: feed("stderr", data)),
            PipeReader(report_reader, told),
        ]

    @property
    def for_worker(self) -> tuple[int, int, int]:
        """The writing ends."""
        return self.stdout, self.stderr, self.report

    def hand_over(self) -> None:
        """Close the writing ends here: the worker has its own."""
        for fd in self.for_worker:
            os.close(fd)

    def drain(self) -> None:
        """Feed what has been written until now."""
        for reader in self._readers:
            reader.drain()

    def close(self) -> None:
        """Read no more."""
        for reader in self._readers:
            reader.close()


class WorkerProcess:
    """A process that leads its own group. Tell it with ``began_as`` and ``ended_with`` what becomes of it."""

    def __init__(self, pipes: Pipes, ended: Callable[[Ended], None]) -> None:
        self.pipes = pipes
        self._tell = ended
        self._pid: int | None = None
        self._inherited_kb = 0
        self._is_unwanted = False
        self._over: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def began_as(self, pid: int, *, inherited_kb: int = 0) -> None:
        """The process runs; *inherited_kb* of its memory were there before it, in the process it was forked from."""
        self._pid = pid
        self._inherited_kb = inherited_kb
        if self._is_unwanted:
            self.kill()

    def ended_with(self, status: int) -> None:
        """The process has ended and was reaped."""
        if not self._over.done():
            self._over.set_result(None)
            self._tell(Ended(status=status))

    def abandon(self) -> None:
        """Nobody waits for it any more: kill it, now or as soon as it begins."""
        self._is_unwanted = True
        self.pipes.close()
        self.kill()

    async def drain(self) -> None:
        """Feed what has been written until now."""
        self.pipes.drain()

    def held_memory_mb(self) -> int | None:
        """What the process holds now beyond what it inherited; its children are not looked at."""
        held = None if self._pid is None or self._over.done() else held_kb(self._pid)
        return None if held is None else (held - self._inherited_kb) // 1024

    def kill(self) -> None:
        """Kill the whole group: what the handler has started goes with it."""
        if self._pid is None or self._over.done():
            return
        if sys.platform == "win32":
            with contextlib.suppress(OSError):
                os.kill(self._pid, signal.SIGTERM)
            return
        for send in (os.killpg, os.kill):  # a fork so young leads no group yet
            with contextlib.suppress(ProcessLookupError, PermissionError):  # just ended; macOS says EPERM of a zombie
                send(self._pid, signal.SIGKILL)

    async def close(self) -> None:
        """Kill it, wait until it is gone, close the pipes."""
        self.kill()
        await asyncio.shield(self._over)
        self.pipes.close()
