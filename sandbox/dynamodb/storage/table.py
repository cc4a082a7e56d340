"""A table as it is stored and as the engine uses it.

``TableDefinition`` is the stored document. ``Table`` is made of it once per change and holds what every request needs
ready: key schemas that turn attribute values into bytes, indexes in the order AWS names them, the stream.
"""

from typing import Any, TypeAlias

import apsw
import msgspec

from sandbox.dynamodb.storage.expiry import Expiry, NextExpiry
from sandbox.dynamodb.storage.keys import IndexKeys, KeyPart, TableKeys
from sandbox.dynamodb.storage.rows import RowCache, Rows
from sandbox.dynamodb.storage.vector_index import VectorIndex, VectorIndexDefinition
from sandbox.streams.log import Stream
from sandbox.values.key_bytes import KeyType

__all__ = [
    "AnyIndexDefinition",
    "Index",
    "IndexDefinition",
    "Insights",
    "KinesisDestination",
    "Policy",
    "RestoreSource",
    "Table",
    "TableDefinition",
    "Throughput",
]


class Throughput(msgspec.Struct, kw_only=True):
    """Provisioned throughput and its history; zeros on demand."""

    read_capacity_units: int = 0
    write_capacity_units: int = 0
    decreases_today: int = 0
    decreases_day: str = ""
    last_increase: float | None = None
    last_decrease: float | None = None


class IndexDefinition(msgspec.Struct, kw_only=True):
    """One secondary index.

    Attributes:
        number: names the index's rows in the store; never reused within a table.
        key_schema: ``[("attr", "HASH"), …]`` in the order given.
        settles_at: when a passing status (CREATING, UPDATING, DELETING) ends; ``None`` where nothing is under way.
        backfilling: existing items are still being entered; what is written meanwhile is entered with the write.
        pending_throughput: read and write units that count once UPDATING has settled.
        warm_throughput: what it was made to take at once, by ``read`` and ``write``; never less than its throughput.
        pending_warm_throughput: what it will take once the change under way has settled.
    """

    name: str
    number: int
    is_global: bool
    key_schema: list[tuple[str, str]]
    projection_type: str
    non_key_attributes: list[str] | None = None
    status: str = "ACTIVE"
    settles_at: float | None = None
    backfilling: bool = False
    throughput: Throughput = msgspec.field(default_factory=Throughput)
    on_demand_throughput: dict[str, int] | None = None
    warm_throughput: dict[str, int] | None = None
    pending_warm_throughput: dict[str, int] | None = None
    pending_throughput: tuple[int, int] | None = None


AnyIndexDefinition: TypeAlias = IndexDefinition | VectorIndexDefinition


class Policy(msgspec.Struct, kw_only=True):
    """A resource policy: its text as it was sent, and the revision that names this version of it."""

    text: str
    revision_id: str


class Insights(msgspec.Struct, kw_only=True):
    """Contributor insights of a table or an index: since when (epoch seconds) they are as they are, and of which keys."""

    since: float
    mode: str
    is_enabled: bool = True


class KinesisDestination(msgspec.Struct, kw_only=True):
    """A Kinesis stream that a table writes to, or once did."""

    is_active: bool
    precision: str | None = None


class RestoreSource(msgspec.Struct, kw_only=True):
    """What a restored table was made of: a backup, or another table as it was at *instant* (epoch seconds)."""

    table_arn: str
    instant: float
    backup_arn: str | None = None


class TableDefinition(msgspec.Struct, kw_only=True):
    """Everything a table is, apart from its items.

    Attributes:
        attribute_types: attribute name to S, N or B, for attributes of keys and of search schemas only.
        settles_at: when a passing status ends; ``None`` where nothing is under way.
        pending_throughput: read and write units that count once UPDATING has settled.
        warm_throughput: what it was made to take at once, by ``read`` and ``write``; never less than its throughput.
        pending_warm_throughput: what it will take once the change under way has settled.
        pending_table_class: the class once UPDATING has settled.
        table_class_changes: when (epoch seconds) the class was last changed, newest last, two at most.
        on_demand_switches: when (epoch seconds) the table was last switched to on-demand, newest last, four at most.
        stream_id: the newest stream, enabled or not; ``None`` if there never was one.
        pending_stream: ENABLE or DISABLE until switching the stream on or off has settled.
        expiry_attribute: the TTL attribute while TTL is enabled.
        expiry_filling: the expiry times of items from before TTL was enabled are still being noted.
        stream_tags: tags of its streams, by the ARN of the stream.
        policies: resource policies by the ARN they are attached to, the table's or that of one of its streams.
        recovery_since: when point-in-time recovery was enabled; ``None`` while it is not.
        restored: what the table was restored from; ``None`` where it was created.
        kinesis_destinations: by the ARN of the Kinesis stream, those that were disabled included.
        insights: contributor insights, those that were disabled included, by index name, ``""`` for the table itself.
    """

    id: int
    account_id: str
    region: str
    name: str
    table_id: str
    created: float
    attribute_types: dict[str, KeyType]
    key_schema: list[tuple[str, str]]
    indexes: list[IndexDefinition] = msgspec.field(default_factory=list)
    vector_indexes: list[VectorIndexDefinition] = msgspec.field(default_factory=list)
    next_index_number: int = 1
    status: str = "ACTIVE"
    settles_at: float | None = None
    billing_mode: str = "PROVISIONED"
    on_demand_since: float | None = None
    on_demand_switches: list[float] = msgspec.field(default_factory=list)
    pending_throughput: tuple[int, int] | None = None
    throughput: Throughput = msgspec.field(default_factory=Throughput)
    on_demand_throughput: dict[str, int] | None = None
    warm_throughput: dict[str, int] | None = None
    pending_warm_throughput: dict[str, int] | None = None
    deletion_protection: bool = False
    table_class: str | None = None
    table_class_changed: float | None = None
    pending_table_class: str | None = None
    table_class_changes: list[float] = msgspec.field(default_factory=list)
    sse: dict[str, str] | None = None
    stream_id: int | None = None
    stream_enabled: bool = False
    pending_stream: str | None = None
    expiry_attribute: str | None = None
    expiry_changed: float | None = None
    expiry_filling: bool = False
    tags: dict[str, str] = msgspec.field(default_factory=dict)
    stream_tags: dict[str, dict[str, str]] = msgspec.field(default_factory=dict)
    policies: dict[str, Policy] = msgspec.field(default_factory=dict)
    recovery_since: float | None = None
    recovery_period_days: int = 35
    restored: RestoreSource | None = None
    kinesis_destinations: dict[str, KinesisDestination] = msgspec.field(default_factory=dict)
    insights: dict[str, Insights] = msgspec.field(default_factory=dict)

    def all_indexes(self) -> "list[AnyIndexDefinition]":
        """Its indexes of every kind; no two have one name."""
        return [*self.indexes, *self.vector_indexes]

    @property
    def arn(self) -> str:
        """The table's ARN."""
        return f"arn:aws:dynamodb:{self.region}:{self.account_id}:table/{self.name}"


