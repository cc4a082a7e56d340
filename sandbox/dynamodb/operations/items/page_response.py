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
    pieces = [b'{"Items":[', page.items, b"],"] if selection.wants_items else [b"{"]
    pieces.append(b'"Count":%d,"ScannedCount":%d' % (page.count, page.scanned_count))
    if page.last_key is not None:
        pieces += [b',"LastEvaluatedKey":', encode(key_of(table, index, rows, page.last_key))]
    if capacity_mode is not None:
        bill = Bill(table_name)
        bill_page(bill, page, index, selection, consistent=consistent)
        report = bill.report(capacity_mode)
        if report is not None:
            pieces += [b',"ConsumedCapacity":', encode(report)]
    pieces.append(b"}")
    return b"".join(pieces)
