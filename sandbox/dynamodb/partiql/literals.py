"""Values written in a statement: from tokens to attribute values, with places left open for parameters.

A parameter is a whole value or an attribute of an INSERT's item; inside a list, map or set AWS takes none.

Source: dynamodb-exact §17 (literals), §5.1 (what is refused), the developer guide's page "PartiQL data types for DynamoDB";
floci pull request 3798.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from msgspec import Struct

from sandbox.dynamodb.expressions.syntax import Value
from sandbox.dynamodb.faults import ValidationException
from sandbox.dynamodb.partiql.tokens import Token, Tokens, expect, unexpected
from sandbox.values.attribute import AttributeValue, normalise_value, null_value, type_of
from sandbox.values.invalid import InvalidValue

__all__ = [
    "NESTING_LEVELS_MAX",
    "NO_ITEM",
    "SETS",
    "LiteralReader",
    "Literals",
    "normalise_parameters",
    "set_of",
    "starts_literal",
    "too_deep",
    "unsupported_in_set",
    "unsupported_operator",
]

NESTING_LEVELS_MAX = 32
_PARAMETER = "?"
SETS: Final = frozenset({"SS", "NS", "BS"})
_ROOT = "root"
NO_ITEM = (
    "Unsupported format in item expression. Please use struct format {...} to express item values for insert statement."
)
"""Source: DynamoDB Local 3.3.1, asked 2026-11."""
_DUPLICATES = "One or more parameter values were invalid: Input collection [{}] contains duplicates! under root"


class _Open(Struct, frozen=True):
    """The place of a parameter."""

    number: int


class _ItemOf(Struct, frozen=True):
    """The item of an INSERT, with parameters for some of its attributes."""

    members: "tuple[tuple[str, AttributeValue | _Open], ...]"


class Literals(Struct, frozen=True):
    """The values of a statement, by slot.

    Attributes:
        constants: complete values in normal form; shared by all executions, so nobody may change them.
        items: items with places open for parameters.
        parameter_count: how many question marks the statement has; number *n* from 0 is the slot ``?n`` by itself.
        sets: the slots that only take a set, and what is said of anything else.
    """

    constants: dict[str, AttributeValue]
    items: dict[str, _ItemOf]
    parameter_count: int
    sets: dict[str, str]

    def refuse_others_than_sets(self, values: Mapping[str, AttributeValue]) -> None:
        """Refuse values that are no sets where there must be one.

        Raises:
            ValidationException: there is such a value.
        """
        for slot, words in self.sets.items():
            if type_of(values[slot]) not in SETS:
                raise ValidationException(words)

    def fill(self, parameters: Sequence[AttributeValue]) -> Mapping[str, AttributeValue]:
        """Give every slot its value.

        Raises:
            ValidationException: there are fewer parameters than question marks. Source: DynamoDB Local 3.3.1, asked
                2026-11, which takes more of them.
            InvalidValue: an item that parameters complete is refused.
        """
        if len(parameters) < self.parameter_count:
            raise ValidationException("Number of parameters in request and statement don't match.")
        if not self.parameter_count:
            return self.constants
        values = dict(self.constants)
        for number, parameter in enumerate(parameters):
            values[f"?{number}"] = parameter
        for slot, item in self.items.items():
            members = {
                name: parameters[member.number] if isinstance(member, _Open) else member
                for name, member in item.members
            }
            values[slot] = {"M": members}
            normalise_value(values[slot], -1)  # its parameters have been looked at, and may be too deep by a level
        return values


_PARAMETER_LEVEL = 0
"""One level more than an item may have passes here; what is written is judged then, in other words.

