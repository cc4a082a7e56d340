"""The guest runs in the user's interpreter, from Python 3.8 on, with nothing of ours installed."""

import ast
import sys
from pathlib import Path

import pytest

import runtimes.guest

_FILES = sorted(Path(runtimes.guest.__file__).parent.glob("*.py"))
_NEWER_CALLS = {"removeprefix", "removesuffix", "batched", "pairwise", "is_relative_to", "send_fds", "recv_fds"}


@pytest.mark.parametrize("path", _FILES, ids=lambda path: path.name)
def test_it_is_written_in_python_3_8(path: Path) -> None:
    """Checks the grammar and the usual slips of newer libraries; a real old interpreter is not at hand everywhere."""
    tree = ast.parse(path.read_text(), feature_version=(3, 8))
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute):
            assert node.attr not in _NEWER_CALLS, f"{path.name}:{node.lineno} {node.attr}"
        if isinstance(node, ast.Match if hasattr(ast, "Match") else ()):
            pytest.fail(f"{path.name}:{node.lineno} match")
    uses_new_annotations = any(isinstance(node, ast.arg | ast.AnnAssign) for node in ast.walk(tree))
    if uses_new_annotations:
        assert "from __future__ import annotations" in path.read_text(), "annotations must not be evaluated"


@pytest.mark.parametrize("path", _FILES, ids=lambda path: path.name)
def test_it_imports_the_standard_library_and_itself_only(path: Path) -> None:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            assert all(alias.name.partition(".")[0] in sys.stdlib_module_names for alias in node.names)
        if isinstance(node, ast.ImportFrom):
            assert node.level == 1 or (node.module or "").partition(".")[0] in sys.stdlib_module_names
