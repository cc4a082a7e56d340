"""The text of a template, YAML with CloudFormation's short tags or JSON, to a tree with lines.

PyYAML composes the nodes; what they mean is decided here, because CloudFormation's YAML differs from PyYAML's: dates
stay text (``AWSTemplateFormatVersion: 2010-09-09``), keys are text, and ``!Ref``, ``!GetAtt`` and their like are
functions.
"""

import json
import re
from pathlib import Path
from typing import Final

import yaml

from sandbox.project.problem import Problem, TemplateFault, did_you_mean
from sandbox.project.tree import Fields, Items, Node, Scalar

__all__ = ["INTRINSIC_FUNCTIONS", "read_template"]

INTRINSIC_FUNCTIONS: Final = (
    "And", "Base64", "Cidr", "Equals", "FindInMap", "ForEach", "GetAZs", "GetAtt", "If", "ImportValue", "Join", "Length", "Not", "Or",
    "Select", "Split", "Sub", "ToJsonString", "Transform",
)  # fmt: skip

_Loader = yaml.CSafeLoader if yaml.__with_libyaml__ else yaml.SafeLoader
_MERGE_TAG: Final = "tag:yaml.org,2002:merge"
_SURROGATE_PAIR: Final = re.compile(r"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}")


class _TemplateLoader(_Loader):  # type: ignore[valid-type, misc]  # one of two classes with the same interface
    """PyYAML's safe loader without dates."""

    yaml_implicit_resolvers = {  # noqa: RUF012 - PyYAML's own class attribute
        first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
        for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }


def read_template(template: Path) -> Fields:
    """Read the file into a tree.

    Raises:
        TemplateFault: it is not there, not text, not YAML or JSON, or not a map.
    """
    try:
        text = template.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise _fault(template, None, "there is no such file", "Name the template: sandbox dev PATH") from None
    except IsADirectoryError:
        raise _fault(template, None, "this is a folder", "Name the template file inside it") from None
    except UnicodeDecodeError as error:
        raise _fault(template, None, f"this is not UTF-8 text (byte {error.start})", "Save the file as UTF-8") from None
    except OSError as error:
        raise _fault(template, None, f"cannot be read: {error.strerror}") from None
    if template.suffix == ".json":
        text = _checked_json(template, text)
    tree = _compose(template, text)
    if not isinstance(tree, Fields):
        raise _fault(template, 1, "a template is a map with a Resources section", "Start with a line: Resources:")
    return tree


def _checked_json(template: Path, text: str) -> str:
    """JSON that YAML's reader takes as well: no tab between tokens, and no character written as two escapes."""
    try:
        json.loads(text)
    except json.JSONDecodeError as error:
        raise _fault(template, error.lineno, f"not valid JSON: {error.msg} (column {error.colno})") from None
    return _SURROGATE_PAIR.sub(lambda pair: str(json.loads(f'"{pair[0]}"')), text.replace("\t", " "))


def _compose(template: Path, text: str) -> Node | None:
    try:
        loader = _TemplateLoader(text)
        try:
            root = loader.get_single_node()
            return None if root is None else _TreeBuilder(template, loader).build(root)
        finally:
            loader.dispose()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        if mark is None:
            raise _fault(template, None, *_explained(error, at_tab=False)) from None
        line = "".join(text.splitlines()[mark.line : mark.line + 1])
        at_tab = line[mark.column :].startswith("\t")
        raise _fault(template, mark.line + 1, *_explained(error, at_tab=at_tab)) from None
    except yaml.YAMLError as error:
        raise _fault(template, None, f"not valid YAML: {error}") from None


def _explained(error: yaml.MarkedYAMLError, *, at_tab: bool) -> tuple[str, str]:
    """PyYAML's words, and what people usually did."""
    problem = str(error.problem or error.context or "cannot be read")
    if at_tab:
        return "not valid YAML: a tab stands where spaces belong", "Indent with spaces only"
    if "mapping values are not allowed" in problem:
        return (
            f"not valid YAML: {problem}",
            "Check the indentation of this line, or quote a value that contains a colon",
        )
    if (
        "could not find expected ':'" in problem
        or "did not find expected" in problem
        or "expected <block end>" in problem
    ):
        return f"not valid YAML: {problem}", "Check the indentation and the colons of this line and the one above"
    return f"not valid YAML: {problem}", ""


