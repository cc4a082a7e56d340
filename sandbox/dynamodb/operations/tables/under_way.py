"""What of a table is under way, and which further changes it does not take meanwhile, in AWS's words for each pair.

A change of protection, encryption or warm throughput, and one of an index's units, is taken at any time. Source:
ack-api-quirks DDB-TABLE-119, 163, 175, 370, 375, 376, 444, 458. Where a quotation breaks off, its end follows its
neighbours; that a class does not change with units or indexes, nor units with a class, is an assumption.
"""

from collections.abc import Sequence

from sandbox.dynamodb.operations.tables.wording import being_updated, still_in_use
from sandbox.dynamodb.parameters import GlobalSecondaryIndexUpdate, VectorIndexUpdate
from sandbox.dynamodb.storage.store import Store
from sandbox.dynamodb.storage.table import IndexDefinition, TableDefinition

__all__ = ["check_deletable", "check_under_way"]


def check_under_way(
    store: Store,
    definition: TableDefinition,
    asked: frozenset[str],
    updates: Sequence[GlobalSecondaryIndexUpdate],
    vector_updates: Sequence[VectorIndexUpdate],
) -> None:
    """Check that what is *asked* for, by the names of members, goes with what is under way.

    Raises:
        ResourceInUseException: it does not.
    """
    _check_indexes(definition, updates, vector_updates)
    wanted = _wanted(definition, asked, updates)
    for refusals in (
        _while_units_change(definition),
        _while_stream_changes(store, definition),
        _while_class_changes(definition),
        _while_indexes_change(definition),
    ):
        for change in wanted:
            if change in refusals:
                raise still_in_use(refusals[change] or being_updated(definition.name))


def check_deletable(definition: TableDefinition) -> None:
    """Check that nothing is under way that DeleteTable waits for; a table may be ACTIVE nevertheless.

    Source: ack-api-quirks DDB-TABLE-002, 063, 069, 150, 376.

    Raises:
        ResourceInUseException: something is.
    """
    if any(index.status != "ACTIVE" for index in definition.all_indexes()):
        raise still_in_use("Cannot delete table while indexes are being created, updated, or deleted.")
    if definition.pending_stream is not None:
        raise still_in_use("Cannot delete table while stream is being enabled/disabled.")
    places: tuple[TableDefinition | IndexDefinition, ...] = (definition, *definition.indexes)
    is_warming = any(place.pending_warm_throughput is not None for place in places)
    is_encrypting = definition.sse is not None and definition.sse["status"] != "ENABLED"
    if definition.status == "UPDATING" or is_warming or is_encrypting:
        raise still_in_use(being_updated(definition.name))


# -- what is asked for ------------------------------------------------------------------------------------------------


def _wanted(
    definition: TableDefinition, asked: frozenset[str], updates: Sequence[GlobalSecondaryIndexUpdate]
) -> list[str]:
    """The kinds of change that not everything else goes with; a table that is on demand already is not switched to it."""
    changes_units = "ProvisionedThroughput" in asked or (
        "BillingMode" in asked and definition.billing_mode == "PROVISIONED"
    )
    kinds = {
        "units": changes_units,
        "stream": "StreamSpecification" in asked,
        "class": "TableClass" in asked,
        "limits": "OnDemandThroughput" in asked,
        "indexes": "VectorIndexUpdates" in asked or any(update.update is None for update in updates),
    }
    return [kind for kind, is_wanted in kinds.items() if is_wanted]


# -- what is under way: refusals by the kind of change, "" for the words that do not say what it is --------------------


def _while_units_change(definition: TableDefinition) -> dict[str, str]:
    if definition.pending_throughput is None:
        return {}
    table = f"Table: {definition.name}"
    return {
        "units": f"Table IOPS are currently being updated. {table}",
        "stream": f"Can't enable or disable stream while table IOPS are being updated. {table}",
        "class": "",
        "limits": "OnDemandThroughput cannot be updated while BillingMode update is in progress",
        "indexes": f"Can't create or delete indexes while table IOPS are being updated. {table}",
    }


def _while_stream_changes(store: Store, definition: TableDefinition) -> dict[str, str]:
    if definition.pending_stream is None:
        return {}
    stream = store.log.by_id(definition.stream_id)
    label = stream.label if stream is not None else ""
    where = f"Table: {definition.name} Stream: {label} Operation: {definition.pending_stream}"
    return {
        "units": f"Can't change table IOPS when stream status is being updated. {where}",
        "stream": f"A stream status change is currently in progress. {where}",
        "class": f"Can't update table class when stream status is being updated. {where}",
        "limits": "OnDemandThroughput cannot be updated while stream status update is in progress",
        "indexes": "Can't create or delete an index when stream status is being updated.",
    }


def _while_class_changes(definition: TableDefinition) -> dict[str, str]:
    if definition.pending_table_class is None:
        return {}
    where = f"Table: {definition.name} TableClassUpdateInProgress: {definition.pending_table_class}"
    return {
        "units": "",
        "stream": "Can't enable or disable stream when a table class update is in progress.",
        "class": f"Can't update table class when a table class update is in progress. {where}",
        "limits": "OnDemandThroughput cannot be updated while TableClass update is in progress",
        "indexes": "Can't create or delete an index when a table class update is in progress.",
    }


def _while_indexes_change(definition: TableDefinition) -> dict[str, str]:
    """An index that is being filled stands in no change's way; one to come and one to go together do not occur."""
    for status, doing, noun in (("CREATING", "created", "creation"), ("DELETING", "deleted", "deletion")):
        names = [index.name for index in definition.all_indexes() if index.status == status]
        if names and (status == "DELETING" or definition.status == "UPDATING"):
            listed = f"[{', '.join(names)}]"
            where = f"Table: {definition.name} Indexes: {listed}"
            return {
                "units": f"Can't change table IOPS when an index is being {doing}. {where}",
                "stream": f"Can't change stream status when an index is being {doing}. {where}",
                "class": "",
                "limits": f"OnDemandThroughput cannot be updated while index {noun} is in progress for indexes: {listed}",
            }
    return {}


def _check_indexes(
    definition: TableDefinition,
    updates: Sequence[GlobalSecondaryIndexUpdate],
    vector_updates: Sequence[VectorIndexUpdate],
) -> None:
    """An index that is only being allotted its place is neither changed nor given up."""
    if definition.status != "UPDATING":
        return
    allotted = {index.name for index in definition.all_indexes() if index.status == "CREATING" and index.backfilling}
    for deletion in (*(update.delete for update in updates), *(update.delete for update in vector_updates)):
        if deletion is not None and deletion.index_name in allotted:
            raise still_in_use(
                "Index creation is in resource allocation phase. Retry deletion during backfilling phase or when the index "
                f"is active. Table: {definition.name} Index: {deletion.index_name}"
            )
    for change in (update.update for update in updates):
        if change is not None and change.index_name in allotted:
            raise still_in_use(
                f"Index is being created but is not backfilling yet.  Table: {definition.name} Index: {change.index_name}"
            )
