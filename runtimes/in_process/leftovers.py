"""What handlers leave behind in this process, or do to it, that another runtime would contain: seen, and told.

Linux tells; elsewhere nothing is seen. Source: reliability §4 C.
"""

import asyncio
import contextlib
import os
import signal
from pathlib import Path

from runtimes.guest.held_memory import held_kb

__all__ = ["Leftovers"]


class Leftovers:
    """What one environment's thread, *thread_id* of the system, leaves behind.

    Args:
        memory_mb: what its function may take.
    """

    def __init__(self, thread_id: int | None, memory_mb: int) -> None:
        self._thread_id = thread_id
        self._memory_mb = memory_mb
        self._before_kb: int | None = None
        self._told: set[int] = set()

    def begin(self) -> None:
        """Loading or an invocation begins."""
        self._before_kb = held_kb()

    def news(self) -> list[str]:
        """Sentences on what has been left behind since, or was not told before."""
        told = []
        grown_mb = ((held_kb() or 0) - (self._before_kb or 0)) // 1024
        if grown_mb > self._memory_mb:
            told.append(
                f"[sandbox] the process holds {grown_mb} MB more than before, and the function has {self._memory_mb} MB in all; "
                "Lambda would have ended it, in-process cannot"
            )
        children = self._children()
        told += [
            f"[sandbox] the handler's process {child} still runs; it is ended with the environment"
            for child in sorted(children - self._told)
        ]
        self._told = children
        return told

    async def end(self) -> None:
        """End the processes that the thread has started."""
        for child in self._children():
            with contextlib.suppress(ProcessLookupError):
                os.kill(child, signal.SIGKILL)
            with contextlib.suppress(ChildProcessError):  # somebody else has waited for it
                await asyncio.to_thread(os.waitpid, child, 0)

    def _children(self) -> set[int]:
        try:
            return {int(pid) for pid in Path(f"/proc/self/task/{self._thread_id}/children").read_text().split()}
        except OSError:  # another system, or the thread has ended
            return set()
