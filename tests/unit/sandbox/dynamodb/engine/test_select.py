"""Where a page ends: the rows that are joined by the store, and those looked at one by one, must agree on it."""

from collections.abc import Iterator
from random import Random

import pytest

from sandbox.dynamodb.engine.select import Page, read_page, resume
from sandbox.dynamodb.limits import PAGE_BYTES_MAX
from sandbox.dynamodb.storage.database import Database
from sandbox.dynamodb.storage.keys import Range
from sandbox.dynamodb.storage.rows import Rows, StoredItem
from sandbox.values import Item

ALL = Range(b"", None)


class _Anything:
    """A condition that every item meets."""

    def matches(self, item: Item | None) -> bool:
        return item is not None


def _rows(sizes: list[int]) -> Rows:
    database = Database()
    rows = Rows(database.connection, "items_1")
    with database.write():
        rows.create()
        rows.put_many((b"%06d" % number, size, b'{"n":{"N":"%d"}}' % number) for number, size in enumerate(sizes))
    return rows


def _pages(rows: Rows, *, descending: bool, limit: int | None, condition: _Anything | None) -> Iterator[Page]:
    span = ALL
    while True:
        page = read_page(rows, span, descending=descending, limit=limit, condition=condition)
        yield page
        if page.last_key is None:
            return
        span = resume(span, page.last_key, descending=descending)


def _expected(sizes: list[int], limit: int | None) -> Iterator[tuple[int, int]]:
    """How many rows each page has, and their size."""
    count = size = 0
    for one in sizes:
        count, size = count + 1, size + one
        if count == limit or size >= PAGE_BYTES_MAX:
            yield count, size
            count = size = 0
    yield count, size


@pytest.mark.parametrize("seed", range(12))
def test_a_page_ends_with_the_row_that_brings_it_to_one_megabyte_or_to_the_limit(seed: int) -> None:
    draw = Random(seed)
    most = draw.choice([300, 9_000, 120_000, 409_600])
    sizes = [draw.randint(1, most) for _ in range(draw.choice([250, 700]))]
    rows = _rows(sizes)
    for descending in (False, True):
        for limit in (None, 1_000, 100, 99, 37):
            expected = list(_expected(sizes[::-1] if descending else sizes, limit))
            for condition in (None, _Anything()):
                pages = list(_pages(rows, descending=descending, limit=limit, condition=condition))
                assert [(page.scanned_count, page.size) for page in pages] == expected
                assert [page.count for page in pages] == [page.scanned_count for page in pages]
                assert all(page.items.count(b"},{") == max(0, page.count - 1) for page in pages)


def test_a_page_of_one_megabyte_to_the_byte_is_full() -> None:
    [full, rest] = _pages(_rows([PAGE_BYTES_MAX - 1, 1, 5]), descending=False, limit=None, condition=None)
    assert (full.count, full.size, rest.count) == (2, PAGE_BYTES_MAX, 1)


def test_what_is_fetched_is_measured_in_place_of_the_entries() -> None:
    rows = _rows([10] * 6)
    page = read_page(rows, ALL, fetch=lambda _entry: StoredItem(400_000, b"{}"))
    assert (page.count, page.size, page.last_key) == (3, 30, b"000002")
