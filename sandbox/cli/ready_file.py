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
        unfinished.unlink(missing_ok=True)  # of a run that was killed; in a container the process id is always the same
        with unfinished.open("x", encoding="utf-8") as new:  # never through a link that somebody has put there
            new.write(f"{endpoint_url}\n")
        unfinished.replace(path)
    except OSError as error:
        raise _failure(path, error) from None


def _failure(path: Path, error: OSError) -> StartFailure:
    reason = os.strerror(error.errno) if error.errno else str(error)
    return StartFailure(f"The ready file {path} cannot be written: {reason}.", "Choose another path: --ready-file FILE")
