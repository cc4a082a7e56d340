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
