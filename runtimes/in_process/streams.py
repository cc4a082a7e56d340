"""Show and capture what handlers print, while any of them runs.

``sys.stdout`` and ``sys.stderr`` are wrapped from the first running invocation to the end of the last; the root logger gets
Lambda's handler for the same time. What is written inside a place is captured for its log, and everything is still
written to the stream that was there.
"""

import contextlib
import logging
import sys
import threading
from collections.abc import Iterable
from typing import Any, TextIO, cast

from runtimes.guest.logs import LambdaLogHandler
from runtimes.in_process.place import CURRENT

__all__ = ["begin", "end", "write_event"]

_lock = threading.Lock()
_running = 0


def begin() -> None:
    """A handler begins to run; every call wants its ``end``."""
    global _running  # noqa: PLW0603 - there is one sys.stdout
    with _lock:
        _running += 1
        if sys.stdout is not _stdout:  # also later on: a test's capture may have put another stream there meanwhile
            _stdout.under = sys.stdout
            sys.stdout = cast("TextIO", _stdout)
        if sys.stderr is not _stderr:
            _stderr.under = sys.stderr
            sys.stderr = cast("TextIO", _stderr)
        if _running == 1:
            logging.getLogger().addHandler(_log_handler)


def end() -> None:
    """The handler has ended, or is left behind."""
    global _running  # noqa: PLW0603 - as above
    with _lock:
        _running -= 1
        if _running:
            return
        if sys.stdout is _stdout:
            sys.stdout = _stdout.under
        if sys.stderr is _stderr:
            sys.stderr = _stderr.under
        logging.getLogger().removeHandler(_log_handler)


def write_event(text: str) -> None:
    """Write one log event to ``sys.stdout``: for the log its lines are parted by carriage returns, as in Lambda.

    The stream that was there gets newlines: after a carriage return a terminal writes over what it has shown.
    """
    if sys.stdout is _stdout:
        _stdout.write(text, shown=text.replace("\r", "\n"))
    else:
        sys.stdout.write(text)


class _Tee:
    """A text stream that also tells the place it is written from."""

    def __init__(self, source: str) -> None:
        self._source = source
        self.under: Any = None
        self.buffer = _ByteTee(source, self)

    def write(self, text: str, *, shown: str | None = None) -> int:
        """Write to both; *shown* to the stream that was there, where that is to differ."""
        place = CURRENT.get()
        if place is None:
            return int(self.under.write(text))
        place.capture(self._source, text.encode("utf-8", "backslashreplace"))
        with contextlib.suppress(ValueError):  # a thread left behind by a handler: the stream of its time is closed
            self.under.write(text if shown is None else shown)
        return len(text)

    def writelines(self, lines: Iterable[str]) -> None:
        """Write all to both."""
        for line in lines:
            self.write(line)

    def close(self) -> None:
        """Close nothing for a handler: the stream belongs to the whole process."""
        if CURRENT.get() is None:
            self.under.close()

    def __getattr__(self, name: str) -> Any:
        return getattr(self.under, name)


class _ByteTee:
    """The same for ``sys.stdout.buffer``."""

    def __init__(self, source: str, text: _Tee) -> None:
        self._source = source
        self._text = text

    def write(self, data: bytes) -> int:
        """Write to both."""
        place = CURRENT.get()
        if place is not None:
            place.capture(self._source, bytes(data))
        return int(self._text.under.buffer.write(data))

    def __getattr__(self, name: str) -> Any:
        return getattr(self._text.under.buffer, name)


# Made once and never freed: print() holds sys.stdout without counting the reference, so replacing a stream that goes
# away while another thread prints to it would end the interpreter.
_stdout = _Tee("stdout")
_stderr = _Tee("stderr")


class _PlacedLogHandler(LambdaLogHandler):
    """Lambda's log format for records made inside a place; the others' are treated as if this handler were not there."""

    def emit(self, record: logging.LogRecord) -> None:
        if CURRENT.get() is not None:
            super().emit(record)
            return
        last = logging.lastResort
        if last is not None and len(logging.getLogger().handlers) == 1 and record.levelno >= last.level:
            last.handle(record)


def _request_id() -> str:
    place = CURRENT.get()
    return "" if place is None else place.request_id


_log_handler = _PlacedLogHandler(lambda text: sys.stdout.write(text), _request_id)  # noqa: PLW0108 - sys.stdout changes