Source: floci-io/floci, its PartiQL, checked there on AWS.
"""


def normalise_parameters(parameters: Iterable[AttributeValue]) -> None:
    """Check parameters, and bring them into normal form in place.

    Raises:
        InvalidValue: one is refused.
    """
    for parameter in parameters:
        if parameter is None:
            raise null_value()
        normalise_value(parameter, _PARAMETER_LEVEL)


def set_of(members: list[AttributeValue]) -> AttributeValue:
    """A set by the type of its members. Source: floci pull request 3798, checked there on AWS."""
    if not members:
        raise ValidationException("Empty bags are not supported")
    types = {type_of(member) for member in members}
    if types not in ({"S"}, {"N"}):
        raise unsupported_in_set()
    (type_,) = types
    content = [member[type_] for member in members]
    found: AttributeValue = {type_ + "S": list(content)}
    try:
        normalise_value(found)
    except InvalidValue as error:
        if type_ == "N" and "duplicates" in error.message:
            raise ValidationException(_DUPLICATES.format(", ".join(content))) from error
        raise
    return found


def unsupported_in_set() -> ValidationException:
    """The refusal of a set that would hold something else than strings or numbers."""
    return ValidationException("Unsupported data type in Bag. DynamoDB only supports either numbers or strings in bags")


def too_deep(place: str) -> ValidationException:
    """The refusal of a value at a place that is nested too deeply."""
    return ValidationException(f"Nesting Levels have exceeded supported limits under {place}")


_OPENERS = {"[": "]", "<<": ">>", "{": "}"}
_CLOSERS = {**_OPENERS, "(": ")", "LIST": ")", "BAG": ")"}


def starts_literal(token: Token) -> bool:
    """Whether a value begins here; signs may stand before a number."""
    return token.kind in {"string", "number"} or token.is_("TRUE", "FALSE", "NULL", "+", "-", _PARAMETER, *_OPENERS)


def unsupported_operator(operator: str, kind: str = "Condition") -> ValidationException:
    """The refusal of an operator that stands where DynamoDB has none.

    Source: moriyoshi/winterbaume, its notes on what AWS answers; DynamoDB Local 3.3.1, asked 2026-11 (other operators than
    ``+`` and ``-``, and SET).
    """
    return ValidationException(f"Unsupported operator in {kind} Expression. Operator: {operator}")


class LiteralReader:
    """Reads values and gives each a slot; one for each statement, of which it may begin behind some question marks."""

    def __init__(self, parameters_before: int = 0) -> None:
        self._constants: dict[str, AttributeValue] = {}
        self._items: dict[str, _ItemOf] = {}
        self._sets: dict[str, str] = {}
        self._parameters = parameters_before

    def finish(self) -> Literals:
        """All values read."""
        return Literals(self._constants, self._items, self._parameters, self._sets)

    def keep(self, value: AttributeValue) -> Value:
        """Give a value that is not in the text a slot."""
        slot = f"c{len(self._constants)}"
        self._constants[slot] = value
        return Value(slot)

    def constant(self, value: Value) -> AttributeValue | None:
        """What a value is, ``None`` for a parameter."""
        return self._constants.get(value.slot)

    def is_plain(self, value: Value) -> bool:
        """Whether a value is written as one word: neither a parameter nor made of other values."""
        constant = self.constant(value)
        return constant is not None and type_of(constant) in {"S", "N", "BOOL", "NULL"}

    def takes_set(self, value: Value, words: str) -> bool:
        """Whether a value may be a set: it is one, or a parameter, which is refused in these words if it is none."""
        constant = self.constant(value)
        if constant is None:
            self._sets[value.slot] = words
            return True
        return type_of(constant) in SETS

    def read(self, tokens: Tokens, at: int) -> tuple[Value, int]:
        """Read the value at *at*; the answer is its slot and where the next token is.

        Raises:
            ValidationException: no value begins here, it is nested too deeply, or has parameters within.
            InvalidValue: a number or set that no item can hold.
        """
        if tokens[at].is_(_PARAMETER):
            return Value(f"?{self._next_parameter().number}"), at + 1
        value, at = self._value(tokens, at, 1, _ROOT)
        normalise_value(value)
        return self.keep(value), at

    def read_item(self, tokens: Tokens, at: int) -> tuple[Value, int]:
        """Read the item of an INSERT, whose attributes may be parameters; see ``read``."""
        depth = 0
        while tokens[at].is_("("):
            depth, at = depth + 1, at + 1
        if tokens[at].kind == "end":
            raise unexpected(tokens[at])
        if not tokens[at].is_("{"):
            raise ValidationException(f"{NO_ITEM} at {tokens.place(at)}")
        value, at = self._item(tokens, at + 1)
        for _ in range(depth):
            at = expect(tokens, at, ")")
        return value, at

    def _item(self, tokens: Tokens, at: int) -> tuple[Value, int]:
        members: dict[str, AttributeValue | _Open] = {}
        while not tokens[at].is_("}"):
            name, at = _name(tokens, at, is_first=not members)
            if name in members:
                raise _duplicate(name, _ROOT)
            if tokens[at].is_(_PARAMETER):
                members[name], at = self._next_parameter(), at + 1
            else:
                members[name], at = self._value(tokens, at, 1, _ROOT)
        complete = {name: member for name, member in members.items() if not isinstance(member, _Open)}
        if len(complete) == len(members):
            item: AttributeValue = {"M": complete}
            normalise_value(item, 0)
            return self.keep(item), at + 1
        slot = f"t{len(self._items)}"
        self._items[slot] = _ItemOf(tuple(members.items()))
        return Value(slot), at + 1

    def _next_parameter(self) -> _Open:
        self._parameters += 1
        return _Open(self._parameters - 1)

    def _value(self, tokens: Tokens, at: int, level: int, place: str) -> tuple[AttributeValue, int]:
        """A value at a nesting level from 1, and at a place such as ``root[0].a``.

        The place of a set's member is that of the set. Source: floci pull request 3798, checked there on AWS.
        """
        # Recursion ends at the nesting limit of items, whatever the text holds.
        if level > NESTING_LEVELS_MAX:
            raise too_deep(place)
        token = tokens[at]
        if token.kind == "string":
            return {"S": token.text}, at + 1
        if token.kind == "number":
            return {"N": token.text}, at + 1
        if token.is_("+", "-"):
            return _signed(tokens, at)
        match token.text if token.kind in {"keyword", "symbol"} else "":
            case "TRUE" | "FALSE":
                return {"BOOL": token.text == "TRUE"}, at + 1
            case "NULL":
                return {"NULL": True}, at + 1
            case "?":
                raise ValidationException(f"Unsupported data type: Parameter under key {place} at {tokens.place(at)}")
            case "{":
                return self._map(tokens, at + 1, level, place)
            case "[" | "<<" as opener:
                return self._members(tokens, at + 1, level, place, opener)
            case "(":
                return self._grouped(tokens, at + 1, level, place)
            case "LIST" | "BAG" as maker if tokens[at + 1].is_("("):
                return self._members(tokens, at + 2, level, place, maker)
        raise unexpected(token)

    def _grouped(self, tokens: Tokens, at: int, level: int, place: str) -> tuple[AttributeValue, int]:
        """One value in parentheses is that value, several are a list, as in AWS's published parser."""
        if tokens[at].is_(")"):
            raise unexpected(tokens[at])
        found, at = self._members(tokens, at, level, place, "(")
        return (found["L"][0] if len(found["L"]) == 1 else found), at

    def _members(self, tokens: Tokens, at: int, level: int, place: str, opener: str) -> tuple[AttributeValue, int]:
        closer = _CLOSERS[opener]
        members: list[AttributeValue] = []
        while not tokens[at].is_(closer):
            if members:
                at = _comma(tokens, at, closer)
            inside = place if opener in {"<<", "BAG"} else f"{place}[{len(members)}]"
            member, at = self._value(tokens, at, level + 1, inside)
            members.append(member)
        return set_of(members) if opener in {"<<", "BAG"} else {"L": members}, at + 1

    def _map(self, tokens: Tokens, at: int, level: int, place: str) -> tuple[AttributeValue, int]:
        members: dict[str, AttributeValue] = {}
        while not tokens[at].is_("}"):
            name, at = _name(tokens, at, is_first=not members)
            if name in members:
                raise _duplicate(name, place)
            members[name], at = self._value(tokens, at, level + 1, f"{place}.{name}")
        return {"M": members}, at + 1


