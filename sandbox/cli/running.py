"""Run a command's coroutine on the fastest loop there is, until it ends or a signal asks it to."""

import asyncio
import gc
import signal
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from sandbox.web.open_files import allow_connections

__all__ = ["calm_collector", "run", "stop_signals"]

T = TypeVar("T")
_COLLECT_AFTER_OBJECTS = 20_000


def run(main: Coroutine[Any, Any, T]) -> T:
    """Run *main* to its end, on uvloop where it is installed."""
    allow_connections()
    with asyncio.Runner(loop_factory=_loop_factory()) as runner:
        return runner.run(main)


def calm_collector() -> None:
    """Let the garbage collector look at what is new only, and seldom; for a process that is ours alone.

    What a start has built lives as long as the process, and requests leave no cycles behind. Nothing is collected first:
    that would take longer than the few cycles of a start are worth.
    """
    gc.freeze()
    gc.set_threshold(_COLLECT_AFTER_OBJECTS, 20, 20)


@contextmanager
def stop_signals() -> Iterator[asyncio.Event]:
    """An event that SIGINT and SIGTERM set; a second signal ends the process the hard way."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    signals = (signal.SIGINT, signal.SIGTERM)

    def asked() -> None:
        stop.set()
        for number in signals:
            loop.remove_signal_handler(number)
            signal.signal(number, signal.SIG_DFL)

    try:
        for number in signals:
            loop.add_signal_handler(number, asked)
    except NotImplementedError:  # Windows: the loop has no signals, the interpreter has
        for number in signals:
            signal.signal(number, lambda *_: loop.call_soon_threadsafe(stop.set))
    yield stop


def _loop_factory() -> Callable[[], asyncio.AbstractEventLoop] | None:
    try:
        import uvloop  # noqa: PLC0415 - it does not exist on every system
    except ImportError:
        return None
    return uvloop.new_event_loop
