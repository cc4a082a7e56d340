"""The Parameters section: a parameter's value is what the user gave, else its default."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from sandbox.project.intrinsics import Unresolvable
from sandbox.project.problem import Problems, did_you_mean
from sandbox.project.tree import Fields, Items, Node, Scalar, scalar_text

__all__ = ["Parameters"]

_ATTRIBUTES = (
    "AllowedPattern", "AllowedValues", "ConstraintDescription", "Default", "Description", "MaxLength", "MaxValue", "MinLength",
    "MinValue", "NoEcho", "Type",
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Parameters:
    """Parameter values by name.

    Attributes:
        overrides: what the user gave on the command line or in ``samconfig.toml``.
    """

    section: Fields
    overrides: Mapping[str, str]

    def check(self, problems: Problems) -> None:
        """Report misspelt attributes and defaults outside the allowed values."""
        for name, declaration in self.section:
            line = self.section.line_of(name)
            if not isinstance(declaration, Fields) or "Type" not in declaration.entries:
                problems.add(line, f"parameter {name} has no Type", "Add a line such as: Type: String")
                continue
            for attribute in declaration.entries:
                if attribute not in _ATTRIBUTES:
                    what = f"a parameter has no attribute {attribute}"
                    problems.add(declaration.line_of(attribute), what, did_you_mean(attribute, _ATTRIBUTES))

    def unknown_overrides(self) -> list[str]:
        """Names that were given a value but that the template does not declare."""
        return [name for name in self.overrides if name not in self.section.entries]

    def value(self, name: str, line: int) -> Node:
        """The value of parameter *name*, which must be declared; *line* is where it is used.

        Raises:
            Unresolvable: it has no value, or one that its declaration does not allow.
        """
        declaration = self.section.entries[name]
        if not isinstance(declaration, Fields):
            raise Unresolvable(self.section.line_of(name), f"parameter {name} has no Type")
        kind = self._text(declaration, "Type") or "String"
        if name in self.overrides:
            text = self.overrides[name]
        elif kind.startswith("AWS::SSM::Parameter::"):
            raise Unresolvable(
                self.section.line_of(name),
                f"parameter {name} has its value in AWS's Parameter Store",
                self._advice(name),
            )
        elif "Default" in declaration.entries:
            default = declaration.entries["Default"]
            if not isinstance(default, Scalar):
                raise Unresolvable(default.line, f"the default of parameter {name} is text or a number")
            text = scalar_text(default.value)
        else:
            raise Unresolvable(line, f"parameter {name} has no value", self._advice(name))
        self._check_allowed(name, text, declaration)
        if (
            kind.startswith("List<")
            or kind == "CommaDelimitedList"
            or "<List<" in kind
            or "<CommaDelimitedList>" in kind
        ):
            parts = text.split(",") if text else []
            return Items(values=tuple(Scalar(value=part.strip(), line=line) for part in parts), line=line)
        return Scalar(value=text, line=line)

    def _check_allowed(self, name: str, text: str, declaration: Fields) -> None:
        allowed = declaration.entries.get("AllowedValues")
        if isinstance(allowed, Items):
            values = [scalar_text(value.value) for value in allowed.values if isinstance(value, Scalar)]
            if text not in values:
                what = f"parameter {name} is {text!r}, which is not one of its AllowedValues"
                raise Unresolvable(allowed.line, what, f"Give one of: {', '.join(values)}")
        pattern = self._text(declaration, "AllowedPattern")
        if pattern:
            try:
                fits = re.fullmatch(pattern, text) is not None
            except re.error:
                return  # Java's dialect, not Python's: AWS will check it
            if not fits:
                what = f"parameter {name} is {text!r}, which does not match its AllowedPattern"
                raise Unresolvable(declaration.line_of("AllowedPattern"), what, f"The pattern is {pattern}")

    @staticmethod
    def _text(declaration: Fields, attribute: str) -> str:
        node = declaration.entries.get(attribute)
        return scalar_text(node.value) if isinstance(node, Scalar) else ""

    @staticmethod
    def _advice(name: str) -> str:
        return f"Give it a Default, or start with --parameter-overrides {name}=value"