def _duplicate(name: str, place: str) -> ValidationException:
    """Source: DynamoDB Local 3.3.1, asked 2026-11."""
    return ValidationException(f"Duplicate keys in tuple. Key: {name} under {place}")


def _signed(tokens: Tokens, at: int) -> tuple[AttributeValue, int]:
    """A number behind any number of signs. Source: floci-io/floci, its PartiQL parser, checked there on AWS."""
    minuses = 0
    while tokens[at].is_("+", "-"):
        minuses += tokens[at].text == "-"
        at += 1
    if tokens[at].kind != "number":
        raise unsupported_operator(tokens[at - 1].text)
    return {"N": "-" * (minuses % 2) + tokens[at].text}, at + 1


def _comma(tokens: Tokens, at: int, closer: str) -> int:
    """Step over a comma; without one the value ends here, and its end is what is missing."""
    return at + 1 if tokens[at].is_(",") else expect(tokens, at, closer)


def _name(tokens: Tokens, at: int, *, is_first: bool) -> tuple[str, int]:
    """The name of a map's member, with what stands around it."""
    if not is_first:
        at = _comma(tokens, at, "}")
    name = tokens[at]
    # Single quotes are the documented form; AWS's parser takes names in double quotes for variables.
    if name.kind != "string":
        raise unexpected(name)
    return name.text, expect(tokens, at + 1, ":")
