"""Read what a worker writes, as it comes, without ever making it wait for long or hogging the event loop."""

import asyncio
import contextlib
import os
import sys
import threading
from collections.abc import Callable

if sys.platform == "linux":
    import fcntl

__all__ = ["PipeReader", "open_pipe"]

_CHUNK_BYTES = 65_536
_PIPE_BYTES = 262_144
_DRAIN_CHUNKS_MAX = 2 * _PIPE_BYTES // _CHUNK_BYTES
"""A thread the handler left behind may print faster than we read: draining must end."""


def open_pipe() -> tuple[int, int]:
    """A pipe's reading and writing ends, roomier than usual where the system allows it."""
    reader, writer = os.pipe()
    if sys.platform == "linux":
        with contextlib.suppress(OSError):  # the user's share of pipe memory may be used up
            fcntl.fcntl(writer, fcntl.F_SETPIPE_SZ, _PIPE_BYTES)
    return reader, writer


class PipeReader:
    """Feed everything that arrives at *fd*; owns *fd*. *feed* is called on the event loop's thread.

    Where the loop cannot watch pipes (Windows), a thread reads, and a line may be told a moment late.
    """

    def __init__(self, fd: int, feed: Callable[[bytes], None]) -> None:
        self._fd = fd
        self._feed = feed
        self._open = True
        self._loop = asyncio.get_running_loop()
        if sys.platform == "win32":
            threading.Thread(target=self._read_all, daemon=True).start()
        else:
            os.set_blocking(fd, False)
            self._loop.add_reader(fd, self._read_some)

    def drain(self) -> None:
        """Feed what has been written until now."""
        if sys.platform == "win32":
            return
        for _ in range(_DRAIN_CHUNKS_MAX):
            if not self._open or not self._read_some():
                return

    def close(self) -> None:
        """Read no more."""
        if self._open:
            self._open = False
            if sys.platform != "win32":
                self._loop.remove_reader(self._fd)
            os.close(self._fd)

    def _read_some(self) -> bool:
        try:
            data = os.read(self._fd, _CHUNK_BYTES)
        except BlockingIOError:
            return False
        except OSError:
            data = b""
        if not data:
            self.close()
            return False
        self._feed(data)
        return True

    def _read_all(self) -> None:
        with contextlib.suppress(OSError, RuntimeError):  # closed, or the loop is gone
            while data := os.read(self._fd, _CHUNK_BYTES):
                self._loop.call_soon_threadsafe(self._feed, data)
