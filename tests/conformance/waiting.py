"""Looking at an endpoint until something there has come true by itself."""

import time
from collections.abc import Callable, Iterator

__all__ = ["looks", "wait_for"]

PAUSE_SECONDS = 0.02
PATIENCE_SECONDS = 120.0


def looks(seconds: float = PATIENCE_SECONDS) -> Iterator[None]:
    """A turn for each look, for *seconds* at least; the last look comes after them.

    Looks have pauses between them. Without, they take the processor from what they wait for, and half of all that these
    tests take.
    """
    end = time.monotonic() + seconds
    yield
    while time.monotonic() < end:
        time.sleep(PAUSE_SECONDS)
        yield


def wait_for(is_so: Callable[[], object]) -> None:
    """Look until it is so."""
    for _ in looks():
        if is_so():
            return
    raise AssertionError("it never came true")
