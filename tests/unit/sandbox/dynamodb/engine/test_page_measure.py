"""What a page counts of each item, and when that is worked out. Source: dynamodb-exact §13 (page-size measure)."""

from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sandbox.dynamodb.engine.page_measure import PageMeasure, stored_bytes
from sandbox.values.size import item_bytes

MEGABYTE = 1024 * 1024


@pytest.mark.parametrize(
    ("item", "measure"),
    [
        ({"pk": {"S": "a"}}, 2 + (1 + 2) + 18),
        ({"a name that does not count": {"S": "a"}}, 2 + (1 + 2) + 18),
        ({"pk": {"S": "x" * 128}}, 2 + (1 + 130) + 18),
        ({"pk": {"S": "x" * 16_384}}, 2 + (1 + 16_387) + (1 + 16_389 // 3072) * 18),
        ({"pk": {"N": "5"}}, 2 + (1 + 3) + 18),
        ({"pk": {"B": "AQID"}}, 2 + (1 + 4) + 18),
        ({"pk": {"BOOL": True}, "b": {"NULL": True}}, 2 + (1 + 1) + (1 + 0) + 18),
        ({"pk": {"SS": ["ab", "c"]}}, 2 + (1 + 3 + 2 + 1) + 18),
        ({"pk": {"L": [{"S": "a"}, {"N": "5"}]}}, 2 + (1 + 3 + (1 + 2) + (1 + 3)) + 18),
        ({"pk": {"M": {"long name": {"S": "a"}}}}, 2 + (1 + 3 + 2 + 2) + 18),
        ({"pk": {"S": "a"}, "sk": {"S": "12345"}}, 2 + (1 + 2) + (18 + 5)),
        ({"pk": {"S": "x" * 3_068}, "sk": {"S": "12345"}}, 2 + (1 + 3_070) + 2 * (18 + 5)),
    ],
)
def test_the_measure_of_an_item(item: dict[str, dict[str, Any]], measure: int) -> None:
    assert stored_bytes(item, "sk") == measure


_SCALARS = st.one_of(
    st.builds(lambda text: {"S": text}, st.text(max_size=40)),
    st.builds(lambda text: {"S": text * 200}, st.text(min_size=1, max_size=200)),
    st.builds(lambda number: {"N": str(number)}, st.integers(-(10**20), 10**20)),
    st.just({"B": ""}),
    st.just({"BOOL": True}),
    st.just({"NULL": True}),
    st.just({"SS": ["a", "b"]}),
)
_VALUES = st.recursive(
    _SCALARS,
    lambda inner: st.one_of(
        st.builds(lambda members: {"L": members}, st.lists(inner, max_size=5)),
        st.builds(lambda members: {"M": members}, st.dictionaries(st.text(min_size=1, max_size=3), inner, max_size=5)),
    ),
)


@settings(deadline=None, database=None)
@given(st.dictionaries(st.sampled_from(["a", "b", "sk", "name"]), _VALUES, min_size=1))
def test_no_item_measures_more_than_is_put_by_for_it(item: dict[str, Any]) -> None:
    if "sk" in item:
        item["sk"] = {"S": "x" * 1_024}
    assert stored_bytes(item, "sk") <= 21 + 4 * item_bytes(item)


def test_a_page_ends_with_the_row_that_brings_it_to_one_megabyte() -> None:
    """Rows of 8,192 stored bytes: 128 of them make a page, of whatever own sizes."""
    item = {"pk": {"S": "x" * (8_192 - 2 - 3 * 18 - 3)}}
    assert stored_bytes(item, None) == 8_192
    row, size = msgspec.json.encode(item), item_bytes(item)
    measure = PageMeasure(None)
    assert measure.surely_takes(20, 20 * size)
    measure.take(20, 20 * size, b",".join([row] * 20))
    assert not measure.surely_takes(20, 20 * size)
    ends = [measure.ends_with(size, row) for _ in range(108)]
    assert ends == [False] * 107 + [True]


def test_long_names_end_a_page_at_last() -> None:
    item = {"x" * 60_000: {"S": "a"}}
    row, size = msgspec.json.encode(item), item_bytes(item)
    measure = PageMeasure(None)
    assert [measure.ends_with(size, row) for _ in range(70)] == [False] * 69 + [True]
