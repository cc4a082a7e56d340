from base64 import b64encode
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sandbox.values import canonical, partition_hash, scalar_bytes, terminated_bytes
from sandbox.values.key_bytes import KeyType


@st.composite
def numbers(draw: st.DrawFn) -> str:
    """Numbers of the whole range; few digits are as likely as many, so that neighbours and prefixes meet."""
    count = draw(st.integers(1, 38))
    digits = draw(st.integers(min_value=0, max_value=10**count - 1))
    leading = draw(st.one_of(st.integers(-130, 125), st.integers(-3, 3)))
    return canonical(f"{draw(st.sampled_from(['', '-']))}{digits}E{leading - len(str(digits)) + 1}")


def near(numbers_of: st.SearchStrategy[str]) -> st.SearchStrategy[tuple[str, str]]:
    """Pairs of numbers, often with a common beginning."""
    cut = st.tuples(numbers_of, st.integers(1, 40)).map(lambda drawn: (drawn[0], shortened(*drawn)))
    return st.one_of(st.tuples(numbers_of, numbers_of), cut)


def shortened(text: str, length: int) -> str:
    kept = text[: length + 2]
    return canonical(kept) if kept.strip("-.") else text


@pytest.mark.parametrize(
    ("type_", "text", "key", "first_hex"),
    [
        ("S", "a", b"a".hex(), "f6558e"),
        ("S", "b", b"b".hex(), "6521ac"),
        ("S", "hello", b"hello".hex(), "8f051e"),
        ("S", "1", b"1".hex(), "48e6ac"),
        ("N", "0", "80", "ce212d"),
        ("N", "1", "c102", "c3a031"),
        ("N", "-1", "3e6466", "0267df"),
        ("N", "12", "c10d", "70366a"),
        ("N", "123", "c20218", "574207"),
        ("N", "100", "c202", "6840bd"),
        ("N", "1.5", "c10233", "8158bd"),
        ("N", "0.05", "c006", "bc1d94"),
        ("N", "-12.5", "3e593366", "cd50d8"),
        ("N", "1E125", "ff0b", "2f2857"),
    ],
)
def test_the_hash_of_a_partition_key(type_: KeyType, text: str, key: str, first_hex: str) -> None:
    """Every row of the table recorded from AWS: it decides in which order a table is scanned."""
    data = scalar_bytes(type_, canonical(text) if type_ == "N" else text)
    assert data.hex() == key
    assert partition_hash(data).hex()[:6] == first_hex
    assert len(partition_hash(data)) == 4


def test_a_blob_is_hashed_as_its_bytes() -> None:
    assert scalar_bytes("B", b64encode(b"\x00\xff").decode()) == b"\x00\xff"


@pytest.mark.parametrize(
    "ascending",
    [
        [
            "-9.9999999999999999999999999999999999999E125",
            "-1E125",
            "-100",
            "-12.5",
            "-1.5",
            "-1",
            "-0.5",
            "-1E-130",
            "0",
        ],
        ["0", "1E-130", "1.1E-130", "0.00999", "0.01", "0.05", "0.5", "1", "1.5", "9", "10", "99", "100", "1E125"],
    ],
)
def test_number_bytes_sort_like_the_numbers(ascending: list[str]) -> None:
    keys = [scalar_bytes("N", canonical(text)) for text in ascending]
    assert keys == sorted(keys)
    assert len(set(keys)) == len(keys)
    ended = [terminated_bytes("N", canonical(text)) for text in ascending]
    assert ended == sorted(ended)


@settings(max_examples=400)
@given(near(numbers()))
def test_the_order_of_number_bytes_is_the_order_of_numbers(pair: tuple[str, str]) -> None:
    left, right = pair
    expected = (Decimal(left) > Decimal(right)) - (Decimal(left) < Decimal(right))
    for encode in (scalar_bytes, terminated_bytes):
        a, b = encode("N", left), encode("N", right)
        assert (a > b) - (a < b) == expected
    if expected:
        assert not terminated_bytes("N", left).startswith(terminated_bytes("N", right))


@settings(max_examples=300)
@given(st.tuples(st.text("\x00\x01a\xff"), st.text("\x00\x01a\xff")), st.text(max_size=3), st.text(max_size=3))
def test_terminated_strings_keep_their_order_before_any_other_part(
    pair: tuple[str, str], tail: str, other: str
) -> None:
    a = terminated_bytes("S", pair[0]) + tail.encode()
    b = terminated_bytes("S", pair[1]) + other.encode()
    if pair[0] != pair[1]:
        assert (a < b) == (pair[0] < pair[1])


@settings(max_examples=300)
@given(st.binary(max_size=6), st.binary(max_size=6))
def test_terminated_blobs_keep_their_order(left: bytes, right: bytes) -> None:
    a, b = (terminated_bytes("B", b64encode(raw).decode()) for raw in (left, right))
    assert (a < b) == (left < right)
    assert a == b or not a.startswith(b)
