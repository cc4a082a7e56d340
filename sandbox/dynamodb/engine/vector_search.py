"""The entries of a vector index that are nearest to a vector: every one that the search may find is looked at.

AWS's search is approximate and may miss some; this one misses none of those that stay as they are while it goes on.
"""

from collections.abc import Mapping, Sequence
from heapq import nsmallest
from math import inf
from typing import Final, NamedTuple, assert_never

from sandbox.dynamodb.faults import ValidationException
from sandbox.dynamodb.storage.table import Table
from sandbox.dynamodb.storage.vector_index import Sketched, VectorIndex
from sandbox.values.attribute import AttributeValue
from sandbox.values.invalid import InvalidValue
from sandbox.values.key_bytes import scalar_bytes
from sandbox.values.number import canonical
from sandbox.values.sketch import SketchQuery
from sandbox.values.vector import DistanceFunction, components_of, score, unpacked

__all__ = ["Found", "Nearest", "Search", "find_vector_index", "nearest", "no_vector_index", "query_vector"]

_SIGNS: Final[Mapping[DistanceFunction, float]] = {"COSINE": 1.0, "EUCLIDEAN": 1.0, "DOT_PRODUCT": -1.0}
"""With this, the nearest has the least score."""
_BLOCK_ROWS = 2_000
_BLOCK_BYTES = 1 << 19
"""Of sketches that are looked at together: a few milliseconds, the longest that other requests wait."""
_BLOCK_ROWS_MIN = 100
_ROUNDING = 1e-9
"""Far more than floating point loses in a rank."""


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
        raise no_vector_index(name)
    if index.definition.status == "CREATING":
        raise ValidationException(f"Cannot search backfilling vector index: {name}")
    return index


def no_vector_index(name: str) -> ValidationException:
    """The refusal of a search of an index that is not there."""
    return ValidationException(f"The table does not have the specified index: {name}")


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
    """Find the *top_k* entries nearest to *query* whose attributes equal *contents*, at once; see ``Search``."""
    return Search(index, query, contents, top_k).at_once()


