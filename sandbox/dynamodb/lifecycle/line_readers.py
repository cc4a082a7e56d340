"""From the lines of an import or a bulk put to the items they ask to be put, in DynamoDB JSON, Ion text or CSV.

A line of a bulk put may hold, beside its item, the members of a PutItem that make it conditional; that these have the
names they have there is an assumption. An import does not look for them.

Source: *Amazon S3 import formats for DynamoDB* and *Amazon S3 input formats for bulk put items*, Amazon DynamoDB Developer
Guide. That an empty value of a CSV file is an empty string, and that one for a binary key is base64, are assumptions.
"""

import csv
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar, cast

import msgspec

from sandbox.dynamodb.faults import ValidationException
from sandbox.dynamodb.lifecycle.input_lines import Unreadable
from sandbox.dynamodb.lifecycle.ion import IonUnreadable, item_in, read_ion_line
from sandbox.values.attribute import Item, WireValue

__all__ = [
    "AskedPut",
    "ConditionalPut",
    "CsvReader",
    "ReadLine",
    "read_conditional_ion",
    "read_conditional_json",
    "read_ion",
    "read_json",
]


class AskedPut(msgspec.Struct, rename="pascal"):
    """An item that is to be put, as it is sent."""

    item: dict[str, WireValue]


class ConditionalPut(AskedPut, rename="pascal"):
    """One that is to be put where a condition holds, with the members of a PutItem."""

    condition_expression: str | None = None
    expression_attribute_names: dict[str, str] | None = None
    expression_attribute_values: dict[str, WireValue] | None = None


ReadLine = Callable[[bytes], AskedPut | None]
"""Gives what a line asks for, ``None`` where that is nothing.

Raises:
    Unreadable: neither this line nor what follows it in the object can be read.
    ValidationException: this one holds no item.
"""


def read_json(line: bytes) -> AskedPut | None:
    """Read a line of DynamoDB JSON, as full exports write it; an empty one asks for nothing."""
    return _read_json(line, _decode_put)


def read_conditional_json(line: bytes) -> ConditionalPut | None:
    """Read a line of DynamoDB JSON with the condition that may stand beside its item."""
    return _read_json(line, _decode_conditional_put)


def read_ion(line: bytes) -> AskedPut | None:
    """Read a line of Ion text, as full exports write it; an empty one asks for nothing."""
    members = _ion_members(line)
    return None if members is None else AskedPut(item=_wire(item_in(members)))


def read_conditional_ion(line: bytes) -> ConditionalPut | None:
    """Read a line of Ion text with the condition that may stand beside its item."""
    members = _ion_members(line)
    if members is None:
        return None
    names = _ion_member(members, "ExpressionAttributeNames", "M")
    return ConditionalPut(
        item=_wire(item_in(members)),
        condition_expression=_ion_member(members, "ConditionExpression", "S"),
        expression_attribute_names=None if names is None else {name: _ion_member(names, name, "S") for name in names},
        expression_attribute_values=_ion_member(members, "ExpressionAttributeValues", "M"),
    )


PutT = TypeVar("PutT", bound=AskedPut)

_decode_put = msgspec.json.Decoder(AskedPut).decode
_decode_conditional_put = msgspec.json.Decoder(ConditionalPut).decode


def _read_json(line: bytes, decode: Callable[[bytes], PutT]) -> PutT | None:
    if not line.strip():
        return None
    try:
        return decode(line)
    except msgspec.ValidationError as error:
        raise ValidationException(str(error)) from error
    except (msgspec.DecodeError, RecursionError) as error:
        raise Unreadable(str(error)) from error


def _ion_members(line: bytes) -> Item | None:
    try:
        return read_ion_line(_text(line))
    except IonUnreadable as error:
        raise Unreadable(str(error)) from error


def _ion_member(members: Item, name: str, kind: str) -> Any:
    """A member of the type *kind*; ``None`` where it is not there."""
    value = members.get(name)
    if value is None or kind in value:
        return None if value is None else value[kind]
    raise ValidationException(f"{name} is no {'text' if kind == 'S' else 'struct'}")


def _wire(item: Item) -> dict[str, WireValue]:
    return cast("dict[str, WireValue]", item)  # which is a plain dictionary at run time


class CsvReader:
    """Reads the lines of one CSV object.

    Args:
        header: the names of the columns; ``None`` where the first line has them.
        key_types: of the attributes that are keys of the table or of an index; all others are strings.
    """

    def __init__(self, *, delimiter: str, header: Sequence[str] | None, key_types: Mapping[str, str]) -> None:
        self._delimiter = delimiter
        self._header = header
        self._key_types = key_types

    def __call__(self, line: bytes) -> AskedPut | None:
        """Read a line; the header and an empty line ask for nothing."""
        text = _text(line)
        if not text.strip("\r\n"):
            return None
        try:
            (values,) = csv.reader([text], delimiter=self._delimiter, strict=True)
        except csv.Error as error:
            raise ValidationException(str(error)) from error
        if self._header is None:
            self._header = values
            return None
        if len(values) != len(self._header):
            raise ValidationException(f"{len(self._header)} columns were expected, {len(values)} found")
        columns = zip(self._header, values, strict=True)
        return AskedPut(item=_wire({name: {self._key_types.get(name, "S"): value} for name, value in columns}))


def _text(line: bytes) -> str:
    try:
        return line.decode()
    except UnicodeDecodeError as error:
        raise Unreadable("The object is not UTF-8") from error
