"""What a sketch tells of a vector is never further off than it says."""

from fractions import Fraction

from hypothesis import example, given
from hypothesis import strategies as st

from sandbox.values.sketch import SketchQuery, sketch_of

GREATEST = 3.4028234663852886e38
FLOATS = st.floats(width=32, allow_nan=False, allow_infinity=False)


@st.composite
def _vectors(draw: st.DrawFn) -> tuple[list[float], list[list[float]]]:
    dimensions = draw(st.integers(1, 12))
    vectors = st.lists(FLOATS, min_size=dimensions, max_size=dimensions)
    return draw(vectors), draw(st.lists(vectors, min_size=1, max_size=5))


@given(vectors=_vectors())
@example(vectors=([0.0, 0.0], [[0.0, 0.0], [1.0, -1.0]]))
@example(vectors=([1e-45] * 3, [[1e-45, 0.0, -1e-45]]))
@example(vectors=([GREATEST] * 4, [[GREATEST] * 4, [GREATEST, -GREATEST, GREATEST, -GREATEST]]))
@example(vectors=([1.0, -GREATEST], [[GREATEST, 1e-45]]))
@example(vectors=([1.0] * 4096, [[-1.0] * 4096, [0.5] * 4096]))
def test_a_product_is_off_by_no_more_than_the_slack(vectors: tuple[list[float], list[list[float]]]) -> None:
    query, others = vectors
    sketches = [sketch_of(other) for other in others]
    asked = SketchQuery(query)
    products = asked.products([sketch.levels for sketch in sketches], [sketch.step for sketch in sketches])
    for other, sketch, product in zip(others, sketches, products, strict=True):
        exact = sum(Fraction(a) * Fraction(b) for a, b in zip(query, other, strict=True))
        assert abs(Fraction(product) - exact) <= Fraction(asked.slack(sketch.step))


def test_zero_has_no_steps() -> None:
    assert sketch_of([0.0, 0.0]) == (b"\x80\x80", 0.0, 0.0)
    assert sketch_of([-2.0, 1.0]) == (b"\x01\xc0", 2 / 127, 5**0.5)
