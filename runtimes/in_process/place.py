"""Where the running code is: in which function's environment, if in any.

A context variable says it, and threads started by a handler take it along.
"""

import threading
from collections import deque
from collections.abc import Callable
from contextvars import ContextVar

from runtimes.in_process.realm import Realm
from runtimes.output import OUTPUT_BYTES_MAX

__all__ = ["CURRENT", "Place"]


class Place:
    """One in-process environment as the code inside it sees it.

    Args:
        environment: the function's variables; ``None`` marks one that the handler has deleted.
        wake: calls a function soon on the event loop's thread; may be called from any thread.
        feed: takes captured output, on the event loop's thread.
    """

    def __init__(
        self,
        environment: dict[str, str | None],
        realm: Realm | None,
        wake: Callable[[Callable[[], None]], None],
        feed: Callable[[str, bytes], None],
    ) -> None:
        self.environment = environment
        self.realm = realm
        self.request_id = ""
        self._wake = wake
        self._feed = feed
        self._lock = threading.Lock()
        self._captured: deque[tuple[str, bytes]] = deque()
        self._waiting_bytes = 0

    def capture(self, source: str, data: bytes) -> None:
        """Take output, from any thread; it reaches the log soon, in order."""
        with self._lock:
            idle = not self._captured
            if self._waiting_bytes > 2 * OUTPUT_BYTES_MAX:
                return  # far past what the log takes of one invocation, and the loop has had no time to look
            self._captured.append((source, data))
            self._waiting_bytes += len(data)
        if idle:
            self._wake(self.flush)

    def flush(self) -> None:
        """Feed what was captured until now; on the event loop's thread."""
        with self._lock:
            captured, self._captured = self._captured, deque()
            self._waiting_bytes = 0
        for source, data in captured:
            self._feed(source, data)


CURRENT: ContextVar[Place | None] = ContextVar("sandbox_function_place", default=None)
