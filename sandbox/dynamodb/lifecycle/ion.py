"""Items as Amazon Ion text, one line each, the way exports write and imports read them.

Source: *DynamoDB table export output format* and *Amazon S3 import formats for DynamoDB*, Amazon DynamoDB Developer
Guide, for how types go over; the Amazon Ion specification for the rest. NULL is ``null``, an assumption.
"""

import re
from collections.abc import Callable, Iterable
from decimal import Decimal

import msgspec

from sandbox.dynamodb.faults import ValidationException
from sandbox.values.attribute import AttributeValue, Item, type_of

__all__ = ["IonUnreadable", "ion_struct", "item_in", "read_ion_line"]

_MARKER = "$ion_1_0"
_LEVELS_MAX = 64
"""Twice as deep as an item may go."""
_NULLS = ("null", "null.null")


class IonUnreadable(Exception):  # noqa: N818 - what is wrong with the user's text, told in the log
    """It is no Ion text."""


# -- items -> text -----------------------------------------------------------------------------------------------------

_PLAIN_NAME = re.compile(r"(?!(?:null|true|false|nan)\Z|\$[0-9]+\Z|\$ion_)[A-Za-z_$][A-Za-z0-9_$]*")


def ion_struct(item: Item) -> str:
    """The attributes of *item*, or the members of a map, as a struct."""
    return "{" + ",".join([f"{_name(name)}:{_value(value)}" for name, value in item.items()]) + "}"


def _name(name: str) -> str:
    if _PLAIN_NAME.fullmatch(name):
        return name
    return "'" + _string(name)[1:-1].replace("'", "\\'") + "'"


def _string(text: str) -> str:
    return msgspec.json.encode(text).decode()  # the escapes of JSON are escapes of Ion


def _value(value: AttributeValue) -> str:
    content = value[type_of(value)]
    match type_of(value):
        case "S":
            return _string(content)
        case "N":
            return _decimal(content)
        case "B":
            return _blob(content)
        case "BOOL":
            return "true" if content else "false"
        case "NULL":
            return "null"
        case "L":
            return _list(content, _value)
        case "M":
            return ion_struct(content)
        case "SS":
            return "$dynamodb_SS::" + _list(content, _string)
        case "NS":
            return "$dynamodb_NS::" + _list(content, _decimal)
        case _:
            return "$dynamodb_BS::" + _list(content, _blob)


def _list(members: Iterable[object], write: Callable[..., str]) -> str:
    return "[" + ",".join([write(member) for member in members]) + "]"


def _blob(content: str) -> str:
    return "{{" + content + "}}"


def _decimal(content: str) -> str:
    """The shortest form, as AWS has it: ``103.`` and ``6d2``; a number with a fraction stays as it is."""
    sign, digits, exponent = Decimal(content).as_tuple()
    assert isinstance(exponent, int), "a stored number is finite"
    significant = "".join(map(str, digits)).rstrip("0")
    exponent += len(digits) - len(significant)
    minus = "-" if sign else ""
    if not significant:
        return "0."
    if exponent < 0:
        return content if "." in content else f"{minus}{significant}d{exponent}"
    return f"{minus}{significant}d{exponent}" if exponent else f"{minus}{significant}."


# -- text -> items -----------------------------------------------------------------------------------------------------

_TOKEN = re.compile(
    r"""(?:\s|//[^\n]*|/\*.*?\*/)*
    (?: (?P<blob>\{\{[\sA-Za-z0-9+/=]*\}\})
      | (?P<string>"[^"\\]*(?:\\.[^"\\]*)*")
      | (?P<long>'''(?:[^'\\]|\\.|'(?!''))*''')
      | (?P<symbol>'[^'\\]*(?:\\.[^'\\]*)*'|[A-Za-z_$][A-Za-z0-9_$]*(?:\.[a-z]+)?)
      | (?P<number>-?[0-9][0-9_]*(?:\.[0-9_]*)?(?:[dD][-+]?[0-9]+)?(?=[\s,\]}/]|$))
      | (?P<mark>::|[{}\[\],:])
      | (?P<end>$)
    )""",
    re.VERBOSE | re.DOTALL,
)
_ESCAPE = re.compile(r"\\(x[0-9A-Fa-f]{2}|u[0-9A-Fa-f]{4}|U[0-9A-Fa-f]{8}|\n|.)", re.DOTALL)
_ESCAPED = {"0": "\0", "a": "\a", "b": "\b", "t": "\t", "n": "\n", "f": "\f", "r": "\r", "v": "\v", "\n": ""}
_SET_TYPES = {"$dynamodb_SS": ("SS", "S"), "$dynamodb_NS": ("NS", "N"), "$dynamodb_BS": ("BS", "B")}


