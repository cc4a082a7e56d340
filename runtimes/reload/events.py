"""What is noticed, and what the outside learns of a reload."""

from dataclasses import dataclass
from pathlib import Path

__all__ = ["Change", "ReloadEvent"]


@dataclass(frozen=True, kw_only=True)
class Change:
    """One save: the files with new content (or gone), and when the first sign of it was seen (``time.perf_counter``).

    Where packages were installed or removed, the folder that holds them stands for all of them.
    """

    files: frozenset[Path]
    noticed_at: float


@dataclass(frozen=True, kw_only=True)
class ReloadEvent:
    """A function has been reloaded, or could not be.

    Attributes:
        duration_ms: from the first sign of the change to the new code being ready (or refused).
        error: why the new code does not load, in Lambda's words; ``None`` where it does.
        location: ``file:line`` to look at, where known.
        hint: what to do about it, where there is an easy answer.
    """

    function_name: str
    changed_files: tuple[Path, ...]
    duration_ms: float
    error: str | None = None
    location: str | None = None
    hint: str | None = None
