"""From the objects of an import or a bulk put to lines: unpack and split."""

import gzip
import io
import zlib
from collections.abc import Iterator, Sequence

__all__ = ["Unreadable", "line_number", "lines_of", "slices_of"]

_PIECE_BYTES = 1 << 18
_LINE_BYTES_MAX = 16 << 20
"""An item of 400 KB never takes so much."""
_SLICE_LINES = 25
_SLICE_BYTES = 1 << 15


class Unreadable(Exception):  # noqa: N818 - what is wrong with the user's object, told in the log
    """The rest of an object cannot be read."""


def lines_of(body: bytes, compression: str) -> Iterator[Sequence[bytes]]:
    """The lines of an object with their ends, many at a time; *compression* is ``NONE`` or ``GZIP``.

    Raises:
        Unreadable: it is not compressed so, or a line has no end.
    """
    begun = b""
    for piece in _unzipped(body) if compression == "GZIP" else _pieces(body):
        *ended, begun = (begun + piece).split(b"\n")
        if ended:
            yield [line + b"\n" for line in ended]
        if len(begun) > _LINE_BYTES_MAX:
            raise Unreadable("A line is too long to hold an item")
    if begun:
        yield [begun]


def slices_of(lines: Sequence[bytes]) -> Iterator[Sequence[bytes]]:
    """Some lines in slices that can be put at once: a few milliseconds, the longest that other requests wait."""
    some: list[bytes] = []
    some_bytes = 0
    for line in lines:
        some.append(line)
        some_bytes += len(line)
        if len(some) == _SLICE_LINES or some_bytes > _SLICE_BYTES:
            yield some
            some, some_bytes = [], 0
    if some:
        yield some


def line_number(lines_before: int, lines: Sequence[bytes], index: int) -> int:
    """The number, from 1, of the line of an object at which ``lines[index]`` begins, where *lines_before* stand before all."""
    if not lines:
        return lines_before + 1
    line = lines[index]
    blank = line[: len(line) - len(line.lstrip())]
    return lines_before + b"".join([*lines[:index], blank]).count(b"\n") + 1


def _pieces(body: bytes) -> Iterator[bytes]:
    for start in range(0, len(body), _PIECE_BYTES):
        yield body[start : start + _PIECE_BYTES]


def _unzipped(body: bytes) -> Iterator[bytes]:
    with gzip.GzipFile(fileobj=io.BytesIO(body)) as file:
        while True:
            try:
                # Not read(), which would lose what stands in the same piece as a fault.
                piece = file.read1(_PIECE_BYTES)
            except (OSError, EOFError, zlib.error) as error:
                raise Unreadable(f"The object cannot be unpacked with GZIP: {error}") from error
            if not piece:
                return
            yield piece
