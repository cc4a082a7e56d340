"""Files that are saved while they are imported."""

import importlib.util
import os
import time
from pathlib import Path

import pytest

from runtimes.guest import fresh_source
from runtimes.guest.fresh_source import Sources


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """What would have been slept, in seconds."""
    slept: list[float] = []
    monkeypatch.setattr(time, "sleep", slept.append)
    return slept


@pytest.fixture
def module(tmp_path: Path) -> Path:
    """A module that was saved a while ago, as far as dates can be set."""
    module = tmp_path / "module.py"
    module.write_text("VALUE = 1\n")
    return module


def _read(*files: Path) -> Sources:
    sources = Sources()
    for file in files:
        sources.note_file(str(file))
    return sources


def test_what_is_left_alone_has_held_still(module: Path) -> None:
    assert _read(module).have_held_still(folders=False)


def _same_size(module: Path) -> None:
    module.write_text("VALUE = 2\n")
    os.utime(module, ns=(0, 0))  # an editor that keeps dates


def _renamed_over(module: Path) -> None:
    other = module.with_suffix(".new")
    other.write_text("VALUE = 2\n")
    other.replace(module)


@pytest.mark.parametrize("save", [_same_size, _renamed_over, Path.unlink, lambda module: module.write_text("")])
def test_a_save_after_reading_is_noticed(module: Path, save: object) -> None:
    sources = _read(module)
    assert callable(save)
    save(module)
    assert not sources.have_held_still(folders=False)


def test_the_first_reading_counts(module: Path) -> None:
    """A module that is imported again is another reading, but the first one's code may still be in use."""
    sources = _read(module)
    _renamed_over(module)
    sources.note_file(str(module))
    assert not sources.have_held_still(folders=False)


def test_a_file_just_saved_is_watched_for_a_moment(module: Path, no_waiting: list[float]) -> None:
    _read(module).have_held_still(folders=False)
    assert 0 < max(no_waiting) <= fresh_source._QUIET_SECONDS


def test_an_old_file_costs_no_time(module: Path, no_waiting: list[float], monkeypatch: pytest.MonkeyPatch) -> None:
    later = time.time() + 10
    monkeypatch.setattr(time, "time", lambda: later)
    _read(module).have_held_still(folders=False)
    assert max(no_waiting) == 0


def test_an_empty_file_may_be_about_to_be_written(
    tmp_path: Path, no_waiting: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The size of a file that is opened to be written is seen before its date, but packages are empty for good."""
    later = time.time() + 10
    monkeypatch.setattr(time, "time", lambda: later)
    for name, wait in (("module.py", fresh_source._QUIET_SECONDS), ("__init__.py", 0.0)):
        (tmp_path / name).touch()
        no_waiting.clear()
        _read(tmp_path / name).have_held_still(folders=False)
        assert no_waiting == [wait]


def test_what_was_kept_is_what_is_imported_later(module: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A handler that imports in the middle of an invocation gets the module that it was loaded with."""
    monkeypatch.syspath_prepend(module.parent)
    sources = Sources()
    sources.keep(str(module.parent))
    finder = fresh_source.finder_for(str(module.parent), sources)

    def value() -> object:
        spec = finder.find_spec("module")
        assert spec is not None
        assert spec.loader is not None
        imported = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(imported)
        return imported.VALUE

    assert value() == 1
    _same_size(module)
    assert value() == 1
    module.with_name("late.py").write_text("")
    assert not sources.have_held_still(folders=False)


def test_files_not_imported_are_kept_but_not_waited_for(
    tmp_path: Path, no_waiting: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    later = time.time() + 10
    monkeypatch.setattr(time, "time", lambda: later)
    (tmp_path / "empty.py").touch()
    sources = Sources()
    sources.keep(str(tmp_path))
    assert sources.have_held_still(folders=False)
    assert no_waiting == [0]


def test_large_folders_are_kept_in_part_and_never_by_half(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fresh_source, "_KEPT_BYTES_MAX", 100)
    monkeypatch.setattr(fresh_source, "_KEPT_FOLDERS_MAX", 2)
    for folder in (tmp_path, tmp_path / "one", tmp_path / "two", tmp_path / "one" / "three"):
        folder.mkdir(exist_ok=True)
        (folder / "module.py").write_text("#" * 40)
    sources = Sources()
    sources.keep(str(tmp_path))
    assert sorted(sources._kept) == sorted(str(path) for path in sources._files)
    assert len(sources._kept) == 2
    assert {len(text) for text in sources._kept.values()} == {40}


def test_a_module_that_was_not_there_may_be_there_now(tmp_path: Path, module: Path) -> None:
    sources = _read(module)
    sources.note_folder(str(tmp_path))
    (tmp_path / "late.py").touch()
    assert sources.have_held_still(folders=False)
    assert not sources.have_held_still(folders=True)
