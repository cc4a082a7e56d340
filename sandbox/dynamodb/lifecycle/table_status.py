"""Out of the passing statuses: CREATING, UPDATING and DELETING end at their ``settles_at``.

Whoever looks at a table settles it first, so that a client never sees a status that is over; ``Lifecycle`` does the
same at the right moment for those that nobody looks at. Source: dynamodb-exact §19.2, §19.3.
"""

from typing import TypeVar

from msgspec.structs import replace

from sandbox.dynamodb.lifecycle.backfill import FILL_AT_ONCE_ITEMS, fill_index
from sandbox.dynamodb.lifecycle.throughput import settled_throughput, switch_under_way
from sandbox.dynamodb.scope import Scope
from sandbox.dynamodb.storage.store import Store
from sandbox.dynamodb.storage.table import IndexDefinition, Table, TableDefinition
from sandbox.dynamodb.storage.vector_index import VectorIndexDefinition

__all__ = ["current_table", "next_settling", "passing_tables", "settle", "settle_account"]

IndexT = TypeVar("IndexT", IndexDefinition, VectorIndexDefinition)


def current_table(scope: Scope, name: str) -> Table | None:
    """The table a control operation names, by name or ARN, with every status that is over left behind."""
    table = scope.find(name)
    return settle(scope.store, table, scope.clock.now()) if table is not None else None


def settle_account(scope: Scope) -> None:
    """Settle every table of the account and region."""
    now = scope.clock.now()
    for name in scope.store.table_names(scope.account_id, scope.region):
        table = scope.store.table(scope.account_id, scope.region, name)
        if table is not None:
            settle(scope.store, table, now)


def passing_tables(scope: Scope) -> int:
    """How many tables of the account and region are being created, updated or deleted."""
    settle_account(scope)
    tables = (
        scope.store.table(scope.account_id, scope.region, name)
        for name in scope.store.table_names(scope.account_id, scope.region)
    )
    return sum(table is not None and table.definition.status != "ACTIVE" for table in tables)


def settle(store: Store, table: Table, now: float) -> Table | None:
    """End what is due at *now*; ``None`` once the table is deleted.

    A new index whose table has more items than fit into one step stays CREATING; ``Lifecycle`` fills it.
    """
    definition = table.definition
    table_is_due = _is_due(definition.settles_at, now)
    indexes_due = [index for index in definition.all_indexes() if _is_due(index.settles_at, now)]
    if not table_is_due and not indexes_due:
        return table
    with store.database.write():
        if table_is_due and definition.status == "DELETING":
            store.drop_table(table)
            return None
        for index in indexes_due:
            if index.status == "DELETING":
                store.drop_index(definition, index)
        settled = _settled(definition, now) if table_is_due else definition
        indexes = [_settled_index(table, index, _active(index, now), now) for index in definition.indexes]
        vector_indexes = [
            _settled_index(table, index, _active_vectors(index), now) for index in definition.vector_indexes
        ]
        settled = replace(
            settled,
            indexes=[index for index in indexes if index is not None],
            vector_indexes=[index for index in vector_indexes if index is not None],
        )
        return store.save(_without_orphans(settled))


def next_settling(store: Store) -> float | None:
    """When (epoch seconds) the next status is over; ``None`` while all are at rest."""
    instants = [
        instant
        for table in store.all_tables()
        for instant in (table.definition.settles_at, *(index.settles_at for index in table.definition.all_indexes()))
        if instant is not None
    ]
    return min(instants, default=None)


def _is_due(settles_at: float | None, now: float) -> bool:
    return settles_at is not None and settles_at <= now


def _settled(definition: TableDefinition, now: float) -> TableDefinition:
    sse = definition.sse
    if sse is not None and sse["status"] != "ENABLED":
        # Until then AWS describes the key that was in use before: ack-api-quirks DDB-TABLE-361, 371.
        key = sse.get("next", sse.get("key_arn", ""))
        sse = None if key == "DISABLED" else {"status": "ENABLED", "type": "KMS", "key_arn": key}
    return replace(
        definition,
        status="ACTIVE",
        settles_at=None,
        # A switch counts from its end: ack-api-quirks DDB-TABLE-064.
        on_demand_since=definition.on_demand_since if switch_under_way(definition) is None else now,
        throughput=settled_throughput(definition.throughput, definition.pending_throughput, now),
        pending_throughput=None,
        on_demand_throughput=_without_removed(definition.on_demand_throughput),
        warm_throughput=_warmed(definition.warm_throughput, definition.pending_warm_throughput),
        pending_warm_throughput=None,
        table_class=definition.pending_table_class or definition.table_class,
        table_class_changed=now if definition.pending_table_class else definition.table_class_changed,
        pending_table_class=None,
        pending_stream=None,
        sse=sse,
    )


def _warmed(present: dict[str, int] | None, pending: dict[str, int] | None) -> dict[str, int] | None:
    return present if pending is None else (present or {}) | pending


def _without_removed(limits: dict[str, int] | None) -> dict[str, int] | None:
    """On-demand limits without those that -1 has removed."""
    return {name: limit for name, limit in (limits or {}).items() if limit != -1} or None


def _settled_index(table: Table, index: IndexT, active: IndexT, now: float) -> IndexT | None:
    """What becomes of an index whose time has come: *active*, nothing, or one that is still to be filled."""
    if not _is_due(index.settles_at, now):
        return index
    if index.status == "DELETING":
        return None
    if index.backfilling and fill_index(table, index, behind=b"", items_max=FILL_AT_ONCE_ITEMS) is not None:
        return replace(index, settles_at=None)
    return active


def _active(index: IndexDefinition, now: float) -> IndexDefinition:
    """The index with the units and limits that were pending."""
    return replace(
        index,
        status="ACTIVE",
        settles_at=None,
        backfilling=False,
        throughput=settled_throughput(index.throughput, index.pending_throughput, now),
        pending_throughput=None,
        on_demand_throughput=_without_removed(index.on_demand_throughput),
        warm_throughput=_warmed(index.warm_throughput, index.pending_warm_throughput),
        pending_warm_throughput=None,
    )


def _active_vectors(index: VectorIndexDefinition) -> VectorIndexDefinition:
    return replace(index, status="ACTIVE", settles_at=None, backfilling=False)


def _without_orphans(definition: TableDefinition) -> TableDefinition:
    """Forget what belonged to indexes that have gone: types of attributes (dynamodb-exact §19.3), insights."""
    schemas = [definition.key_schema, *(index.key_schema for index in definition.indexes)]
    schemas += [index.search_schema for index in definition.vector_indexes]
    used = {name for schema in schemas for name, _ in schema}
    places = {"", *(index.name for index in definition.indexes)}
    return replace(
        definition,
        attribute_types={name: kind for name, kind in definition.attribute_types.items() if name in used},
        insights={place: insights for place, insights in definition.insights.items() if place in places},
    )
