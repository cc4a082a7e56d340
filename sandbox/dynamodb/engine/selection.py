"""What a Query or Scan shows of the rows it evaluates: ``Select``, projections, and what an index does not hold.

Source: dynamodb-exact §13.
"""

from collections.abc import Callable, Collection, Sequence
from typing import NamedTuple, Protocol

from sandbox.dynamodb.engine.capacity import Bill, read_units
from sandbox.dynamodb.engine.read import Projector
from sandbox.dynamodb.engine.select import Page
from sandbox.dynamodb.faults import ValidationException
from sandbox.dynamodb.refusals import ENVELOPE
from sandbox.dynamodb.storage.commit import decode_item
from sandbox.dynamodb.storage.rows import StoredItem
from sandbox.dynamodb.storage.table import Index, Table
from sandbox.wire.hash_order import set_ordered

__all__ = [
    "NO_SCAN_OF_VECTORS",
    "Selection",
    "bill_page",
    "check_select",
    "find_index",
    "refuse_unprojected_filter",
    "select_from",
]


NO_SCAN_OF_VECTORS = "Scan operation not supported on this index type"
"""Of a vector index; without the full stop that Query has."""


class NamedProjector(Projector, Protocol):
    """A projection that also tells its top-level names."""

    @property
    def attribute_names(self) -> Collection[str]:
        """The top-level attributes its paths begin with, in the order of the request."""


class Selection(NamedTuple):
    """How rows are shown.

    Attributes:
        fetch: finds the whole item of an entry of a local index, where the index does not hold what is asked.
        fetched_sizes: the sizes of the items so fetched, for the bill.
    """

    wants_items: bool
    fetch: Callable[[bytes], StoredItem] | None
    fetched_sizes: Sequence[int]


_AS_STORED = Selection(wants_items=True, fetch=None, fetched_sizes=())
_COUNTED = Selection(wants_items=False, fetch=None, fetched_sizes=())


def check_select(select: str | None, *, projected_by: str | None, has_index: bool, is_query: bool) -> None:
    """Refuse combinations of Select, projection and index that need no table to judge.

    *projected_by* is the member that names attributes, ProjectionExpression or AttributesToGet, ``None`` without one.

    Raises:
        ValidationException: with the texts AWS has for each.

    Source: dynamodb-exact §13; ExtendDB/extenddb pull request 211 (Query wraps what Scan does not, 2026-07).
    """
    if select == "SPECIFIC_ATTRIBUTES" and projected_by is None:
        raise ValidationException(
            (ENVELOPE if is_query else "")
            + "Must specify the AttributesToGet or ProjectionExpression when choosing to get SPECIFIC_ATTRIBUTES"
        )
    if projected_by is not None and select not in (None, "SPECIFIC_ATTRIBUTES"):
        chosen = "only the Count" if select == "COUNT" else select
        raise ValidationException(
            (ENVELOPE if is_query else "") + f"Cannot specify the {projected_by} when choosing to get {chosen}"
        )
    if select == "ALL_PROJECTED_ATTRIBUTES" and not has_index:
        raise ValidationException(
            (ENVELOPE if is_query else "")
            + "ALL_PROJECTED_ATTRIBUTES can be used only when Querying using an IndexName"
        )


def find_index(table: Table, name: str | None, *, consistent: bool, is_query: bool) -> Index | None:
    """The index to read, ``None`` for the table itself.

    Raises:
        ValidationException: no such index; it is one of vectors, or still being filled; a consistent read of a global one.
    """
    if name is None:
        return None
    index = table.indexes.get(name)
    if index is None:
        _refuse_vector_index(table, name, is_query=is_query)
        raise ValidationException(f"The table does not have the specified index: {name}")
    if index.definition.status == "CREATING":
        raise ValidationException(f"Cannot read from backfilling global secondary index: {name}")
    if consistent and index.is_global:
        raise ValidationException("Consistent reads are not supported on global secondary indexes")
    return index


def _refuse_vector_index(table: Table, name: str, *, is_query: bool) -> None:
    """Source: ExtendDB/extenddb (``types/table``), as measured on AWS 2026-08-20."""
    index = table.vector_indexes.get(name)
    if index is None:
        return
    if is_query:
        raise ValidationException("Query operation not supported on this index type.")
    if index.definition.status == "CREATING":
        raise ValidationException(f"Cannot read from backfilling global secondary index: {name}")
    raise ValidationException(NO_SCAN_OF_VECTORS)


def refuse_unprojected_filter(index: Index | None, names: frozenset[str]) -> None:
    """Refuse to filter what is read by an index's key by attributes the index, global or local, does not hold.

    A read of a whole index filters by them all the same: no entry has them.

    Raises:
        ValidationException: naming them.

    Source: dynamodb-exact §17; dynamodb-toolbox/dynamodb-toolbox issue 1195 and sensedeep/dynamodb-onetable issue 93 (the
    same sentence for Query); their order: floci-io/floci, its plan of PartiQL's keys, checked there on AWS.
    """
    if index is None or index.projected is None:
        return
    missing = set_ordered(sorted(names - index.projected))
    if missing:
        raise ValidationException(
            f"One or more parameter values were invalid: Secondary index {index.name} does not project one or more "
            f"filter attributes: [{', '.join(missing)}]"
        )


def select_from(table: Table, index: Index | None, select: str | None, projection: NamedProjector | None) -> Selection:
    """Decide what is shown of each row.

    Raises:
        ValidationException: a global index does not hold what is asked for.
    """
    wants_items = select != "COUNT"
    as_stored = _AS_STORED if wants_items else _COUNTED
    projected = index.projected if index is not None else None
    if index is None or projected is None:
        return as_stored
    named = projection.attribute_names if projection is not None else ()
    # In the order of the request. Source: floci-io/floci, its PartiQL, checked there on AWS.
    missing = [name for name in named if name not in projected]
    if index.is_global:
        if select == "ALL_ATTRIBUTES":
            raise ValidationException(
                "One or more parameter values were invalid: Select type ALL_ATTRIBUTES is not supported for global secondary "
                f"index {index.name} because its projection type is not ALL"
            )
        if missing:
            raise ValidationException(
                f"One or more parameter values were invalid: Global secondary index {index.name} does not project "
                f"[{', '.join(missing)}]"
            )
        return as_stored
    if select != "ALL_ATTRIBUTES" and not missing:
        return as_stored
    fetched_sizes: list[int] = []

    def fetch(entry: bytes) -> StoredItem:
        stored = table.items.get(table.keys.of(decode_item(entry)))
        assert stored is not None, "an index entry has its item"
        fetched_sizes.append(stored.size)
        return stored

    return Selection(wants_items=wants_items, fetch=fetch, fetched_sizes=fetched_sizes)


def bill_page(bill: Bill, page: Page, index: Index | None, selection: Selection, *, consistent: bool) -> None:
    """Charge a page: its bytes once, to the index or the table; what was fetched from the table, row by row."""
    units = read_units(page.size, consistent=consistent)
    if index is None:
        bill.add_table(units)
        return
    bill.add_index(index.name, units, is_global=index.is_global)
    for size in selection.fetched_sizes:
        bill.add_table(read_units(size, consistent=consistent))
