"""What a bulk put used. That an item counts with its size as it is put, and an entry of an index likewise, is an assumption."""

from collections.abc import Sequence

from sandbox.dynamodb.storage.bulk_operations import BulkUsage
from sandbox.dynamodb.storage.commit import Change
from sandbox.dynamodb.storage.vector_index import VectorIndex

__all__ = ["with_changes"]


def with_changes(usage: BulkUsage, changes: Sequence[Change]) -> BulkUsage:
    """*usage* and what committed *changes* put; an entry that was only removed counts nothing."""
    table_bytes = usage.table_bytes
    of_local, of_global = dict(usage.local_index_bytes), dict(usage.global_index_bytes)
    of_vector = dict(usage.vector_index_bytes)
    for change in changes:
        table_bytes += 0 if change.after is None else change.after.size
        for effect in change.effects:
            index = effect.index
            arms = of_vector if isinstance(index, VectorIndex) else of_global if index.is_global else of_local
            arms[index.name] = arms.get(index.name, 0) + (effect.size_after or 0)
    return BulkUsage(
        table_bytes=table_bytes,
        local_index_bytes=of_local,
        global_index_bytes=of_global,
        vector_index_bytes=of_vector,
    )
