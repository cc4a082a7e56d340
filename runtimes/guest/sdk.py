"""Lend our boto3 to an interpreter that has none, as AWS's own runtime does, and nothing else of ours."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib.machinery import ModuleSpec, PathFinder
from types import ModuleType

__all__ = ["NAMES", "SdkFinder", "install"]

NAMES = frozenset(["boto3", "botocore", "s3transfer", "jmespath", "dateutil", "urllib3", "six"])


class SdkFinder:
    """Find boto3 and what it needs in *folder*; asked last, so whatever the user has installed wins."""

    def __init__(self, folder: str) -> None:
        self._path = [folder]

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """The spec of one of the lent top-level packages; ``None`` for every other name."""
        if path is None and fullname in NAMES:
            return PathFinder.find_spec(fullname, self._path, target)
        return None


def install(folder: str | None, min_python: Sequence[int]) -> None:
    """Put the finder last on ``sys.meta_path``, unless this Python is older than what our boto3 runs on."""
    if folder and sys.version_info >= tuple(min_python):
        sys.meta_path.append(SdkFinder(folder))