class _TreeBuilder:
    """Turns PyYAML's nodes into ours; an anchor used twice is built once."""

    def __init__(self, template: Path, loader: yaml.SafeLoader) -> None:
        self._template = template
        self._loader = loader
        self._built: dict[int, Node] = {}
        self._open: set[int] = set()

    def build(self, node: yaml.Node) -> Node:
        """Raises: TemplateFault for an unknown tag, a duplicate key, or an anchor inside itself."""
        if id(node) in self._built:
            return self._built[id(node)]
        if id(node) in self._open:
            raise self._fault(node, "an anchor contains itself", "Write the value out")
        self._open.add(id(node))
        built = self._tagged(node) if node.tag.startswith("!") else self._untagged(node)
        self._open.discard(id(node))
        self._built[id(node)] = built
        return built

    def _tagged(self, node: yaml.Node) -> Node:
        line, short = _line(node), node.tag[1:]
        if short in {"Ref", "Condition"}:
            name = short
        elif short in INTRINSIC_FUNCTIONS:
            name = f"Fn::{short}"
        else:
            known = [f"!{known}" for known in ("Ref", "Condition", *INTRINSIC_FUNCTIONS)]
            raise self._fault(node, f"{node.tag} is not a CloudFormation function", did_you_mean(node.tag, known))
        argument = self._untagged(node)
        if short == "GetAtt" and isinstance(argument, Scalar):  # !GetAtt Table.StreamArn
            parts = str(argument.value).split(".", 1)
            argument = Items(values=tuple(Scalar(value=part, line=line) for part in parts), line=line)
        return Fields(entries={name: argument}, line=line, key_lines={name: line})

    def _untagged(self, node: yaml.Node) -> Node:
        match node:
            case yaml.ScalarNode():
                return Scalar(value=self._scalar(node), line=_line(node))
            case yaml.SequenceNode():
                return Items(values=tuple(self.build(child) for child in node.value), line=_line(node))
            case yaml.MappingNode():
                return self._fields(node)
            case _:
                raise self._fault(node, f"cannot be read: {node.tag}")

    def _scalar(self, node: yaml.ScalarNode) -> str | int | float | bool | None:
        construct = {
            "tag:yaml.org,2002:int": self._loader.construct_yaml_int,
            "tag:yaml.org,2002:float": self._loader.construct_yaml_float,
            "tag:yaml.org,2002:bool": self._loader.construct_yaml_bool,
            "tag:yaml.org,2002:null": self._loader.construct_yaml_null,
        }.get(node.tag)
        if construct is None:
            return str(node.value)
        value: str | int | float | bool | None = construct(node)
        return value

    def _fields(self, node: yaml.MappingNode) -> Fields:
        entries: dict[str, Node] = {}
        lines: dict[str, int] = {}
        for key_node, value_node in node.value:
            if key_node.tag == _MERGE_TAG:
                continue
            key = str(key_node.value)
            if key in entries:
                raise self._fault(
                    key_node, f"{key} is written twice (first on line {lines[key]})", "Remove or rename one of them"
                )
            entries[key] = self.build(value_node)
            lines[key] = _line(key_node)
        for key_node, value_node in node.value:
            if key_node.tag == _MERGE_TAG:
                for key, value in self._merged_in(value_node):
                    entries.setdefault(key, value)
        return Fields(entries=entries, line=_line(node), key_lines=lines)

    def _merged_in(self, node: yaml.Node) -> list[tuple[str, Node]]:
        built = self.build(node)
        sources = built.values if isinstance(built, Items) else (built,)
        return [entry for source in sources if isinstance(source, Fields) for entry in source]

    def _fault(self, node: yaml.Node, what: str, advice: str = "") -> TemplateFault:
        return _fault(self._template, _line(node), what, advice)


def _line(node: yaml.Node) -> int:
    line: int = node.start_mark.line + 1
    return line


def _fault(template: Path, line: int | None, what: str, advice: str = "") -> TemplateFault:
    return TemplateFault(template, [Problem(line=line, what=what, advice=advice)])
