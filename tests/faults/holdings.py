"""What this process holds, counted: descriptors, threads, processes. Looks at ``/proc``: Linux only."""

import os
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.e2e.told import PATIENCE_SECONDS

__all__ = ["eventually", "holdings", "settled_holdings"]


def eventually(condition: Callable[[], Any], what: str) -> Any:
    """What *condition* gives once it is true; other processes' doings can only be looked at."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not (found := condition()):
        assert time.monotonic() < deadline, f"no {what}"
        time.sleep(0.01)
    return found


def settled_holdings() -> dict[str, int]:
    """What is held once it holds still: the ends of processes are noticed a moment later."""
    last: list[dict[str, int]] = []

    def is_still() -> bool:
        last.append(holdings())
        return len(last) > 20 and all(one == last[-1] for one in last[-20:])

    eventually(is_still, "rest")
    return last[-1]


def holdings() -> dict[str, int]:
    """How many descriptors, threads, descendants and zombies among them this process has."""
    parents: dict[int, int] = {}
    zombies: set[int] = set()
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                state, parent, *_ = (folder / "stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue  # gone meanwhile
            parents[int(folder.name)] = int(parent)
            if state == "Z":
                zombies.add(int(folder.name))
    family = {os.getpid()}
    while more := {pid for pid, parent in parents.items() if parent in family} - family:
        family |= more
    return {
        "descriptors": sum(1 for _ in Path("/proc/self/fd").iterdir()),
        "threads": threading.active_count(),
        "descendants": len(family) - 1,
        "zombies": len(zombies & family),
    }
