"""The import graph of the three packages, read from their sources without importing them."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGES = ("runtimes", "pollers", "sandbox")


@cache
def modules() -> dict[str, Path]:
    """Every module by its dotted name; a package by the name of its folder."""
    found: dict[str, Path] = {}
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            name = ".".join(path.relative_to(ROOT).with_suffix("").parts)
            found[name.removesuffix(".__init__")] = path
    return found


@cache
def imports_of(path: Path) -> tuple[tuple[str, int], ...]:
    """The absolute names a file imports anywhere, functions included, with their lines."""
    return tuple(_imports(path))


def _imports(path: Path) -> Iterator[tuple[str, int]]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from ((alias.name, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = _base(path, node)
            for alias in node.names:
                yield f"{base}.{alias.name}", node.lineno


def _base(path: Path, node: ast.ImportFrom) -> str:
    """The absolute name a ``from`` import starts at."""
    if not node.level:
        return node.module or ""
    package = path.relative_to(ROOT).parts[: -node.level]
    return ".".join((*package, node.module)) if node.module else ".".join(package)


def _module_of(name: str) -> str | None:
    """The module a dotted name lies in."""
    while name:
        if name in modules():
            return name
        name = name.rpartition(".")[0]
    return None


@cache
def graph() -> dict[str, set[str]]:
    """Module -> modules of ours that it imports."""
    edges: dict[str, set[str]] = {}
    for name, path in modules().items():
        targets = {_module_of(imported) for imported, _ in imports_of(path)}
        edges[name] = {target for target in targets if target is not None and target != name}
    return edges
