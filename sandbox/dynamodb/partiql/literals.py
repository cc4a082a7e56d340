"""Values written in a statement: from tokens to attribute values, with places left open for parameters.

Source: dynamodb-exact §17 (literals), §5.1 (what is refused), the developer guide's page "PartiQL data types for DynamoDB".
"""

from collections.abc import Mapping, Sequence
from typing import Final, TypeAlias

from msgspec import Struct

from sandbox.dynamodb.expressions.syntax import Value
from sandbox.dynamodb.faults import ValidationException
from sandbox.dynamodb.partiql.tokens import Token, Tokens, expect, unexpected
from sandbox.values.attribute import AttributeValue, normalise_value, type_of
from sandbox.values.invalid import InvalidValue

__all__ = ["LiteralReader", "Literals", "starts_literal"]

NESTING_LEVELS_MAX = 32
_TOO_DEEP: Final = (
    "Nesting Levels have exceeded supported limits: Attributes in the item have nested levels beyond supported limit"
)
_PARAMETER = "?"


class _Open(Struct, frozen=True):
    """The place of a parameter inside a literal."""

    number: int


class _ListOf(Struct, frozen=True):
    members: "tuple[_Template, ...]"


class _SetOf(Struct, frozen=True):
    members: "tuple[_Template, ...]"


class _MapOf(Struct, frozen=True):
    members: "tuple[tuple[str, _Template], ...]"


_Template: TypeAlias = AttributeValue | _Open | _ListOf | _SetOf | _MapOf
"""A value that is complete, or has places open for parameters."""


class Literals(Struct, frozen=True):
    """The values of a statement, by slot.

    Attributes:
        constants: complete values in normal form; shared by all executions, so nobody may change them.
        templates: values with places open for parameters, and the nesting level each stands at.
        parameter_count: how many question marks the statement has; number *n* from 0 is the slot ``?n`` by itself.
    """

    constants: dict[str, AttributeValue]
    templates: dict[str, tuple[_Template, int]]
    parameter_count: int

    def fill(self, parameters: Sequence[AttributeValue]) -> Mapping[str, AttributeValue]:
        """Give every slot its value.

        Raises:
            ValidationException: there are more or fewer parameters than question marks. The words are recalled from
                AWS's answers, not looked up.
            InvalidValue: a set or map that parameters complete is refused.
        """
        if len(parameters) != self.parameter_count:
            raise ValidationException("Number of parameters in request and statement don't match.")
        if not parameters and not self.templates:
            return self.constants
        values = dict(self.constants)
        for number, parameter in enumerate(parameters):
            values[f"?{number}"] = parameter
        for slot, (template, level) in self.templates.items():
            value = _filled(template, parameters)
            normalise_value(value, level)
            values[slot] = value
        return values


def _filled(template: _Template, parameters: Sequence[AttributeValue]) -> AttributeValue:
    match template:
        case _Open(number):
            return parameters[number]
        case _ListOf(members):
            return {"L": [_filled(member, parameters) for member in members]}
        case _SetOf(members):
            return _set_of([_filled(member, parameters) for member in members])
        case _MapOf(members):
            return {"M": {name: _filled(member, parameters) for name, member in members}}
        case constant:
            return constant


def _set_of(members: list[AttributeValue]) -> AttributeValue:
    """A set by the type of its members.

    An empty set is refused as an empty string set is, members of several types as a set of mixed types: assumptions.
    """
    types = {type_of(member) for member in members}
    if not types:
        return {"SS": []}
    if len(types) > 1 or not types <= {"S", "N", "B"}:
        raise ValidationException("One or more parameter values were invalid: Set members must be of one scalar type")
    (type_,) = types
    return {type_ + "S": [member[type_] for member in members]}


_OPENERS = {"[": "]", "<<": ">>", "{": "}"}


