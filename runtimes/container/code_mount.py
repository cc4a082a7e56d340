"""Make a code folder readable for the unprivileged user of a container."""

import os
import shutil
import stat
import tempfile
from dataclasses import dataclass
from pathlib import Path

__all__ = ["LAMBDA_USER", "CodeMount", "code_mount"]

LAMBDA_USER = "993:990"
"""Who runs handlers in Lambda itself."""
_READ = 0o444
_ENTER = 0o555


@dataclass(frozen=True, kw_only=True)
class CodeMount:
    """What to mount and whom to be; *copy* is to be cleaned up afterwards."""

    folder: Path
    user: str
    copy: "tempfile.TemporaryDirectory[str] | None" = None


def code_mount(code_path: Path) -> CodeMount:
    """*code_path* itself, as its owner or as ourselves; for root, whom a container must not be, a readable copy where needed.

    A copy is of this moment; code that people edit is reloaded after a save, and copied again.
    """
    if not hasattr(os, "geteuid"):
        return CodeMount(folder=code_path, user=LAMBDA_USER)
    if os.geteuid() != 0:
        return CodeMount(folder=code_path, user=f"{os.geteuid()}:{os.getegid()}")
    facts = code_path.stat()
    if facts.st_uid != 0:
        return CodeMount(folder=code_path, user=f"{facts.st_uid}:{facts.st_gid}")
    if facts.st_mode & 0o005 == 0o005:
        return CodeMount(folder=code_path, user=LAMBDA_USER)
    copy = tempfile.TemporaryDirectory(prefix="serverless-sandbox-mount-")
    folder = Path(copy.name) / "code"
    shutil.copytree(code_path, folder, symlinks=True)
    for path in (folder, *folder.rglob("*")):
        if not path.is_symlink():
            mode = path.stat().st_mode
            path.chmod(mode | (_ENTER if path.is_dir() or mode & stat.S_IXUSR else _READ))
    return CodeMount(folder=folder, user=LAMBDA_USER, copy=copy)
