"""The sandbox's time, seen and moved from a test's thread."""

from collections.abc import Callable

from sandbox.clock import Clock
from sandbox.testing.loop_thread import LoopThread

__all__ = ["VirtualClock"]


class VirtualClock:
    """AWS-visible time of one sandbox: windows, backoff, ages, expiry and retention all follow it."""

    def __init__(self, clock: Callable[[], Clock], loop: LoopThread) -> None:
        self._clock = clock
        self._loop = loop

    def now(self) -> float:
        """Epoch seconds, with fraction."""
        return self._clock().now()

    def advance(self, seconds: float) -> float:
        """Jump forward; whatever became due by that has been woken when this returns. Gives the new time.

        Raises:
            ValueError: *seconds* is negative.
        """
        self._loop.do(lambda: self._clock().advance(seconds))
        return self.now()

    def set(self, instant: float) -> float:
        """Jump to *instant* (epoch seconds), as ``advance`` does. Gives the new time.

        Raises:
            ValueError: it has passed.
        """
        self._loop.do(lambda: self._clock().set(instant))
        return self.now()
