"""The entries of a vector index that are nearest to a vector: every one that the search may find is looked at.

AWS's search is approximate and may miss some; this one misses none.
"""

from collections.abc import Iterator, Mapping, Sequence
from heapq import nsmallest
from typing import NamedTuple

from sandbox.dynamodb.faults import ValidationException
from sandbox.dynamodb.storage.table import Table
from sandbox.dynamodb.storage.vector_index import VectorIndex
from sandbox.values.attribute import AttributeValue
from sandbox.values.invalid import InvalidValue
from sandbox.values.key_bytes import scalar_bytes
from sandbox.values.number import canonical
from sandbox.values.vector import components_of, score, unpacked

__all__ = ["Found", "Nearest", "find_vector_index", "nearest", "query_vector"]


class Found(NamedTuple):
    """An entry that was found: the score, the row key of its item, its vector at 32 bits."""

    score: float
    key: bytes
    vector: bytes


class Nearest(NamedTuple):
    """What a search found, nearest first, and the bytes of all the entries it looked at."""

    found: list[Found]
    scanned_bytes: int


def find_vector_index(table: Table, name: str) -> VectorIndex:
    """The index to search.

    Raises:
        ValidationException: no such index; it is still being filled.

    Source: *Troubleshooting vector indexes*, Amazon DynamoDB Developer Guide.
    """
    index = table.vector_indexes.get(name)
    if index is None:
        raise ValidationException(f"The table does not have the specified index: {name}")
    if index.definition.status == "CREATING":
        raise ValidationException(f"Cannot search backfilling vector index: {name}")
    return index


def query_vector(index: VectorIndex, elements: Sequence[AttributeValue]) -> tuple[float, ...]:
    """The vector of a search, as 32-bit floats.

    Raises:
        ValidationException: an element is none; there are too few or too many.

    Source: nubo-db/dynoxide (``parse_query_vector``), as measured on AWS 2026-08-11.
    """
    try:
        numbers = [{"N": canonical(element.get("N") or "")} if len(element) == 1 else {} for element in elements]
    except InvalidValue:
        numbers = [{}]
    components = components_of({"L": numbers}, len(numbers))
    if components is None:
        raise ValidationException(
            "Search vector contains invalid values. "
            "All values in the search vector must be a 32-bit floating-point number attribute"
        )
    dimensions = index.definition.dimensions
    if len(components) != dimensions:
        raise ValidationException(
            f"Input search vector dimension {len(components)} does not match vector index dimension {dimensions}"
        )
    return components


def nearest(index: VectorIndex, query: tuple[float, ...], contents: Mapping[str, str], top_k: int) -> Nearest:
    """Find the *top_k* entries nearest to *query* whose attributes equal *contents*; equal scores go by row key."""
    function = index.definition.distance_function
    scanned_bytes = 0
    sign = -1.0 if function == "DOT_PRODUCT" else 1.0

    def ranked() -> Iterator[tuple[float, bytes, bytes]]:
        nonlocal scanned_bytes
        for key, size, vector in index.entries.search(_columns(index, contents)):
            scanned_bytes += size
            yield sign * score(function, query, unpacked(vector)), key, vector

    found = [Found(sign * rank, key, vector) for rank, key, vector in nsmallest(top_k, ranked())]
    return Nearest(found, scanned_bytes)


def _columns(index: VectorIndex, contents: Mapping[str, str]) -> dict[str, bytes]:
    """The columns of the rows that are asked for."""
    parts = {f"filter_{number}": part for number, part in enumerate(index.filter_parts)}
    if index.hash_part is not None:
        parts["partition"] = index.hash_part
    return {
        column: scalar_bytes(part.type, contents[part.name]) for column, part in parts.items() if part.name in contents
    }
