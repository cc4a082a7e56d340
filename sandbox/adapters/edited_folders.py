"""Which folders people edit, so that a save in them reloads a function."""

import os
from pathlib import Path

from runtimes.contract import FunctionSpec
from sandbox.config import Settings

__all__ = ["edited_folders"]


def edited_folders(settings: Settings, spec: FunctionSpec) -> tuple[Path, ...]:
    """The folders whose changes the function shall see: of its code and layers; none where nobody watches."""
    if not settings.watch_code or spec.image is not None:
        return ()
    return tuple(folder for folder in (spec.code_path, *spec.layers) if _is_edited(settings, folder))


def _is_edited(settings: Settings, folder: Path) -> bool:
    """Whether people edit the code where it lies, and not a copy of ours that never changes."""
    path = Path(os.path.realpath(folder))
    if settings.data_folder is not None and path.is_relative_to(os.path.realpath(settings.data_folder / "code")):
        return False
    return any(
        path.is_relative_to(os.path.realpath(root)) for root in (settings.project_folder, *settings.code_folders)
    )
