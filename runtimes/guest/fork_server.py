"""Fork workers from a process that has already imported what they need.

The host talks to it over a socket: JSON lines, with the worker's descriptors sent along. One level more is possible: a
*template* is a fork that takes a function's own variables, imports that function's installed packages, and is then itself
a fork server; so what one function imports never reaches another. Where the AWS SDK is used, a *spare* waits for the next request. The
server has one thread, never runs user code, and ends with its host, taking its workers with it.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import json
import math
import os
import selectors
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NoReturn

from . import descriptors, elsewhere, sdk_data, worker
from .held_memory import held_kb
from .spare import Spare, await_order

__all__ = ["run"]

_SPARE_AFTER_SECONDS = 0.1
"""How long nobody must have asked for anything: a spare's warming up is not to slow down a worker that is starting."""


def run(control_fd: int) -> NoReturn:
    """Serve the host at the other end of *control_fd* until it hangs up; never returns."""
    control = socket.socket(fileno=control_fd)
    _ForkServer(control).serve()


class _ForkServer:
    def __init__(self, control: socket.socket) -> None:
        self._control = control
        self._children: set[int] = set()
        self._templates: set[int] = set()
        self._received = b""
        self._fds: list[int] = []
        self._spare: Spare | None = None
        self._spare_due = math.inf
        self._die_with_parent = _parent_death_signal()
        self._wake_reader, self._wake_writer = os.pipe()
        os.set_blocking(self._wake_reader, False)
        os.set_blocking(self._wake_writer, False)

    def serve(self) -> NoReturn:
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(self._wake_writer, warn_on_full_buffer=False)
        folders = [entry for entry in sys.path if "site-packages" in entry or "dist-packages" in entry]
        self._send(
            {
                "hello": True,
                "folders": folders,
                "modules": list(sys.modules),
                "threads": threading.active_count(),
                "elsewhere": elsewhere.holds_any(),
            }
        )
        selector = selectors.DefaultSelector()
        selector.register(self._control, selectors.EVENT_READ)
        selector.register(self._wake_reader, selectors.EVENT_READ)
        self._selector = selector
        self._want_spare()
        while True:
            ready = {key.fd for key, _ in selector.select(self._patience_seconds())}
            if self._spare is not None and self._spare.connection.fileno() in ready and not self._spare.heed():
                self._take_spare().dismiss()
            if self._wake_reader in ready:
                self._reap()
            if self._control.fileno() in ready:
                self._receive()
            elif time.monotonic() >= self._spare_due:
                self._fork_spare()

    def _patience_seconds(self) -> float | None:
        return None if self._spare_due == math.inf else max(0.0, self._spare_due - time.monotonic())

    def _receive(self) -> None:
        data, fds = descriptors.receive(self._control)
        self._fds.extend(fds)
        if not data:
            self._leave()
        self._received += data
        while b"\n" in self._received:
            line, self._received = self._received.split(b"\n", 1)
            self._handle(json.loads(line))

    def _handle(self, request: Mapping[str, Any]) -> None:
        if request["do"] == "import":
            if self._spare is not None:
                self._take_spare().dismiss()  # it lacks what is imported now
            imported = _import_all(request["modules"])
            sdk_data.share()
            sdk_data.load(request["sdk_data"])
            self._want_spare()
            self._send({"imported": imported, "threads": threading.active_count()})
            return
        fds, self._fds = self._fds, []
        inherited_kb = held_kb()  # what a fork shares with us is not its own
        pid = self._worker_from_spare(request, fds) if request["do"] == "worker" else None
        if pid is None:
            pid = self._fork(lambda: self._become(request, fds))
        for fd in fds:
            os.close(fd)
        (self._templates if request["do"] == "template" else self._children).add(pid)
        self._want_spare()
        self._send({"forked": pid, "inherited_kb": inherited_kb})

    def _fork(self, become: Callable[[], None]) -> int:
        """Fork; the child is what *become* makes of it."""
        parent = os.getpid()
        gc.collect()
        gc.freeze()  # the collector of a child must not touch, and so copy, what all children share
        pid = os.fork()
        if pid == 0:
            try:
                self._forget_server()
                self._die_with_parent()
                if os.getppid() == parent:
                    become()
            finally:
                os._exit(1)
        return pid

    def _worker_from_spare(self, request: Mapping[str, Any], fds: Sequence[int]) -> int | None:
        """Make the spare a worker; ``None`` where there is none that is ready."""
        if self._spare is None or not self._spare.is_ready:
            return None
        spare = self._take_spare()
        if spare.order(json.dumps(request).encode("ascii") + b"\n", fds):
            return spare.pid
        spare.dismiss()
        return None

    def _want_spare(self) -> None:
        """Have a spare, or another one, as soon as nobody has asked for anything for a moment."""
        if self._spare is None and sdk_data.loaded():
            self._spare_due = time.monotonic() + _SPARE_AFTER_SECONDS

    def _fork_spare(self) -> None:
        self._spare_due = math.inf
        ours, theirs = socket.socketpair()
        with theirs:

            def wait() -> None:
                ours.close()
                line, fds = await_order(theirs)
                self._become(json.loads(line), fds)

            self._spare = Spare(self._fork(wait), ours)
        self._selector.register(ours, selectors.EVENT_READ)

    def _take_spare(self) -> Spare:
        """The spare, which is nobody's any more."""
        spare, self._spare = self._spare, None
        assert spare is not None
        self._selector.unregister(spare.connection)
        return spare

    def _become(self, request: Mapping[str, Any], fds: Sequence[int]) -> NoReturn:
        """Turn this fork into what was asked for."""
        os.environ.clear()
        os.environ.update(request["environment"])
        time.tzset()
        if request["do"] == "template":
            _import_all(request["modules"])
            run(fds[0])
        os.setsid()
        stdout, stderr, report = fds
        os.dup2(stdout, 1)
        os.dup2(stderr, 2)
        os.close(stdout)
        os.close(stderr)
        os.set_inheritable(report, False)
        worker.run(report)

    def _forget_server(self) -> None:
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        self._selector.close()
        self._control.close()
        os.close(self._wake_reader)
        os.close(self._wake_writer)
        if self._spare is not None:
            self._spare.connection.close()

    def _reap(self) -> None:
        try:
            os.read(self._wake_reader, 4096)
        except BlockingIOError:
            pass
        for pid in list(self._children):
            status = _ended(pid)
            if status is not None:
                self._children.discard(pid)
                self._send({"ended": pid, "status": status})
        if self._spare is not None and _ended(self._spare.pid) is not None:
            self._take_spare().close()
        for pid in list(self._templates):
            if os.waitpid(pid, os.WNOHANG)[0]:
                self._templates.discard(pid)

    def _send(self, message: Mapping[str, Any]) -> None:
        try:
            self._control.sendall(json.dumps(message).encode("ascii") + b"\n")
        except OSError:
            self._leave()

    def _leave(self) -> NoReturn:
        if self._spare is not None:
            self._spare.dismiss()
        for pid in self._children:
            for kill in (os.killpg, os.kill):  # a fork so young leads no group yet
                with contextlib.suppress(OSError):
                    kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)  # nobody else would in a container without an init
        os._exit(0)


