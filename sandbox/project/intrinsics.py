"""CloudFormation's intrinsic functions, worked out one at a time and only where a value is needed.

Laziness is the point: a parameter without a value, or a reference to a resource that is not emulated, is a fault only
where something we use depends on it.
"""

import base64
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final, Protocol

from sandbox.project.problem import did_you_mean
from sandbox.project.source import INTRINSIC_FUNCTIONS
from sandbox.project.tree import Fields, Items, Node, Scalar, intrinsic, plain, scalar_text

__all__ = ["Intrinsics", "References", "Unresolvable"]

_NO_VALUE: Final = "AWS::NoValue"
_PLACEHOLDER: Final = re.compile(r"\$\{(!?)([^${}]*)\}")


class Unresolvable(Exception):  # noqa: N818 - a fault of the template, turned into a Problem by whoever asked
    """A value cannot be worked out.

    Attributes:
        line: where the fault is.
        advice: the next step, or empty.
    """

    def __init__(self, line: int, what: str, advice: str = "") -> None:
        super().__init__(what)
        self.line = line
        self.what = what
        self.advice = advice


class References(Protocol):
    """What ``Ref`` and ``Fn::GetAtt`` need of the rest of the template."""

    def names(self) -> tuple[str, ...]:
        """Everything that may be referred to: parameters, pseudo parameters, resources."""

    def ref(self, name: str, line: int) -> Node:
        """The value of ``Ref``. Raises: Unresolvable."""

    def attribute(self, name: str, attribute: str, line: int) -> str:
        """The value of ``Fn::GetAtt``. Raises: Unresolvable."""


