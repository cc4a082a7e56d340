"""Which encoding a client gets."""

import gzip
import zlib

import pytest
from multidict import CIMultiDict

from sandbox.web.compression import accepted_encoding, compressed


@pytest.mark.parametrize(
    ("line", "encoding"),
    [
        ("gzip", "gzip"),
        ("GZIP", "gzip"),
        (" deflate , gzip ", "gzip"),
        ("deflate", "deflate"),
        ("gzip;q=0.1, deflate; q=0.2", "deflate"),
        ("gzip;q=0, deflate", "deflate"),
        ("*", "gzip"),
        ("gzip;q=0, *", "deflate"),
        ("*;q=0", None),
        ("gzip;q=nothing", None),
        ("gzip;q=nan", None),
        ("gzip;level=9", "gzip"),
        ("identity", None),
        ("", None),
        (",;=", None),
    ],
)
def test_the_best_of_what_is_accepted(line: str, encoding: str | None) -> None:
    assert accepted_encoding(CIMultiDict({"accept-encoding": line})) == encoding


def test_several_headers_are_one_list() -> None:
    headers = CIMultiDict(
        [("Accept-Encoding", "br"), ("accept-encoding", "gzip;q=0.1"), ("Accept-Encoding", "deflate")]
    )
    assert accepted_encoding(headers) == "deflate"
    assert accepted_encoding(CIMultiDict()) is None


def test_a_plain_mapping_does_too() -> None:
    assert accepted_encoding({"Accept-Encoding": "gzip"}) == "gzip"
    assert accepted_encoding({}) is None


def test_what_is_compressed_comes_back() -> None:
    body = b'{"a":"b"}' * 5000
    assert gzip.decompress(compressed(body, "gzip")) == body
    assert zlib.decompress(compressed(body, "deflate")) == body
