"""Which files differ from when they were last looked at, among those that somebody may have touched."""

import shutil
import time
from pathlib import Path

import pytest

from runtimes.reload import snapshot
from runtimes.reload.snapshot import Snapshot

FILES = 2_000


def _modules(folder: Path, text: str) -> list[Path]:
    folder.mkdir(exist_ok=True)
    paths = [folder / f"module_{number}.py" for number in range(FILES)]
    for path in paths:
        path.write_text(text)
    return paths


def test_a_large_checkout_is_looked_at_once_per_file(tmp_path: Path) -> None:
    """Every file of it is a sign, and so is every temporary one: to compare each sign with each file takes a minute.

    Measured against the first look, which reads the same files on the same machine.
    """
    paths = _modules(tmp_path / "branch", "1")
    began = time.perf_counter()
    snapshot = Snapshot(tmp_path)
    first_seconds = time.perf_counter() - began
    _modules(tmp_path / "branch", "2")
    began = time.perf_counter()
    changed = snapshot.changed([*paths, *(path.with_suffix(".new") for path in paths)])
    assert changed == set(paths)
    assert time.perf_counter() - began < 25 * first_seconds


def test_a_folder_stands_for_what_was_in_it(tmp_path: Path) -> None:
    (tmp_path / "package" / "deep").mkdir(parents=True)
    (tmp_path / "packages").mkdir()
    files = {tmp_path / name for name in ("package/a.py", "package/deep/b.py", "packages/c.py", "d.py")}
    for file in files:
        file.write_text("1")
    snapshot = Snapshot(tmp_path)
    shutil.rmtree(tmp_path / "package")
    (tmp_path / "packages" / "c.py").unlink()
    assert snapshot.changed([tmp_path / "package"]) == {
        tmp_path / "package" / "a.py",
        tmp_path / "package" / "deep" / "b.py",
    }
    assert snapshot.changed([tmp_path / "package"]) == frozenset(), "told once"
    assert snapshot.changed([tmp_path / "packages" / "c.py"]) == {tmp_path / "packages" / "c.py"}
    (tmp_path / "package").mkdir()
    (tmp_path / "package" / "a.py").write_text("1")
    assert snapshot.changed([tmp_path]) == {tmp_path / "package" / "a.py"}, "it comes back"


def test_a_save_while_a_file_is_looked_at_is_a_change(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who saves right after the first answer saves while the folders of its imports begin to be watched."""
    file = tmp_path / "shared.py"
    file.write_text("VERSION = 1\n")
    loaded = file.stat().st_ctime
    read = snapshot._fingerprint

    def save_and_read(path: Path) -> bytes:
        while path.stat().st_ctime <= loaded:  # the clock of files is a coarse one
            path.write_text("VERSION = 2\n")
        return read(path)

    monkeypatch.setattr(snapshot, "_fingerprint", save_and_read)
    assert Snapshot(tmp_path, until=loaded).changed([tmp_path]) == {file}