class Search:
    """A search for the *top_k* entries nearest to *query* whose attributes equal *contents*; equal scores go by row key.

    Sketches tell how near a vector is at best and at worst. What is at best further away than *top_k* others are at worst
    is not looked at any closer. Between two steps the index may change: what it gives is there and fits when it ends, and
    of the entries that stayed as they were it misses none.
    """

    def __init__(self, index: VectorIndex, query: tuple[float, ...], contents: Mapping[str, str], top_k: int) -> None:
        self._index = index
        self._query = query
        self._contents = contents
        self._top_k = top_k
        self._columns = _columns(index, contents)
        self._likely = _Likely(index.definition.distance_function, query, top_k)
        self._block_rows = min(_BLOCK_ROWS, max(_BLOCK_ROWS_MIN, _BLOCK_BYTES // len(query)))
        self._behind = 0

    def is_of(self, index: VectorIndex) -> bool:
        """Whether *index* is the one that is searched, and not another that took its name."""
        return index.entries.name == self._index.entries.name

    def is_long(self) -> bool:
        """Whether it takes more than one step."""
        return self._index.entries.are_at_least(self._block_rows, self._columns)

    def goes_on(self) -> bool:
        """Look at some entries more; ``False`` once it was the last of them."""
        block = self._index.entries.sketches(self._columns, behind=self._behind, rows_max=self._block_rows)
        self._likely.add(block)
        if len(block) < self._block_rows:
            return False
        self._behind = block[-1].place
        return True

    def nearest(self) -> Nearest:
        """What was found, once it goes on no more."""
        answer = self._nearest()
        if self._likely.has_dropped(answer.found):
            # Some that others were too far away for have gone or moved meanwhile: once more, without a pause.
            return nearest(self._index, self._query, self._contents, self._top_k)
        return answer

    def at_once(self) -> Nearest:
        """Look at all the entries, and give what was found."""
        while self.goes_on():
            pass
        return self._nearest()

    def _nearest(self) -> Nearest:
        function = self._index.definition.distance_function
        sign = _SIGNS[function]
        ranked = (
            (sign * score(function, self._query, unpacked(vector)), key, vector)
            for key, vector in self._index.entries.vectors(self._likely.keys(), self._columns)
        )
        found = [Found(sign * rank, key, vector) for rank, key, vector in nsmallest(self._top_k, ranked)]
        return Nearest(found, self._likely.scanned_bytes)


class _Likely:
    """The entries that may be among the nearest, as far as their sketches tell.

    A rank is what orders entries, the nearest first: the score, its opposite or its square.
    """

    def __init__(self, function: DistanceFunction, query: tuple[float, ...], top_k: int) -> None:
        self.scanned_bytes = 0
        self._function = function
        self._query = SketchQuery(query)
        self._top_k = top_k
        self._at_best: list[tuple[float, bytes]] = []
        self._at_worst: list[float] = []  # the least top_k of them

    def add(self, block: list[Sketched]) -> None:
        """Look at some entries."""
        at_worst = []
        if len(block) < _BLOCK_ROWS_MIN:
            # To look at so few closely is less work.
            at_best = [(-inf, row.key) for row in block]
        else:
            ranks = self._ranks(block)
            at_best = [(rank - slack, row.key) for (rank, slack), row in zip(ranks, block, strict=True)]
            at_worst = [rank + slack for rank, slack in ranks]
        self.scanned_bytes += sum(row.size for row in block)
        self._at_worst = nsmallest(self._top_k, self._at_worst + at_worst)
        limit = self._limit()
        self._at_best += [entry for entry in at_best if entry[0] <= limit]

    def keys(self) -> list[bytes]:
        """The row keys of the entries, each once: one that goes and comes again is met twice."""
        limit = self._limit()
        return list(dict.fromkeys(key for rank, key in self._at_best if rank <= limit))

    def has_dropped(self, found: Sequence[Found]) -> bool:
        """Whether an entry that was not looked at closely may be nearer than one of those that were *found*."""
        limit = self._limit()
        return limit < inf and (len(found) < self._top_k or self._rank(found[-1].score) > limit)

    def _rank(self, found: float) -> float:
        """The rank that belongs to a score."""
        match self._function:
            case "DOT_PRODUCT":
                return -found
            case "COSINE":
                return found - 1
            case "EUCLIDEAN":
                return found**2
            case _:
                assert_never(self._function)

    def _limit(self) -> float:
        return self._at_worst[-1] if len(self._at_worst) == self._top_k else inf

    def _ranks(self, block: list[Sketched]) -> list[tuple[float, float]]:
        """For each entry its rank, and how far that may be off."""
        query = self._query
        products = query.products([row.levels for row in block], [row.step for row in block])
        slacks = [query.slack(row.step) for row in block]
        length = query.length
        match self._function:
            case "DOT_PRODUCT":
                return [(-product, slack) for product, slack in zip(products, slacks, strict=True)]
            case "COSINE":
                lengths = [length * row.length for row in block]
                return [
                    (-product / both, slack / both + _ROUNDING) if both else (0.0, _ROUNDING)
                    for product, slack, both in zip(products, slacks, lengths, strict=True)
                ]
            case "EUCLIDEAN":
                squares = [length**2 + row.length**2 for row in block]
                return [
                    (square - 2 * product, 2 * slack + square * _ROUNDING)
                    for product, slack, square in zip(products, slacks, squares, strict=True)
                ]
            case _:
                assert_never(self._function)


def _columns(index: VectorIndex, contents: Mapping[str, str]) -> dict[str, bytes]:
    """The columns of the rows that are asked for."""
    parts = {f"filter_{number}": part for number, part in enumerate(index.filter_parts)}
    if index.hash_part is not None:
        parts["partition"] = index.hash_part
    return {
        column: scalar_bytes(part.type, contents[part.name]) for column, part in parts.items() if part.name in contents
    }
