"""Row keys: a partition is a prefix, a sort condition is a range, a segment is a range."""

from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.dynamodb.storage.keys import IndexKeys, KeyPart, Range, TableKeys, after, segment_range
from sandbox.values.number import canonical
from sandbox.values.size import item_bytes

TEXTS = st.text(alphabet=st.sampled_from("ab\x00\x01é𝄞"), min_size=1, max_size=6)
NUMBERS = st.decimals(min_value=-1000, max_value=1000, places=3).map(lambda number: canonical(str(number)))
OPERATORS = ["=", "<", "<=", ">", ">=", "BETWEEN", "begins_with"]


def _holds(operator: str, value: str, operands: list[str], type_: str) -> bool:
    """The condition by its definition: UTF-8 bytes or numbers."""

    def key(text: str) -> bytes | Decimal:
        return Decimal(text) if type_ == "N" else text.encode()

    match operator:
        case "=":
            return value == operands[0]
        case "<":
            return key(value) < key(operands[0])  # type: ignore[operator]  # both are of one type
        case "<=":
            return key(value) <= key(operands[0])  # type: ignore[operator]  # as above
        case ">":
            return key(value) > key(operands[0])  # type: ignore[operator]  # as above
        case ">=":
            return key(value) >= key(operands[0])  # type: ignore[operator]  # as above
        case "BETWEEN":
            return key(operands[0]) <= key(value) <= key(operands[1])  # type: ignore[operator]  # as above
    return value.startswith(operands[0])


def _within(span: Range, key: bytes) -> bool:
    return span.low <= key and (span.high is None or key < span.high)


@pytest.mark.parametrize("operator", OPERATORS)
@given(hash_text=TEXTS, other=TEXTS, value=TEXTS, low=TEXTS, high=TEXTS)
def test_a_sort_condition_on_text_is_exactly_a_range(
    operator: str, hash_text: str, other: str, value: str, low: str, high: str
) -> None:
    """For the table's keys and for an index's, whose sort key is followed by the table key."""
    operands = [low, high] if operator == "BETWEEN" else [low]
    table_keys = TableKeys(KeyPart("p", "S"), KeyPart("s", "S"))
    index_keys = IndexKeys(hash_parts=(KeyPart("p", "S"),), range_parts=(KeyPart("s", "S"),))
    item = {"p": {"S": hash_text}, "s": {"S": value}}
    row = table_keys.of(item)
    entry = index_keys.of(item, row)
    assert entry is not None
    expected = _holds(operator, value, operands, "S")
    for keys, key in ((table_keys, row), (index_keys, entry)):
        span = keys.range_for(keys.partition([hash_text]), [], operator, operands)
        assert _within(span, key) == expected
        if other != hash_text:
            foreign = keys.range_for(keys.partition([other]), [], operator, operands)
            assert not _within(foreign, key)


@pytest.mark.parametrize("operator", [operator for operator in OPERATORS if operator != "begins_with"])
@given(value=NUMBERS, low=NUMBERS, high=NUMBERS)
def test_a_sort_condition_on_numbers_is_exactly_a_range(operator: str, value: str, low: str, high: str) -> None:
    """Numbers sort by value, negative ones and fractions too."""
    operands = [low, high] if operator == "BETWEEN" else [low]
    table_keys = TableKeys(KeyPart("p", "S"), KeyPart("s", "N"))
    index_keys = IndexKeys(hash_parts=(KeyPart("p", "S"),), range_parts=(KeyPart("s", "N"),))
    item = {"p": {"S": "x"}, "s": {"N": value}}
    row = table_keys.of(item)
    entry = index_keys.of(item, row)
    assert entry is not None
    expected = _holds(operator, value, operands, "N")
    assert _within(table_keys.range_for(table_keys.partition(["x"]), [], operator, operands), row) == expected
    assert _within(index_keys.range_for(index_keys.partition(["x"]), [], operator, operands), entry) == expected


@given(texts=st.tuples(TEXTS, TEXTS, TEXTS, TEXTS))
def test_text_keys_are_read_off_the_rows_keys(texts: tuple[str, str, str, str]) -> None:
    """As LastEvaluatedKey has them; also where a text holds the bytes that stand between parts."""
    item = {name: {"S": text} for name, text in zip("psab", texts, strict=True)}
    table_keys = TableKeys(KeyPart("p", "S"), KeyPart("s", "S"))
    row_key = table_keys.of(item)
    assert table_keys.read(row_key) == {name: item[name] for name in "ps"}
    index_keys = IndexKeys(hash_parts=(KeyPart("a", "S"),), range_parts=(KeyPart("b", "S"),))
    entry_key = index_keys.of(item, row_key)
    assert entry_key is not None
    read = index_keys.read(entry_key, table_keys)
    assert read == item
    assert list(read) == list("psab")


