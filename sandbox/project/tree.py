"""A template as a tree whose every node knows its line.

Intrinsic functions are kept as they are in JSON: ``!Ref X`` and ``{"Ref": "X"}`` are the same ``Fields`` of one entry.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, assert_never

__all__ = ["Fields", "Items", "Node", "Scalar", "intrinsic", "merged", "plain", "scalar_text"]

ScalarValue = str | int | float | bool | None


@dataclass(frozen=True, kw_only=True)
class Scalar:
    """Text, a number, true, false or null."""

    value: ScalarValue
    line: int


@dataclass(frozen=True, kw_only=True)
class Items:
    """A list."""

    values: tuple["Node", ...]
    line: int


@dataclass(frozen=True, kw_only=True)
class Fields:
    """A map; ``key_lines`` tells where each key stands, which is where a misspelt one is reported."""

    entries: Mapping[str, "Node"]
    line: int
    key_lines: Mapping[str, int] = field(default_factory=dict)

    def line_of(self, key: str) -> int:
        """The line of *key*, or of the map where the key came from elsewhere (Globals)."""
        return self.key_lines.get(key, self.line)

    def __iter__(self) -> Iterator[tuple[str, "Node"]]:
        return iter(self.entries.items())


Node = Scalar | Items | Fields


def intrinsic(node: Node) -> tuple[str, Node] | None:
    """The name and argument of an intrinsic function call, or ``None`` where *node* is an ordinary value."""
    if isinstance(node, Fields) and len(node.entries) == 1:
        (name, argument), *_ = node.entries.items()
        if name == "Ref" or name.startswith("Fn::"):
            return name, argument
    return None


def scalar_text(value: ScalarValue) -> str:
    """A scalar as CloudFormation writes it into a string property: ``true``, ``8080``, empty for null."""
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case _:
            return str(value)


def plain(node: Node) -> Any:
    """The node as Python values, intrinsic functions left as they stand."""
    match node:
        case Scalar():
            return node.value
        case Items():
            return [plain(value) for value in node.values]
        case Fields():
            return {key: plain(value) for key, value in node}
        case _:
            assert_never(node)


def merged(general: Node, special: Node) -> Node:
    """Globals under a resource's own properties: maps merge, lists are joined, anything else is overridden.

    Source: AWS SAM developer guide, "Globals section of the AWS SAM template".
    """
    if (
        isinstance(general, Fields)
        and isinstance(special, Fields)
        and not intrinsic(general)
        and not intrinsic(special)
    ):
        entries = dict(general.entries)
        for key, value in special:
            entries[key] = merged(entries[key], value) if key in entries else value
        lines = {**general.key_lines, **special.key_lines}
        return Fields(entries=entries, line=special.line, key_lines=lines)
    if isinstance(general, Items) and isinstance(special, Items):
        return Items(values=general.values + special.values, line=special.line)
    return special
