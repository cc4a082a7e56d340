"""What a code folder held when last looked at, by content; so that only real changes count."""

import contextlib
import hashlib
import math
import os
from collections.abc import Iterable, Iterator, Sequence
from fnmatch import fnmatchcase
from pathlib import Path

__all__ = ["Snapshot", "is_ignored", "linked_folders"]

_IGNORED_FOLDERS = frozenset(
    {
        "__pycache__",
        ".git",
        ".hg",
        ".svn",
        ".venv",
        "venv",
        "node_modules",
        ".mypy_cache",
        ".pytest_cache",
        ".ruff_cache",
        ".hypothesis",
        ".tox",
        ".nox",
        ".idea",
        ".vscode",
        ".aws-sam",
    }
)
_IGNORED_SUFFIXES = (".pyc", ".pyo", ".swp", ".swo", ".swx", "~", ".tmp", ".part", ".crswap", ".bak", ".orig")
_IGNORED_PREFIXES = (".#", "#", ".goutputstream-", "___jb_", ".DS_Store", "4913")
"""Lock, swap and half-written files of editors; ``4913`` is vim asking whether it may write here."""

_NODE_PACKAGES = "node_modules"
_NODE_INSTALLED = frozenset({".package-lock.json", ".yarn-integrity", ".yarn-state.yml", ".modules.yaml"})
"""What npm, yarn and pnpm write into ``node_modules`` when they are done: one file instead of ten thousand."""

_HASHED_BYTES_MAX = 4_194_304


def is_ignored(path: Path, root: Path, patterns: Sequence[str] = ()) -> bool:
    """Whether a change of *path*, which lies below *root*, is nobody's code.

    *patterns* are the user's own, as shells have them, for names of files and of folders with all in them.
    """
    try:
        parts = path.relative_to(root).parts
    except ValueError:
        return True
    if not parts:
        return True
    if parts[-1] in _NODE_INSTALLED and parts[-2:-1] == (_NODE_PACKAGES,):
        parts = (*parts[:-2], parts[-1])
    if any(part in _IGNORED_FOLDERS for part in parts):
        return True
    if any(fnmatchcase(part, pattern) for pattern in patterns for part in parts):
        return True
    return parts[-1].endswith(_IGNORED_SUFFIXES) or parts[-1].startswith(_IGNORED_PREFIXES)


def linked_folders(root: Path, patterns: Sequence[str] = ()) -> Iterator[Path]:
    """The real places outside *root* that symbolic links below it lead to: folders, or the folders of linked files."""
    seen: set[Path] = set()
    pending = [root]
    while pending:
        folder = pending.pop()
        for entry in _code_entries(folder, patterns):
            path = Path(entry.path)
            if entry.is_symlink():
                target = path.resolve()
                place = target if target.is_dir() else target.parent
                if place not in seen and place.is_dir() and not place.is_relative_to(root):
                    seen.add(place)
                    yield place
                    if target.is_dir():
                        pending.append(target)
            elif entry.is_dir(follow_symlinks=False):
                pending.append(path)


class Snapshot:
    """The content of all code files below *root*, or of the file *root*, links followed; files go by their real paths.

    What was written after *until* (epoch seconds) counts as not looked at yet.
    """

    def __init__(self, root: Path, patterns: Sequence[str] = (), until: float = math.inf) -> None:
        self._patterns = patterns
        # By folder: a checkout asks about hundreds of paths at once.
        self._seen: dict[Path, dict[str, bytes]] = {}
        for path in (root,) if root.is_file() else _files(root, patterns):
            with contextlib.suppress(OSError):  # gone meanwhile
                fingerprint = _fingerprint(path)
                # Asked when the content has been read: what is written in between must not count as looked at.
                if path.stat().st_ctime <= until:
                    self._seen.setdefault(path.parent, {})[path.name] = fingerprint

    def changed(self, hints: Iterable[Path]) -> frozenset[Path]:
        """The files whose content differs from when last looked at, among *hints*: files, or folders with all in them.

        What is found is remembered: asked again, they count as unchanged.
        """
        hinted = frozenset(hints)
        candidates = set(self._known_within(hinted))
        for hint in hinted:
            if hint.is_dir():
                candidates.update(_files(hint, self._patterns))
            else:
                candidates.add(hint.resolve())
        return frozenset(path for path in candidates if self._differs(path))

    def _known_within(self, hinted: frozenset[Path]) -> Iterator[Path]:
        """What was known of folders among *hinted*, which may have gone since."""
        for folder, known in self._seen.items():
            if folder in hinted or not hinted.isdisjoint(folder.parents):
                yield from map(folder.joinpath, known)

    def _differs(self, path: Path) -> bool:
        before = self._seen.get(path.parent, {}).get(path.name)
        try:
            now = _fingerprint(path)
        except OSError:
            if before is not None:
                self._forget(path)
            return before is not None
        self._seen.setdefault(path.parent, {})[path.name] = now
        return now != before

    def _forget(self, path: Path) -> None:
        known = self._seen[path.parent]
        del known[path.name]
        if not known:
            del self._seen[path.parent]


def _files(folder: Path, patterns: Sequence[str]) -> Iterator[Path]:
    """All code files below *folder*, by their real paths, each folder once: links may lead in circles."""
    pending, visited = [folder.resolve()], set[Path]()
    while pending:
        current = pending.pop()
        if current in visited:
            continue
        visited.add(current)
        for entry in _code_entries(current, patterns):
            path = Path(entry.path)
            if entry.is_dir():
                pending.append(path.resolve() if entry.is_symlink() else path)
            elif entry.is_file():
                yield path.resolve() if entry.is_symlink() else path


def _code_entries(folder: Path, patterns: Sequence[str]) -> Iterator["os.DirEntry[str]"]:
    """What is somebody's code in *folder*, or says that installed packages have changed."""
    for entry in _entries(folder):
        if entry.name == _NODE_PACKAGES:
            yield from _node_entries(Path(entry.path))
        elif not is_ignored(Path(entry.path), folder, patterns):
            yield entry


def _node_entries(folder: Path) -> Iterator["os.DirEntry[str]"]:
    """Of ``node_modules``: the word that an installation is done, and links to packages of the user's own (workspaces)."""
    for entry in _entries(folder):
        if entry.name in _NODE_INSTALLED:
            yield entry
        elif entry.is_symlink():
            if _NODE_PACKAGES not in Path(entry.path).resolve().parts:  # pnpm links to its own store in there
                yield entry
        elif entry.name.startswith("@"):
            yield from _node_entries(Path(entry.path))


def _entries(folder: Path) -> list["os.DirEntry[str]"]:
    try:
        return list(os.scandir(folder))
    except OSError:
        return []  # gone, or not ours to read


def _fingerprint(path: Path) -> bytes:
    stats = path.stat()
    if (
        stats.st_size > _HASHED_BYTES_MAX
    ):  # models and archives: reading them at every event would cost more than it saves
        return f"{stats.st_size}:{stats.st_mtime_ns}".encode()
    return hashlib.blake2b(path.read_bytes(), digest_size=16).digest()
