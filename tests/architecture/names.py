"""Names as documentation writes them, and what they mean in this tree: files, modules, attributes, words of the source."""

import ast
import dataclasses
import importlib
import inspect
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

ROOT = Path(__file__).parents[2]
PACKAGES = ("sandbox", "pollers", "runtimes")

_FENCE = re.compile(r"^\s*(```|~~~)")
_MARKDOWN = re.compile(r"`([^`\n]+)`")
_DOCSTRING = re.compile(r"``([^`\n]+)``")
_LINK = re.compile(r"\]\(([^)\s]+)\)")
_DOTTED = re.compile(r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)+")
_HEAD = re.compile(r"    ([a-z_]\w*(?:\.\w+)*)  ")
"""The first column of a diagram."""
_PATH = re.compile(r"[\w.@-]*(?:/[\w.@-]+)+/?|[\w.@-]+/|[\w-]+\.(?:py|md|toml|yaml|json)|Makefile")


class Name(NamedTuple):
    """One name in a text, and where it stands."""

    text: str
    place: str


def names_in_markdown(path: Path) -> Iterator[Name]:
    """What a page sets in backticks, code blocks left out: they are for commands."""
    in_block = False
    for number, line in enumerate(path.read_text().splitlines(), 1):
        if _FENCE.match(line):
            in_block = not in_block
        elif not in_block and not line.startswith("    "):
            for match in _MARKDOWN.finditer(line):
                yield Name(match[1], f"{path.relative_to(ROOT)}:{number}")


def links_in_markdown(path: Path) -> Iterator[Name]:
    """Where a page's links lead, those to other sites left out."""
    for number, line in enumerate(path.read_text().splitlines(), 1):
        for match in _LINK.finditer(line):
            if "://" not in match[1] and not match[1].startswith("#"):
                yield Name(match[1].partition("#")[0], f"{path.relative_to(ROOT)}:{number}")


def names_in_docstring(path: Path) -> Iterator[Name]:
    """What the docstring of a module sets in double backticks, and the names of its diagrams."""
    lines = path.read_text().splitlines()
    end = next((number for number, line in enumerate(lines[1:], 2) if line.endswith('"""')), 1)
    if lines and lines[0].count('"""') == 2:
        end = 1
    for number, line in enumerate(lines[:end], 1):
        place = f"{path.relative_to(ROOT)}:{number}"
        for match in _DOCSTRING.finditer(line):
            yield Name(match[1], place)
        if line.startswith("    "):
            names = {found[0] for found in _DOTTED.finditer(line)}
            if (head := _HEAD.match(line)) is not None:
                names.add(head[1])
            yield from (Name(name, place) for name in sorted(names))


def is_path(text: str) -> bool:
    """Whether a name is written as a path of this tree; a leading slash makes it an address."""
    return _PATH.fullmatch(text) is not None and not text.startswith("/")


def is_dotted(text: str) -> bool:
    """Whether a name is written as a module or attribute."""
    return _DOTTED.fullmatch(text.removesuffix("()")) is not None


def path_exists(text: str) -> bool:
    """Whether there is such a file or folder, seen from the root of the tree."""
    path = ROOT / text
    return path.is_dir() if text.endswith("/") else path.exists()


def resolves(dotted: str) -> bool:
    """Whether an absolute dotted name is a module, or leads from one to an attribute."""
    parts = dotted.removesuffix("()").split(".")
    if parts[0] not in PACKAGES:
        return False
    for length in range(len(parts), 0, -1):
        name = ".".join(parts[:length])
        if _is_module(name):
            return _leads_on(importlib.import_module(name), parts[length:])
    return False


@cache
def _is_module(name: str) -> bool:
    path = ROOT.joinpath(*name.split("."))
    return path.with_suffix(".py").is_file() or (path / "__init__.py").is_file()


def _leads_on(value: Any, parts: list[str]) -> bool:
    for number, part in enumerate(parts):
        if hasattr(value, part):
            value = getattr(value, part)
        else:
            # What instances have is not found on the class; it can only be the end of a name.
            return number == len(parts) - 1 and isinstance(value, type) and part in _of_instances(value)
    return True


def _of_instances(class_: type) -> set[str]:
    """The names of fields, and of what methods assign to ``self``."""
    names = set(getattr(class_, "__annotations__", ())) | set(getattr(class_, "__slots__", ()))
    if dataclasses.is_dataclass(class_):
        names |= {field.name for field in dataclasses.fields(class_)}
    if issubclass(class_, msgspec.Struct):
        names |= set(class_.__struct_fields__)
    return names | set(re.findall(r"self\.(\w+)\b[^=\n]*=", inspect.getsource(class_)))


@cache
def _code() -> tuple[frozenset[str], str]:
    """Every identifier of our packages, modules included, and every text constant; comments and docstrings are only talk."""
    identifiers: set[str] = set()
    texts: list[str] = []
    for path in (path for package in PACKAGES for path in (ROOT / package).rglob("*.py")):
        identifiers.update(path.relative_to(ROOT).with_suffix("").parts)
        for node in ast.walk(ast.parse(path.read_text())):
            match node:
                case ast.Expr(value=ast.Constant(value=str()) as docstring):
                    docstring.value = None  # a statement that is only a text; its child is walked later
                case ast.Constant(value=str(text)):
                    texts.append(text)
                case ast.Constant(value=bytes(raw)):
                    texts.append(raw.decode("latin-1"))
                case ast.Attribute(value=ast.Name(id=owner), attr=name):
                    identifiers.update((name, f"{owner}.{name}"))
                case ast.Name(id=name) | ast.Attribute(attr=name) | ast.arg(arg=name) | ast.keyword(arg=str(name)):
                    identifiers.add(name)
                case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                    identifiers.add(name)
    return frozenset(identifiers), "\n".join(texts)


def is_in_code(text: str) -> bool:
    """Whether *text* is an identifier in our packages, or stands in one of their text constants as whole words."""
    identifiers, texts = _code()
    if text in identifiers:
        return True
    edge_before = r"(?<!\w)" if text[:1].isalnum() else ""
    edge_behind = r"(?!\w)" if text[-1:].isalnum() else ""
    return text in texts and re.search(edge_before + re.escape(text) + edge_behind, texts) is not None


@cache
def documents() -> frozenset[str]:
    """The short names of the documents that docs/sources.md describes."""
    return frozenset(re.findall(r"^\| `([A-Za-z -]+)` ", (ROOT / "docs" / "sources.md").read_text(), re.MULTILINE))


@cache
def make_targets() -> frozenset[str]:
    """The targets of the Makefile."""
    return frozenset(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
