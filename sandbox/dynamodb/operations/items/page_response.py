"""From a page to the answer of Query and Scan, which is the same for both."""

from typing import Any

import msgspec

from sandbox.dynamodb.engine.capacity import Bill
from sandbox.dynamodb.engine.select import Page, key_of
from sandbox.dynamodb.engine.selection import Selection, bill_page
from sandbox.dynamodb.storage.table import Index, Table
from sandbox.wire.operation import ResponseShape

__all__ = ["PageResponse", "page_response"]


class PageResponse(ResponseShape):
    """``items`` is left out for Select COUNT; ``last_evaluated_key`` when the page ended before the range did."""

    items: msgspec.Raw | None = None
    count: int
    scanned_count: int
    last_evaluated_key: dict[str, Any] | None = None
    consumed_capacity: dict[str, Any] | None = None


def page_response(
    page: Page,
    table: Table,
    index: Index | None,
    selection: Selection,
    *,
    table_name: str,
    consistent: bool,
    capacity_mode: str | None,
) -> PageResponse:
    """Answer *page* as *selection* shows it; *table_name* as the request named it, *capacity_mode* as it asked for the bill."""
    response = PageResponse(count=page.count, scanned_count=page.scanned_count)
    if selection.wants_items:
        response.items = page.items
    if page.last_row is not None:
        response.last_evaluated_key = key_of(table, index, page.last_row)
    if capacity_mode is not None:
        bill = Bill(table_name)
        bill_page(bill, page, index, selection, consistent=consistent)
        response.consumed_capacity = bill.report(capacity_mode)
    return response
