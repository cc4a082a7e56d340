"""A container as a ``Program``: its output, its end."""

import asyncio
import contextlib
import signal
import threading
from collections.abc import Callable
from typing import Any

from runtimes.container.engine import Engine, Missing
from runtimes.contract import RuntimeUnavailable
from runtimes.reply import Ended
from runtimes.runtime_api.environment import Launch

__all__ = ["ContainerProgram"]

_CHUNKS_UNDER_WAY_MAX = 64
"""What a container prints faster than we take waits in the container."""
_QUIET_SECONDS = 0.002
_QUIET_CHECKS_MAX = 25


class ContainerProgram:
    """A started container.

    Args:
        output: the SDK's socket that its output comes from, in frames.
        give_back: called once, on a thread, when it is gone.
    """

    def __init__(
        self,
        engine: Engine,
        container: Any,
        output: Any,
        launch: Launch,
        *,
        give_back: Callable[[], None],
    ) -> None:
        self._engine = engine
        self._container = container
        self._launch = launch
        self._give_back = give_back
        self._pieces = 0
        self._loop = asyncio.get_running_loop()
        self._over: asyncio.Future[None] = self._loop.create_future()
        self._removal: asyncio.Task[None] | None = None
        self._room = threading.BoundedSemaphore(_CHUNKS_UNDER_WAY_MAX)
        threading.Thread(target=self._follow, args=(output,), name="container-output", daemon=True).start()

    async def drain(self) -> None:
        """Wait until nothing more arrives.

        The engine does not say how far it has copied what a container wrote before it answered; two milliseconds of
        silence are taken for all of it.
        """
        for _ in range(_QUIET_CHECKS_MAX):
            before = self._pieces
            await asyncio.sleep(_QUIET_SECONDS)
            if self._pieces == before or self._over.done():
                return

    def held_memory_mb(self) -> None:
        """Nobody has to look: the engine keeps the limit, and tells at the end."""

    def kill(self) -> None:
        """Remove the container, and with it everything that runs inside."""
        if self._removal is None:
            self._removal = self._loop.create_task(self._remove())

    async def close(self) -> None:
        """Remove it, wait until it is gone, give back what it held."""
        self.kill()
        assert self._removal is not None
        await asyncio.shield(self._removal)
        self._ended_with(Ended(status=-int(signal.SIGKILL)))
        await asyncio.to_thread(self._give_back)

    async def _remove(self) -> None:
        # An engine that is away has nothing that still runs for us; what it kept goes at the next start.
        with contextlib.suppress(Missing, RuntimeUnavailable):
            await self._engine.call(lambda client: client.api.remove_container(self._container.id, force=True, v=True))

    def _follow(self, output: Any) -> None:
        from docker.utils.socket import STDERR, frames_iter  # noqa: PLC0415 - a container runs: it is imported already

        end = Ended(status=-int(signal.SIGKILL))
        with contextlib.suppress(RuntimeError):  # the loop is closed: nobody is interested any more
            with contextlib.suppress(Exception):  # the engine went away in the middle, or the container was removed
                for stream, data in frames_iter(output, tty=False):
                    self._room.acquire()
                    self._loop.call_soon_threadsafe(self._feed, "stderr" if stream == STDERR else "stdout", data)
                end = self._end()
            self._loop.call_soon_threadsafe(self._ended_with, end)
        output._sock.close()  # noqa: SLF001 - closing what the SDK hands out leaves the connection below open
        output.close()

    def _end(self) -> Ended:
        status = _status(self._container.wait(timeout=10)["StatusCode"])
        self._container.reload()
        return Ended(
            status=status,
            is_out_of_memory=status == -signal.SIGKILL and bool(self._container.attrs["State"]["OOMKilled"]),
        )

    def _feed(self, source: str, data: bytes) -> None:
        self._room.release()
        self._pieces += 1
        self._launch.feed(source, data)

    def _ended_with(self, end: Ended) -> None:
        if not self._over.done():
            self._over.set_result(None)
            self._launch.ended(end)


def _status(code: int) -> int:
    """As ``subprocess`` has it; engines tell a signal as 128 and its number."""
    return 128 - code if 128 < code <= 128 + 64 else code
