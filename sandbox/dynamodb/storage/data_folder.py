"""The folder that keeps everything: who may have written to it, and the lock that one sandbox at a time holds.

It is made for its user alone, files included, and none of them is ever open to others, not even for a moment. A folder
that is there already is taken as it is, unless somebody else may have put something into it. Only the folder itself is
judged: those above it may be links, as ``/tmp`` of macOS is. Source: reliability study S12.
"""

import os
import stat
import sys
from contextlib import suppress
from pathlib import Path

try:
    import fcntl
except ImportError:  # Windows: SQLite's own exclusive lock is all there is
    fcntl = None  # type: ignore[assignment]

__all__ = ["DatabaseInUse", "DatabaseUnusable", "make_file", "take_folder"]

_NOFOLLOW = getattr(os, "O_NOFOLLOW", 0)
_ROOT = 0


class DatabaseUnusable(Exception):  # noqa: N818 - a state of the user's folder, told as one sentence with its next step
    """The data folder cannot be used; the text says why and what to do."""


class DatabaseInUse(DatabaseUnusable):
    """Another process holds the data folder."""


def take_folder(folder: Path) -> int:
    """Make *folder* if need be and lock it; give the lock's file, which holds our process id for whoever comes second.

    Raises:
        DatabaseInUse: another process has it.
        DatabaseUnusable: it cannot be written, or cannot be trusted.
    """
    try:
        if not os.path.lexists(folder):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        _judge_folder(folder)
    except OSError as error:
        raise _not_writable(folder, folder, error) from error
    lock_file = _open_private(folder, "lock")
    try:
        _lock(lock_file, folder)
        _close_to_others(lock_file, folder / "lock")
    except BaseException:
        os.close(lock_file)
        raise
    return lock_file


def make_file(folder: Path, name: str) -> None:
    """Make a file for SQLite to open, private from its first moment; one that is there is judged, and closed to others.

    The files that SQLite makes beside its database have the permissions of that.

    Raises:
        DatabaseUnusable: it cannot be written, or cannot be trusted.
    """
    opened = _open_private(folder, name)
    _close_to_others(opened, folder / name)
    os.close(opened)


def _judge_folder(folder: Path) -> None:
    found = os.lstat(folder)
    if stat.S_ISLNK(found.st_mode):
        raise DatabaseUnusable(
            f"The data folder {folder} is a symbolic link. Name the folder that it leads to: --data {os.path.realpath(folder)}"
        )
    if not stat.S_ISDIR(found.st_mode):
        raise DatabaseUnusable(f"The data folder {folder} is a file. Choose another with --data.")
    if owner := _other_owner(found):
        raise DatabaseUnusable(
            f"The data folder {folder} belongs to another user ({owner}). Choose a folder of your own with --data, or run "
            f"the sandbox as {owner}."
        )
    if found.st_mode & stat.S_IWOTH and _keeps_permissions(folder):
        raise DatabaseUnusable(
            f"The data folder {folder} can be written by every user of this machine. Take a folder inside of it, "
            f"--data {folder / 'sandbox'}, or close it: chmod o-w {folder}"
        )


def _other_owner(found: os.stat_result) -> str | None:
    """The name of an owner whom we need not trust; ``None`` where it is us, or root, or where we are root.

    Root may take anybody's folder, because it does in a container that is lent a folder of the person who started it.
    """
    if sys.platform == "win32" or os.geteuid() in (_ROOT, found.st_uid) or found.st_uid == _ROOT:
        return None
    return _name_of(found.st_uid)


def _name_of(user: int) -> str:
    import pwd  # noqa: PLC0415 - for a refusal only, and not on every system

    try:
        return pwd.getpwuid(user).pw_name
    except KeyError:
        return f"user {user}"


def _keeps_permissions(folder: Path) -> bool:
    """Whether a new file is as private as asked for; a Windows drive in WSL shows everything as open to all, always."""
    if sys.platform == "win32":
        return False
    path = folder / f".permissions-{os.getpid()}"
    probe = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | _NOFOLLOW, 0o600)
    try:
        return not os.fstat(probe).st_mode & stat.S_IWOTH
    finally:
        os.close(probe)
        path.unlink()


def _open_private(folder: Path, name: str) -> int:
    path = folder / name
    with suppress(FileNotFoundError):
        _judge_file(folder, name, os.lstat(path))
    try:
        return os.open(path, os.O_RDWR | os.O_CREAT | _NOFOLLOW, 0o600)
    except OSError as error:
        raise _not_writable(folder, path, error) from error


def _close_to_others(opened: int, path: Path) -> None:
    if os.fstat(opened).st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        with suppress(OSError):  # a file system that keeps no permissions, see above
            path.chmod(0o600)


def _judge_file(folder: Path, name: str, found: os.stat_result) -> None:
    if not stat.S_ISREG(found.st_mode):
        raise DatabaseUnusable(
            f"The data folder {folder} holds a {name} that is no plain file. Move it away, or choose another --data folder."
        )
    if owner := _other_owner(found):
        raise DatabaseUnusable(
            f"The data folder {folder} holds a {name} of another user ({owner}). Make it yours, "
            f"sudo chown -R $(id -u) {folder}, or choose another --data folder."
        )


def _not_writable(folder: Path, path: Path, error: OSError) -> DatabaseUnusable:
    remedy = "change its permissions"
    if sys.platform != "win32" and isinstance(error, PermissionError):
        with suppress(OSError):
            owner = os.lstat(path if os.path.lexists(path) else folder).st_uid
            if owner != os.geteuid():
                remedy = f"take it over from {_name_of(owner)}: sudo chown -R $(id -u) {folder}"
    return DatabaseUnusable(
        f"The data folder {folder} cannot be written: {error.strerror}. Choose another with --data, or {remedy}."
    )


def _lock(lock_file: int, folder: Path) -> None:
    holder = os.read(lock_file, 32).decode(errors="replace").strip()
    if fcntl is not None:
        try:
            fcntl.flock(lock_file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise DatabaseInUse(
                f"The data folder {folder} is in use by another sandbox (process {holder or 'unknown'}). Stop that one, or "
                "choose another --data folder."
            ) from error
    if holder and not holder.isdecimal():
        raise DatabaseUnusable(
            f"The data folder {folder} holds a file named lock that is not the sandbox's. Choose a folder of its own: "
            f"--data {folder / '.sandbox'}"
        )
    os.ftruncate(lock_file, 0)
    os.pwrite(lock_file, str(os.getpid()).encode(), 0)
