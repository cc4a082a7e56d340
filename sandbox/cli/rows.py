"""Answers as aligned rows of text."""

from collections.abc import Iterator, Sequence
from datetime import datetime

__all__ = ["aligned", "clock_time", "counted"]


def aligned(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """Rows of equally many cells as lines, each column as wide as its widest cell."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        yield "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()


def clock_time(epoch_seconds: float) -> str:
    """The local time of day, to the millisecond."""
    moment = datetime.fromtimestamp(epoch_seconds).astimezone()
    return f"{moment:%H:%M:%S}.{moment.microsecond // 1000:03d}"


def counted(count: int, thing: str) -> str:
    """``1 record``, ``2 records``."""
    return f"{count} {thing}" if count == 1 else f"{count} {thing}s"
