"""Who a container belongs to: a name per sandbox, and which sandboxes of this user are no more.

A file per running sandbox, locked for as long as its process lives; the system takes the lock back however the process
ends. Where files cannot be locked (Windows), nothing is taken for dead.
"""

import os
import secrets
import sys
from collections.abc import Iterator
from pathlib import Path

if sys.platform != "win32":
    import fcntl

__all__ = ["Instance", "state_folder"]


def state_folder() -> Path:
    """Where the files are, for all sandboxes of this user."""
    root = os.environ.get("XDG_STATE_HOME")
    return (Path(root) if root else Path.home() / ".local" / "state") / "serverless-sandbox" / "instances"


class Instance:
    """This sandbox's own ``name``, alive until ``close`` or the end of the process."""

    def __init__(self, folder: Path) -> None:
        self.name = secrets.token_hex(8)
        self._folder = folder
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._path = folder / self.name
        # Locked before it has its name: nobody can find it unlocked.
        unnamed = folder / f".{self.name}"
        self._fd = os.open(unnamed, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
        if sys.platform != "win32":
            fcntl.flock(self._fd, fcntl.LOCK_EX)
        unnamed.rename(self._path)

    def dead(self) -> Iterator[str]:
        """The names of sandboxes whose processes have ended without ``close``; each is forgotten once its turn is over."""
        if sys.platform == "win32":
            return
        for path in sorted(self._folder.glob("[!.]*")):
            if path == self._path:
                continue
            try:
                fd = os.open(path, os.O_RDWR)
            except FileNotFoundError:
                continue  # it has just closed
            try:
                fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                continue
            else:
                yield path.name
                path.unlink(missing_ok=True)
            finally:
                os.close(fd)

    def close(self) -> None:
        """All that carried the name has been removed: nobody needs to look for it."""
        self._path.unlink(missing_ok=True)
        os.close(self._fd)
