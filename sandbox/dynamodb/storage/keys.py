"""From key attributes to the bytes that order the store.

A row's key is ``hash | length | partition key | sort key``: four bytes of the partition key's hash, so that a scan
walks in AWS's order and a segment is a range; the partition key with its length, so that a partition is a prefix; the
sort key in its order-preserving form. An index entry's key goes on with its sort keys made self-delimiting, and ends
with the table key behind a hash of its values, so that equal index keys stay apart. Query is one range of such bytes.
Source: dynamodb-exact §13.1 (hashes and segment bounds); dynalite 4.0.0, asked 2026-11 (equal keys of local indexes).
"""

from collections.abc import Iterable
from typing import Any, NamedTuple

from sandbox.dynamodb.limits import HASH_KEY_BYTES_MAX, RANGE_KEY_BYTES_MAX
from sandbox.values.key_bytes import KeyType, partition_hash, scalar_bytes, scalar_encoder, terminated_bytes

__all__ = ["IndexKeys", "KeyPart", "Range", "TableKeys", "after", "segment_range"]

Item = dict[str, dict[str, Any]]

_PREFIXES_MAX = 4_096
"""Partitions kept per table or index."""
_BEHIND_ALL = b"\xff" * 8
_HASH_BYTES = 4
_PARTITION_AT = _HASH_BYTES + 2
"""Where the partition key begins in a row key: behind its hash and its length."""
_END_OF_TEXT = b"\x00\x00"
"""As ``terminated_bytes`` has it."""
_SHORT_HASH_CHARACTERS_MAX = HASH_KEY_BYTES_MAX // 4
_SHORT_RANGE_CHARACTERS_MAX = RANGE_KEY_BYTES_MAX // 4
"""Four bytes is the most a character takes."""


class KeyPart(NamedTuple):
    """One key attribute: its name and its type (S, N or B)."""

    name: str
    type: KeyType


class Range(NamedTuple):
    """Rows with ``low <= key < high``; ``high`` is ``None`` for no upper bound."""

    low: bytes
    high: bytes | None


def after(prefix: bytes) -> bytes | None:
    """The least key that sorts behind every key with this *prefix*; ``None`` when there is none."""
    trimmed = prefix.rstrip(b"\xff")
    if not trimmed:
        return None
    return trimmed[:-1] + bytes((trimmed[-1] + 1,))


def segment_range(segment: int, total_segments: int) -> Range:
    """The rows of one segment of a parallel scan, by the first three hex digits of the hash."""
    return Range(_bound(segment, total_segments) or _BEHIND_ALL, _bound(segment + 1, total_segments))


