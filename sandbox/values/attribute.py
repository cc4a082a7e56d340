"""Check attribute values, bring them into their normal form and weigh them, in one pass.

The pass runs on every value of every write, so a plain value costs a handful of byte codes and the wording of a refusal
is worked out only once the value is known to be refused.
"""

from binascii import Error as Base64Error
from binascii import a2b_base64, b2a_base64
from collections.abc import Iterable
from typing import Any, TypedDict

from sandbox.values.invalid import InvalidValue
from sandbox.values.number import canonical, is_whole, number_bytes

__all__ = [
    "NAME_BYTES_MAX",
    "TYPES",
    "AttributeValue",
    "Item",
    "WireValue",
    "blob_bytes",
    "normalise_item",
    "normalise_value",
    "null_value",
    "refuse_depth",
    "refuse_long_name",
    "type_of",
]

AttributeValue = dict[str, Any]
"""One value as on the wire, ``{"S": "x"}``; exactly one member once it is normalised."""

Item = dict[str, AttributeValue]
"""Attribute name -> value."""

TYPES = frozenset({"S", "N", "B", "BOOL", "NULL", "SS", "NS", "BS", "L", "M"})
NESTING_LEVELS_MAX = 32
"""What stands at the last level is a scalar or a set: there a list or map is refused even where it is empty.

Source: dynamodb-exact §5.1; DynamoDB Local 3.3.1, asked 2026-11 (empty ones).
"""
NAME_BYTES_MAX = 65_535
CONTAINER_BYTES = 3
"""What a list or a map costs before its members; each member costs one more byte."""

_WERE_INVALID = "One or more parameter values were invalid: "


class WireValue(TypedDict, total=False):
    """An attribute value in a request shape: the decoder checks the JSON types and drops members AWS ignores.

    A JSON ``null`` that is a member of a list, a map or a set is kept, to be refused with the other values.
    """

    S: str | None
    N: str | None
    B: str | None
    BOOL: bool | None
    NULL: bool | None
    SS: list[str | None] | None
    NS: list[str | None] | None
    BS: list[str] | None
    L: "list[WireValue | None] | None"
    M: "dict[str, WireValue | None] | None"


def type_of(value: AttributeValue) -> str:
    """Name the type of a normalised value: ``S``, ``N`` … ``M``."""
    return next(iter(value))


def normalise_item(item: Item) -> int:
    """Check every value of an item, bring them into normal form in place, and give the item's size in bytes.

    Raises:
        InvalidValue: the first fault, in the order of the item's attributes.

    Source: dynamodb-exact §5.1, §7.1.
    """
    names = "".join(item)
    size = len(names) if names.isascii() else len(names.encode())
    try:
        for value in item.values():
            if value is None:
                raise null_value(next(name for name, value in item.items() if value is None))
            # Most values are texts and whole numbers: they are measured here, which saves calls.
            if len(value) == 1:
                if (text := value.get("S")) is not None:
                    size += len(text) if text.isascii() else len(text.encode())
                    continue
                if (text := value.get("N")) is not None and is_whole(text):
                    size += (len(text.rstrip("0")) + 3) // 2  # as number_bytes has it
                    continue
            size += normalise_value(value)
    except InvalidValue:
        if "" in item:
            _normalise_map(item, 0)  # which says what is wrong first
        raise
    if "" in item:
        raise _nameless()
    if size > NAME_BYTES_MAX:  # only then can one of the names be too long
        _refuse_long_names(item)
    return size


def normalise_value(value: AttributeValue, level: int = 1) -> int:
    """Check one value, bring it into normal form in place, and give its size in bytes.

    Numbers become plain decimals; members that are JSON ``null`` or not a type's name are dropped. *level* is the
    nesting level of this value; the value of a top-level attribute is at level 1.

    Raises:
        InvalidValue: AWS's sentence for the first fault.

    Source: dynamodb-exact §5.1, §7.1.
    """
    if len(value) != 1:
        return _settle_type(value, level)
    (type_,) = value
    content = value[type_]
    if content is None:
        return _settle_type(value, level)
    if type_ == "S":
        return len(content) if content.isascii() else len(content.encode())
    if type_ == "N":
        number = canonical(content)
        if number is not content:
            value["N"] = number
        return number_bytes(number)
    if type_ == "BOOL":
        return 1
    if type_ == "M":
        return _normalise_map(content, level)
    if type_ == "L":
        return _normalise_list(content, level)
    return _normalise_rarer(value, type_, content)


def _normalise_rarer(value: AttributeValue, type_: str, content: Any) -> int:
    if type_ == "B":
        return len(blob_bytes(content))
    if type_ == "NULL":
        _refuse_false_null(content)
        return 1
    if type_ == "NS":
        return _normalise_number_set(value, content)
    if type_ == "SS":
        return _check_string_set(content)
    if type_ == "BS":
        return _check_binary_set(content)
    raise _empty()


def _normalise_map(members: Item, level: int) -> int:
    if level >= NESTING_LEVELS_MAX:
        raise _too_deep()
    size = CONTAINER_BYTES
    for name, member in members.items():
        if member is None:
            raise null_value(name)
        size += 1 + (len(name) if name.isascii() else len(name.encode()))
        size += normalise_value(member, level + 1)
        if not name:
            raise _nameless()
    if size > NAME_BYTES_MAX:
        _refuse_long_names(members)
    return size


