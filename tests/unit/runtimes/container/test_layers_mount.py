"""Layers over each other, as a container sees them."""

import os
from pathlib import Path

import pytest

from runtimes.container.layers_mount import layers_mount


def layer(folder: Path, **files: str) -> Path:
    for name, text in files.items():
        path = folder / name.replace("__", "/")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return folder


def test_no_layers_need_nothing() -> None:
    assert layers_mount([]) is None


@pytest.mark.parametrize("user", [0, 1000])
def test_of_the_same_file_that_of_the_later_layer_is_seen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, user: int
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: user)
    first = layer(tmp_path / "first", python__a="first", python__b="first")
    second = layer(tmp_path / "second", python__b="second", bin__tool="second")
    mount = layers_mount([first, second])
    assert mount is not None
    assert mount.copy is not None
    found = {
        str(path.relative_to(mount.folder)): path.read_text() for path in mount.folder.rglob("*") if path.is_file()
    }
    assert found == {"python/a": "first", "python/b": "second", "bin/tool": "second"}
    assert (first / "python/b").read_text() == "first"
    mount.copy.cleanup()
    assert (second / "python/b").read_text() == "second"


def test_for_root_everyone_may_read_the_copy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The user of a container is somebody else; what was given stays as it is."""
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    only = layer(tmp_path / "only", python__a="a")
    (only / "python/a").chmod(0o600)
    (only / "python").chmod(0o700)
    mount = layers_mount([only])
    assert mount is not None
    assert mount.copy is not None
    assert (mount.folder / "python").stat().st_mode & 0o777 == 0o755
    assert (mount.folder / "python/a").stat().st_mode & 0o777 == 0o644
    assert (only / "python/a").stat().st_mode & 0o777 == 0o600
    mount.copy.cleanup()


def test_a_single_layer_of_ours_is_mounted_from_where_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Then a save needs no copy."""
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    only = layer(tmp_path / "only", python__a="a")
    mount = layers_mount([only])
    assert mount is not None
    assert (mount.folder, mount.copy) == (only, None)
