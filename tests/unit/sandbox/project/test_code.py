import io
import zipfile
from pathlib import Path

import pytest

from sandbox.project.code import check_handler, code_at, inline_code
from sandbox.project.problem import Problems
from sandbox.project.project import CodeBundle, CodeFolder


@pytest.fixture
def problems(tmp_path: Path) -> Problems:
    return Problems(template=tmp_path / "template.yaml")


def test_a_folder_is_run_where_it_lies(tmp_path: Path, problems: Problems) -> None:
    (tmp_path / "app").mkdir()
    assert code_at("./app/", tmp_path, 1, problems) == CodeFolder(path=tmp_path / "app")


def test_an_archive_is_uploaded(tmp_path: Path, problems: Problems) -> None:
    (tmp_path / "app.zip").write_bytes(b"PK")
    assert code_at("app.zip", tmp_path, 1, problems) == CodeBundle(zip_bytes=b"PK")


@pytest.mark.parametrize(
    ("text", "what", "advice"),
    [
        (
            "s3://bucket/key",
            "the code is at s3://bucket/key, which is not on this machine",
            "Point CodeUri at the folder",
        ),
        ("app.py", "the code is the file app.py; it must be a folder", "Name the folder: ."),
        ("functons", "there is no folder functons", "Did you mean functions?"),
    ],
)
def test_code_that_cannot_be_used(tmp_path: Path, problems: Problems, text: str, what: str, advice: str) -> None:
    (tmp_path / "app.py").touch()
    (tmp_path / "functions").mkdir()
    assert code_at(text, tmp_path, 7, problems) is None
    (problem,) = problems.found
    assert (problem.line, problem.what) == (7, what)
    assert problem.advice.startswith(advice)


def test_the_same_inline_text_gives_the_same_bytes() -> None:
    """Otherwise every start would look like a change of code."""
    first = inline_code("def handler(e, c): ...", "python3.13")
    assert first == inline_code("def handler(e, c): ...", "python3.13")
    with zipfile.ZipFile(io.BytesIO(first.zip_bytes)) as archive:
        assert archive.read("index.py") == b"def handler(e, c): ..."


@pytest.mark.parametrize(
    ("handler", "source"),
    [
        ("app.handler", "def handler(event, context): ..."),
        ("app.handler", "async def handler(event, context): ..."),
        ("app.handler", "handler = make()"),
        ("app.handler", "from elsewhere import handler"),
        ("app.handler", "from elsewhere import *"),
        ("app.handler", "try:\n    from a import handler\nexcept ImportError:\n    handler = None"),
        ("app.handler", "def handler(:"),
        ("app.handler", "globals()['handler'] = print"),
    ],
)
def test_a_handler_that_may_be_there_is_let_through(
    tmp_path: Path, problems: Problems, handler: str, source: str
) -> None:
    (tmp_path / "app.py").write_text(source)
    check_handler(handler, CodeFolder(path=tmp_path), "python3.13", 1, problems)
    assert problems.found == []


def test_a_handler_in_a_package(tmp_path: Path, problems: Problems) -> None:
    (tmp_path / "pkg").mkdir()
    (tmp_path / "pkg" / "__init__.py").write_text("def handler(event, context): ...")
    (tmp_path / "pkg" / "deep.py").write_text("def handler(event, context): ...")
    for handler in ("pkg.handler", "pkg.deep.handler", "pkg/deep.handler"):
        check_handler(handler, CodeFolder(path=tmp_path), "python3.13", 1, problems)
    assert problems.found == []


def test_a_handler_without_a_function(tmp_path: Path, problems: Problems) -> None:
    check_handler("app", CodeFolder(path=tmp_path), "python3.13", 3, problems)
    assert problems.found[0].what == "the handler app names no function"


def test_the_files_that_are_there_are_named(tmp_path: Path, problems: Problems) -> None:
    (tmp_path / "zebra.py").touch()
    check_handler("main.handler", CodeFolder(path=tmp_path), "python3.13", 3, problems)
    assert problems.found[0].advice == "The folder has: zebra.py"
