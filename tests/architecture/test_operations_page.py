"""``docs/operations.md`` says what is so now, of every operation, and tells what the code admits not to know."""

import importlib.util
import re
from pathlib import Path
from typing import Any

from sandbox.catalog import DYNAMODB, LAMBDA, LOGS, METRICS, STREAMS
from tests.architecture import modules as tree
from tests.architecture import names

ROOT = Path(__file__).parents[2]


def load(name: str, path: Path) -> Any:
    """A module by its path: the documentation is no package."""
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


make_operations = load("make_operations", ROOT / "docs" / "make_operations.py")

_ADMITS = re.compile(
    r"\b[Aa]ssumptions?\b|\brecalled\b|\b[Nn]ot recorded\b|\bby analogy\b|\b[Nn]ot AWS's words\b"
    r"|\b(?:words|sentences|order|own)\b[^.]{0,40}\b(?:is|are) not known\b"
)
"""How code says that it does not know what AWS does."""


def test_the_page_is_what_the_generator_gives_now() -> None:
    """A page about a former state is worse than none; run ``python docs/make_operations.py``."""
    assert make_operations.PAGE.read_text() == make_operations.operations_page()


def test_the_page_shows_every_operation_with_its_state() -> None:
    page = make_operations.operations_page()
    for operations in (DYNAMODB, STREAMS, LAMBDA, LOGS, METRICS):
        for name in operations.written:
            assert re.search(rf"^\| \[{name}\]\(\.\./sandbox/[\w/]+\.py\) \| written \|", page, re.MULTILINE), name
        for name in operations.unwritten:
            assert f"\n| {name} | not yet |" in page, name


def test_every_difference_names_code_and_operations_that_are_there() -> None:
    """A difference outlives its code otherwise, and nobody can look up what is behind it."""
    differences = make_operations.read_differences()
    assert [entry.code for entry in differences.all() if not names.resolves(entry.code)] == []
    for service, (_, operations) in make_operations.SERVICES.items():
        named = {name for entry in differences.of(service) for name in entry.operations}
        assert named <= set(operations.written), service


def test_every_difference_has_a_source() -> None:
    """Either how we know, or why it is so, or that we do not know."""
    known = ("assumption", "by design", "not yet", "AWS quotas")
    for entry in make_operations.read_differences().all():
        for source in entry.source.split(";"):
            name = source.strip()
            assert name in known or any(f"{name} ".startswith(f"{one} ") for one in names.documents()), entry.source


def test_what_the_code_admits_not_to_know_is_told() -> None:
    """An assumption that stands only in a comment is known to nobody who relies on the answer."""
    told = {entry.code for entry in make_operations.read_differences().all()}
    silent = [
        module
        for module in sorted(_in_service())
        if _ADMITS.search(tree.modules()[module].read_text()) and not any(_covers(code, module) for code in told)
    ]
    assert not silent, "tell users in docs/differences.toml: " + ", ".join(silent)


def _covers(code: str, module: str) -> bool:
    """Whether a difference that names *code* speaks of *module*: of it, of a name in it, or of its package."""
    return module in (code, code.rpartition(".")[0]) or module.startswith(f"{code}.")


def _in_service() -> set[str]:
    """The modules that the sandbox and its written operations use; what is not listed in the catalog yet is not among them."""
    pending = ["sandbox.compose", "runtimes.choose"]
    for operations in (DYNAMODB, STREAMS, LAMBDA, LOGS, METRICS):
        pending += operations.written.values()
    found: set[str] = set()
    while pending:
        module = pending.pop()
        if module not in found:
            found.add(module)
            pending += tree.graph()[module]
    return found