def _normalise_list(members: list[AttributeValue], level: int) -> int:
    if level >= NESTING_LEVELS_MAX:
        raise _too_deep()
    size = CONTAINER_BYTES
    for member in members:
        if member is None:
            raise null_value()
        size += 1 + normalise_value(member, level + 1)
    return size


def null_value(name: str | None = None) -> InvalidValue:
    """The refusal of a JSON ``null`` where a value should be, of the attribute or a map's member of that *name*.

    Source: aws/aws-sdk-java issue 2103 (AWS's answer of 2019 to one in a list); DynamoDB Local 3.3.1, asked 2026-11.
    """
    where = "" if name is None else f": {name} is null"
    return InvalidValue(f"The supplied Item contains a null AttributeValue{where}", "empty")


def _nameless() -> InvalidValue:
    # Source: DynamoDB Local 3.3.1, asked 2026-11; so does the sentence about ExpressionAttributeNames end.
    return InvalidValue("Empty attribute name", "name")


def _refuse_long_names(names: Iterable[str]) -> None:
    for name in names:
        if 4 * len(name) > NAME_BYTES_MAX:
            refuse_long_name(name)


def refuse_long_name(name: str) -> None:
    """Refuse a name of an attribute or a map's member that is longer than 65,535 bytes.

    Raises:
        InvalidValue: family ``name``.

    Source: ExtendDB/extenddb issue 365 (AWS's answers of 2026-09-16).
    """
    if len(name.encode()) > NAME_BYTES_MAX:
        raise InvalidValue("Attribute name is too large, must be less than 65536 bytes", "name")


def _normalise_number_set(value: AttributeValue, content: list[str]) -> int:
    numbers = [canonical(text or "") for text in content]  # a JSON null is no more of a number than an empty text
    if not numbers:
        raise InvalidValue(_WERE_INVALID + "An number set  may not be empty", "set")
    if len(set(numbers)) != len(numbers):
        raise InvalidValue("Input collection contains duplicates", "set")
    value["NS"] = numbers
    return sum(map(number_bytes, numbers))


def _check_string_set(content: list[str]) -> int:
    if not content:
        raise InvalidValue(_WERE_INVALID + "An string set  may not be empty", "set")
    if len(set(content)) != len(content):
        raise InvalidValue(f"{_WERE_INVALID}Input collection [{_listed(content)}] contains duplicates.", "set")
    if None in content:
        # Source: DynamoDB Local 3.3.1, asked 2026-11; AWS once said so of empty members.
        raise InvalidValue(_WERE_INVALID + "An string set may not have a null string as a member", "set")
    return sum(len(text.encode()) for text in content)


def _listed(content: list[str]) -> str:
    return ", ".join("null" if text is None else text for text in content)


def _check_binary_set(content: list[str]) -> int:
    blobs = [blob_bytes(text) for text in content]
    if not blobs:
        raise InvalidValue(_WERE_INVALID + "Binary sets should not be empty", "set")
    if len(set(blobs)) != len(blobs):
        # The missing blank before "of" is AWS's.
        listed = ", ".join(content)
        raise InvalidValue(f"{_WERE_INVALID}Input collection [{listed}]of type BS contains duplicates.", "set")
    return sum(map(len, blobs))


def blob_bytes(text: str) -> bytes:
    """Decode the base64 text of a blob.

    Raises:
        InvalidValue: family ``blob``, which the API answers with a SerializationException.

    Source: dynamodb-exact §2.
    """
    if len(text) % 4:
        raise InvalidValue(f"Base64 encoded length is expected a multiple of 4 bytes but found: {len(text)}", "blob")
    try:
        raw = a2b_base64(text)
        if b2a_base64(raw, newline=False) == text.encode():
            return raw
    except (Base64Error, ValueError):
        pass  # refused below, in the same words as base64 that is not canonical
    raise InvalidValue("Invalid last non-pad Base64 character dectected", "blob")


def _refuse_false_null(content: bool) -> None:
    if not content:
        raise InvalidValue(_WERE_INVALID + "Null attribute value types must have the value of true", "null")


def _settle_type(value: AttributeValue, level: int) -> int:
    """Drop what counts as absent; a single member left is checked as usual, none or several are refused."""
    for type_ in [type_ for type_, content in value.items() if content is None or type_ not in TYPES]:
        del value[type_]
    if len(value) == 1:
        return normalise_value(value, level)
    if not value:
        raise _empty()
    # What is wrong with the members themselves is said first, in AWS's order of types.
    for type_ in ("B", "N", "NULL", "SS", "NS", "BS", "M", "L"):
        if type_ in value:
            normalise_value({type_: value[type_]}, level)
    raise InvalidValue(
        "Supplied AttributeValue has more than one datatypes set, must contain exactly one of the supported datatypes",
        "multiple",
    )


def _empty() -> InvalidValue:
    return InvalidValue(
        "Supplied AttributeValue is empty, must contain exactly one of the supported datatypes", "empty"
    )


def refuse_depth(value: AttributeValue, level: int) -> None:
    """Refuse a normalised value that would reach too deep when it stands at *level*.

    Raises:
        InvalidValue: family ``nesting``.
    """
    members = value.get("L")
    if members is None:
        if "M" not in value:
            return
        members = value["M"].values()
    if level >= NESTING_LEVELS_MAX:
        raise _too_deep()
    for member in members:
        refuse_depth(member, level + 1)


def _too_deep() -> InvalidValue:
    return InvalidValue(
        "Nesting Levels have exceeded supported limits: "
        "Attributes in the item have nested levels beyond supported limit",
        "nesting",
    )
