import sys
from pathlib import Path

import pytest

from runtimes.contract import RuntimeUnavailable
from runtimes.process.interpreter import find_interpreter, find_sdk


def _environment(folder: Path) -> Path:
    python = folder / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.symlink_to(sys.executable)
    return python


def test_the_first_of_given_project_active_and_our_own(tmp_path: Path) -> None:
    assert find_interpreter(None, tmp_path, {}) == Path(sys.executable)
    active = _environment(tmp_path / "active")
    variables = {"VIRTUAL_ENV": str(tmp_path / "active")}
    assert find_interpreter(None, tmp_path, variables) == active
    project = _environment(tmp_path / ".venv")
    assert find_interpreter(None, tmp_path, variables) == project
    given = _environment(tmp_path / "given")
    assert find_interpreter(given, tmp_path, variables) == given, "a link is kept: it is what names the environment"
    assert find_interpreter(tmp_path / "given", tmp_path, variables) == given, "an environment's folder will do"


@pytest.mark.parametrize("name", ["missing", "plain.txt", "folder"])
def test_what_is_no_interpreter_is_refused_with_advice(tmp_path: Path, name: str) -> None:
    (tmp_path / "plain.txt").write_text("")
    (tmp_path / "folder").mkdir()
    with pytest.raises(
        RuntimeUnavailable, match=rf"{name} is not a Python interpreter; give the path of one with --python"
    ):
        find_interpreter(tmp_path / name, tmp_path, {})


def test_our_boto3_is_found_with_the_python_it_needs() -> None:
    sdk = find_sdk()
    assert sdk.folder is not None
    assert (Path(sdk.folder) / "boto3").is_dir()
    assert sdk.min_python >= (3, 8)