@dataclass(frozen=True, kw_only=True)
class Intrinsics:
    """Works out intrinsic functions.

    Attributes:
        mappings: the template's Mappings section.
        condition: the truth of a condition by name and the line that asks.
    """

    references: References
    mappings: Fields
    condition: Callable[[str, int], bool]

    def settle(self, node: Node) -> Node | None:
        """The node with the function at its top, if there is one, worked out; what lies deeper stays.

        ``None`` is ``AWS::NoValue``: the property is as good as absent.

        Raises:
            Unresolvable: a bad reference, a wrong number of arguments, a function that is not emulated.
        """
        call = intrinsic(node)
        if call is None:
            return node
        name, argument = call
        match name:
            case "Ref":
                target = self._literal(argument, "Ref")
                return None if target == _NO_VALUE else self.references.ref(target, node.line)
            case "Fn::GetAtt":
                return self._get_att(argument, node.line)
            case "Fn::Sub":
                return self._sub(argument, node.line)
            case "Fn::Join":
                return self._join(argument, node.line)
            case "Fn::Split":
                return self._split(argument, node.line)
            case "Fn::Select":
                return self._select(argument, node.line)
            case "Fn::If":
                return self._if(argument, node.line)
            case "Fn::FindInMap":
                return self._find_in_map(argument, node.line)
            case "Fn::Base64":
                return self._base64(argument, node.line)
            case "Fn::Length":
                return self._length(argument, node.line)
            case "Fn::ToJsonString":
                return self._to_json(argument, node.line)
            case "Fn::GetAZs":
                return self._zones(argument, node.line)
            case "Fn::ImportValue":
                raise self._import_value(argument, node.line)
            case _:
                raise Unresolvable(node.line, *_not_emulated(name))

    def text(self, node: Node) -> str:
        """The node as a string, as a string property takes it."""
        settled = self.settle(node)
        if isinstance(settled, Scalar) and settled.value is not None:
            return scalar_text(settled.value)
        raise Unresolvable(node.line, "text is expected here")

    def texts(self, node: Node) -> list[str]:
        """The node as a list of strings; entries that are ``AWS::NoValue`` are left out."""
        settled = self.settle(node)
        if not isinstance(settled, Items):
            raise Unresolvable(node.line, "a list is expected here")
        return [self.text(value) for value in settled.values if self.settle(value) is not None]

    def document(self, node: Node) -> object:
        """The whole node as Python values, every function in it worked out; ``None`` for ``AWS::NoValue``."""
        settled = self.settle(node)
        match settled:
            case Items():
                return [self.document(value) for value in settled.values if self.settle(value) is not None]
            case Fields():
                return {key: self.document(value) for key, value in settled if self.settle(value) is not None}
            case _:
                return None if settled is None else plain(settled)

    def holds(self, node: Node) -> bool:
        """The truth of a condition's expression."""
        if isinstance(node, Fields) and set(node.entries) == {"Condition"}:
            return self.condition(self._literal(node.entries["Condition"], "Condition"), node.line)
        call = intrinsic(node)
        match call:
            case ("Fn::Equals", argument):
                left, right = self._arguments(argument, "Fn::Equals", 2)
                return self._comparable(left) == self._comparable(right)
            case ("Fn::Not", argument):
                (inner,) = self._arguments(argument, "Fn::Not", 1)
                return not self.holds(inner)
            case ("Fn::And", argument):
                return all(self.holds(inner) for inner in self._some(argument, "Fn::And"))
            case ("Fn::Or", argument):
                return any(self.holds(inner) for inner in self._some(argument, "Fn::Or"))
            case _:
                known = "Fn::Equals, Fn::And, Fn::Or, Fn::Not or Condition"
                raise Unresolvable(node.line, "this is not a condition", f"A condition is written with {known}")

    def _comparable(self, node: Node) -> object:
        value = self.document(node)
        return scalar_text(value) if isinstance(value, bool | int | float | str) else value

    def _literal(self, node: Node, function: str) -> str:
        if isinstance(node, Scalar) and node.value is not None:
            return scalar_text(node.value)
        raise Unresolvable(node.line, f"{function} takes a name")

    def _arguments(self, node: Node, function: str, count: int) -> tuple[Node, ...]:
        if not isinstance(node, Items) or len(node.values) != count:
            raise Unresolvable(node.line, f"{function} takes a list of {count}")
        return node.values

    def _some(self, node: Node, function: str) -> tuple[Node, ...]:
        if not isinstance(node, Items) or not 2 <= len(node.values) <= 10:
            raise Unresolvable(node.line, f"{function} takes a list of 2 to 10 conditions")
        return node.values

    def _get_att(self, argument: Node, line: int) -> Node:
        match argument:
            case Scalar(value=str(text)) if "." in text:
                name, attribute = text.split(".", 1)
            case Items(values=(first, second)):
                name, attribute = self._literal(first, "Fn::GetAtt"), self.text(second)
            case _:
                raise Unresolvable(
                    line, "Fn::GetAtt takes a resource and an attribute", "Write it as: !GetAtt Table.StreamArn"
                )
        return Scalar(value=self.references.attribute(name, attribute, line), line=line)

    def _sub(self, argument: Node, line: int) -> Node:
        values: Mapping[str, Node] = {}
        if isinstance(argument, Items):
            template, given = self._arguments(argument, "Fn::Sub", 2)
            if not isinstance(given, Fields):
                raise Unresolvable(line, "the second argument of Fn::Sub is a map")
            values = given.entries
        else:
            template = argument

        def replacement(found: re.Match[str]) -> str:
            literal, name = found[1], found[2].strip()
            if literal:
                return "${" + found[2] + "}"
            if name in values:
                return self.text(values[name])
            if "." in name:
                resource, attribute = name.split(".", 1)
                return self.references.attribute(resource, attribute, line)
            return self.text(self.references.ref(name, line))

        return Scalar(value=_PLACEHOLDER.sub(replacement, self._literal(template, "Fn::Sub")), line=line)

    def _join(self, argument: Node, line: int) -> Node:
        separator, values = self._arguments(argument, "Fn::Join", 2)
        return Scalar(value=self._literal(separator, "Fn::Join").join(self.texts(values)), line=line)

    def _split(self, argument: Node, line: int) -> Node:
        separator, text = self._arguments(argument, "Fn::Split", 2)
        parts = self.text(text).split(self._literal(separator, "Fn::Split"))
        return Items(values=tuple(Scalar(value=part, line=line) for part in parts), line=line)

    def _select(self, argument: Node, line: int) -> Node | None:
        index_node, values_node = self._arguments(argument, "Fn::Select", 2)
        values = self.settle(values_node)
        index = self.text(index_node)
        if not isinstance(values, Items):
            raise Unresolvable(line, "the second argument of Fn::Select is a list")
        if not index.isdigit() or int(index) >= len(values.values):
            raise Unresolvable(line, f"Fn::Select asks for element {index} of a list of {len(values.values)}")
        return self.settle(values.values[int(index)])

    def _if(self, argument: Node, line: int) -> Node | None:
        name, then, otherwise = self._arguments(argument, "Fn::If", 3)
        holds = self.condition(self._literal(name, "Fn::If"), line)
        return self.settle(then if holds else otherwise)

    def _find_in_map(self, argument: Node, line: int) -> Node | None:
        if not isinstance(argument, Items) or len(argument.values) not in {3, 4}:
            raise Unresolvable(line, "Fn::FindInMap takes a map, a top-level key and a second-level key")
        found: Node = self.mappings
        path: list[str] = []
        for step in argument.values[:3]:
            key = self.text(step)
            if not isinstance(found, Fields) or key not in found.entries:
                if (
                    len(argument.values) == 4
                    and isinstance(argument.values[3], Fields)
                    and "DefaultValue" in argument.values[3].entries
                ):
                    return self.settle(argument.values[3].entries["DefaultValue"])
                where = f"Mappings.{'.'.join(path)}" if path else "Mappings"
                known = found.entries if isinstance(found, Fields) else ()
                raise Unresolvable(line, f"{where} has no {key}", did_you_mean(key, known))
            found = found.entries[key]
            path.append(key)
        return found

    def _base64(self, argument: Node, line: int) -> Node:
        return Scalar(value=base64.b64encode(self.text(argument).encode()).decode(), line=line)

    def _length(self, argument: Node, line: int) -> Node:
        values = self.settle(argument)
        if not isinstance(values, Items):
            raise Unresolvable(line, "Fn::Length takes a list")
        return Scalar(value=len(values.values), line=line)

    def _to_json(self, argument: Node, line: int) -> Node:
        return Scalar(value=json.dumps(self.document(argument), separators=(",", ":")), line=line)

    def _zones(self, argument: Node, line: int) -> Node:
        region = self.text(argument) or self.text(self.references.ref("AWS::Region", line))
        return Items(values=tuple(Scalar(value=region + zone, line=line) for zone in "abc"), line=line)

    def _import_value(self, argument: Node, line: int) -> Unresolvable:
        return Unresolvable(
            line,
            f"Fn::ImportValue reads {self.text(argument)} from another stack, and there are no other stacks here",
            "Take the value from a parameter, and give it with --parameter-overrides Name=value",
        )


def _not_emulated(name: str) -> tuple[str, str]:
    known = [f"Fn::{function}" for function in INTRINSIC_FUNCTIONS]
    if name not in known:
        return f"{name} is not a CloudFormation function", did_you_mean(name, known)
    return f"{name} is not emulated here", "Write the value out, or take it from a parameter"
