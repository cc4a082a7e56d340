import errno
from pathlib import Path

import pytest

from runtimes.contract import RuntimeUnavailable
from sandbox.cli.failure import StartFailure, explained
from sandbox.config import Settings
from sandbox.dynamodb.storage.database import DatabaseUnusable
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
    assert said == f"The template cannot be used.\n{tmp_path / 't.yaml'}:3: wrong\n    Right it "


def test_a_bug_is_not_dressed_up() -> None:
    """Only what a user can do something about becomes a sentence."""
    with pytest.raises(ZeroDivisionError), explained(Settings(), "dev"):
        raise ZeroDivisionError


def test_a_data_folder_that_cannot_be_used() -> None:
    said = told(
        DatabaseUnusable("The data folder /x cannot be written: Permission denied. Choose another with --data.")
    )
    assert said == "The data folder /x cannot be written: Permission denied. Choose another with --data."


def test_an_interpreter_that_is_none() -> None:
    said = told(RuntimeUnavailable("/bin/ls is not a Python interpreter; give the path of one with --python."))
    assert said == "/bin/ls is not a Python interpreter; give the path of one with --python. "
