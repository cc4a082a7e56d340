import platform
import sys
from pathlib import Path

import pytest

from sandbox.cli.function_python import function_python
from sandbox.config import Settings
from sandbox.project.load import load_project
from sandbox.project.project import Project

OWN = ".".join(platform.python_version().split(".")[:2])


@pytest.fixture(autouse=True)
def _no_active_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("VIRTUAL_ENV", raising=False)


def _project(folder: Path, *runtimes: str) -> Project:
    (folder / "app.py").write_text("def handler(event, context): ...")
    functions = "".join(
        f"""
  F{number}:
    Type: AWS::Lambda::Function
    Properties: {{Runtime: {runtime}, Handler: app.handler, Code: ., Role: r}}"""
        for number, runtime in enumerate(runtimes)
    )
    (folder / "template.yaml").write_text(f"Resources:{functions}\n")
    return load_project(folder / "template.yaml")


def _environment(folder: Path, *notes: str) -> None:
    (folder / ".venv" / "bin").mkdir(parents=True)
    (folder / ".venv" / "bin" / "python").symlink_to(sys.executable)
    (folder / ".venv" / "pyvenv.cfg").write_text("\n".join(notes))


def test_the_sandboxs_own_python(tmp_path: Path) -> None:
    """Where people wonder why a package that they have installed is not found."""
    said = function_python(Settings(project_folder=tmp_path), _project(tmp_path, f"python{OWN}"))
    assert said == f"{sys.executable}, the sandbox's own; the project has no .venv"


@pytest.mark.parametrize("note", ["version = 3.12.4", "version_info = 3.12.4.final.0"])
def test_a_python_of_another_version_than_the_template_says(tmp_path: Path, note: str) -> None:
    """The standard library's way to note a version, and that of virtualenv and uv."""
    _environment(tmp_path, "home = /usr/bin", note)
    said = function_python(Settings(project_folder=tmp_path), _project(tmp_path, "python3.13", "python3.12"))
    assert said == "3.12 in place of 3.13: .venv/bin/python"


def test_the_version_that_the_template_says_is_no_news(tmp_path: Path) -> None:
    _environment(tmp_path, "version = 3.13.1")
    project = _project(tmp_path, "python3.13")
    assert function_python(Settings(project_folder=tmp_path), project) == ".venv/bin/python"


def test_an_interpreter_whose_version_is_not_noted(tmp_path: Path) -> None:
    _environment(tmp_path)
    project = _project(tmp_path, "python3.13")
    assert function_python(Settings(project_folder=tmp_path), project) == ".venv/bin/python"


def test_other_places(tmp_path: Path) -> None:
    project = _project(tmp_path, f"python{OWN}")
    assert function_python(Settings(project_folder=tmp_path, runtime="in-process"), project) == "in this process"
    assert function_python(Settings(project_folder=tmp_path, runtime="docker"), project) == "in containers"
