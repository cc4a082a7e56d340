"""Vectors as 32-bit floats. Source of the texts: ExtendDB/extenddb (``format_component``), as measured on AWS 2026-08-07."""

import math
import struct
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.values.vector import components_of, fits, packed, score, unpacked, vector_of

FLOATS = st.floats(width=32, allow_nan=False, allow_infinity=False)
VECTORS = st.integers(1, 8).flatmap(lambda length: st.tuples(*[st.lists(FLOATS, min_size=length, max_size=length)] * 2))


def _value(*numbers: str) -> dict[str, list[dict[str, str]]]:
    return {"L": [{"N": number} for number in numbers]}


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        ("0.1", "0.1"),
        ("16777217", "16777216"),
        ("0.33333333333333333333", "0.33333334"),
        ("3.4028235E+38", "340282350000000000000000000000000000000"),
        ("1E-40", "0.0000000000000000000000000000000000000001"),
        ("-0", "0"),
        ("1E-60", "0"),
        ("-2.50", "-2.5"),
        ("100", "100"),
    ],
)
def test_a_component_is_shown_as_the_shortest_decimal(number: str, shown: str) -> None:
    components = components_of(_value(number), 1)
    assert components is not None
    assert vector_of(packed(components)) == _value(shown)


@given(component=FLOATS)
def test_a_component_is_read_as_it_is_shown(component: float) -> None:
    value = vector_of(packed([component]))
    assert components_of(value, 1) == (component,)
    assert not set(value["L"][0]["N"]) & set("eE+")


@pytest.mark.parametrize(
    "value",
    [_value("1"), _value("1", "2", "3"), {"S": "12"}, {"L": [{"N": "1"}, {"S": "2"}]}, _value("1", "3.5E38"), {"NS": ["1", "2"]}],
)  # fmt: skip
def test_what_is_no_vector_of_two_numbers(value: dict[str, object]) -> None:
    assert components_of(value, 2) is None


def test_the_range_ends_where_a_float_would_be_infinite() -> None:
    assert fits("3.4028235E38")
    assert fits("-3.4028235E38")
    assert not fits("3.4028236E38")


@given(vectors=VECTORS)
def test_scores_are_those_of_the_formulas(vectors: tuple[list[float], list[float]]) -> None:
    """Worked out with rational numbers, which round once."""
    query, stored = (tuple(vector) for vector in vectors)
    product = sum(Fraction(a) * Fraction(b) for a, b in zip(query, stored, strict=True))
    squares = sum((Fraction(a) - Fraction(b)) ** 2 for a, b in zip(query, stored, strict=True))
    greatest = struct.unpack("<f", b"\xff\xff\x7f\x7f")[0]
    largest = max(map(abs, (*query, *stored)))
    assert score("DOT_PRODUCT", query, stored) == pytest.approx(
        max(-greatest, min(greatest, float(product))), rel=1e-9, abs=1e-12 * largest**2
    )
    assert score("EUCLIDEAN", query, stored) == pytest.approx(min(greatest, math.sqrt(squares)), rel=1e-9)
    lengths = math.sqrt(sum(Fraction(a) ** 2 for a in query)) * math.sqrt(sum(Fraction(b) ** 2 for b in stored))
    expected = 1.0 if lengths == 0 else 1 - float(product / Fraction(lengths))
    assert score("COSINE", query, stored) == pytest.approx(expected, abs=1e-9)


def test_components_survive_packing() -> None:
    assert unpacked(packed([1.0, -2.5, 0.0])) == (1.0, -2.5, 0.0)
