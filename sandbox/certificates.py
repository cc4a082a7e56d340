"""Certificate authorities, read behind the start.

aiohttp's client makes a TLS context while it is imported, and reads the system's authorities into it: a tenth of a start,
for a server that never asks anybody. Where the start counts, reading is put off until requests are answered; functions
that run in this process find the contexts complete.
"""

import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager

__all__ = ["certificates_later", "load_certificates"]

_unread: list[tuple[ssl.SSLContext, ssl.Purpose]] = []
_lock = threading.Lock()


@contextmanager
def certificates_later() -> Iterator[None]:
    """Have contexts that are made within it without the system's authorities, until ``load_certificates``.

    For imports, while nothing else runs in this process.
    """
    read = ssl.SSLContext.load_default_certs

    def put_off(context: ssl.SSLContext, purpose: ssl.Purpose = ssl.Purpose.SERVER_AUTH) -> None:
        _unread.append((context, purpose))

    ssl.SSLContext.load_default_certs = put_off  # type: ignore[assignment,method-assign]  # put back below
    try:
        yield
    finally:
        ssl.SSLContext.load_default_certs = read  # type: ignore[method-assign]  # as it was


def load_certificates() -> None:
    """Read what was put off; returns when all of it is there. Any thread may call it."""
    with _lock:
        while _unread:
            context, purpose = _unread[-1]
            context.load_default_certs(purpose)
            _unread.pop()
