"""Start a program the ordinary way: for ``bootstrap`` executables, and for workers where there is no fork server."""

import asyncio
import contextlib
import os
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence

from runtimes.contract import RuntimeUnavailable
from runtimes.process.program import Pipes, WorkerProcess
from runtimes.runtime_api.environment import Launch

__all__ = ["spawn", "watch_end"]


async def spawn(
    launch: Launch, command: Sequence[str], environment: Mapping[str, str], *, stdin: int = subprocess.DEVNULL
) -> WorkerProcess:
    """Run *command* in the task root, reading from the descriptor *stdin*. Raises: RuntimeUnavailable, it cannot be executed."""
    pipes = Pipes(launch, lambda _: None)
    try:
        process = subprocess.Popen(  # noqa: ASYNC220, S603 - starting takes a millisecond; no shell, the command is ours
            command,
            stdin=stdin,
            stdout=pipes.stdout,
            stderr=pipes.stderr,
            cwd=launch.spec.code_path,
            env=dict(environment),
            start_new_session=sys.platform != "win32",
        )
    except OSError as error:
        pipes.close()
        raise RuntimeUnavailable(f"{command[0]} cannot be started: {error.strerror or error}.") from error
    finally:
        pipes.hand_over()
    worker = WorkerProcess(pipes, launch.ended)
    worker.began_as(process.pid)
    watch_end(process, worker)
    return worker


def watch_end(process: "subprocess.Popen[bytes]", worker: WorkerProcess) -> None:
    """Wait for *process* on a thread of its own: child watchers of event loops want the main thread, tests run elsewhere."""
    loop = asyncio.get_running_loop()

    def wait() -> None:
        _wait_unreaped(process.pid)
        status = process.wait()
        with contextlib.suppress(RuntimeError):  # the loop is closed: nobody is interested any more
            loop.call_soon_threadsafe(worker.ended_with, status)

    threading.Thread(target=wait, name=f"wait-{process.pid}", daemon=True).start()


def _wait_unreaped(pid: int) -> None:
    """Wait for the end and kill what is left of its group, while nobody else can have its number."""
    if not hasattr(os, "waitid"):
        return
    os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, 9)
