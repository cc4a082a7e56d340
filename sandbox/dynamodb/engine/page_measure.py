"""How full a page of Query or Scan is: by the form in which AWS stores items, not by their own sizes.

The form is not documented; it was fitted to AWS's answers to the byte around 2020 (dynamodb-exact §13). Names count one
byte, texts a little more than their bytes, and every 3 KB of an item cost the sort key again. Working it out takes the
decoded item, so that is put off until a page could be full by the greatest measure its items can have.

Source: dynamodb-exact §13 (page-size measure), §25 row 12. That the item which crosses 1 MB belongs to the page is also
what AWS's 128.5 units for a full page say (Franck Pachot, "DynamoDB Scan (and why 128.5 RCU?)", dbi-services.com, November
2020); his items of 1,042 bytes would give that by their own sizes, and 129.5 by this form.
"""

from typing import Final

import msgspec

from sandbox.dynamodb.limits import PAGE_BYTES_MAX
from sandbox.values.attribute import AttributeValue, Item
from sandbox.values.size import value_bytes

__all__ = ["SURELY_OPEN_BYTES", "PageMeasure", "stored_bytes"]

PAGE_OWN_BYTES_MAX: Final = 4 * 1024 * 1024
"""Assumption: where long names count next to nothing, a page ends by the items' own sizes all the same."""
_CHUNK_BYTES: Final = 3072
_MOST_PER_ROW: Final = 21
_MOST_PER_BYTE: Final = 4
"""No row measures more than 21 and 4 times its own bytes: no value is stored in more than twice its bytes and one, and
the sort key, at most 1,024 bytes, comes again for every 3,072."""
SURELY_OPEN_BYTES: Final = PAGE_BYTES_MAX // 16
"""A hundred rows of fewer bytes than these in all leave a page open, whatever they hold."""

_decode = msgspec.json.decode


class PageMeasure:
    """The measure of one page that is being read: what is known of it, and the most that it can be."""

    __slots__ = ("_most", "_range_name", "_size", "_unmeasured", "_used")

    def __init__(self, range_name: str | None) -> None:
        self._range_name = range_name
        self._most = self._size = self._used = 0
        self._unmeasured: list[bytes] = []

    def surely_takes(self, row_count: int, size: int) -> bool:
        """Whether that many rows, of *size* bytes in all, leave the page open whatever they hold."""
        return self._most + _MOST_PER_ROW * row_count + _MOST_PER_BYTE * size < PAGE_BYTES_MAX

    def take(self, row_count: int, size: int, rows: bytes) -> None:
        """Take rows, given as JSON with commas between, into the page."""
        self._most += _MOST_PER_ROW * row_count + _MOST_PER_BYTE * size
        self._size += size
        self._unmeasured.append(rows)

    def ends_with(self, size: int, row: bytes) -> bool:
        """Take one row; whether the page ends with it."""
        self.take(1, size, row)
        if self._most < PAGE_BYTES_MAX:
            return False
        for rows in self._unmeasured:
            for item in _decode(b"[%b]" % rows):
                self._used += stored_bytes(item, self._range_name)
        self._unmeasured.clear()
        self._most = self._used
        return self._used >= PAGE_BYTES_MAX or self._size >= PAGE_OWN_BYTES_MAX


def stored_bytes(item: Item, range_name: str | None) -> int:
    """Measure an item as a page counts it; *range_name* is the sort key of the table, also where an index is read."""
    body = 2 * len(item)  # of each attribute one byte for its name, and one that short texts take
    range_bytes = 0
    for name, value in item.items():
        text = value.get("S")
        if text is not None and len(text) < 128 and text.isascii() and name != range_name:
            body += len(text)
        elif name == range_name:
            body -= 2
            range_bytes = value_bytes(value)
        else:
            body += _stored(value) - 1
    return 2 + body + (1 + (1 + body) // _CHUNK_BYTES) * (18 + range_bytes)


def _stored(value: AttributeValue) -> int:
    (type_,) = value
    content = value[type_]
    match type_:
        case "S":
            size = value_bytes(value)
            return size + (1 if size < 128 else 2 if size < 16_384 else 3)
        case "N" | "B":
            return value_bytes(value) + 1
        case "SS" | "NS" | "BS":
            return value_bytes(value) + len(content) + 1
        case "L":
            return 3 + sum([1 + _stored(member) for member in content])
        case "M":
            return 3 + sum([2 + _stored(member) for member in content.values()])
        case "BOOL":
            return 1
        case _:  # NULL
            return 0
