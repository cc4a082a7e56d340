"""Every rule of ``docs/mapping-rules.toml`` has a test that carries its id, and no test carries an id that is no rule."""

import ast
import tomllib
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]


def listed_rules() -> set[str]:
    """The ids: section and name."""
    sections = tomllib.loads((ROOT / "docs" / "mapping-rules.toml").read_text())["section"]
    return {f"{number} {name}" for number, section in sections.items() for name in section["rules"]}


@cache
def carried_rules() -> dict[str, list[str]]:
    """Per id the test files with a ``pytest.mark.rule`` of it; only ids written out as text are ids."""
    found: dict[str, list[str]] = {}
    for path in sorted((ROOT / "tests").rglob("test_*.py")):
        text = path.read_text()
        for node in ast.walk(ast.parse(text)) if "pytest.mark.rule" in text else ():
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "pytest.mark.rule":
                for argument in node.args:
                    assert isinstance(argument, ast.Constant), f"{path}:{node.lineno}"
                    found.setdefault(str(argument.value), []).append(str(path.relative_to(ROOT)))
    return found


def test_every_rule_has_a_test() -> None:
    assert sorted(listed_rules() - carried_rules().keys()) == []


def test_every_id_that_a_test_carries_is_a_rule() -> None:
    """A renamed rule would lose its tests in silence."""
    assert {rule: files for rule, files in carried_rules().items() if rule not in listed_rules()} == {}
