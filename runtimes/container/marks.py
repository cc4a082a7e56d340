"""Know that everything a container has written is here: marks of our own, written behind it into the same pipes.

The engine copies a container's output and does not say how far it is. Where the engine runs on this machine, the pipes can be
written to from outside, through ``/proc``; what comes before a mark was written before it. Elsewhere (Docker Desktop, a
process we may not look into) there are no marks, and silence has to do.
"""

import asyncio
import contextlib
import os
import secrets
import stat
from collections.abc import Sequence
from pathlib import Path

__all__ = ["Marks"]

_STREAMS = {"stdout": 1, "stderr": 2}
_ATOMIC = os.O_WRONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0)


class Marks:
    """The marks of one container; lives on one event loop.

    Args:
        pid: its first process, as this machine's process numbers have it; 0 where that is not known.
        proof: a setting of its environment that no other process has: *pid* may be of another machine.
    """

    def __init__(self, pid: int, proof: str, *, proc: Path = Path("/proc")) -> None:
        self._folder = proc / str(pid)
        self._secret = secrets.token_hex(8)
        self._count = 0
        self._sought: dict[str, list[bytes]] = {stream: [] for stream in _STREAMS}
        self._held_back: dict[str, bytes] = {}
        self._found: asyncio.Future[bool] | None = None
        self._pipes: dict[str, tuple[int, int]] = {}
        self.possible = pid > 0 and self._is_of(proof) and self._has_pipes()

    async def reached(self, within_seconds: float) -> bool:
        """Whether all that is written by now has arrived, waiting at most *within_seconds*; false where nobody can say."""
        self._count += 1
        mark = f"\0{self._secret}:{self._count}\0".encode()
        if not all(self._write(stream, mark) for stream in _STREAMS):
            return False
        self._found = asyncio.get_running_loop().create_future()
        with contextlib.suppress(TimeoutError):
            return await asyncio.wait_for(self._found, within_seconds)
        return False

    def without(self, stream: str, data: bytes) -> bytes:
        """What the container itself has written of *data*, the next piece of *stream*."""
        sought = self._sought[stream]
        if not sought:
            return data
        data = self._held_back.pop(stream, b"") + data
        while sought:
            before, mark, behind = data.partition(sought[0])
            if not mark:
                break
            sought.pop(0)
            data = before + behind
        if not any(self._sought.values()):
            self._answer(found=True)
        kept = _begun(data, sought[:1])
        if kept:
            self._held_back[stream] = data[-kept:]
            data = data[:-kept]
        return data

    def end(self) -> Sequence[tuple[str, bytes]]:
        """Nothing more comes; what was held back of each stream, since it began as a mark does."""
        self.possible = False
        self._answer(found=False)
        held_back, self._held_back = self._held_back, {}
        return list(held_back.items())

    def _answer(self, *, found: bool) -> None:
        if self._found is not None and not self._found.done():
            self._found.set_result(found)

    def _write(self, stream: str, mark: bytes) -> bool:
        # Opened anew each time: a writing end of ours would keep the engine from seeing the container's end.
        fd = self._open(stream)
        if fd is None:
            self.possible = False
            return False
        try:
            if _identity(fd) != self._pipes[stream]:  # the handler has put something else in its place
                self.possible = False
                return False
            os.write(fd, mark)
        except OSError:  # full: there is more than can be waited for
            return False
        finally:
            os.close(fd)
        self._sought[stream].append(mark)
        return True

    def _open(self, stream: str) -> int | None:
        try:
            return os.open(self._folder / "fd" / str(_STREAMS[stream]), _ATOMIC)
        except OSError:  # it has ended, or we may not
            return None

    def _has_pipes(self) -> bool:
        for stream in _STREAMS:
            fd = self._open(stream)
            if fd is None:
                return False
            if stat.S_ISFIFO(os.fstat(fd).st_mode):
                self._pipes[stream] = _identity(fd)
            os.close(fd)
        return len(self._pipes) == len(_STREAMS)

    def _is_of(self, proof: str) -> bool:
        try:
            return proof.encode() in (self._folder / "environ").read_bytes().split(b"\0")
        except OSError:
            return False


def _identity(fd: int) -> tuple[int, int]:
    facts = os.fstat(fd)
    return facts.st_dev, facts.st_ino


def _begun(data: bytes, marks: Sequence[bytes]) -> int:
    """How many bytes at the end of *data* may be the beginning of a mark."""
    for mark in marks:
        for length in range(min(len(mark) - 1, len(data)), 0, -1):
            if data.endswith(mark[:length]):
                return length
    return 0
