"""A container as a ``Program``: its output, its end."""

import asyncio
import contextlib
import threading
from collections.abc import Callable

from runtimes.container.ending import KILLED, end_of
from runtimes.container.engine import Engine, Missing
from runtimes.container.started import Started
from runtimes.container.starts import Starts
from runtimes.contract import RuntimeUnavailable
from runtimes.reply import Ended
from runtimes.runtime_api.environment import Launch

__all__ = ["ContainerProgram"]

_CHUNKS_UNDER_WAY_MAX = 64
"""What a container prints faster than we take waits in the container."""
_QUIET_SECONDS = 0.002
_QUIET_CHECKS_MAX = 25
_MARK_SECONDS_MAX = 1.0
_SUCCESSOR_SECONDS = 0.1
"""What takes the place of a container begins to start within this time."""
_LINGER_SECONDS_MAX = 5.0
"""Removing a container takes the engine half a second, in which the next one would start as much later."""


class ContainerProgram:
    """A started container.

    Args:
        starts: where *launch* is under way.
        give_up: called with its identity where the engine is away and it cannot be removed.
    """

    def __init__(
        self,
        engine: Engine,
        started: Started,
        launch: Launch,
        *,
        starts: Starts,
        give_up: Callable[[str], None],
    ) -> None:
        self._engine = engine
        self._started = started
        self._launch = launch
        self._marks = started.marks
        self._starts = starts
        self._give_up = give_up
        self._pieces = 0
        self._loop = asyncio.get_running_loop()
        self._over: asyncio.Future[None] = self._loop.create_future()
        self._removal: asyncio.Task[None] | None = None
        self._room = threading.BoundedSemaphore(_CHUNKS_UNDER_WAY_MAX)
        threading.Thread(target=self._follow, name="container-output", daemon=True).start()

    async def drain(self) -> None:
        """Wait until nothing more arrives.

        The engine does not say how far it has copied what a container wrote before it answered. Where nothing can be
        marked either, two milliseconds of silence are taken for all of it.
        """
        self._starts.end(self._launch.log_stream)  # whoever drains it has heard from it
        if self._marks.possible and await self._marks.reached(_MARK_SECONDS_MAX):
            return
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
        """Remove it once nothing else starts, wait until it is gone, give back what it held."""
        self._starts.end(self._launch.log_stream)
        if self._removal is None and not self._over.done() and not self._started.is_in_the_way:
            await asyncio.sleep(_SUCCESSOR_SECONDS)
            await self._starts.over(_LINGER_SECONDS_MAX)
        self.kill()
        assert self._removal is not None
        await asyncio.shield(self._removal)
        self._ended_with(Ended(status=KILLED))
        await asyncio.to_thread(self._started.give_back)

    async def _remove(self) -> None:
        try:
            await self._engine.remove(self._started.identity)
        except RuntimeUnavailable:
            self._give_up(self._started.identity)

    def _follow(self) -> None:
        from docker.utils.socket import STDERR, frames_iter  # noqa: PLC0415 - a container runs: it is imported already

        with contextlib.suppress(RuntimeError):  # the loop is closed: nobody is interested any more
            with contextlib.suppress(Exception):  # the engine went away in the middle, or the container was removed
                for stream, data in frames_iter(self._started.output, tty=False):
                    self._room.acquire()
                    self._loop.call_soon_threadsafe(self._feed, "stderr" if stream == STDERR else "stdout", data)
            self._loop.call_soon_threadsafe(self._ended_with, self._end())
        self._started.hang_up()

    def _end(self) -> Ended:
        try:
            return self._engine.call_here(lambda client: end_of(client, self._started.identity))
        except Missing:
            return Ended(status=KILLED)
        except RuntimeUnavailable as reason:
            return Ended(status=KILLED, taken_away=str(reason))

    def _feed(self, source: str, data: bytes) -> None:
        self._room.release()
        self._pieces += 1
        own = self._marks.without(source, data)
        if own:
            self._launch.feed(source, own)

    def _ended_with(self, end: Ended) -> None:
        if not self._over.done():
            self._over.set_result(None)
            self._starts.end(self._launch.log_stream)
            for source, data in self._marks.end():
                self._launch.feed(source, data)
            self._launch.ended(end)
