"""What the README shows works as it is shown."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sandbox.testing.embedded import EmbeddedSandbox

README = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")


def shown_tests() -> dict[str, Callable[[EmbeddedSandbox], None]]:
    names: dict[str, Any] = {}
    for block in re.findall(r"```python\n(.*?)```", README, re.DOTALL):
        exec(compile(block, "README.md", "exec"), names)  # noqa: S102 - our own text
    return {name: value for name, value in names.items() if name.startswith("test_")}


@pytest.mark.parametrize("name", shown_tests())
def test_the_readmes_tests_pass(name: str, sandbox: EmbeddedSandbox) -> None:
    shown_tests()[name](sandbox)


def test_the_readme_begins_with_the_two_commands() -> None:
    first_commands = re.findall(r"^    (make \w+|sandbox \w+)", README, re.MULTILINE)
    assert first_commands[:2] == ["make demo", "make test"]


def test_every_file_the_readme_links_to_is_there() -> None:
    root = Path(__file__).parents[2]
    linked = re.findall(r"\]\((?!https?:)([^)#]+)\)", README) + re.findall(r"`(docs/[\w/.-]+)`", README)
    assert linked
    assert [path for path in linked if not (root / path).exists()] == []
