"""Files that are saved while they are imported."""

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


def test_a_module_that_was_not_there_may_be_there_now(tmp_path: Path, module: Path) -> None:
    sources = _read(module)
    sources.note_folder(str(tmp_path))
    (tmp_path / "late.py").touch()
    assert sources.have_held_still(folders=False)
    assert not sources.have_held_still(folders=True)
