import os
from pathlib import Path

import pytest

from sandbox.cli.failure import StartFailure
from sandbox.cli.ready_file import forget_ready_file, write_ready_file


def test_the_url_is_the_only_line_and_nothing_is_left_beside_it(tmp_path: Path) -> None:
    path = tmp_path / "ready"
    write_ready_file(path, "http://127.0.0.1:4566")
    assert path.read_text() == "http://127.0.0.1:4566\n"
    assert list(tmp_path.iterdir()) == [path]


def test_what_an_earlier_run_left_is_forgotten(tmp_path: Path) -> None:
    path = tmp_path / "ready"
    path.write_text("http://127.0.0.1:1\n")
    forget_ready_file(path)
    assert not path.exists()
    forget_ready_file(path)


def test_a_path_that_cannot_be_written(tmp_path: Path) -> None:
    with pytest.raises(StartFailure, match=r"The ready file .* cannot be written: No such file or directory"):
        write_ready_file(tmp_path / "none" / "ready", "http://x")


def test_a_link_in_its_way_is_not_followed(tmp_path: Path) -> None:
    """In a folder like /tmp others can guess the name under which the file is begun. Source: reliability study, S12."""
    precious = tmp_path / "precious"
    precious.write_text("kept")
    (tmp_path / f".ready.{os.getpid()}").symlink_to(precious)
    write_ready_file(tmp_path / "ready", "http://127.0.0.1:4566")
    assert precious.read_text() == "kept"
    assert (tmp_path / "ready").read_text() == "http://127.0.0.1:4566\n"
