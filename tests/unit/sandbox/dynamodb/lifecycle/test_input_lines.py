"""From the bytes of an object to lines, and what is told of bytes that hold none."""

import gzip
import os
from collections.abc import Sequence

import pytest

from sandbox.dynamodb.lifecycle.input_lines import Unreadable, line_number, lines_of, slices_of


def unpacked(body: bytes, compression: str) -> list[bytes]:
    return [line for lines in lines_of(body, compression) for line in lines]


@pytest.mark.parametrize("compression", ["NONE", "GZIP"])
@pytest.mark.parametrize(
    "lines",
    [
        pytest.param([], id="none"),
        pytest.param([b"a\n"], id="one"),
        pytest.param([b"a\n", b"\n", b"b"], id="the last without an end"),
        pytest.param([b"%d\n" % number for number in range(1000)], id="many"),
        pytest.param([b"x" * 300_000 + b"\n", b"y" * 600_000 + b"\n", b"z"], id="longer than a piece"),
    ],
)
def test_lines_come_out_as_they_went_in(lines: Sequence[bytes], compression: str) -> None:
    body = b"".join(lines)
    packed = gzip.compress(body) if compression == "GZIP" and body else body
    assert unpacked(packed, compression) == list(lines)


def test_a_gzip_file_may_have_several_members() -> None:
    """Which is what ``cat a.gz b.gz`` makes."""
    assert unpacked(gzip.compress(b"a\nb") + gzip.compress(b"c\n"), "GZIP") == [b"a\n", b"bc\n"]


def test_lines_go_in_slices() -> None:
    """Each is put at once, while nothing else happens: few of them, and few bytes."""
    assert [len(some) for some in slices_of([b"a\n"] * 60)] == [25, 25, 10]
    assert [len(some) for some in slices_of([b"x" * 100_000 + b"\n"] * 3)] == [1, 1, 1]
    assert list(slices_of([])) == []


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b'{"Item":{}}\n', id="plain"),
        pytest.param(gzip.compress(os.urandom(5000))[:-100], id="cut off"),
        pytest.param(gzip.compress(b"x" * 100)[:5], id="cut off at the front"),
    ],
)
def test_what_is_no_gzip_file_is_told(body: bytes) -> None:
    with pytest.raises(Unreadable):
        unpacked(body, "GZIP")


def test_what_stands_before_a_fault_is_read() -> None:
    pieces = lines_of(gzip.compress(b"a\nb\n") + b"rubbish", "GZIP")
    assert next(pieces) == [b"a\n", b"b\n"]
    with pytest.raises(Unreadable):
        next(pieces)


def test_a_line_without_end_is_given_up() -> None:
    """An object of zeros would fill the memory otherwise."""
    with pytest.raises(Unreadable):
        unpacked(gzip.compress(bytes(20 << 20), 1), "GZIP")


def test_lines_have_numbers() -> None:
    """Of records that take several lines, the one at which each begins; of what has none, the one that comes next."""
    lines = [b"a\n", b"\n\n{\n}", b"\nb"]
    assert [line_number(10, lines, index) for index in range(3)] == [11, 14, 16]
    assert line_number(10, [], 0) == 11
