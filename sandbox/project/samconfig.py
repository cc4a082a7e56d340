"""``samconfig.toml``: which template, and which parameter values, ``sam`` would use."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from sandbox.project.problem import Problem, TemplateFault

__all__ = ["SamConfig", "parsed_overrides", "read_samconfig"]

_COMMANDS: Final = ("global", "build", "sync", "deploy")
"""Later ones win: what a deployment would use."""
_PAIR: Final = re.compile(r"""(?P<name>\w+)=(?P<value>"(?:\\.|[^"])*"|'[^']*'|\S*)""")
_CLOUDFORMATION_PAIR: Final = re.compile(
    r"ParameterKey=(?P<name>\w+),\s*ParameterValue=(?P<value>\"(?:\\.|[^\"])*\"|'[^']*'|\S*)"
)


@dataclass(frozen=True, kw_only=True)
class SamConfig:
    """What of the file matters here.

    Attributes:
        template: the template it names, relative to its own folder, or ``None``.
        parameters: parameter values by name.
        region: the region of deployments, or ``None``.
        stack_name: the stack's name, or ``None``.
    """

    template: str | None = None
    parameters: Mapping[str, str] = field(default_factory=dict)
    region: str | None = None
    stack_name: str | None = None


def read_samconfig(folder: Path, environment: str = "default") -> SamConfig:
    """Read ``samconfig.toml`` in *folder*; without one everything is empty.

    Raises:
        TemplateFault: the file is not TOML.
    """
    path = folder / "samconfig.toml"
    if not path.is_file():
        return SamConfig()
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
        found = re.search(r"\(at line (\d+), column \d+\)", str(error))
        what = f"not valid TOML: {re.sub(r' *[(]at .*[)]', '', str(error))}"
        raise TemplateFault(path, [Problem(line=int(found[1]) if found else None, what=what)]) from None
    values: dict[str, Any] = {}
    for command in _COMMANDS:
        section = _table(_table(_table(document, environment), command), "parameters")
        values.update(section)
    return SamConfig(
        template=_text(values, "template") or _text(values, "template_file"),
        parameters=_parameters(values.get("parameter_overrides")),
        region=_text(values, "region"),
        stack_name=_text(values, "stack_name"),
    )


def parsed_overrides(text: str) -> dict[str, str]:
    """``Name=value Other="a b"``, or CloudFormation's ``ParameterKey=Name,ParameterValue=value``, as a map."""
    pattern = _CLOUDFORMATION_PAIR if "ParameterKey=" in text else _PAIR
    return {found["name"]: _unquoted(found["value"]) for found in pattern.finditer(text)}


def _parameters(value: Any) -> dict[str, str]:
    match value:
        case str():
            return parsed_overrides(value)
        case list():
            pairs = (str(entry).partition("=") for entry in value if "=" in str(entry))
            return {name.strip(): _unquoted(text.strip()) for name, _, text in pairs}
        case dict():
            return {name: str(text) for name, text in value.items()}
        case _:
            return {}


def _unquoted(text: str) -> str:
    if len(text) >= 2 and text[0] == text[-1] and text[0] in "\"'":
        return re.sub(r"\\(.)", r"\1", text[1:-1])
    return text


def _table(document: Any, name: str) -> dict[str, Any]:
    value = document.get(name) if isinstance(document, dict) else None
    return value if isinstance(value, dict) else {}


def _text(values: Mapping[str, Any], name: str) -> str | None:
    value = values.get(name)
    return value if isinstance(value, str) else None
