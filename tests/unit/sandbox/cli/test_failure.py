import errno
import os
from pathlib import Path

import pytest

from sandbox.cli.failure import StartFailure, check_data_folder, explained
from sandbox.config import Settings
from sandbox.project.problem import Problem, TemplateFault


def told(error: Exception, **settings: object) -> str:
    with pytest.raises(StartFailure) as caught, explained(Settings(**settings), "dev"):  # type: ignore[arg-type]
        raise error
    assert caught.value.exit_code == 1
    return f"{caught.value.message} {caught.value.next_step}"


def test_a_port_that_is_taken() -> None:
    said = told(OSError(errno.EADDRINUSE, "in use"), port=4566)
    assert said == (
        "Port 4566 on 127.0.0.1 is taken by another program. Stop that program, or take a free port: sandbox dev --port 0"
    )


def test_an_address_that_is_not_ours() -> None:
    assert told(OSError(errno.EADDRNOTAVAIL, "x"), host="10.1.2.3").startswith(
        "10.1.2.3 is not an address of this machine."
    )


def test_a_port_of_the_system() -> None:
    assert told(PermissionError(errno.EACCES, "x"), port=80) == (
        "Listening on 127.0.0.1:80 is not allowed. Use a port from 1024 up, for example --port 4566."
    )


def test_a_fault_of_the_template_keeps_its_lines(tmp_path: Path) -> None:
    said = told(TemplateFault(tmp_path / "t.yaml", [Problem(line=3, what="wrong", advice="Right it")]))
    assert said == f"The template cannot be used. \n{tmp_path / 't.yaml'}:3: wrong\n    Right it"


def test_a_bug_is_not_dressed_up() -> None:
    """Only what a user can do something about becomes a sentence."""
    with pytest.raises(ZeroDivisionError), explained(Settings(), "dev"):
        raise ZeroDivisionError


def test_a_data_folder_is_made_and_left_clean(tmp_path: Path) -> None:
    check_data_folder(tmp_path / "a" / "b", "serve")
    assert list((tmp_path / "a" / "b").iterdir()) == []


def test_a_data_folder_that_is_a_file(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StartFailure, match="is a file, not a folder") as caught:
        check_data_folder(tmp_path / "file", "serve")
    assert caught.value.next_step == "Choose a folder you can write to: sandbox serve --data DIR"


def test_a_data_folder_below_a_file(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StartFailure, match="cannot be written: Not a directory"):
        check_data_folder(tmp_path / "file" / "data", "serve")


def test_a_data_folder_without_rights(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The refusal comes from a fake: tests may run as root, who may write anywhere."""

    def refuse(self: Path, *_: object, **__: object) -> None:
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(self))

    monkeypatch.setattr(Path, "touch", refuse)
    with pytest.raises(StartFailure, match="cannot be written: Permission denied"):
        check_data_folder(tmp_path, "serve")
