"""Data folders that an earlier version of the sandbox wrote: brought to today's form, once, as they are opened.

Format 2 keeps equal keys of an index in another order than format 1.
"""

from collections.abc import Iterable

import apsw

from sandbox.dynamodb.storage.commit import decode_item
from sandbox.dynamodb.storage.keys import Range
from sandbox.dynamodb.storage.rows import Rows
from sandbox.dynamodb.storage.table import Index, Table

__all__ = ["renew_index_entries"]

_ROWS_AT_ONCE = 1_000


def renew_index_entries(connection: apsw.Connection, tables: Iterable[Table]) -> None:
    """Give all entries of secondary indexes the keys that they have today; inside a transaction."""
    for table in tables:
        for index in table.indexes.values():
            _renew(connection, table, index)


def _renew(connection: apsw.Connection, table: Table, index: Index) -> None:
    # Into a table of their own: among the old keys the new ones could not be told from them.
    renewed = Rows(connection, f"{index.entries.name}_renewed")
    renewed.create()
    low = b""
    while rows := index.entries.fetch(Range(low, None), descending=False, limit=_ROWS_AT_ONCE):
        entries = []
        for _, size, json in rows:
            item = decode_item(json)  # whatever an index projects, both keys are in it
            key = index.keys.of(item, table.keys.of(item))
            assert key is not None, "an entry has the attributes of its key"
            entries.append((key, size, json))
        renewed.put_many(entries)
        low = rows[-1][0] + b"\x00"
    index.entries.drop()
    connection.execute(f"ALTER TABLE {renewed.name} RENAME TO {index.entries.name}")
