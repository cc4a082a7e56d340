"""From a page to the answer of Query and Scan, which is the same for both."""

from sandbox.dynamodb.engine.capacity import Bill
from sandbox.dynamodb.engine.select import Page, Readable, key_of
from sandbox.dynamodb.engine.selection import Selection, bill_page
from sandbox.dynamodb.storage.table import Index, Table
from sandbox.wire.encode import encode

__all__ = ["page_response"]


def page_response(
    page: Page,
    table: Table,
    index: Index | None,
    rows: Readable,
    selection: Selection,
    *,
    table_name: str,
    consistent: bool,
    capacity_mode: str | None,
) -> bytes:
    """Write the answer for a *page* of *rows* as *selection* shows it: its JSON, into which the rows are copied once.

    ``Items`` is left out for Select COUNT; ``LastEvaluatedKey`` is there when the page ended before the range did.
    *table_name* as the request named it, *capacity_mode* as it asked for the bill.
    """
    items = b'"Items":[%b],' % page.items if selection.wants_items else b""
    last_key = bill = b""
    if page.last_key is not None:
        last_key = b',"LastEvaluatedKey":%b' % encode(key_of(table, index, rows, page.last_key))
    if capacity_mode is not None:
        charged = Bill(table_name)
        bill_page(charged, page, index, selection, consistent=consistent)
        reported = charged.report(capacity_mode)
        if reported is not None:
            bill = b',"ConsumedCapacity":%b' % encode(reported)
    return b'{%b"Count":%d,"ScannedCount":%d%b%b}' % (items, page.count, page.scanned_count, last_key, bill)
