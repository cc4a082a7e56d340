"""From the objects of an import to items: unpack, read lines, check each item as a put of it would be, put them.

Source: *Amazon S3 import formats for DynamoDB* and *Import format quotas and validation*, Amazon DynamoDB Developer
Guide; ack-api-quirks DDB-IMPORT-013 and 020 for what counts as an error. That an empty value of a CSV file is an empty
string, and that one for a binary key is base64, are assumptions.
"""

import csv
import gzip
import io
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import cast

import msgspec

from sandbox.dynamodb.engine.key_rules import check_index_keys, check_item_keys
from sandbox.dynamodb.engine.write import ITEM_TOO_LARGE, replace_all
from sandbox.dynamodb.faults import ValidationException
from sandbox.dynamodb.lifecycle.ion import IonUnreadable, read_ion_item
from sandbox.dynamodb.limits import ITEM_BYTES_MAX
from sandbox.dynamodb.storage.store import Store
from sandbox.dynamodb.storage.table import Table
from sandbox.values.attribute import Item, WireValue, normalise_item
from sandbox.values.invalid import InvalidValue

__all__ = [
    "CsvReader",
    "PutLines",
    "ReadLine",
    "Unreadable",
    "lines_of",
    "put_lines",
    "read_ion",
    "read_json",
    "slices_of",
]

_PIECE_BYTES = 1 << 18
_LINE_BYTES_MAX = 16 << 20
"""An item of 400 KB never takes so much."""
_SLICE_LINES = 25
_SLICE_BYTES = 1 << 15

ReadLine = Callable[[bytes], Item | None]
"""Gives the item in a line, ``None`` where there is none to be.

Raises:
    Unreadable: neither this line nor what follows it in the object can be read.
    ValidationException: this one is no item.
"""


class Unreadable(Exception):  # noqa: N818 - what is wrong with the user's object, told in the log
    """The rest of an object cannot be read."""


class PutLines(msgspec.Struct, kw_only=True):
    """What came of some lines.

    Attributes:
        size_bytes: of the lines that were processed.
        refused: index and reason of lines that hold no item the table can take.
        is_unreadable: the last of those ends the object.
    """

    size_bytes: int = 0
    imported: int = 0
    refused: list[tuple[int, str]]
    is_unreadable: bool = False


# -- objects -> lines --------------------------------------------------------------------------------------------------


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


# -- lines -> items ----------------------------------------------------------------------------------------------------


class _Line(msgspec.Struct, rename="pascal"):
    item: dict[str, WireValue]


_decode_line = msgspec.json.Decoder(_Line).decode


def read_json(line: bytes) -> Item | None:
    """Read a line of DynamoDB JSON, as full exports write it; an empty one is none."""
    if not line.strip():
        return None
    try:
        return cast("Item", _decode_line(line).item)  # what the decoder checks as a TypedDict is a plain dictionary
    except msgspec.ValidationError as error:
        raise ValidationException(str(error)) from error
    except (msgspec.DecodeError, RecursionError) as error:
        raise Unreadable(str(error)) from error


def read_ion(line: bytes) -> Item | None:
    """Read a line of Ion text, as full exports write it; an empty one is none."""
    try:
        return read_ion_item(_text(line))
    except IonUnreadable as error:
        raise Unreadable(str(error)) from error


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

    def __call__(self, line: bytes) -> Item | None:
        """Read a line; the header and an empty line hold no item."""
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
        return {name: {self._key_types.get(name, "S"): value} for name, value in zip(self._header, values, strict=True)}


def _text(line: bytes) -> str:
    try:
        return line.decode()
    except UnicodeDecodeError as error:
        raise Unreadable("The object is not UTF-8") from error


# -- items -> table ----------------------------------------------------------------------------------------------------


def put_lines(store: Store, table: Table, lines: Sequence[bytes], read: ReadLine, now: float) -> PutLines:
    """Put the items of *lines* into *table*; of two with one key the later one stays. *now* is epoch seconds."""
    done = PutLines(refused=[])
    rows: dict[bytes, tuple[bytes, Item | None, int]] = {}
    for number, line in enumerate(lines):
        done.size_bytes += len(line)
        try:
            item = read(line)
            if item is None:
                continue
            row_key, size = _checked(table, item)
        except Unreadable as error:
            done.refused.append((number, str(error)))
            done.is_unreadable = True
            break
        except (InvalidValue, ValidationException) as error:
            done.refused.append((number, error.message or ""))
            continue
        rows[row_key] = (row_key, item, size)
        done.imported += 1
    if rows:
        store.commit(replace_all(table, list(rows.values()), wants_before=False), now=now)
    return done


def _checked(table: Table, item: Item) -> tuple[bytes, int]:
    """The row key and the size of an item that a put would take."""
    size = normalise_item(item)
    if size > ITEM_BYTES_MAX:
        raise ValidationException(ITEM_TOO_LARGE)
    row_key = check_item_keys(table, item)
    check_index_keys(table, item)
    return row_key, size
