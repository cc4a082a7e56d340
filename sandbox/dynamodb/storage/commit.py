"""The one function every write ends in.

Item changes, index entries, expiry times and stream records go into one transaction, whatever asked for them: item,
batch, transaction, PartiQL, TTL or import. A change that changes nothing writes nothing and leaves no record.
"""

from collections.abc import Sequence
from typing import Any

import msgspec

from sandbox.dynamodb.storage.expiry import Expiry
from sandbox.dynamodb.storage.rows import Rows, StoredItem
from sandbox.dynamodb.storage.table import Index, Table
from sandbox.dynamodb.storage.vector_index import VectorEntry, VectorIndex, Vectors
from sandbox.streams.log import StreamLog
from sandbox.streams.records import Record
from sandbox.streams.shard import Shard, Stream
from sandbox.values.compare import items_equal
from sandbox.values.size import item_bytes, value_bytes

__all__ = ["Change", "IndexEffect", "commit", "decode_item", "encode_item"]

Item = dict[str, dict[str, Any]]

_decoder: msgspec.json.Decoder[Item] = msgspec.json.Decoder(dict[str, dict[str, Any]])
decode_item = _decoder.decode
encode_item = msgspec.json.Encoder().encode


class IndexEffect(msgspec.Struct, kw_only=True):
    """What a change did to one index, for the bill: sizes of the entry before and after, ``None`` where there is none.

    An entry that stays as it is has no effect and is not listed.
    """

    index: Index | VectorIndex
    size_before: int | None
    size_after: int | None
    is_moved: bool


class Change(msgspec.Struct, gc=False):
    """One item before and after a write.

    Attributes:
        key: the row key.
        before, after: as stored; ``None`` where there is no item.
        known_before_item, known_after_item: decoded, where somebody already had to.
        is_effective: filled by ``commit``: the write changed something.
        effects: filled by ``commit``: what happened to the indexes.
    """

    table: Table
    key: bytes
    before: StoredItem | None
    after: StoredItem | None
    known_before_item: Item | None = None
    known_after_item: Item | None = None
    is_effective: bool = True
    effects: list[IndexEffect] = []

    @property
    def before_item(self) -> Item | None:
        """The item before, decoded."""
        if self.known_before_item is None and self.before is not None:
            self.known_before_item = decode_item(self.before.json)
        return self.known_before_item

    @property
    def after_item(self) -> Item | None:
        """The item after, decoded."""
        if self.known_after_item is None and self.after is not None:
            self.known_after_item = decode_item(self.after.json)
        return self.known_after_item

    def changes_nothing(self) -> bool:
        """Whether before and after are the same item (sets and maps have no order)."""
        before, after = self.before, self.after
        if before is None or after is None:
            return before is after
        if before.size != after.size:
            return False
        if before.json == after.json:
            return True
        assert self.before_item is not None
        assert self.after_item is not None
        return items_equal(self.before_item, self.after_item)


def commit(log: StreamLog, changes: Sequence[Change], *, now: float, by_service: bool = False) -> None:
    """Apply *changes* in the open transaction; *by_service* marks what the TTL sweeper deletes.

    Everything is worked out before the first row is stored, so that nothing of ours can fail half-way: the store in
    memory has no journal to undo a first half with.

    A change of a table without a stream, index or expiry needs no ``before``: the engine leaves it out to save the read.
    """
    rows = _RowChanges()
    records: list[tuple[Stream, Shard, Record]] = []
    items: Rows | None = None
    stored: list[tuple[bytes, int, bytes]] = []
    for change in changes:
        table, after = change.table, change.after
        if (change.before is not None or after is None) and change.changes_nothing():
            change.is_effective = False
            continue
        if after is None:
            rows.deletes.append((table.items, change.key))
        else:
            # No two changes of one commit concern the same item, so the puts of a table can go together.
            if table.items is not items:
                items = table.items
                stored = rows.puts.setdefault(items, [])
            stored.append((change.key, after.size, after.json))
        if table.indexes:
            for index in table.indexes.values():
                effect = _update_index(rows, index, change)
                if effect is not None:
                    change.effects.append(effect)
        if table.vector_indexes:
            for vector_index in table.vector_indexes.values():
                effect = _update_vectors(rows, vector_index, change)
                if effect is not None:
                    change.effects.append(effect)
        if table.expiry_attribute is not None:
            before_second, after_second = expiry_of(table, change.before_item), expiry_of(table, change.after_item)
            if before_second != after_second:
                rows.expiries.append((table.expiry, change.key, before_second, after_second))
        stream = table.stream
        if stream is not None:
            record = _record(log.next_sequence(), stream, change, now, by_service=by_service)
            records.append((stream, stream.shard_for(change.key), record))
    rows.store()
    if records:
        log.append(records)


