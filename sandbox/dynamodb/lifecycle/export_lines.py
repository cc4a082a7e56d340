"""What an export writes of a table, part by part: one line for each item, or for each item that changed.

The parts may lie apart in time: history gives all of them as of the moment that was asked for. Source: *DynamoDB table
export output format*, Amazon DynamoDB Developer Guide; that ``WriteTimestampMicros`` is a value of type N, and that changes
in Ion are each a ``Record``, is seen where such files are read (the column types of Athena tables over them).
"""

import msgspec
from msgspec.structs import replace

from sandbox.arn import parse_table_arn
from sandbox.dynamodb.lifecycle.export_filter import ExportFilter
from sandbox.dynamodb.lifecycle.ion import ion_struct
from sandbox.dynamodb.lifecycle.jobs import JobFailed
from sandbox.dynamodb.storage.commit import Item, decode_item, encode_item
from sandbox.dynamodb.storage.exports import Export, ExportPeriod
from sandbox.dynamodb.storage.history import ChangedRow, History
from sandbox.dynamodb.storage.store import Store
from sandbox.dynamodb.storage.table import Table

__all__ = ["BILLED_BYTES_MIN", "PartOfExport", "export_part", "exported_table"]

BILLED_BYTES_MIN = 10_000_000
"""Of an incremental export. Source: ack-api-quirks DDB-EXPORT-019."""
_ROWS_MAX = 200
_BYTES_MAX = 1 << 18
_DECODED_ROWS_MAX = 50
_DECODED_BYTES_MAX = 1 << 16
"""A few milliseconds, the longest that other requests wait: of rows as they are stored, or of rows to be written anew."""


class PartOfExport(msgspec.Struct, kw_only=True, frozen=True):
    """Some lines.

    Attributes:
        size_bytes: of the items in them, by DynamoDB's rules.
        reached: where the next part begins; ``None`` where this was the last.
    """

    lines: bytes
    item_count: int
    size_bytes: int
    reached: bytes | None


def export_part(store: Store, export: Export, chosen: ExportFilter | None, behind: bytes) -> PartOfExport:
    """The part of *export* that follows the row key *behind*, or what is *chosen* of it.

    Raises:
        JobFailed: the table has gone, or its recovery was disabled, and the past with it.
    """
    table = exported_table(store, export)
    period = export.parameters.period
    if period is None:
        part = _part_of_items(store.history(table), export, chosen, behind)
    else:
        part = _part_of_changes(table, store.history(table), export, period, chosen, behind)
    if chosen is None or part.reached is None or not chosen.ends_before(part.reached):
        return part
    return replace(part, reached=None)


def _part_of_items(history: History, export: Export, chosen: ExportFilter | None, behind: bytes) -> PartOfExport:
    is_ion = export.parameters.format == "ION"
    is_decoded = is_ion or chosen is not None
    rows, reached = history.rows_at(
        export.instant,
        behind=behind,
        rows_max=_DECODED_ROWS_MAX if is_decoded else _ROWS_MAX,
        bytes_max=_DECODED_BYTES_MAX if is_decoded else _BYTES_MAX,
    )
    shown = [row.json for row in rows]
    if chosen is not None:
        rows = [row for row in rows if chosen.reads(row.key)]
        items = [decode_item(row.json) for row in rows]
        shown = [encode_item(chosen.show(item)) for item in items if chosen.matches(item)]
    return PartOfExport(
        lines=b"".join([_item_line(json, is_ion=is_ion) for json in shown]),
        item_count=len(shown),
        size_bytes=sum(row.size for row in rows),
        reached=reached,
    )


def _part_of_changes(
    table: Table, history: History, export: Export, period: ExportPeriod, chosen: ExportFilter | None, behind: bytes
) -> PartOfExport:
    changed, reached = history.changes_between(
        period.begin, export.period_end, behind=behind, rows_max=_DECODED_ROWS_MAX, bytes_max=_DECODED_BYTES_MAX
    )
    rows = [(row, _newest(row)) for row in changed]
    if chosen is not None:
        rows = [(row, item) for row, item in rows if chosen.reads(table.keys.of(item))]
    is_ion = export.parameters.format == "ION"
    lines = [
        _changed_line(table, row, item, period, chosen, is_ion=is_ion)
        for row, item in rows
        if chosen is None or chosen.matches(item)
    ]
    return PartOfExport(
        lines=b"".join(lines),
        item_count=len(lines),
        size_bytes=sum(image.size for row, _ in rows for image in (row.before, row.after) if image is not None),
        reached=reached,
    )


def exported_table(store: Store, export: Export) -> Table:
    """The table of *export*; the codes and sentences are an assumption, for at AWS an export outlives its table."""
    arn = parse_table_arn(export.parameters.table_arn)
    table = None if arn is None else store.table(arn.account_id, arn.region, arn.table_name)
    if table is None or table.definition.table_id != export.table_id:
        raise JobFailed("TableNotFoundException", f"Table not found: {export.parameters.table_arn}")
    since = table.definition.recovery_since
    if since is None or since > export.started:
        raise JobFailed(
            "PointInTimeRecoveryUnavailableException",
            f"Point in time recovery was disabled for table '{table.name}' while it was exported",
        )
    return table


def _item_line(item: bytes, *, is_ion: bool) -> bytes:
    if is_ion:
        return _ion_line({"Item": {"M": decode_item(item)}})
    return b'{"Item":' + item + b"}\n"


def _newest(row: ChangedRow) -> Item:
    some = row.before if row.after is None else row.after
    assert some is not None, "a row that changed was there before or after"
    return decode_item(some.json)


def _changed_line(
    table: Table, row: ChangedRow, newest: Item, period: ExportPeriod, chosen: ExportFilter | None, *, is_ion: bool
) -> bytes:
    before = None if period.view_type == "NEW_IMAGE" else row.before
    keys = {name: newest[name] for name in table.key_names}
    micros = {"WriteTimestampMicros": {"N": str(round(row.instant * 1_000_000))}}
    images = [
        (name, image.json if chosen is None else encode_item(chosen.show(decode_item(image.json))))
        for name, image in (("OldImage", before), ("NewImage", row.after))
        if image is not None
    ]
    if is_ion:
        told = {name: {"M": decode_item(json)} for name, json in images}
        return _ion_line({"Record": {"M": {"Metadata": {"M": micros}, "Keys": {"M": keys}, **told}}})
    line = b'{"Metadata":%s,"Keys":%s' % (encode_item(micros), encode_item(keys))
    return line + b"".join(b',"%s":%s' % (name.encode(), json) for name, json in images) + b"}\n"


def _ion_line(value: Item) -> bytes:
    return f"$ion_1_0 {ion_struct(value)}\n".encode()
