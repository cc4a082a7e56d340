"""Where one Ion struct ends and the next begins: they stand one to a line, several in a line, or one over several lines.

Source: the service model (``BulkOperationInputFormat``: a sequence of Ion structs); the Amazon Ion specification for what
may hold a brace that is none.
"""

import re
from collections.abc import Iterator, Sequence

from sandbox.dynamodb.lifecycle.input_lines import Unreadable

__all__ = ["ion_records"]

_RECORD_BYTES_MAX = 4 << 20
"""An item of 400 KB never takes so much."""

_MARK = re.compile(
    rb"""
    (?P<whole> "(?:[^"\\]|\\.)*+"
             | '''(?:[^'\\]|\\.|'(?!''))*+'''
             | //[^\n]*+\n
             | /\*.*?\*/
             | \{\{[^}]*+\}\}
    )
  | (?P<begun> ["/] | ''' | \{\{ )
  | '(?:[^'\\]|\\.)*+'
  | (?P<open> [\[({] )
  | (?P<close> [\])}] )
    """,
    re.VERBOSE | re.DOTALL,
)
"""Texts, comments and blobs, which are passed over or of which only the beginning is there yet; and brackets."""


def ion_records(batches: Iterator[Sequence[bytes]]) -> Iterator[Sequence[bytes]]:
    """Cut whole lines, as ``lines_of`` gives them, behind each struct instead; all bytes stay, in their order.

    Raises:
        Unreadable: a struct has no end within what an item can take.
    """
    rest, place, depth = b"", 0, 0
    for lines in batches:
        text = rest + b"".join(lines)
        records, cut = [], 0
        while (mark := _MARK.search(text, place)) is not None and mark.lastgroup != "begun":
            place = mark.end()
            if mark.lastgroup == "open":
                depth += 1
            elif mark.lastgroup == "close":
                depth -= 1
                if depth <= 0:
                    records.append(text[cut:place])
                    cut, depth = place, 0
        rest = text[cut:]
        place = (len(text) if mark is None else mark.start()) - cut
        if records:
            yield records
        if len(rest) > _RECORD_BYTES_MAX:
            raise Unreadable("A struct is too long to hold an item")
    if rest:
        yield [rest]
