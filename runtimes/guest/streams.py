"""Keep a worker's standard streams flowing line by line, whatever the handler does to them."""

from __future__ import annotations

import os
import sys
from typing import TextIO

__all__ = ["StandardStreams"]


class StandardStreams:
    """The worker's stdout and stderr: line buffered, and put back when a handler has closed them."""

    def __init__(self) -> None:
        self._kept = {fd: os.dup(fd) for fd in (1, 2)}
        self._identity = {fd: _identity(fd) for fd in (1, 2)}
        sys.stdout, sys.stderr = _open(1), _open(2)

    def write(self, text: str) -> None:
        """Write to the log past ``sys.stdout``, which the handler may have replaced or closed."""
        self.settle()
        data = text.encode("utf-8", "backslashreplace")
        while data:
            data = data[os.write(self._kept[1], data) :]

    def settle(self) -> None:
        """Flush, and repair what was closed, so that the next invocation starts clean."""
        for fd, name in ((1, "stdout"), (2, "stderr")):
            try:
                getattr(sys, name).flush()
                intact = _identity(fd) == self._identity[fd]
            except Exception:  # noqa: BLE001 - closed, or replaced by something of the user's that cannot be flushed
                intact = False
            if not intact:
                os.dup2(self._kept[fd], fd)
                setattr(sys, name, _open(fd))


def _identity(fd: int) -> tuple[int, int]:
    stats = os.fstat(fd)
    return stats.st_dev, stats.st_ino


def _open(fd: int) -> TextIO:
    return open(fd, "w", buffering=1, encoding="utf-8", errors="backslashreplace", closefd=False)
