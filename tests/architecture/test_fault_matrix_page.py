"""``docs/fault-matrix.md`` says what the tests of faults assert."""

import importlib.util
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_the_page_is_what_the_generator_gives_now() -> None:
    """A page about a former state is worse than none; run ``python docs/make_fault_matrix.py``."""
    spec = importlib.util.spec_from_file_location("make_fault_matrix", ROOT / "docs" / "make_fault_matrix.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    assert module.PAGE.read_text() == module.fault_page()
