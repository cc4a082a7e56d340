"""CBOR as AWS's RPC protocol uses it: maps with text keys, lists, texts, numbers, booleans, null, and times.

Source: RFC 8949; Smithy RPC v2 CBOR protocol: a time is tag 1 (epoch seconds), read here as its number.
"""

import struct
from collections.abc import Iterator
from typing import Any, Final

__all__ = ["MalformedCbor", "decode_cbor", "encode_cbor"]

_DEPTH_MAX: Final = 64
_BREAK: Final = object()
_FLOATS: Final = {25: ">e", 26: ">f", 27: ">d"}
_SIMPLE: Final = {20: False, 21: True, 22: None, 23: None}


class MalformedCbor(Exception):  # noqa: N818 - what the bytes are
    """The bytes are no CBOR, or of a kind that no AWS request has."""


def decode_cbor(body: bytes) -> Any:
    """The value in *body*; byte strings stay bytes, tags are dropped.

    Raises:
        MalformedCbor: there is none, or something behind it.
    """
    reader = _Reader(body)
    try:
        value = reader.value(0)
    except (struct.error, IndexError, UnicodeDecodeError, TypeError) as error:
        raise MalformedCbor(str(error)) from error
    if value is _BREAK or reader.place != len(body):
        raise MalformedCbor("it ends too late or too early")
    return value


class _Reader:
    def __init__(self, body: bytes) -> None:
        self._body = body
        self.place = 0

    def value(self, depth: int) -> Any:
        """The next value, or ``_BREAK``."""
        if depth > _DEPTH_MAX:
            raise MalformedCbor("it is nested too deep")
        head = self._body[self.place]
        self.place += 1
        major, info = head >> 5, head & 31
        if major == 7:
            return self._simple(info)
        length = self._number(info)
        if length is None and major in (0, 1, 6):
            raise MalformedCbor("a number has no end")
        match major:
            case 0:
                return length
            case 1:
                return -1 - (length or 0)
            case 2:
                return b"".join(self._chunks(length, depth))
            case 3:
                return b"".join(self._chunks(length, depth)).decode()
            case 4:
                return list(self._items(length, depth))
            case 5:
                return {key: self._inner(depth) for key in self._items(length, depth)}
            case _:
                return self._inner(depth)

    def _simple(self, info: int) -> Any:
        if info == 31:
            return _BREAK
        if info in _SIMPLE:
            return _SIMPLE[info]
        code = _FLOATS.get(info)
        if code is None:
            raise MalformedCbor(f"the simple value {info} is none of JSON's")
        return struct.unpack(code, self._take(struct.calcsize(code)))[0]

    def _number(self, info: int) -> int | None:
        """What follows a head; ``None`` for an indefinite length."""
        if info < 24:
            return info
        if info == 31:
            return None
        if info > 27:
            raise MalformedCbor("a length is none")
        return int.from_bytes(self._take(1 << (info - 24)), "big")

    def _take(self, count: int) -> bytes:
        taken = self._body[self.place : self.place + count]
        if len(taken) < count:
            raise MalformedCbor("it ends too early")
        self.place += count
        return taken

    def _chunks(self, length: int | None, depth: int) -> Iterator[bytes]:
        if length is not None:
            yield self._take(length)
            return
        while (chunk := self.value(depth + 1)) is not _BREAK:
            yield chunk.encode() if isinstance(chunk, str) else chunk

    def _items(self, length: int | None, depth: int) -> Iterator[Any]:
        if length is None:
            while (item := self.value(depth + 1)) is not _BREAK:
                yield item
            return
        for _ in range(length):
            yield self._inner(depth)

    def _inner(self, depth: int) -> Any:
        value = self.value(depth + 1)
        if value is _BREAK:
            raise MalformedCbor("it breaks off")
        return value


def encode_cbor(value: Any, *, times: frozenset[str] = frozenset()) -> bytes:
    """Write *value*; numbers in members named in *times*, and in lists there, become times."""
    return b"".join(_written(value, times, is_time=False))


def _written(value: Any, times: frozenset[str], *, is_time: bool) -> Iterator[bytes]:
    match value:
        case None:
            yield b"\xf6"
        case bool():
            yield b"\xf5" if value else b"\xf4"
        case int() | float() if is_time:
            yield b"\xc1\xfb" + struct.pack(">d", value)
        case int():
            yield _head(0, value) if value >= 0 else _head(1, -1 - value)
        case float():
            yield b"\xfb" + struct.pack(">d", value)
        case str():
            text = value.encode()
            yield _head(3, len(text)) + text
        case list():
            yield _head(4, len(value))
            for one in value:
                yield from _written(one, times, is_time=is_time)
        case dict():
            yield _head(5, len(value))
            for name, one in value.items():
                yield from _written(name, times, is_time=False)
                yield from _written(one, times, is_time=name in times)
        case _:
            raise TypeError(f"{type(value).__name__} has no place in an answer")


def _head(major: int, number: int) -> bytes:
    if number < 24:
        return bytes([major << 5 | number])
    for info, size in ((24, 1), (25, 2), (26, 4), (27, 8)):
        if number < 1 << (8 * size):
            return bytes([major << 5 | info]) + number.to_bytes(size, "big")
    raise TypeError("a number is too large")
