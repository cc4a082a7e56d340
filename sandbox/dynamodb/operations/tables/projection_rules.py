"""What indexes may carry besides their keys.

Source: dynamodb-exact §19.1 row 14, §3.6.
"""

from collections.abc import Iterable, Sequence

from sandbox.dynamodb.limits import PROJECTED_ATTRIBUTES_MAX
from sandbox.dynamodb.operations.tables.wording import invalid
from sandbox.dynamodb.parameters import Projection
from sandbox.dynamodb.storage.table import TableDefinition

__all__ = ["check_projected_total", "check_projection", "projected_counts", "vector_count"]


def check_projection(projection: Projection) -> None:
    """Check what an index carries.

    Raises:
        ValidationException: no type; attributes named where the type forbids or lacking where it wants them, or twice.
    """
    kind, names = projection.projection_type, projection.non_key_attributes
    if kind is None:
        raise invalid("Unknown ProjectionType: null")
    if kind == "INCLUDE" and names is None:
        raise invalid("ProjectionType is INCLUDE, but NonKeyAttributes is not specified")
    if kind != "INCLUDE" and names is not None:
        raise invalid(f"ProjectionType is {kind}, but NonKeyAttributes is specified")
    for position, name in enumerate(names or ()):
        if name in (names or ())[:position]:
            raise invalid(f"Duplicate element in NonKeyAttributes: {name}")


def check_projected_total(counts: Iterable[int]) -> None:
    """Check that all indexes, which carry so many named attributes each, together carry at most 100.

    The wording is an assumption. Source of the limit: dynamodb-exact §3.6.

    Raises:
        ValidationException: there are more.
    """
    total = sum(counts)
    if total > PROJECTED_ATTRIBUTES_MAX:
        raise invalid(
            f"The total number of NonKeyAttributes over all indexes is {total}, "
            f"which exceeds the per-table limit of {PROJECTED_ATTRIBUTES_MAX}"
        )


def projected_counts(definition: TableDefinition) -> list[int]:
    """How many attributes each index of a table carries that count."""
    return [len(index.non_key_attributes or ()) for index in definition.indexes] + [
        vector_count(index.non_key_attributes, [kind for _, kind in index.search_schema])
        for index in definition.vector_indexes
    ]


def vector_count(names: Sequence[str] | None, schema_kinds: Sequence[str]) -> int:
    """How many attributes a vector index carries that count: the vector and each INLINE_FILTER do, HASH does not.

    Source: the documentation of CreateTable's VectorIndexes. That they count among the 100 of the table is an assumption.
    """
    return len(names or ()) + 1 + schema_kinds.count("INLINE_FILTER")
