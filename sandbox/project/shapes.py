"""What a property may hold, declared; and the reader that turns a template's node into such a value.

CloudFormation is lenient about scalars (``"5"`` is a number, ``"true"`` a boolean) and strict about names; so is this.
Ranges and combinations are left to the operations, which answer with AWS's own words.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, assert_never

from sandbox.project.intrinsics import Intrinsics, Unresolvable
from sandbox.project.problem import Problems, did_you_mean
from sandbox.project.tree import Fields, Items, Node, Scalar, scalar_text

__all__ = ["ABSENT", "Document", "Flag", "ListOf", "MapOf", "Number", "Reader", "Shape", "Struct", "Text", "Unread"]

ABSENT: Final = object()
"""The value of a property that is not there, is ``AWS::NoValue``, or is at fault."""


@dataclass(frozen=True, kw_only=True)
class Text:
    """A string; with *choices*, one of them."""

    choices: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Number:
    """A whole number."""


@dataclass(frozen=True, kw_only=True)
class Flag:
    """True or false."""


@dataclass(frozen=True, kw_only=True)
class Document:
    """Anything, taken as it is."""


@dataclass(frozen=True, kw_only=True)
class Unread:
    """Known to CloudFormation, without meaning here; not even worked out."""


@dataclass(frozen=True, kw_only=True)
class ListOf:
    """A list."""

    of: "Shape"


@dataclass(frozen=True, kw_only=True)
class MapOf:
    """A map with free keys."""

    of: "Shape"


@dataclass(frozen=True, kw_only=True)
class Struct:
    """A map with known keys; *name* is what it is called in a message."""

    name: str
    members: Mapping[str, "Shape"]
    required: tuple[str, ...] = ()


Shape = Text | Number | Flag | Document | Unread | ListOf | MapOf | Struct


@dataclass(frozen=True, kw_only=True)
class Reader:
    """Reads nodes; every fault goes to *problems* and the value that has it is ``ABSENT``."""

    intrinsics: Intrinsics
    problems: Problems

    def struct(self, fields: Fields, shape: Struct, line: int) -> dict[str, Any]:
        """The members that are present; *line* is where a missing one is reported."""
        values: dict[str, Any] = {}
        for name, node in fields:
            member = shape.members.get(name)
            if member is None:
                advice = did_you_mean(name, shape.members)
                self.problems.add(fields.line_of(name), f"{shape.name} has no property {name}", advice)
                continue
            value = self.value(node, member, name)
            if value is not ABSENT:
                values[name] = value
        unknown = [written for written in fields.entries if written not in shape.members]
        for name in shape.required:
            if name not in fields.entries and not any(did_you_mean(written, [name]) for written in unknown):
                self.problems.add(line, f"{shape.name} has no {name}", "It is required")
        return values

    def value(self, node: Node, shape: Shape, name: str) -> Any:
        """The node as a Python value, or ``ABSENT``."""
        if isinstance(shape, Unread):
            return ABSENT
        try:
            settled = self.intrinsics.settle(node)
            if settled is None:
                return ABSENT
            return (
                self.intrinsics.document(settled) if isinstance(shape, Document) else self._shaped(settled, shape, name)
            )
        except Unresolvable as fault:
            self.problems.add(fault.line, fault.what, fault.advice)
            return ABSENT

    def settled(self, node: Node) -> Node | None:
        """The node with the function at its top worked out; ``None`` where there is no value, or a fault."""
        try:
            return self.intrinsics.settle(node)
        except Unresolvable as fault:
            self.problems.add(fault.line, fault.what, fault.advice)
            return None

    def _shaped(self, node: Node, shape: Text | Number | Flag | ListOf | MapOf | Struct, name: str) -> Any:
        match shape:
            case Text():
                return self._text(node, shape, name)
            case Number():
                return self._number(node, name)
            case Flag():
                return self._flag(node, name)
            case ListOf():
                if not isinstance(node, Items):
                    return self._wrong(node, name, "a list", "Begin each entry with a dash")
                values = [self.value(entry, shape.of, name) for entry in node.values]
                return [value for value in values if value is not ABSENT]
            case MapOf():
                if not isinstance(node, Fields):
                    return self._wrong(node, name, "a map")
                entries = {key: self.value(entry, shape.of, key) for key, entry in node}
                return {key: value for key, value in entries.items() if value is not ABSENT}
            case Struct():
                if not isinstance(node, Fields):
                    return self._wrong(node, name, "a map")
                return self.struct(node, shape, node.line)
            case _:
                assert_never(shape)

    def _text(self, node: Node, shape: Text, name: str) -> Any:
        if not isinstance(node, Scalar) or node.value is None:
            return self._wrong(node, name, "text", "Put a JSON document in quotes" if isinstance(node, Fields) else "")
        text = scalar_text(node.value)
        if shape.choices and text not in shape.choices:
            advice = did_you_mean(text, shape.choices) or f"It is one of: {', '.join(shape.choices)}"
            self.problems.add(node.line, f"{name} cannot be {text}", advice)
            return ABSENT
        return text

    def _number(self, node: Node, name: str) -> Any:
        if isinstance(node, Scalar) and not isinstance(node.value, bool):
            try:
                return int(scalar_text(node.value))
            except ValueError:
                pass
        return self._wrong(node, name, "a whole number")

    def _flag(self, node: Node, name: str) -> Any:
        if isinstance(node, Scalar) and scalar_text(node.value).lower() in {"true", "false"}:
            return scalar_text(node.value).lower() == "true"
        return self._wrong(node, name, "true or false")

    def _wrong(self, node: Node, name: str, expected: str, advice: str = "") -> object:
        written = f", not {scalar_text(node.value) or 'nothing'}" if isinstance(node, Scalar) else ""
        self.problems.add(node.line, f"{name} must be {expected}{written}", advice)
        return ABSENT
