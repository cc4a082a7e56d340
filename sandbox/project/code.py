"""Where a function's code is, and whether its handler can be there: asked before anything starts."""

import ast
import base64
import io
import zipfile
from pathlib import Path
from typing import Final, assert_never

from sandbox.project.problem import Problems, did_you_mean
from sandbox.project.project import CodeBundle, CodeFolder, CodeImage

__all__ = ["check_handler", "code_at", "code_parameters", "inline_code"]

_INLINE_NAMES: Final = {"python": "index.py", "nodejs": "index.js"}
_EARLIEST: Final = (1980, 1, 1, 0, 0, 0)
"""A fixed time stamp, so that the same text gives the same archive and an unchanged function stays unchanged."""


def code_at(text: str, template_folder: Path, line: int, problems: Problems) -> CodeFolder | CodeBundle | None:
    """The code a CodeUri or Code names; ``None`` after a fault has been reported."""
    if text.startswith(("s3://", "https://")):
        problems.add(
            line, f"the code is at {text}, which is not on this machine", "Point CodeUri at the folder with the source"
        )
        return None
    path = (template_folder / text).resolve()
    if path.is_dir():
        return CodeFolder(path=path)
    if path.suffix in {".zip", ".jar"} and path.is_file():
        return CodeBundle(zip_bytes=path.read_bytes())
    if path.is_file():
        problems.add(
            line,
            f"the code is the file {text}; it must be a folder",
            f"Name the folder: {Path(text).parent}",
        )
        return None
    beside = [entry.name for entry in path.parent.iterdir() if entry.is_dir()] if path.parent.is_dir() else []
    advice = did_you_mean(path.name, beside) or f"Create it, or correct the path; it is looked for at {path}"
    problems.add(line, f"there is no folder {text}", advice)
    return None


def code_parameters(code: CodeFolder | CodeBundle | CodeImage) -> dict[str, str]:
    """What an operation that takes code is given; a folder by the name that LocalStack's users know."""
    match code:
        case CodeFolder():
            return {"S3Bucket": "hot-reload", "S3Key": str(code.path)}
        case CodeBundle():
            return {"ZipFile": base64.b64encode(code.zip_bytes).decode()}
        case CodeImage():
            return {"ImageUri": code.uri}
    assert_never(code)


def inline_code(text: str, runtime: str) -> CodeBundle:
    """Code written in the template, as Lambda stores it: one file called ``index``."""
    name = next((name for prefix, name in _INLINE_NAMES.items() if runtime.startswith(prefix)), "index.py")
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(zipfile.ZipInfo(name, _EARLIEST), text)
    return CodeBundle(zip_bytes=buffer.getvalue())


def check_handler(handler: str, code: CodeFolder | CodeBundle, runtime: str, line: int, problems: Problems) -> None:
    """Report a Python handler whose file or function is not there.

    A file that cannot be parsed is left alone: it is shown, held and picked up again once it is fixed.
    """
    if not runtime.startswith("python"):
        return
    module, dot, function = handler.rpartition(".")
    if not dot or not module or not function:
        problems.add(
            line, f"the handler {handler} names no function", "Write it as file.function, for example app.handler"
        )
        return
    if not isinstance(code, CodeFolder):
        return
    relative = module.replace(".", "/")
    candidates = [code.path / f"{relative}.py", code.path / relative / "__init__.py"]
    found = next((candidate for candidate in candidates if candidate.is_file()), None)
    if found is None:
        files = (
            sorted(entry.stem for entry in candidates[0].parent.glob("*.py")) if candidates[0].parent.is_dir() else []
        )
        meant = did_you_mean(candidates[0].stem, files)
        advice = meant.replace("?", f".{function}?") if meant else _files_there(code.path)
        problems.add(line, f"the handler {handler} is not there: no file {relative}.py in {code.path}", advice)
        return
    names = _top_level_names(found)
    if names is not None and function not in names:
        advice = did_you_mean(function, names) or f"Define it there: def {function}(event, context):"
        problems.add(line, f"the handler {handler} is not there: {found} defines no {function}", advice)


def _files_there(folder: Path) -> str:
    names = sorted(entry.name for entry in folder.glob("*.py"))[:5]
    return f"The folder has: {', '.join(names)}" if names else "The folder holds no Python file"


def _top_level_names(file: Path) -> set[str] | None:
    """Names a module binds when imported; ``None`` where that cannot be told by reading."""
    try:
        tree = ast.parse(file.read_bytes())
    except (SyntaxError, ValueError, OSError):
        return None
    names: set[str] = set()
    for node in ast.walk(tree):
        match node:
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                names.add(name)
            case ast.Name(id=name, ctx=ast.Store()):
                names.add(name)
            case ast.Import(names=aliases) | ast.ImportFrom(names=aliases):
                if any(alias.name == "*" for alias in aliases):
                    return None
                names.update((alias.asname or alias.name).partition(".")[0] for alias in aliases)
            case ast.Call(func=ast.Name(id="globals" | "setattr" | "exec")):
                return None
            case _:
                pass
    return names
