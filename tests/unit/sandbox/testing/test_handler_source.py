"""What may be given to ``deploy`` as a handler."""

import functools
from pathlib import Path
from typing import Any

import pytest

from sandbox.testing.handler_source import CallableHandler, FileHandler, source_of


def on_order(_event: Any, _context: Any) -> None:
    """Stand for a test's handler."""


class _Handler:
    def __call__(self, event: Any, context: Any) -> None:
        """Stand for a mock."""


@pytest.mark.parametrize(
    ("handler", "name"),
    [
        (on_order, "on_order"),
        (lambda _event, _context: None, "lambda"),
        (_Handler(), "_Handler"),
        (functools.partial(on_order), "partial"),
    ],
)
def test_a_callable_is_named_after_itself(handler: Any, name: str) -> None:
    source = source_of(handler, folders=[])
    assert isinstance(source, CallableHandler)
    assert (source.call, source.name) == (handler, name)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "functions" / "on_order").mkdir(parents=True)
    (tmp_path / "functions" / "on_order" / "handler.py").touch()
    (tmp_path / "functions" / "bill.py").touch()
    return tmp_path


@pytest.mark.parametrize(
    ("text", "folder", "handler", "name"),
    [
        ("functions/on_order/handler.py:run", "functions/on_order", "handler.run", "on_order"),
        ("functions/on_order/handler.py", "functions/on_order", "handler.handler", "on_order"),
        ("functions/on_order", "functions/on_order", "handler.handler", "on_order"),
        ("functions/on_order:run", "functions/on_order", "handler.run", "on_order"),
        ("functions/on_order:app.main.run", "functions/on_order", "app.main.run", "on_order"),
        ("functions/bill.py:send", "functions", "bill.send", "bill"),
    ],
)
def test_a_file_or_folder(project: Path, text: str, folder: str, handler: str, name: str) -> None:
    expected = FileHandler(folder=project / folder, handler=handler, name=name)
    assert source_of(text, folders=[project / "nowhere", project]) == expected
    assert source_of(f"{project}/{text}", folders=[]) == expected


def test_a_path_object(project: Path) -> None:
    source = source_of(project / "functions" / "bill.py", folders=[])
    assert source == FileHandler(folder=project / "functions", handler="bill.handler", name="bill")


def test_what_is_not_there(project: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"no handler at functions/none\.py: looked for"):
        source_of("functions/none.py:handler", folders=[project])


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("functions/bill:send", "functions/bill.py:send"),
        ("functions/bill", "functions/bill.py:handler"),
        ("functions/bill.send", "functions/bill.py:send"),
        ("functions.bill.send", "functions/bill.py:send"),
    ],
)
def test_a_file_without_its_ending_is_named(project: Path, text: str, meant: str) -> None:
    """Lambda's own way to write a handler comes to the fingers first."""
    with pytest.raises(FileNotFoundError, match=rf"; did you mean {meant}\?$"):
        source_of(text, folders=[project, project])


def test_a_name_lambda_would_refuse_is_made_one_it_takes(tmp_path: Path) -> None:
    (tmp_path / "my función.py").touch()
    assert source_of(tmp_path / "my función.py", folders=[]).name == "my-funci-n"
