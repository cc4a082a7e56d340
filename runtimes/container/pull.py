"""How far the pull of an image is: one line that grows on a terminal, a few lines of log anywhere else."""

import logging
import sys
from collections.abc import Iterable, Mapping
from typing import Any, TextIO

__all__ = ["follow_pull"]

_BAR_CHARS = 30
_LOGGED_PERCENT = 25
_MEGABYTE = 1_000_000

_log = logging.getLogger(__name__)


def follow_pull(image: str, events: Iterable[Mapping[str, Any]], *, terminal: TextIO | None = None) -> None:
    """Read all *events* of the engine's own progress, and show them on *terminal*, standard error unless given."""
    terminal = sys.stderr if terminal is None else terminal
    show = _Bar(image, terminal) if terminal.isatty() else _Lines(image)
    layers: dict[str, tuple[int, int]] = {}
    try:
        for event in events:
            detail = event.get("progressDetail") or {}
            # What is downloaded is unpacked after it, and counted anew: the download is what takes long.
            if event.get("status") == "Downloading" and detail.get("total"):
                layers[str(event.get("id"))] = (int(detail.get("current", 0)), int(detail["total"]))
            elif event.get("status") == "Download complete" and event.get("id") in layers:
                total = layers[str(event["id"])][1]
                layers[str(event["id"])] = (total, total)
            else:
                continue
            show.progress(sum(done for done, _ in layers.values()), sum(total for _, total in layers.values()))
    finally:
        show.end()


class _Bar:
    def __init__(self, image: str, terminal: TextIO) -> None:
        self._image = image
        self._terminal = terminal
        self._width = 0

    def progress(self, done: int, total: int) -> None:
        full = _BAR_CHARS * done // total
        bar = "#" * full + "." * (_BAR_CHARS - full)
        text = f"pulling {self._image} [{bar}] {done / _MEGABYTE:.1f} of {total / _MEGABYTE:.1f} MB"
        self._terminal.write("\r" + text.ljust(self._width))
        self._terminal.flush()
        self._width = len(text)

    def end(self) -> None:
        """Leave the line to whoever writes next."""
        if self._width:
            self._terminal.write("\r" + " " * self._width + "\r")
            self._terminal.flush()


class _Lines:
    def __init__(self, image: str) -> None:
        self._image = image
        self._next_percent = _LOGGED_PERCENT

    def progress(self, done: int, total: int) -> None:
        percent = 100 * done // total
        if percent >= self._next_percent:
            _log.warning("pulling %s: %d%% of %.1f MB", self._image, percent, total / _MEGABYTE)
            self._next_percent = percent - percent % _LOGGED_PERCENT + _LOGGED_PERCENT

    def end(self) -> None:
        """The last line is the caller's."""