class _RowChanges:
    """What a commit does to items, index entries and expiry times; no two of them concern the same row."""

    __slots__ = ("deletes", "expiries", "puts", "vectors")

    def __init__(self) -> None:
        self.puts: dict[Rows, list[tuple[bytes, int, bytes]]] = {}
        self.deletes: list[tuple[Rows, bytes]] = []
        self.expiries: list[tuple[Expiry, bytes, int | None, int | None]] = []
        self.vectors: list[tuple[Vectors, bytes, VectorEntry | None]] = []

    def store(self) -> None:
        """Do all of it."""
        for rows, key in self.deletes:
            rows.delete(key)
        for rows, stored in self.puts.items():
            rows.put_many(stored)
        for expiry, key, before, after in self.expiries:
            if before is not None:
                expiry.delete(before, key)
            if after is not None:
                expiry.put(after, key)
        for vectors, key, entry in self.vectors:
            if entry is None:
                vectors.delete(key)
            else:
                vectors.put(key, entry)


# -- indexes ---------------------------------------------------------------------------------------------------------


def _update_index(rows: _RowChanges, index: Index, change: Change) -> IndexEffect | None:
    before, after = change.before_item, change.after_item
    key_before = index.keys.of(before, change.key) if before is not None else None
    key_after = index.keys.of(after, change.key) if after is not None else None
    if key_before is None and key_after is None:
        return None
    size_before = size_after = None
    entry_before: Item | None = None
    if key_before is not None:
        assert before is not None
        assert change.before is not None
        entry_before, size_before = _entry(index, before, change.before.size)
    if key_after is not None:
        assert after is not None
        assert change.after is not None
        entry_after, size_after = _entry(index, after, change.after.size)
        if (
            key_before == key_after
            and size_before == size_after
            and entry_before is not None
            and items_equal(entry_before, entry_after)
        ):
            return None
        json = change.after.json if index.projected is None else encode_item(entry_after)
        rows.puts.setdefault(index.entries, []).append((key_after, size_after, json))
    if key_before is not None and key_before != key_after:
        rows.deletes.append((index.entries, key_before))
    return IndexEffect(
        index=index,
        size_before=size_before,
        size_after=size_after,
        is_moved=key_before is not None and key_after is not None and key_before != key_after,
    )


def _entry(index: Index, item: Item, size: int) -> tuple[Item, int]:
    """What of *item* the index holds, and its size."""
    if index.projected is None:
        return item, size
    entry = {name: value for name, value in item.items() if name in index.projected}
    return entry, sum(len(name.encode()) + value_bytes(value) for name, value in entry.items())


def local_entries_bytes(table: Table, item: Item, table_key: bytes, size: int) -> int:
    """Measure the entries that *item*, of *size* bytes, has in the local indexes of its table; 0 where it has none."""
    return sum(
        _entry(index, item, size)[1]
        for index in table.indexes.values()
        if not index.is_global and index.keys.of(item, table_key) is not None
    )


def index_entry(index: Index, item: Item, table_key: bytes, stored: StoredItem) -> tuple[bytes, int, bytes] | None:
    """The row of *item* in *index*, or ``None`` when it has none: for filling a new index."""
    key = index.keys.of(item, table_key)
    if key is None:
        return None
    entry, size = _entry(index, item, stored.size)
    return key, size, stored.json if index.projected is None else encode_item(entry)


def _update_vectors(rows: _RowChanges, index: VectorIndex, change: Change) -> IndexEffect | None:
    before = index.entry(change.before_item) if change.before_item is not None else None
    after = index.entry(change.after_item) if change.after_item is not None else None
    if before is None and after is None:
        return None
    if before is not None and after is not None and before.equals(after):
        return None
    rows.vectors.append((index.entries, change.key, after))
    return IndexEffect(
        index=index,
        size_before=before.size if before is not None else None,
        size_after=after.size if after is not None else None,
        is_moved=before is not None and after is not None and before.partition != after.partition,
    )


# -- expiry ----------------------------------------------------------------------------------------------------------


def expiry_of(table: Table, item: Item | None) -> int | None:
    """The second at which *item* expires: only a number counts."""
    if item is None or table.expiry_attribute is None:
        return None
    text = item.get(table.expiry_attribute, {}).get("N")
    if text is None:
        return None
    seconds = int(float(text))
    return seconds if 0 < seconds < 1 << 53 else None


# -- stream records --------------------------------------------------------------------------------------------------


def _record(sequence: int, stream: Stream, change: Change, now: float, *, by_service: bool) -> Record:
    before, after = change.before, change.after
    item = change.after_item if after is not None else change.before_item
    assert item is not None, "a change that concerns no item changes nothing"
    table = change.table
    keys = {name: item[name] for name in table.key_names}
    return Record(
        sequence,
        now,
        "INSERT" if before is None else "REMOVE" if after is None else "MODIFY",
        int(by_service),
        encode_item(keys),
        table.keys.measure(change.key) or item_bytes(keys),
        after if stream.shows_new_image else None,
        before if stream.shows_old_image else None,
    )
