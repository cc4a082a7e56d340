"""Attribute values as the reference model sees them: how large, how ordered, what is equal.

Written from the specification alone; nothing here may be imported from the product.
Source: dynamodb-exact §7.1 (sizes), §13 (pages), §10 (order, equality), §13.1 (hash).
"""

import base64
import hashlib
from decimal import Context, Decimal
from typing import Any

__all__ = ["Item", "Value", "comparable", "freeze", "hash_of", "item_size", "plain_number", "value_size"]

Value = dict[str, Any]
Item = dict[str, Value]
_EXACT = Context(prec=400)


def plain_number(number: Decimal) -> str:
    """A number as DynamoDB prints it: no exponent, no superfluous zeros."""
    text = format(_EXACT.plus(number), "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in ("", "-0") else text


def number_size(text: str) -> int:
    """``1 + ceil(i/2) + ceil(f/2) + neg`` over the significant digits before and behind the point."""
    unsigned = text.lstrip("-")
    whole, _, fraction = unsigned.partition(".")
    whole = whole.lstrip("0")
    fraction = fraction.rstrip("0")
    if not fraction:
        whole = whole.rstrip("0")
    if not whole:
        fraction = fraction.lstrip("0")
    if not whole and not fraction:
        return 1
    return 1 + (len(whole) + 1) // 2 + (len(fraction) + 1) // 2 + text.startswith("-")


def value_size(value: Value) -> int:
    """Bytes of one value."""
    ((kind, content),) = value.items()
    if kind in ("BOOL", "NULL"):
        return 1
    if kind == "L":
        return 3 + sum(1 + value_size(member) for member in content)
    if kind == "M":
        return 3 + sum(1 + len(name.encode()) + value_size(member) for name, member in content.items())
    members = content if kind in ("SS", "NS", "BS") else [content]
    return sum(_scalar_size(kind[0], member) for member in members)


def _scalar_size(kind: str, text: str) -> int:
    if kind == "S":
        return len(text.encode())
    return number_size(text) if kind == "N" else len(base64.b64decode(text))


def item_size(item: Item) -> int:
    """Bytes of an item."""
    return sum(len(name.encode()) + value_size(value) for name, value in item.items())


def comparable(kind: str, text: str) -> Any:
    """What a scalar is ordered by: code points order as UTF-8 bytes do."""
    if kind == "N":
        return Decimal(text)
    return text.encode() if kind == "S" else base64.b64decode(text)


def freeze(value: Value) -> Any:
    """A hashable form that is equal exactly when DynamoDB finds the values equal: sets have no order."""
    ((kind, content),) = value.items()
    if kind == "L":
        return kind, tuple(freeze(member) for member in content)
    if kind == "M":
        return kind, frozenset((name, freeze(member)) for name, member in content.items())
    if kind in ("SS", "NS", "BS"):
        return kind, frozenset(comparable(kind[0], member) for member in content)
    return kind, content if kind in ("BOOL", "NULL") else comparable(kind, content)


def hash_of(value: Value) -> bytes:
    """What a scan orders partitions by."""
    ((kind, content),) = value.items()
    raw = _number_bytes(Decimal(content)) if kind == "N" else comparable(kind, content)
    return hashlib.md5(b"Outliers" + raw, usedforsecurity=False).digest()


def _number_bytes(number: Decimal) -> bytes:
    """Base 100 with an exponent: the form §13.1 gives."""
    if number == 0:
        return b"\x80"
    sign, digit_tuple, exponent = number.as_tuple()
    assert isinstance(exponent, int)
    digits = "".join(map(str, digit_tuple))
    if exponent % 2:
        digits += "0"
        exponent -= 1
    if len(digits) % 2:
        digits = "0" + digits
    pairs = [int(digits[place : place + 2]) for place in range(0, len(digits), 2)]
    hundreds = len(pairs) + exponent // 2
    while pairs[0] == 0:
        pairs.pop(0)
        hundreds -= 1
    while pairs[-1] == 0:
        pairs.pop()
    first = (0xC0 + hundreds) % 256
    if not sign:
        return bytes([first, *(pair + 1 for pair in pairs)])
    closing = [102] if len(pairs) < 20 else []
    return bytes([first ^ 0xFF, *(101 - pair for pair in pairs), *closing])
