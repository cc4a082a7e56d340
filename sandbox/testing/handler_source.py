"""Where a handler given to ``deploy`` comes from: a Python callable, or a file of the project."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

__all__ = ["CallableHandler", "FileHandler", "HandlerSource", "source_of"]

__tracebackhide__ = True  # pytest: a mistake in a test is shown in the test

_NAME_MAX = 64
"""Source: Lambda API reference, FunctionName: 64 characters."""


@dataclass(frozen=True, kw_only=True)
class CallableHandler:
    """An object of this process, called as it is: closures, mocks and breakpoints work."""

    call: Callable[[Any, Any], Any]
    name: str


@dataclass(frozen=True, kw_only=True)
class FileHandler:
    """A handler in a code folder, loaded as Lambda would load it.

    Attributes:
        handler: Lambda's form, ``module.function``.
    """

    folder: Path
    handler: str
    name: str


HandlerSource = CallableHandler | FileHandler


def source_of(handler: Callable[[Any, Any], Any] | str | Path, *, folders: Sequence[Path]) -> HandlerSource:
    """Read what was given: a callable, ``folder/file.py:function`` or ``folder:module.function``.

    A relative path is looked for in *folders*, first found first taken. Without a function, ``handler`` is meant.

    Raises:
        FileNotFoundError: there is no such file or folder; the text says where it was looked for.
    """
    if callable(handler):
        return CallableHandler(call=handler, name=_name(getattr(handler, "__name__", type(handler).__name__)))
    text = str(handler)
    path_text, colon, function = text.rpartition(":")
    if not colon or function.startswith(("/", "\\")):  # ``C:\code``: the colon is part of the path
        path_text, function = text, ""
    path = _find(path_text, function, folders)
    if path.is_dir():
        dotted = function or "handler.handler"
        return FileHandler(folder=path, handler=dotted if "." in dotted else f"handler.{dotted}", name=_name(path.name))
    own_name = path.stem if path.stem not in {"handler", "app", "main", "lambda_function"} else path.parent.name
    return FileHandler(folder=path.parent, handler=f"{path.stem}.{function or 'handler'}", name=_name(own_name))


def _find(path_text: str, function: str, folders: Sequence[Path]) -> Path:
    given = Path(path_text)
    candidates = [given] if given.is_absolute() else [folder / given for folder in dict.fromkeys(folders)]
    for candidate in candidates:
        if candidate.exists():
            return candidate.resolve()
    places = ", ".join(str(candidate) for candidate in candidates)
    raise FileNotFoundError(f"no handler at {path_text}: looked for {places}{_meant(path_text, function, folders)}")


def _meant(path_text: str, function: str, folders: Sequence[Path]) -> str:
    """The file that is there, for ``functions/order`` and for Lambda's own ``functions.order.handler``."""
    dotted, _, last = path_text.replace("/", ".").rpartition(".")
    for path, ending in ((path_text, function or "handler"), (dotted.replace(".", "/"), last)):
        if path and any((folder / f"{path}.py").is_file() for folder in folders):
            return f"; did you mean {path}.py:{ending}?"
    return ""


def _name(text: str) -> str:
    return re.sub(r"[^a-zA-Z0-9-_]+", "-", text).strip("-")[:_NAME_MAX] or "handler"
