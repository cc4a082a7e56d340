"""Send and receive open files over a local socket, in any Python from 3.8 on (the standard library's own way is newer)."""

from __future__ import annotations

import array
import socket
from collections.abc import Sequence

__all__ = ["receive", "send"]

_FDS_MAX = 8
_BYTES_AT_ONCE = 65_536


def send(connection: socket.socket, data: bytes, fds: Sequence[int]) -> None:
    """Send all of *data*, and *fds* with its first byte."""
    rights = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", fds))] if fds else []
    sent = connection.sendmsg([data], rights)
    connection.sendall(data[sent:])


def receive(connection: socket.socket) -> tuple[bytes, list[int]]:
    """What has come, no bytes at the end, and the open files that came along."""
    fds = array.array("i")
    data, ancillary, _, _ = connection.recvmsg(_BYTES_AT_ONCE, socket.CMSG_SPACE(_FDS_MAX * fds.itemsize))
    for level, kind, payload in ancillary:
        if level == socket.SOL_SOCKET and kind == socket.SCM_RIGHTS:
            fds.frombytes(payload[: len(payload) - len(payload) % fds.itemsize])
    return data, list(fds)
