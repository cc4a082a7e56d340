"""Item collections: what a partition of a table with local indexes weighs. Source: dynamodb-exact §15."""

from collections.abc import Iterable
from typing import Any

from sandbox.dynamodb.storage.keys import Range, after
from sandbox.dynamodb.storage.table import Table
from sandbox.values.attribute import Item

__all__ = ["collection_metrics", "metrics_by_table"]

_GIGABYTE = 1 << 30


def collection_metrics(table: Table, key: Item, mode: str | None) -> dict[str, Any] | None:
    """``ItemCollectionMetrics`` of one written item: only for SIZE, and only where a local index makes a collection.

    The estimate is a range one gigabyte wide around the true size. Callers ask where an item was written or removed: AWS
    tells of the collections, if any, that an operation modified (the service model's words on this parameter).
    """
    if mode != "SIZE" or all(index.is_global for index in table.indexes.values()):
        return None
    name = table.keys.hash_name
    lower = _collection_bytes(table, key[name][table.keys.hash_type]) // _GIGABYTE
    return {"ItemCollectionKey": {name: key[name]}, "SizeEstimateRangeGB": [float(lower), float(lower + 1)]}


def _collection_bytes(table: Table, hash_value: str) -> int:
    """What one partition and its entries in local indexes weigh; 0 where the range does not depend on it.

    Adding up looks at every row of the partition, and would make a load of one partition slower with every item.
    """
    if table.items.store_bytes() < _GIGABYTE:
        return 0
    partition = table.keys.partition([hash_value])
    size = table.items.bytes_between(Range(partition, after(partition)))
    for index in table.indexes.values():
        if not index.is_global:
            start = index.keys.partition([hash_value])
            size += index.entries.bytes_between(Range(start, after(start)))
    return size


def metrics_by_table(
    written: Iterable[tuple[str, Table, Item]], mode: str | None
) -> dict[str, list[dict[str, Any]]] | None:
    """``ItemCollectionMetrics`` of a batch or transaction: one entry per collection, however many of its items it wrote.

    *written* names the table as the request did, and gives an item or key. ``None`` where there is nothing to tell.
    """
    if mode != "SIZE":
        return None
    answer: dict[str, list[dict[str, Any]]] = {}
    seen: set[tuple[int, str]] = set()
    for table_name, table, key in written:
        collection = table.definition.id, key[table.keys.hash_name][table.keys.hash_type]
        if collection in seen:
            continue
        seen.add(collection)
        metrics = collection_metrics(table, key, mode)
        if metrics is not None:
            answer.setdefault(table_name, []).append(metrics)
    return answer or None