class Index:
    """A secondary index, ready for use.

    Attributes:
        entries: its rows.
        projected: attributes in an entry, or ``None`` for all of the item.
    """

    __slots__ = ("definition", "entries", "is_global", "keys", "name", "projected")

    def __init__(self, connection: apsw.Connection, table: TableDefinition, definition: IndexDefinition) -> None:
        self.definition = definition
        self.name = definition.name
        self.is_global = definition.is_global
        self.entries = self.rows(connection, table, definition)
        self.keys = IndexKeys(
            hash_parts=_parts(table, definition.key_schema, "HASH"),
            range_parts=_parts(table, definition.key_schema, "RANGE"),
        )
        if definition.projection_type == "ALL":
            self.projected: frozenset[str] | None = None
        else:
            names = [name for name, _ in table.key_schema] + [name for name, _ in definition.key_schema]
            self.projected = frozenset(names + (definition.non_key_attributes or []))

    @staticmethod
    def rows(connection: apsw.Connection, table: TableDefinition, definition: IndexDefinition) -> Rows:
        """Where the entries of an index are, also of one that is being deleted."""
        return Rows(connection, f"index_{table.id}_{definition.number}")


class Table:
    """A table, ready for use.

    Attributes:
        items: its rows.
        expiry: when its items expire, kept while ``expiry_attribute`` is set.
        indexes: by name; global ones first, then local ones, each alphabetical: the order in which AWS names a bad key.
            Indexes that are being deleted are not among them.
        vector_indexes: by name, in that order; none that is being deleted.
        has_indexes: there is an index of either kind.
        stream: where changes are recorded, ``None`` while no stream is enabled.
        needs_before: a commit has to know the item before a write, for indexes, stream or expiry times.
        known_queries: what Query remembers of texts that came before; gone when the table changes.
    """

    __slots__ = (
        "definition",
        "expiry",
        "expiry_attribute",
        "has_indexes",
        "indexes",
        "items",
        "key_names",
        "keys",
        "known_queries",
        "name",
        "needs_before",
        "stream",
        "vector_indexes",
    )

    def __init__(
        self,
        connection: apsw.Connection,
        definition: TableDefinition,
        stream: Stream | None,
        next_expiry: NextExpiry | None = None,
        cache: RowCache | None = None,
    ) -> None:
        self.definition = definition
        self.name = definition.name
        self.items = Rows(connection, f"items_{definition.id}", cache)
        self.expiry = Expiry(connection, f"expiry_{definition.id}", next_expiry or NextExpiry())
        hash_part = _parts(definition, definition.key_schema, "HASH")[0]
        range_parts = _parts(definition, definition.key_schema, "RANGE")
        self.keys = TableKeys(hash_part, range_parts[0] if range_parts else None)
        self.key_names = tuple(name for name, _ in definition.key_schema)
        live = [Index(connection, definition, index) for index in definition.indexes if index.status != "DELETING"]
        self.indexes = {
            index.name: index for index in sorted(live, key=lambda index: (not index.is_global, index.name))
        }
        vectors = sorted(definition.vector_indexes, key=lambda index: index.name)
        self.vector_indexes = {
            index.name: VectorIndex(connection, definition.id, self.key_names, definition.attribute_types, index)
            for index in vectors
            if index.status != "DELETING"
        }
        self.has_indexes = bool(self.indexes or self.vector_indexes)
        self.stream = stream if definition.stream_enabled else None
        self.expiry_attribute = definition.expiry_attribute
        self.needs_before = self.has_indexes or self.stream is not None or self.expiry_attribute is not None
        self.known_queries: dict[Any, Any] = {}


def _parts(table: TableDefinition, key_schema: list[tuple[str, str]], kind: str) -> tuple[KeyPart, ...]:
    return tuple(KeyPart(name, table.attribute_types[name]) for name, key_type in key_schema if key_type == kind)