def _import_all(modules: Sequence[str]) -> int:
    """Import what can be imported; what cannot is the worker's to complain about."""
    imported = 0
    for name in modules:
        try:
            importlib.import_module(name)
        except BaseException:  # noqa: BLE001, S112 - an installed package may do anything at import
            continue
        imported += 1
    return imported


def _ended(pid: int) -> int | None:
    """Reap *pid* if it has ended, and whatever it left in its process group; its status as in ``subprocess``."""
    if hasattr(os, "waitid"):
        if os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is None:
            return None
        _kill_group(pid)  # before reaping: until then the number cannot belong to anyone else
    ended, status = os.waitpid(pid, os.WNOHANG)
    if not ended:
        return None
    return -os.WTERMSIG(status) if os.WIFSIGNALED(status) else os.WEXITSTATUS(status)


def _kill_group(pid: int) -> None:
    try:
        os.killpg(pid, signal.SIGKILL)
    except OSError:
        pass


def _parent_death_signal() -> Any:
    """A function that asks Linux to end this process with its parent; does nothing elsewhere."""
    if not sys.platform.startswith("linux"):
        return lambda: None
    try:
        import ctypes  # noqa: PLC0415 - Linux only, and not in every build

        prctl = ctypes.CDLL(None).prctl
    except (ImportError, OSError, AttributeError):
        return lambda: None
    return lambda: prctl(1, int(signal.SIGKILL), 0, 0, 0)
