"""What people see while an image is pulled."""

import io
import logging
from typing import Any

import pytest

from runtimes.container.pull import follow_pull


class Terminal(io.StringIO):
    """A terminal that remembers."""

    def isatty(self) -> bool:
        """It is one."""
        return True


def downloading(layer: str, current: int, total: int) -> dict[str, Any]:
    return {"status": "Downloading", "id": layer, "progressDetail": {"current": current, "total": total}}


EVENTS: list[dict[str, Any]] = [
    {"status": "Pulling from lambda/python", "id": "3.12"},
    {"status": "Pulling fs layer", "id": "a", "progressDetail": {}},
    downloading("a", 10_000_000, 40_000_000),
    downloading("b", 20_000_000, 60_000_000),
    {"status": "Download complete", "id": "a", "progressDetail": {}},
    {"status": "Download complete", "id": "never seen"},
    {"status": "Extracting", "id": "a", "progressDetail": {"current": 1, "total": 40_000_000}},
    downloading("b", 60_000_000, 60_000_000),
    {"status": "Status: Downloaded newer image"},
]


def test_a_terminal_has_one_line_that_grows_and_is_gone_at_the_end(caplog: pytest.LogCaptureFixture) -> None:
    terminal = Terminal()
    follow_pull("python:3.12", EVENTS, terminal=terminal)
    first, *_, last, blank, rest = terminal.getvalue().split("\r")[1:]
    assert first == "pulling python:3.12 [#######.......................] 10.0 of 40.0 MB"
    assert last == f"pulling python:3.12 [{'#' * 30}] 100.0 of 100.0 MB"
    assert (blank.strip(), rest) == ("", "")
    assert "\n" not in terminal.getvalue()
    assert caplog.messages == []


def test_elsewhere_there_are_a_few_lines(caplog: pytest.LogCaptureFixture) -> None:
    file = io.StringIO()
    with caplog.at_level(logging.WARNING):
        follow_pull("python:3.12", EVENTS, terminal=file)
    assert file.getvalue() == ""
    assert caplog.messages == [
        "pulling python:3.12: 25% of 40.0 MB",
        "pulling python:3.12: 60% of 100.0 MB",
        "pulling python:3.12: 100% of 100.0 MB",
    ]


def test_a_pull_that_breaks_off_leaves_no_line_behind() -> None:
    def events() -> Any:
        yield downloading("a", 1, 2)
        raise ConnectionError

    terminal = Terminal()
    with pytest.raises(ConnectionError):
        follow_pull("python:3.12", events(), terminal=terminal)
    assert terminal.getvalue().endswith(" \r")
