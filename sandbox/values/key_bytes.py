"""Key values as bytes: the form that is hashed, and the form that sorts.

Source: dynamodb-exact §13.1.
"""

from binascii import a2b_base64
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from hashlib import md5
else:
    try:
        from _md5 import md5  # CPython's own: a third of what OpenSSL's costs for a few bytes
    except ImportError:
        from hashlib import md5

__all__ = ["KeyType", "partition_hash", "scalar_bytes", "scalar_encoder", "terminated_bytes"]

KeyType = Literal["S", "N", "B"]

_OUTLIERS = md5(b"Outliers", usedforsecurity=False)
_ZERO = b"\x80"
_EXPONENT_BIAS = 0xC0
_NEGATIVE_END = b"\x66"
"""Closes a short negative number: greater than any digit, so that -1.5 sorts before -1."""
_DIGIT_BYTES_MAX = 20
_PAIRS = {f"{pair:02}": pair for pair in range(100)}


def scalar_bytes(type_: KeyType, text: str) -> bytes:
    """Encode a key value the way it is hashed: S in UTF-8, B raw, N in base 100.

    *text* is the content of a normalised value. Within one type the bytes sort as DynamoDB sorts the values.
    """
    if type_ == "S":
        return text.encode()
    if type_ == "B":
        return a2b_base64(text)
    return _number_key(text)


def scalar_encoder(type_: KeyType) -> Callable[[str], bytes]:
    """Give ``scalar_bytes`` for one type, without the question which."""
    return _ENCODERS[type_]


def terminated_bytes(type_: KeyType, text: str) -> bytes:
    """Encode a key value so that further key parts may follow: no encoding is the beginning of another one.

    The order stays that of ``scalar_bytes``. S and B: a zero byte becomes ``00 FF`` and the value ends with ``00 00``.
    N: digits are never zero bytes, so one ``00`` ends it.
    """
    raw = scalar_bytes(type_, text)
    if type_ == "N":
        return raw + b"\x00"
    if b"\x00" in raw:
        raw = raw.replace(b"\x00", b"\x00\xff")
    return raw + b"\x00\x00"


def partition_hash(data: bytes) -> bytes:
    """Give the four bytes by which a table scan orders partitions; *data* comes from ``scalar_bytes``."""
    state = _OUTLIERS.copy()
    state.update(data)
    return state.digest()[:4]


def _number_key(text: str) -> bytes:
    if text == "0":
        return _ZERO
    negative = text[0] == "-"
    whole, _, fraction = (text[1:] if negative else text).partition(".")
    if whole == "0":
        leading_pairs = (len(fraction) - len(fraction.lstrip("0"))) // 2
        exponent = -leading_pairs
        digits = fraction[2 * leading_pairs :]
    else:
        exponent = (len(whole) + 1) // 2
        digits = "0" * (len(whole) % 2) + whole + fraction
    if len(digits) % 2:
        digits += "0"
    pairs = [_PAIRS[digits[at : at + 2]] for at in range(0, len(digits), 2)]
    while not pairs[-1]:
        pairs.pop()
    first = (_EXPONENT_BIAS + exponent) & 0xFF
    if not negative:
        return bytes([first, *[pair + 1 for pair in pairs]])
    end = _NEGATIVE_END if len(pairs) < _DIGIT_BYTES_MAX else b""
    return bytes([first ^ 0xFF, *[101 - pair for pair in pairs]]) + end


_ENCODERS: Mapping[KeyType, Callable[[str], bytes]] = {"S": str.encode, "B": a2b_base64, "N": _number_key}
