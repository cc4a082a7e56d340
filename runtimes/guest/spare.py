"""A worker forked ahead: it waits, warm, until somebody needs one.

Nearly all that a forked worker does before its handler is loaded is to copy, page by page, what it shares with its parent
and writes to: making the first boto3 client touches some three thousand pages. A spare has done so before it is asked for.
"""

from __future__ import annotations

import contextlib
import gc
import os
import signal
import socket
from collections.abc import Sequence

from . import descriptors, sdk_data

__all__ = ["Spare", "await_order"]

_READY = b"."


class Spare:
    """The spare as the fork server sees it, from the moment it is forked on.

    Attributes:
        is_ready: it waits for its order.
    """

    def __init__(self, pid: int, connection: socket.socket) -> None:
        self.pid = pid
        self.connection = connection
        self.is_ready = False

    def heed(self) -> bool:
        """Hear what it says: that it is ready; false where it has ended instead."""
        with contextlib.suppress(OSError):
            self.is_ready = self.connection.recv(1) == _READY
        return self.is_ready

    def order(self, line: bytes, fds: Sequence[int]) -> bool:
        """Have it become the worker that *line* describes; false where it is gone."""
        try:
            descriptors.send(self.connection, line, fds)
        except OSError:
            return False
        finally:
            self.connection.close()
        return True

    def close(self) -> None:
        """Let go of it; it ends by itself."""
        self.connection.close()

    def dismiss(self) -> None:
        """End it: it has not become what is needed now."""
        self.close()
        with contextlib.suppress(OSError):
            os.kill(self.pid, signal.SIGKILL)
            os.waitpid(self.pid, 0)


def await_order(connection: socket.socket) -> tuple[bytes, list[int]]:
    """Be the spare: warm up, say so, and wait for the order and its descriptors; ends the process where none will come."""
    sdk_data.rehearse()
    gc.collect()
    gc.freeze()
    connection.sendall(_READY)
    received = b""
    fds: list[int] = []
    while not received.endswith(b"\n"):
        data, more = descriptors.receive(connection)
        if not data:
            os._exit(0)
        received += data
        fds += more
    connection.close()
    return received, fds
