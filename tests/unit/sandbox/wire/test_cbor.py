"""CBOR, by the examples of RFC 8949, appendix A, as far as requests may have them."""

from typing import Any

import pytest

from sandbox.wire.cbor import MalformedCbor, decode_cbor, encode_cbor

EXAMPLES: list[tuple[str, Any]] = [
    ("00", 0),
    ("17", 23),
    ("1818", 24),
    ("1903e8", 1000),
    ("1a000f4240", 1_000_000),
    ("1b000000e8d4a51000", 1_000_000_000_000),
    ("20", -1),
    ("3903e7", -1000),
    ("f4", False),
    ("f5", True),
    ("f6", None),
    ("fb3ff199999999999a", 1.1),
    ("60", ""),
    ("6449455446", "IETF"),
    ("62c3bc", "ü"),
    ("80", []),
    ("83010203", [1, 2, 3]),
    ("8301820203820405", [1, [2, 3], [4, 5]]),
    ("a0", {}),
    ("a26161016162820203", {"a": 1, "b": [2, 3]}),
]
READ_ONLY: list[tuple[str, Any]] = [
    ("f93e00", 1.5),
    ("fa47c35000", 100_000.0),
    ("f7", None),
    ("c11a514b67b0", 1_363_896_240),
    ("c1fb41d452d9ec200000", 1_363_896_240.5),
    ("4401020304", b"\x01\x02\x03\x04"),
    ("7f657374726561646d696e67ff", "streaming"),
    ("9fff", []),
    ("9f018202039f0405ffff", [1, [2, 3], [4, 5]]),
    ("bf61610161629f0203ffff", {"a": 1, "b": [2, 3]}),
]


@pytest.mark.parametrize(("written", "value"), [*EXAMPLES, *READ_ONLY])
def test_it_is_read(written: str, value: Any) -> None:
    assert decode_cbor(bytes.fromhex(written)) == value


@pytest.mark.parametrize(("written", "value"), EXAMPLES)
def test_it_is_written(written: str, value: Any) -> None:
    assert encode_cbor(value).hex() == written


def test_times_are_tagged() -> None:
    written = encode_cbor({"At": 1.5, "All": [2.5], "Not": 1.5}, times=frozenset({"At", "All"}))
    assert written.hex() == "a3624174c1fb3ff800000000000063416c6c81c1fb4004000000000000634e6f74fb3ff8000000000000"


@pytest.mark.parametrize(
    "written",
    [
        "",
        "18",
        "1c",
        "61",
        "8201",
        "a161",
        "0000",
        "ff",
        "81ff",
        "a1ff01",
        "a16161ff",
        "c1ff",
        "1f",
        "7f01ff",
        "62ff00",
        "f0",
        "81" * 100 + "00",
    ],
    ids=lambda written: written[:8] or "nothing",
)
def test_what_is_none_is_refused(written: str) -> None:
    with pytest.raises(MalformedCbor):
        decode_cbor(bytes.fromhex(written))