def test_other_keys_are_left_to_the_row() -> None:
    table_keys = TableKeys(KeyPart("p", "S"), KeyPart("s", "N"))
    item = {"p": {"S": "p"}, "s": {"N": "1"}}
    assert table_keys.read(table_keys.of(item)) is None
    index_keys = IndexKeys(hash_parts=(KeyPart("s", "N"),), range_parts=())
    entry_key = index_keys.of(item, table_keys.of(item))
    assert entry_key is not None
    assert index_keys.read(entry_key, table_keys) is None


def test_equal_index_keys_are_ordered_by_the_hash_of_the_tables_key() -> None:
    """Of index keys that are equal; without the length that a row's key has. Source: dynalite 4.0.0, asked 2026-11."""
    table_keys = TableKeys(KeyPart("pk", "S"), KeyPart("sk", "N"))
    index_keys = IndexKeys(hash_parts=(KeyPart("pk", "S"),), range_parts=(KeyPart("h", "N"),))
    items = [{"pk": {"S": "p"}, "sk": {"N": str(number)}, "h": {"N": "1"}} for number in (-3, *range(11))]
    entries = {index_keys.of(item, table_keys.of(item)): item["sk"]["N"] for item in items}
    assert [entries[key] for key in sorted(filter(None, entries))] == "3 6 10 -3 0 9 5 7 4 2 1 8".split()


def test_an_item_without_an_index_key_has_no_entry() -> None:
    """Indexes are sparse: a missing attribute or one of another type keeps the item out."""
    keys = IndexKeys(hash_parts=(KeyPart("a", "S"), KeyPart("b", "N")), range_parts=())
    assert keys.of({"a": {"S": "x"}}, b"k") is None
    assert keys.of({"a": {"S": "x"}, "b": {"S": "1"}}, b"k") is None
    assert keys.of({"a": {"S": "x"}, "b": {"N": "1"}}, b"k") is not None


def test_segments_share_out_every_hash_once() -> None:
    """A parallel scan sees every item in exactly one segment, whatever the number of segments."""
    for total in (1, 2, 3, 7, 100, 4096, 5000):
        spans = [segment_range(segment, total) for segment in range(total)]
        assert spans[0].low <= b"\x00\x00"
        assert spans[-1].high is None
        for span, following in pairwise(spans):
            assert span.high == following.low or span.high is None


def test_nothing_comes_after_the_last_prefix() -> None:
    """A prefix of 0xFF bytes has no upper bound."""
    assert after(b"\xff\xff") is None
    assert after(b"a\xff") == b"b"


@pytest.mark.parametrize("sort", ["", "a", "\u00e9\U0001f600"])
def test_keys_that_are_texts_are_measured_by_the_row_key(sort: str) -> None:
    item = {"p\u00e9": {"S": "\u00fc" * 3}, "s": {"S": sort}}
    table_keys = TableKeys(KeyPart("p\u00e9", "S"), KeyPart("s", "S"))
    assert table_keys.measure(table_keys.of(item)) == item_bytes(item)
    alone = TableKeys(KeyPart("p\u00e9", "S"), None)
    assert alone.measure(alone.of(item)) == item_bytes({"p\u00e9": item["p\u00e9"]})
    assert TableKeys(KeyPart("s", "S"), KeyPart("n", "N")).measure(b"") is None


@given(
    keys=st.lists(
        st.tuples(
            st.sampled_from(["", "a", "b", "\u00e9", "x" * 512, "x" * 513, "\U0001f600" * 512]),
            st.sampled_from(["", "1", "\u00e9", "y" * 256, "y" * 257]),
        )
    ),
    has_range=st.booleans(),
    kept=st.sampled_from(["a", "\u00e9", "x"]),
)
def test_the_keys_of_a_batch_are_those_of_its_items(keys: list[tuple[str, str]], has_range: bool, kept: str) -> None:
    """However its partitions follow each other, and whichever of them was kept before."""
    table_keys = TableKeys(KeyPart("p", "S"), KeyPart("s", "S") if has_range else None)
    table_keys.partition([kept])
    items: list[dict[str, dict[str, str]]] = [{"p": {"S": text}, "s": {"S": sort}} for text, sort in keys]
    items += [{"p": {"N": "1"}}, {"s": {"S": "1"}}]
    alone = TableKeys(*table_keys.hash_parts, *(table_keys.range_parts or (None,)))
    row_keys = table_keys.plain_in_batch(items)
    assert row_keys == [alone.plain(item) for item in items]
    for item, row_key in zip(items, row_keys, strict=True):
        assert row_key is None or row_key == alone.of(item)


def test_keys_that_are_not_texts_need_a_closer_look_in_a_batch_too() -> None:
    table_keys = TableKeys(KeyPart("p", "S"), KeyPart("n", "N"))
    assert table_keys.plain_in_batch([{"p": {"S": "p"}, "n": {"N": "1"}}]) == [None]
