"""Lay the layers of a function over each other, as they are in ``/opt`` of a container."""

import os
import shutil
import stat
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

__all__ = ["LayersMount", "layers_mount"]

_READ = 0o444
_ENTER = 0o555


@dataclass(frozen=True, kw_only=True)
class LayersMount:
    """What to mount; *copy* is to be cleaned up afterwards."""

    folder: Path
    copy: "tempfile.TemporaryDirectory[str] | None" = None


def layers_mount(layers: Sequence[Path]) -> LayersMount | None:
    """One folder with the content of all *layers*, where two have the same file that of the later; ``None`` without layers.

    A single layer that its reader owns is mounted from where it is. Otherwise the files are linked, and copied where
    that cannot be or would not do: for root, whom a container must not be, they are made readable for everyone.
    """
    if not layers:
        return None
    is_root = hasattr(os, "geteuid") and os.geteuid() == 0
    if len(layers) == 1 and not is_root:
        return LayersMount(folder=layers[0])
    copy = tempfile.TemporaryDirectory(prefix="serverless-sandbox-opt-")
    folder = Path(copy.name) / "opt"
    for layer in layers:
        shutil.copytree(layer, folder, symlinks=True, dirs_exist_ok=True, copy_function=_copy if is_root else _link)
    if is_root:
        for path in (folder, *folder.rglob("*")):
            if not path.is_symlink():
                mode = path.stat().st_mode
                path.chmod(mode | (_ENTER if path.is_dir() or mode & stat.S_IXUSR else _READ))
    return LayersMount(folder=folder, copy=copy)


def _link(source: str, target: str) -> None:
    with suppress(FileNotFoundError):
        Path(target).unlink()
    try:
        os.link(source, target, follow_symlinks=False)
    except OSError:  # another file system
        shutil.copy2(source, target)


def _copy(source: str, target: str) -> None:
    with suppress(FileNotFoundError):
        Path(target).unlink()
    shutil.copy2(source, target)