def starts_literal(token: Token) -> bool:
    """Whether a value begins here; a sign may stand before a number."""
    return token.kind in {"string", "number"} or token.is_("TRUE", "FALSE", "NULL", _PARAMETER, *_OPENERS)


class LiteralReader:
    """Reads values and gives each a slot; one for each statement."""

    def __init__(self) -> None:
        self._constants: dict[str, AttributeValue] = {}
        self._templates: dict[str, tuple[_Template, int]] = {}
        self._parameters = 0

    def finish(self) -> Literals:
        """All values read."""
        return Literals(self._constants, self._templates, self._parameters)

    def keep(self, value: AttributeValue) -> Value:
        """Give a value that is not in the text a slot."""
        slot = f"c{len(self._constants)}"
        self._constants[slot] = value
        return Value(slot)

    def read(self, tokens: Tokens, at: int, *, level: int = 1) -> tuple[Value, int]:
        """Read the value at *at*; the answer is its slot and where the next token is.

        *level* is the nesting level of the value: 1, or 0 for a map that is a whole item.

        Raises:
            ValidationException: no value begins here, or it is nested too deeply.
            InvalidValue: a number or set that no item can hold.
        """
        template, at = self._template(tokens, at, level)
        if isinstance(template, _Open):
            return Value(f"?{template.number}"), at
        if isinstance(template, dict):
            normalise_value(template, level)
            return self.keep(template), at
        slot = f"t{len(self._templates)}"
        self._templates[slot] = template, level
        return Value(slot), at

    def _template(self, tokens: Tokens, at: int, level: int) -> tuple[_Template, int]:
        # Recursion ends at the nesting limit of items, whatever the text holds.
        if level > NESTING_LEVELS_MAX + 1:
            raise InvalidValue(_TOO_DEEP, "nesting")
        token = tokens[at]
        if token.kind == "string":
            return {"S": token.text}, at + 1
        if token.kind == "number":
            return {"N": token.text}, at + 1
        if token.is_("+", "-") and tokens[at + 1].kind == "number":
            sign = "-" if token.text == "-" else ""
            return {"N": sign + tokens[at + 1].text}, at + 2
        match token.text if token.kind in {"keyword", "symbol"} else "":
            case "TRUE" | "FALSE":
                return {"BOOL": token.text == "TRUE"}, at + 1
            case "NULL":
                return {"NULL": True}, at + 1
            case "?":
                self._parameters += 1
                return _Open(self._parameters - 1), at + 1
            case "{":
                return self._map(tokens, at + 1, level)
            case "[" | "<<" as opener:
                return self._members(tokens, at + 1, level, opener)
        raise unexpected(token)

    def _members(self, tokens: Tokens, at: int, level: int, opener: str) -> tuple[_Template, int]:
        closer = _OPENERS[opener]
        members: list[_Template] = []
        while not tokens[at].is_(closer):
            if members:
                at = expect(tokens, at, ",")
            member, at = self._template(tokens, at, level + 1)
            members.append(member)
        complete = [member for member in members if isinstance(member, dict)]
        if len(complete) < len(members):
            open_ = tuple(members)
            return _ListOf(open_) if opener == "[" else _SetOf(open_), at + 1
        return {"L": complete} if opener == "[" else _set_of(complete), at + 1

    def _map(self, tokens: Tokens, at: int, level: int) -> tuple[_Template, int]:
        members: dict[str, _Template] = {}
        while not tokens[at].is_("}"):
            if members:
                at = expect(tokens, at, ",")
            name = tokens[at]
            # Single quotes are the documented form; AWS's parser takes names in double quotes for variables.
            if name.kind != "string":
                raise unexpected(name)
            at = expect(tokens, at + 1, ":")
            members[name.text], at = self._template(tokens, at, level + 1)
        complete = {name: member for name, member in members.items() if isinstance(member, dict)}
        if len(complete) < len(members):
            return _MapOf(tuple(members.items())), at + 1
        return {"M": complete}, at + 1
