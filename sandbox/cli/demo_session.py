"""A ``sandbox dev`` in a process of its own, whose lines are shown as they come and waited for by what they say."""

import os
import queue
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Final

import click

from sandbox.cli.live import echo

__all__ = ["DemoFailed", "DevSession"]

_PATIENCE_SECONDS: Final = 30.0
_GUTTER: Final = " \N{BOX DRAWINGS LIGHT VERTICAL} "
_PAUSE_SECONDS: Final = 0.04
"""Lines that come this close together belong together."""


class DemoFailed(Exception):  # noqa: N818 - the end of the story, shown as a sentence
    """What was waited for did not come."""


@dataclass(kw_only=True)
class DevSession:
    """A running ``sandbox dev``.

    Attributes:
        started_at: when its process was started, epoch seconds.
        ready_ms: from there to the ready file; 0 until it was seen.
    """

    process: subprocess.Popen[str]
    ready_file: Path
    started_at: float
    region: str = "us-east-1"
    ready_ms: float = 0.0
    _lines: "queue.Queue[tuple[float, str] | None]" = field(default_factory=queue.Queue)

    @classmethod
    @contextmanager
    def started(cls, folder: Path, *, columns: int) -> Iterator["DevSession"]:
        """Start it in *folder* on a free port; ended with the block, by force if need be."""
        ready_file = folder / ".ready"
        arguments = [
            sys.executable,
            "-m",
            "sandbox",
            "dev",
            "--port",
            "0",
            "--ready-file",
            str(ready_file),
            "--region",
            cls.region,
        ]
        environment = {**os.environ, "COLUMNS": str(max(60, columns - len(_GUTTER))), "PYTHONUNBUFFERED": "1"}
        if sys.stdout.isatty() and "NO_COLOR" not in os.environ:
            environment["FORCE_COLOR"] = "1"
        process = subprocess.Popen(  # noqa: S603 - our own command
            arguments,
            cwd=folder,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            encoding="utf-8",
        )
        session = cls(process=process, ready_file=ready_file, started_at=time.time())
        assert process.stdout is not None
        threading.Thread(target=session._listen, args=(process.stdout,), daemon=True).start()
        try:
            yield session
        finally:
            if process.poll() is None:
                process.kill()
            process.wait()
            process.stdout.close()

    def endpoint_url(self) -> str:
        """Wait for the endpoint. Raises: DemoFailed."""
        deadline = time.monotonic() + _PATIENCE_SECONDS
        while time.monotonic() < deadline and self.process.poll() is None:
            try:
                url = self.ready_file.read_text(encoding="utf-8").strip()
            except FileNotFoundError:
                time.sleep(0.01)  # a file appears in another process: there is nothing to wait on
                continue
            self.ready_ms = (self.ready_file.stat().st_mtime - self.started_at) * 1000
            return url
        self._show_rest()
        raise DemoFailed("sandbox dev did not start")

    def show_until(self, *expected: str) -> float:
        """Show lines until each of *expected* has been in one, in any order; when the last one came. Raises: DemoFailed."""
        missing = list(expected)
        arrived = time.perf_counter()
        while missing:
            try:
                item = self._lines.get(timeout=_PATIENCE_SECONDS)
            except queue.Empty:
                raise DemoFailed(f"nothing said {missing[0]!r} within {_PATIENCE_SECONDS:.0f} s") from None
            if item is None:
                raise DemoFailed("sandbox dev ended by itself")
            arrived, line = item
            _show(line)
            missing = [text for text in missing if text not in line]
        self._show_what_follows()
        return arrived

    def stop(self) -> None:
        """Ask it to stop, as Ctrl-C would, and wait. Raises: DemoFailed if it does not end well."""
        self.process.terminate()
        try:
            code = self.process.wait(timeout=_PATIENCE_SECONDS)
        except subprocess.TimeoutExpired:
            raise DemoFailed("sandbox dev did not stop") from None
        self._show_rest()
        if code != 0:
            raise DemoFailed(f"sandbox dev ended with exit code {code}")

    def _show_what_follows(self) -> None:
        with suppress(queue.Empty):
            while (item := self._lines.get(timeout=_PAUSE_SECONDS)) is not None:
                _show(item[1])

    def _show_rest(self) -> None:
        while (item := self._lines.get(timeout=_PATIENCE_SECONDS)) is not None:
            _show(item[1])

    def _listen(self, output: IO[str]) -> None:
        for line in output:
            self._lines.put((time.perf_counter(), line.rstrip("\n")))
        self._lines.put(None)


def _show(line: str) -> None:
    echo(click.style(_GUTTER, dim=True) + line if line else click.style(_GUTTER.rstrip(), dim=True))
