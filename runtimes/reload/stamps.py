"""Look at a few paths again and again: for single files, and folders of which only the time of change is of interest.

The system's watchers want whole folders, and installed packages are tens of thousands of files; a look at one path costs
microseconds.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable
from pathlib import Path

__all__ = ["Stamps", "changes_of", "stamps_of"]

Stamps = dict[Path, tuple[int, int, int] | None]
"""What tells a path from its former self: time of change, size, number; ``None`` where nothing is there."""

_LOOK_SECONDS = 0.25


def stamps_of(paths: Iterable[Path]) -> Stamps:
    """The stamps that *paths* have now."""
    return {path: _stamp(path) for path in paths}


async def changes_of(
    paths: Callable[[], Iterable[Path]], *, known: Stamps | None = None, look_seconds: float = _LOOK_SECONDS
) -> AsyncIterator[frozenset[Path]]:
    """The paths that have changed, each time some have and two looks in a row found them the same.

    *paths* is asked at every look; one that is new counts as unchanged. *known* is what counts as unchanged at the first
    look, else what that finds.
    """
    latest = stamps_of(paths())
    known = latest if known is None else known
    while True:
        await asyncio.sleep(look_seconds)
        before, latest = latest, stamps_of(paths())
        if latest != before:
            continue  # somebody is at it
        changed = frozenset(path for path, stamp in latest.items() if path in known and known[path] != stamp)
        known = latest
        if changed:
            yield changed


def _stamp(path: Path) -> tuple[int, int, int] | None:
    try:
        stats = path.stat()
    except OSError:
        return None
    return stats.st_mtime_ns, stats.st_size, stats.st_ino