def read_ion_line(text: str) -> Item | None:
    """Read a line ``$ion_1_0 {Item:{…}}`` to the members of its struct; ``None`` where it holds no value.

    Raises:
        IonUnreadable: it is no Ion text.
        ValidationException: it has a value of a type that no attribute has.
    """
    reader = _Reader(text)
    while reader.content == _MARKER:
        reader.advance()
    if reader.kind == "end":
        return None
    line = reader.value(0)
    if reader.kind != "end":
        raise reader.unexpected()
    members: Item = line.get("M", {})
    return members


def item_in(members: Item) -> Item:
    """The item of a line.

    Raises:
        ValidationException: there is none.
    """
    item: Item | None = members.get("Item", {}).get("M")
    if item is None:
        raise ValidationException("The line holds no Item")
    return item


class _Reader:
    """Reads one value after the other.

    Attributes:
        kind, content: of the token that comes next.
    """

    def __init__(self, text: str) -> None:
        self._text = text
        self._place = 0
        self.kind = self.content = ""
        self.advance()

    def advance(self) -> str:
        """Go on to the next token; gives the one that was next."""
        passed = self.content
        found = _TOKEN.match(self._text, self._place)
        if found is None or found.lastgroup is None:
            raise self.unexpected()
        self.kind, self.content = found.lastgroup, found[found.lastgroup]
        self._place = found.end()
        return passed

    def unexpected(self) -> IonUnreadable:
        """For a token that cannot stand where it does."""
        return IonUnreadable(f"No Ion text: {self._text[self._place : self._place + 20]!r}")

    def value(self, level: int) -> AttributeValue:
        """The next value, as an attribute value."""
        if level > _LEVELS_MAX:
            raise IonUnreadable("Values are nested too deep")
        match self.kind, self.content:
            case "string" | "long", _:
                return {"S": self._text_value()}
            case "number", _:
                return {"N": _number(self.advance())}
            case "blob", _:
                return {"B": "".join(self.advance()[2:-2].split())}
            case "mark", "[":
                return {"L": self._members(level)}
            case "mark", "{":
                return {"M": self._fields(level)}
            case "symbol", content:
                return self._symbol(content, level)
        raise self.unexpected()

    def _symbol(self, content: str, level: int) -> AttributeValue:
        self.advance()
        if self.content == "::":
            self.advance()
            return _annotated(_unquoted(content), self.value(level))
        if content in ("true", "false"):
            return {"BOOL": content == "true"}
        if content in _NULLS or content.startswith("null."):
            return {"NULL": True}
        raise ValidationException(f"No attribute can be the symbol {content}")

    def _text_value(self) -> str:
        if self.kind == "string":
            return _unescaped(self.advance()[1:-1])
        parts = []
        while self.kind == "long":  # which go together
            parts.append(_unescaped(self.advance()[3:-3]))
        return "".join(parts)

    def _members(self, level: int) -> list[AttributeValue]:
        self.advance()
        members = []
        while self.content != "]":
            members.append(self.value(level + 1))
            self._comma("]")
        self.advance()
        return members

    def _fields(self, level: int) -> Item:
        self.advance()
        fields: Item = {}
        while self.content != "}":
            if self.kind not in ("symbol", "string", "long"):
                raise self.unexpected()
            name = _unquoted(self.advance()) if self.kind == "symbol" else self._text_value()
            if self.content != ":":
                raise self.unexpected()
            self.advance()
            fields[name] = self.value(level + 1)
            self._comma("}")
        self.advance()
        return fields

    def _comma(self, end: str) -> None:
        if self.content == ",":
            self.advance()
        elif self.content != end:
            raise self.unexpected()


def _annotated(annotation: str, value: AttributeValue) -> AttributeValue:
    """A list that is a set, by its annotation; others say nothing here."""
    if annotation not in _SET_TYPES:
        return value
    set_type, member_type = _SET_TYPES[annotation]
    members = value.get("L")
    if members is None or any(member_type not in member for member in members):
        raise ValidationException(f"A {annotation} is a list of values of one type")
    return {set_type: [member[member_type] for member in members]}


def _number(text: str) -> str:
    return text.replace("_", "").replace("d", "E").replace("D", "E").replace(".E", "E").rstrip(".")


def _unquoted(symbol: str) -> str:
    return _unescaped(symbol[1:-1]) if symbol.startswith("'") else symbol


def _unescaped(text: str) -> str:
    return text if "\\" not in text else _ESCAPE.sub(_escaped, text)


def _escaped(found: re.Match[str]) -> str:
    escape = found[1]
    if len(escape) > 1:
        point = int(escape[1:], 16)
        if point > 0x10FFFF or 0xD800 <= point <= 0xDFFF:
            raise IonUnreadable(f"{found[0]} is no character")
        return chr(point)
    return _ESCAPED.get(escape, escape)
