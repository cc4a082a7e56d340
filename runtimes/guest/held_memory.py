"""How much memory of its own a process holds now, as the kernel tells it."""

from __future__ import annotations

import os

__all__ = ["held_kb"]


def held_kb(process: int | str = "self") -> int | None:
    """Kilobytes of RAM that nothing but *process*'s own work has filled; ``None`` where the system does not tell, or it is gone.

    Files that are mapped, libraries among them, do not count: the system takes these pages back when it needs them. What a
    fork still shares with its parent does count.
    """
    try:
        with open(f"/proc/{process}/statm", "rb") as file:
            _, resident, shared, *_ = file.read().split()
    except (OSError, ValueError):
        return None
    return (int(resident) - int(shared)) * os.sysconf("SC_PAGE_SIZE") // 1024
