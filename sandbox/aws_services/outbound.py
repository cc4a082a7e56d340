"""No connection leaves a thread that promised to make none.

The hosted services would post to HTTP subscribers, webhooks and integrations while holding the only thread they have;
a subscriber that calls back would wait for itself for ever. An audit hook sees every connection Python makes,
whichever library asks, and refuses those of the promising thread alone. It cannot be uninstalled, so it is installed
once per process, at the first promise, and costs other threads one comparison.

Source: Python documentation, "Audit events table": ``socket.connect`` and ``socket.getaddrinfo`` are raised before the
operation, and an exception from a hook aborts it.
"""

import contextlib
import sys
import threading
from collections.abc import Iterator

__all__ = ["OutboundRefused", "no_connections"]

_REFUSED_EVENTS = frozenset(
    {"socket.connect", "socket.getaddrinfo", "socket.gethostbyname", "subprocess.Popen", "os.system"}
)

_promising_threads: set[int] = set()
_installing = threading.Lock()
_installed = threading.Event()


class OutboundRefused(ConnectionRefusedError):  # noqa: N818 - named for what happened
    """A hosted service tried to reach the network or start a program."""


@contextlib.contextmanager
def no_connections() -> Iterator[None]:
    """Refuse every connection and every program start of the calling thread until the block ends.

    Raises:
        OutboundRefused: inside the block, from whatever tried; an ``OSError``, so libraries treat it as a dead network.
    """
    _install()
    thread = threading.get_ident()
    _promising_threads.add(thread)
    try:
        yield
    finally:
        _promising_threads.discard(thread)


def _install() -> None:
    with _installing:
        if not _installed.is_set():
            sys.addaudithook(_hook)
            _installed.set()


def _hook(event: str, _arguments: tuple[object, ...]) -> None:
    if event in _REFUSED_EVENTS and threading.get_ident() in _promising_threads:
        raise OutboundRefused(f"{event}: this sandbox makes no outbound connection")