def _bound(segment: int, total_segments: int) -> bytes | None:
    """Where a segment begins; ``None`` behind the last of the 4096 places."""
    place = -(-4096 * segment // total_segments)
    return None if place >= 4096 else (place << 4).to_bytes(2, "big")


def _partition(key: bytes) -> bytes:
    return partition_hash(key) + len(key).to_bytes(2, "big") + key


class _Prefixes(dict[str, bytes]):
    """Partition key -> what the keys of all rows of that partition begin with.

    One that is not there is worked out and kept: a program comes back to its partitions.
    """

    __slots__ = ("_encode",)

    def __init__(self, type_: KeyType) -> None:
        super().__init__()
        self._encode = scalar_encoder(type_)

    def __missing__(self, text: str) -> bytes:
        if len(self) >= _PREFIXES_MAX:
            self.clear()
        prefix = self[text] = _partition(self._encode(text))
        return prefix


class TableKeys:
    """The primary key of one table."""

    __slots__ = (
        "_encode_range",
        "_is_textual",
        "_names_bytes",
        "_prefixes",
        "hash_name",
        "hash_parts",
        "hash_type",
        "range_name",
        "range_parts",
        "range_type",
    )

    def __init__(self, hash_part: KeyPart, range_part: KeyPart | None) -> None:
        self.hash_name, self.hash_type = hash_part
        # A table without a sort key never looks at the type.
        self.range_name: str | None = range_part.name if range_part is not None else None
        self.range_type: KeyType = range_part.type if range_part is not None else "S"
        # As an index has them: one or more attributes, and none or more.
        self.hash_parts: tuple[KeyPart, ...] = (hash_part,)
        self.range_parts: tuple[KeyPart, ...] = (range_part,) if range_part is not None else ()
        self._prefixes = _Prefixes(self.hash_type)
        self._encode_range = scalar_encoder(self.range_type)
        self._is_textual = self.hash_type == self.range_type == "S"
        self._names_bytes = sum(len(part.name.encode()) for part in (*self.hash_parts, *self.range_parts))

    def of(self, item: Item) -> bytes:
        """The row key of *item*, whose key attributes are known to be there and of the right type."""
        row_key = self._prefixes[item[self.hash_name][self.hash_type]]
        if self.range_name is None:
            return row_key
        return row_key + self._encode_range(item[self.range_name][self.range_type])

    def plain(self, item: Item) -> bytes | None:
        """The row key of an item or ``Key`` argument whose key attributes need no closer look; ``None`` where they do.

        Those that need none are texts, alone, filled, and short whatever their characters.
        """
        return self.plain_each((item,))[0]

    def plain_each(self, items: Iterable[Item]) -> list[bytes | None]:
        """What ``plain`` gives, for each of *items*."""
        if not self._is_textual:
            return [None for _ in items]
        hash_name, range_name, prefixes = self.hash_name, self.range_name, self._prefixes
        row_keys: list[bytes | None] = []
        for item in items:
            row_key = None
            try:
                value = item[hash_name]
                text = value["S"]
                if text and len(value) == 1 and len(text) <= _SHORT_HASH_CHARACTERS_MAX:
                    if range_name is None:
                        row_key = prefixes[text]
                    else:
                        value = item[range_name]
                        sort = value["S"]
                        if sort and len(value) == 1 and len(sort) <= _SHORT_RANGE_CHARACTERS_MAX:
                            row_key = prefixes[text] + sort.encode()
            except (KeyError, TypeError):  # a value may be a JSON null
                pass
            row_keys.append(row_key)
        return row_keys

    def plain_in_batch(self, items: Iterable[Item]) -> list[bytes | None]:
        """What ``plain`` gives, for each of *items* that are written together; their values are in normal form.

        Their partitions are not kept: those of new items are rarely asked for next, and would drive out what is. The
        last one is at hand, for a batch into one partition.
        """
        if not self._is_textual:
            return [None for _ in items]
        hash_name, range_name, kept = self.hash_name, self.range_name, self._prefixes
        row_keys: list[bytes | None] = []
        partition, prefix = "", b""
        for item in items:
            row_key = None
            try:
                text = item[hash_name]["S"]
                sort = item[range_name]["S"] if range_name is not None else "no matter"
                if (
                    text
                    and sort
                    and len(text) <= _SHORT_HASH_CHARACTERS_MAX
                    and len(sort) <= _SHORT_RANGE_CHARACTERS_MAX
                ):
                    if text != partition:
                        partition, prefix = text, kept.get(text) or _partition(text.encode())
                    row_key = prefix if range_name is None else prefix + sort.encode()
            except KeyError:
                pass
            row_keys.append(row_key)
        return row_keys

    def measure(self, row_key: bytes) -> int | None:
        """The size of the key attributes of a row, names included; ``None`` where they are not texts."""
        return self._names_bytes + len(row_key) - _PARTITION_AT if self._is_textual else None

    def read(self, row_key: bytes) -> Item | None:
        """The key attributes of a row, read off its key; ``None`` where they are not texts and the row has to tell."""
        if not self._is_textual:
            return None
        end = _PARTITION_AT + int.from_bytes(row_key[_HASH_BYTES:_PARTITION_AT], "big")
        key: Item = {self.hash_name: {"S": row_key[_PARTITION_AT:end].decode()}}
        if self.range_name is not None:
            key[self.range_name] = {"S": row_key[end:].decode()}
        return key

    def partition(self, hash_values: list[str]) -> bytes:
        """The prefix shared by all rows of one partition."""
        return self._prefixes[hash_values[0]]

    def range_for(self, partition: bytes, equal: list[str], operator: str | None, operands: list[str]) -> Range:
        """The rows of *partition* whose sort key meets ``operator operands`` (all of them without an operator)."""
        del equal  # a table has at most one sort key
        if operator is None:
            return Range(partition, after(partition))
        values = [partition + scalar_bytes(self.range_type, text) for text in operands]
        return _table_range(partition, operator, values)


def _table_range(partition: bytes, operator: str, values: list[bytes]) -> Range:
    value = values[0]
    match operator:
        case "=":
            return Range(value, value + b"\x00")
        case "<":
            return Range(partition, value)
        case "<=":
            return Range(partition, value + b"\x00")
        case ">":
            return Range(value + b"\x00", after(partition))
        case ">=":
            return Range(value, after(partition))
        case "BETWEEN":
            return Range(value, values[1] + b"\x00")
        case "begins_with":
            return Range(value, after(value))
    raise AssertionError(operator)


class IndexKeys:
    """The key of one secondary index: up to four attributes on either side."""

    __slots__ = ("_is_textual", "_prefixes", "has_several", "hash_parts", "range_parts")

    def __init__(self, *, hash_parts: tuple[KeyPart, ...], range_parts: tuple[KeyPart, ...]) -> None:
        self.hash_parts = hash_parts
        self.range_parts = range_parts
        self.has_several = len(hash_parts) > 1 or len(range_parts) > 1
        self._prefixes = _Prefixes(hash_parts[0].type)  # for a single attribute on that side
        self._is_textual = len(hash_parts) == 1 and all(part.type == "S" for part in (*hash_parts, *range_parts))

    def of(self, item: Item, table_key: bytes) -> bytes | None:
        """The entry's key, or ``None`` when *item* lacks a key attribute and so is not in the index."""
        hash_values = []
        for name, type_ in self.hash_parts:
            value = item.get(name)
            if value is None or type_ not in value:
                return None
            hash_values.append(value[type_])
        ranges = b""
        for name, type_ in self.range_parts:
            value = item.get(name)
            if value is None or type_ not in value:
                return None
            ranges += terminated_bytes(type_, value[type_])
        # Equal index keys come in the order of the hash of the table's key values.
        return self.partition(hash_values) + ranges + partition_hash(table_key[_PARTITION_AT:]) + table_key

    def read(self, entry_key: bytes, table_keys: TableKeys) -> Item | None:
        """The key attributes of an entry's item, the table's first, read off its key; ``None`` where the row has to tell."""
        if not self._is_textual:
            return None
        end = _PARTITION_AT + int.from_bytes(entry_key[_HASH_BYTES:_PARTITION_AT], "big")
        own: Item = {self.hash_parts[0].name: {"S": entry_key[_PARTITION_AT:end].decode()}}
        for part in self.range_parts:
            stop = entry_key.index(_END_OF_TEXT, end)
            own[part.name] = {"S": entry_key[end:stop].replace(b"\x00\xff", b"\x00").decode()}
            end = stop + len(_END_OF_TEXT)
        key = table_keys.read(entry_key[end + _HASH_BYTES :])
        return None if key is None else key | own

    def partition(self, hash_values: list[str]) -> bytes:
        """The prefix shared by all entries of one index partition."""
        if len(hash_values) == 1:
            return self._prefixes[hash_values[0]]
        return _partition(
            b"".join(terminated_bytes(part.type, text) for part, text in zip(self.hash_parts, hash_values, strict=True))
        )

    def range_for(self, partition: bytes, equal: list[str], operator: str | None, operands: list[str]) -> Range:
        """The entries of *partition* whose leading sort keys equal *equal* and whose next one meets the operator."""
        prefix = partition
        for part, text in zip(self.range_parts, equal, strict=False):
            prefix += terminated_bytes(part.type, text)
        if operator is None:
            return Range(prefix, after(prefix))
        type_ = self.range_parts[len(equal)].type
        values = [prefix + terminated_bytes(type_, text) for text in operands]
        value = values[0]
        match operator:
            case "=":
                return Range(value, after(value))
            case "<":
                return Range(prefix, value)
            case "<=":
                return Range(prefix, after(value))
            case ">":
                return Range(after(value) or value, after(prefix))
            case ">=":
                return Range(value, after(prefix))
            case "BETWEEN":
                return Range(value, after(values[1]))
            case "begins_with":
                # Without its two closing bytes the value is a prefix of every longer one.
                return Range(value[:-2], after(value[:-2]))
        raise AssertionError(operator)
