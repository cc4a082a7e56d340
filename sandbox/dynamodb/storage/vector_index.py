"""A vector index as it is stored and as the engine uses it.

It has one row for each item that belongs in it, under the item's row key: the vector as 32-bit floats and its sketch, what
the searches of the index may ask to be equal, and the size of the entry. What else the index projects is read from the item itself,
which is always as new as its entry.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

import apsw
import msgspec

from sandbox.dynamodb.limits import HASH_KEY_BYTES_MAX
from sandbox.dynamodb.storage.keys import KeyPart
from sandbox.dynamodb.storage.totals import Totals
from sandbox.values.attribute import AttributeValue, Item
from sandbox.values.compare import items_equal
from sandbox.values.key_bytes import KeyType, scalar_bytes
from sandbox.values.size import text_bytes, value_bytes
from sandbox.values.sketch import sketch_of
from sandbox.values.vector import COMPONENT_BYTES, DistanceFunction, components_of, packed, unpacked

__all__ = ["Sketched", "VectorEntry", "VectorIndex", "VectorIndexDefinition", "Vectors"]


class VectorIndexDefinition(msgspec.Struct, kw_only=True):
    """One vector index.

    Attributes:
        number: names the index's rows in the store; of one count with the secondary indexes of the table.
        attribute: the one that holds the vectors.
        search_schema: ``[("attr", "HASH"), ("other", "INLINE_FILTER"), …]`` in the order given.
        settles_at: when a passing status (CREATING, DELETING) ends; ``None`` where nothing is under way.
        backfilling: existing items are still being entered; what is written meanwhile is entered with the write.
    """

    name: str
    number: int
    attribute: str
    dimensions: int
    distance_function: DistanceFunction
    search_schema: list[tuple[str, str]]
    projection_type: str
    non_key_attributes: list[str] | None = None
    status: str = "ACTIVE"
    settles_at: float | None = None
    backfilling: bool = False


class VectorEntry(NamedTuple):
    """What an index holds of an item.

    Attributes:
        size: bytes of the entry, its vector at 32 bits for each dimension.
        partition: the value of the HASH attribute as key bytes; empty where the index has none.
        filters: the values of the INLINE_FILTER attributes as key bytes, in their order; ``None`` for absent ones.
        projected: what the index shows of the item, but for the vector.
    """

    size: int
    partition: bytes
    filters: tuple[bytes | None, ...]
    vector: bytes
    projected: Item

    def equals(self, other: "VectorEntry") -> bool:
        """Whether both are the same; sets have no order."""
        return self[:-1] == other[:-1] and items_equal(self.projected, other.projected)


class Sketched(NamedTuple):
    """A row without its vector: its place, key and size of the entry, and what ``Sketch`` has."""

    place: int
    key: bytes
    size: int
    step: float
    length: float
    levels: bytes


class VectorIndex:
    """A vector index, ready for use.

    Attributes:
        hash_part: the attribute whose value every search names; ``None`` where the index has no partitions.
        filter_parts: the attributes by which a search may filter, in the order of the schema.
        projected: attributes in an entry besides the vector, or ``None`` for all of the item.
        shows_vector: the vector itself is projected.
    """

    __slots__ = (
        "attribute",
        "definition",
        "entries",
        "filter_parts",
        "hash_part",
        "name",
        "projected",
        "shows_vector",
    )

    def __init__(
        self,
        connection: apsw.Connection,
        table_id: int,
        table_keys: Sequence[str],
        types: Mapping[str, KeyType],
        definition: VectorIndexDefinition,
    ) -> None:
        self.definition = definition
        self.name = definition.name
        self.attribute = definition.attribute
        parts = [(KeyPart(name, types[name]), kind) for name, kind in definition.search_schema]
        self.hash_part = next((part for part, kind in parts if kind == "HASH"), None)
        self.filter_parts = tuple(part for part, kind in parts if kind == "INLINE_FILTER")
        self.entries = self.rows(connection, table_id, definition)
        named = definition.non_key_attributes or []
        self.projected: frozenset[str] | None = None
        if definition.projection_type != "ALL":
            searched = [name for name, _ in definition.search_schema]
            self.projected = frozenset([*table_keys, *searched, *named]) - {self.attribute}
        self.shows_vector = definition.projection_type == "ALL" or self.attribute in named

    @staticmethod
    def rows(connection: apsw.Connection, table_id: int, definition: VectorIndexDefinition) -> "Vectors":
        """Where the entries of an index are, also of one that is being deleted."""
        kinds = [kind for _, kind in definition.search_schema]
        return Vectors(
            connection,
            f"vectors_{table_id}_{definition.number}",
            filter_count=kinds.count("INLINE_FILTER"),
            is_partitioned="HASH" in kinds,
        )

    def entry(self, item: Item) -> VectorEntry | None:
        """What the index holds of *item*; ``None`` where it does not belong in it.

        Source: the developer guide on vector indexes (an item without the vector or the HASH attribute); dynoxide, as it
        measured AWS's filling (an item that could not be written today).
        """
        value = item.get(self.attribute)
        if value is None:
            return None
        components = components_of(value, self.definition.dimensions)
        if components is None:
            return None
        partition = b""
        if self.hash_part is not None:
            own = _encoded(self.hash_part, item.get(self.hash_part.name))
            if not own or len(own) > HASH_KEY_BYTES_MAX:
                return None
            partition = own
        filters = []
        for part in self.filter_parts:
            given = item.get(part.name)
            encoded = _encoded(part, given)
            if encoded is None and given is not None:
                return None
            filters.append(encoded)
        projected = self.show(item)
        size = COMPONENT_BYTES * len(components) + text_bytes(self.attribute)
        size += sum(text_bytes(name) + value_bytes(shown) for name, shown in projected.items())
        return VectorEntry(size, partition, tuple(filters), packed(components), projected)

    def show(self, item: Item) -> Item:
        """What the index projects of *item*, but for the vector."""
        if self.projected is None:
            return {name: value for name, value in item.items() if name != self.attribute}
        return {name: value for name, value in item.items() if name in self.projected}


def _encoded(part: KeyPart, value: AttributeValue | None) -> bytes | None:
    """A value of the right type as key bytes; ``None`` for any other, and for none."""
    content = None if value is None else value.get(part.type)
    return None if content is None else scalar_bytes(part.type, content)


class Vectors:
    """The rows of one vector index."""

    __slots__ = ("_columns", "_connection", "_delete", "_is_partitioned", "_put", "_totals", "name")

    def __init__(self, connection: apsw.Connection, name: str, *, filter_count: int, is_partitioned: bool) -> None:
        self.name = name
        self._connection = connection
        self._is_partitioned = is_partitioned
        self._totals = Totals(connection, name)
        # The names are ours (a word and numbers), never a client's text.
        filters = [f"filter_{number}" for number in range(filter_count)]
        # What a search reads of every row stands before what it reads of few.
        self._columns = ["key", "size", "partition", *filters, "step", "length", "levels", "vector"]
        changed = ", ".join(f"{column} = excluded.{column}" for column in self._columns[1:])
        values = ", ".join("?" * len(self._columns))
        self._put = f"INSERT INTO {name} VALUES ({values}) ON CONFLICT (key) DO UPDATE SET {changed}"  # noqa: S608 - see above
        self._delete = f"DELETE FROM {name} WHERE key = ?"  # noqa: S608 - see above

    def create(self) -> None:
        """Make the SQLite table, empty."""
        columns = ", ".join(self._columns[1:])
        self._connection.execute(f"CREATE TABLE IF NOT EXISTS {self.name} (key BLOB PRIMARY KEY, {columns})")
        if self._is_partitioned:
            self._connection.execute(f"CREATE INDEX IF NOT EXISTS {self.name}_partition ON {self.name} (partition)")

    def drop(self) -> None:
        """Drop the SQLite table and all its rows."""
        self._connection.execute(f"DROP TABLE IF EXISTS {self.name}")

    def put(self, key: bytes, entry: VectorEntry) -> None:
        """Insert or replace one; inside a transaction."""
        levels, step, length = sketch_of(unpacked(entry.vector))
        self._connection.execute(
            self._put, (key, entry.size, entry.partition, *entry.filters, step, length, levels, entry.vector)
        )

    def delete(self, key: bytes) -> None:
        """Remove, if it is there; inside a transaction."""
        self._connection.execute(self._delete, (key,))

    def are_at_least(self, count: int, equal: Mapping[str, bytes]) -> bool:
        """Whether so many entries, one or more, have columns that are *equal* to these."""
        query = f"SELECT 1 FROM {self.name} WHERE {_all_equal(equal)} LIMIT 1 OFFSET ?"  # noqa: S608 - our own names
        return self._connection.execute(query, (*equal.values(), count - 1)).fetchone() is not None

    def sketches(self, equal: Mapping[str, bytes], *, behind: int = 0, rows_max: int = -1) -> list[Sketched]:
        """The entries whose columns (``partition``, ``filter_0`` …) are *equal* to these, in the order in which they came.

        *behind* is the place of the last one that is known already, *rows_max* how many are wanted, -1 for all.
        """
        query = (
            f"SELECT rowid, key, size, step, length, levels FROM {self.name} "  # noqa: S608 - our own names
            f"WHERE {_all_equal(equal)} AND rowid > ? ORDER BY rowid LIMIT ?"
        )
        return [Sketched._make(row) for row in self._connection.execute(query, (*equal.values(), behind, rows_max))]

    def vectors(self, keys: Iterable[bytes], equal: Mapping[str, bytes]) -> Iterator[tuple[bytes, bytes]]:
        """Key and vector of the entries with these keys, as far as they are there and their columns still *equal* to these."""
        query = f"SELECT vector FROM {self.name} WHERE key = ? AND {_all_equal(equal)}"  # noqa: S608 - our own names
        for key in keys:
            row = self._connection.execute(query, (key, *equal.values())).fetchone()
            if row is not None:
                yield key, row[0]

    def totals(self) -> tuple[int, int]:
        """How many rows there are, and their size in bytes."""
        return self._totals.count()


def _all_equal(columns: Iterable[str]) -> str:
    """A condition on columns, whose names are ours."""
    return " AND ".join(f"{column} = ?" for column in columns) or "1"
