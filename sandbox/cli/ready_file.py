"""The file by which a script learns that the endpoint answers, and where."""

import os
from pathlib import Path

from sandbox.cli.failure import StartFailure

__all__ = ["forget_ready_file", "write_ready_file"]


def forget_ready_file(path: Path) -> None:
    """Remove what an earlier run left, so that nobody waits for the wrong endpoint. Raises: StartFailure."""
    try:
        path.unlink(missing_ok=True)
    except OSError as error:
        raise _failure(path, error) from None


def write_ready_file(path: Path, endpoint_url: str) -> None:
    """Write the URL as the only line, in one step: a reader sees all of it or no file. Raises: StartFailure."""
    unfinished = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        unfinished.write_text(f"{endpoint_url}\n", encoding="utf-8")
        unfinished.replace(path)
    except OSError as error:
        raise _failure(path, error) from None


def _failure(path: Path, error: OSError) -> StartFailure:
    reason = os.strerror(error.errno) if error.errno else str(error)
    return StartFailure(f"The ready file {path} cannot be written: {reason}.", "Choose another path: --ready-file FILE")
