"""SELECT as a plan: which rows, in which order, what of them.

A WHERE clause that names the partition is a Query, any other a Scan; what its keys do not answer is a filter. Rows are read,
counted and charged by the same functions as those operations use.

Source: dynamodb-exact §17, §13, §18.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import msgspec

from sandbox.dynamodb.engine.key_rules import refuse_paths_into_keys
from sandbox.dynamodb.engine.select import Page, Readable, key_of, read_page, resume
from sandbox.dynamodb.engine.selection import NO_SCAN_OF_VECTORS, Selection, refuse_unprojected_filter, select_from
from sandbox.dynamodb.expressions import Condition, build_condition
from sandbox.dynamodb.expressions.projection import Projection
from sandbox.dynamodb.faults import ValidationException
from sandbox.dynamodb.partiql.branches import Access, Keyed, find_access, key_order
from sandbox.dynamodb.partiql.keys import KeySlots, conjuncts, find_key, joined
from sandbox.dynamodb.partiql.projection import Columns
from sandbox.dynamodb.partiql.shape import (
    KeyTests,
    count_hash_conditions,
    find_key_tests,
    key_shape,
    refuse_key_types,
)
from sandbox.dynamodb.partiql.spans import Chained, Span
from sandbox.dynamodb.partiql.syntax import Ordering, Parsed, Select, Where
from sandbox.dynamodb.scope import Scope
from sandbox.dynamodb.storage.commit import decode_item, encode_item
from sandbox.dynamodb.storage.keys import IndexKeys, Range, TableKeys
from sandbox.dynamodb.storage.rows import StoredItem
from sandbox.dynamodb.storage.table import Index, Table
from sandbox.values.attribute import AttributeValue, Item

__all__ = ["ItemRead", "PageRead", "Reading", "plan_item_read", "plan_select"]

IN_PAGE_ROWS_MAX: Final = 10
"""Rows of a page that reads partitions listed with IN: "Results are returned in pages of up to 10 items".

Source: the developer guide's page on PartiQL operators. That such a page is charged as one read is an assumption.
"""

Values = Mapping[str, AttributeValue]


@dataclass(frozen=True, kw_only=True)
class PageRead:
    """A page of a SELECT.

    Attributes:
        position: where to go on, ``None`` when nothing follows.
        last_key: the key of the last row evaluated, where there is a position.
    """

    page: Page
    position: bytes | None
    last_key: Item | None


@dataclass(frozen=True, kw_only=True)
class Reading:
    """A SELECT that is ready to be read page by page.

    Attributes:
        keyed: the rows to read, ``None`` for all.
        selection: how rows are shown; also collects what was fetched from the table, for the bill.
    """

    table: Table
    index: Index | None
    keyed: Keyed | None
    order: tuple[Ordering, ...]
    condition: Condition | None
    columns: Columns | None
    selection: Selection

    def page(self, *, limit: int | None, position: bytes | None) -> PageRead:
        """Read one page of at most *limit* rows evaluated, from *position* on or from the start."""
        rows = self.table.items if self.index is None else self.index.entries
        spans, is_descending = self._spans()
        if len(spans) == 1:
            span = resume(spans[0][1], position, descending=is_descending)
            return self._ended(rows, self._read(rows, span, limit=limit, descending=is_descending))
        together = Chained(rows, spans, descending=is_descending)
        is_capped = self.keyed is not None and self.keyed.is_in and (limit is None or limit > IN_PAGE_ROWS_MAX)
        page = self._read(together, _from(position), limit=IN_PAGE_ROWS_MAX if is_capped else limit)
        if (
            is_capped
            and page.last_key is not None
            and not together.fetch(_from(page.last_key), descending=False, limit=1)
        ):
            return PageRead(page=page, position=None, last_key=None)  # our own limit is not the client's to page over
        return self._ended(together, page)

    def _read(self, rows: Readable, span: Range, *, limit: int | None, descending: bool = False) -> Page:
        return read_page(
            rows,
            span,
            descending=descending,
            limit=limit,
            condition=self.condition,
            projection=self.columns,
            fetch=self.selection.fetch,
        )

    def _ended(self, rows: Readable, page: Page) -> PageRead:
        if page.last_key is None:
            return PageRead(page=page, position=None, last_key=None)
        last_key = key_of(self.table, self.index, rows, page.last_key)
        return PageRead(page=page, position=page.last_key, last_key=last_key)

    def _spans(self) -> tuple[list[Span], bool]:
        """The ranges to read, in order; whether each is read backwards.

        An ORDER BY that does not name the sort key reads it backwards, as AWS does. Source: floci pull request 3798.
        """
        if self.keyed is None:
            return [(b"", Range(b"", None))], False
        spans = self.keyed.spans
        if not self.order:
            return spans, False
        keys = self.table.keys if self.index is None else self.index.keys
        hash_names = {part.name for part in keys.hash_parts}
        by_hash = next((key for key in self.order if key.name in hash_names), None)
        by_range = next((key for key in self.order if key.name not in hash_names), None)
        is_descending = by_range is None or by_range.is_descending
        if is_descending:
            spans = sorted(spans, key=lambda span: span[1].low, reverse=True)
        if by_hash is not None:
            spans = sorted(spans, key=lambda span: key_order(span[0]), reverse=by_hash.is_descending)
        return spans, is_descending


def _from(position: bytes | None) -> Range:
    return Range(position + b"\x00" if position is not None else b"", None)


@dataclass(frozen=True, kw_only=True)
class _SelectPlan:
    """What of a SELECT depends on its text and its table only; conditions are bound to the values of the first time.

    Attributes:
        condition: what is left to judge of the rows that *access* reads, or of all rows without it.
        whole: the whole WHERE clause, where a read by key may turn out to be none.
    """

    index: Index | None
    key_tests: KeyTests
    access: Access | None
    condition: Condition | None
    whole: Condition | None
    columns: Columns | None


def plan_select(scope: Scope, parsed: Parsed, select: Select, values: Values, *, consistent: bool) -> Reading:
    """Plan a SELECT, which is *parsed* or within it.

    Raises:
        ValidationException: a key, index, projection or ORDER BY does not fit, in the order of DynamoDB Local 3.3.1 (asked
            2026-11).
        ResourceNotFoundException: no such table, or it is not ACTIVE.
        InvalidExpression: a path leads into a key attribute.
    """
    table = scope.table(select.target.table_name)
    plan = parsed.memory.plan(_SelectPlan, table)
    if plan is None:
        plan = _plan(table, select, values, consistent=consistent)
        parsed.memory.keep(table, plan)
    else:
        refuse_key_types(plan.key_tests, values)
        if plan.index is not None:
            _check_index(plan.index, consistent=consistent)
    selection = select_from(table, plan.index, None, plan.columns)
    keyed = plan.access.rows(values, in_order=bool(select.order)) if plan.access is not None else None
    if keyed is not None and keyed.unprojected:
        refuse_unprojected_filter(plan.index, keyed.unprojected)
    condition = plan.condition if plan.access is None or keyed is not None else plan.whole
    return Reading(
        table=table,
        index=plan.index,
        keyed=keyed,
        order=select.order,
        condition=condition.bound_to(values) if condition is not None else None,
        columns=plan.columns,
        selection=selection,
    )


def _plan(table: Table, select: Select, values: Values, *, consistent: bool) -> _SelectPlan:
    where = select.where
    index = _find_index(table, select.target.index_name)
    keys = table.keys if index is None else index.keys
    tree = where.tree if where is not None else None
    shape = key_shape(keys, tree) if tree is not None else None
    access = find_access(keys, shape, index.projected if index is not None else None) if shape is not None else None
    key_tests = find_key_tests(keys, shape) if shape is not None else ()
    if select.order:
        _refuse_order_of_scan(select, keys)
    refuse_key_types(key_tests, values)
    if index is not None:
        _check_index(index, consistent=consistent)
    columns = Columns(select.paths) if select.paths is not None else None
    rest = tree if access is None else access.filter
    condition = build_condition(rest, _paths(where), values) if rest is not None else None
    refuse_paths_into_keys(table, condition, columns)
    if select.order:
        select_from(table, index, None, columns)  # what it refuses comes first
        _refuse_order(select, keys)
    may_scan = access is not None and access.can_conflict
    return _SelectPlan(
        index=index,
        key_tests=key_tests,
        access=access,
        condition=condition,
        whole=build_condition(tree, _paths(where), values) if may_scan and tree is not None else None,
        columns=columns,
    )


def _paths(where: Where | None) -> tuple[tuple[str | int, ...], ...]:
    return where.paths if where is not None else ()


def _find_index(table: Table, name: str | None) -> Index | None:
    if name is None:
        return None
    index = table.indexes.get(name)
    if index is None and name in table.vector_indexes:
        raise ValidationException(NO_SCAN_OF_VECTORS)  # Source: nubo-db/dynoxide, as captured on AWS
    if index is None:
        raise ValidationException("The table does not have the specified index")
    return index


def _check_index(index: Index, *, consistent: bool) -> None:
    if index.definition.status == "CREATING":
        raise ValidationException(f"Cannot read from backfilling global secondary index: {index.name}")
    if consistent and index.is_global:
        raise ValidationException("Strongly consistent read is not supported on Global Secondary Indexes")


def _refuse_order_of_scan(select: Select, keys: TableKeys | IndexKeys) -> None:
    """Source: floci pull request 3798, checked there on AWS."""
    if select.where is None:
        raise ValidationException("Must have WHERE clause in the statement when using ORDER BY clause.")
    if not all(count_hash_conditions(part, select.where.tree) for part in keys.hash_parts):
        raise ValidationException(
            "Must have at least one non-optional hash key condition in WHERE clause when using ORDER BY clause."
        )


def _refuse_order(select: Select, keys: TableKeys | IndexKeys) -> None:
    """Source: as for ``_refuse_order_of_scan``."""
    assert select.where is not None
    hash_names = {part.name for part in keys.hash_parts}
    key_names = {part.name for part in keys.range_parts} | hash_names
    for key in select.order:
        if key.is_path:
            # Source: DynamoDB Local 3.3.1, asked 2026-11, as for what comes first.
            raise ValidationException("Argument to ORDER BY must be of type VariableReference. Type: PATH")
        if key.name not in key_names:
            raise ValidationException(f"Attribute {key.name} in ORDER BY clause must be part of the primary key")
    counts = [count_hash_conditions(part, select.where.tree) for part in keys.hash_parts]
    if max(counts) > 1 and not any(key.name in hash_names for key in select.order):
        raise ValidationException(
            "Must have hash key in ORDER BY clause when more than one hash key condition specified in WHERE clause."
        )


# -- one item --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class ItemRead:
    """A SELECT of one item by its whole key: in batches and transactions.

    Attributes:
        key: as a Key argument has it, not checked yet.
        condition: what else the item has to meet, ``None`` for nothing.
        chosen: what is shown of it, as GetItem would show it: DynamoDB Local 3.3.1, asked 2026-11. ``None`` for all.
    """

    table: Table
    key: Item
    condition: Condition | None
    chosen: Projection | None

    def read(self) -> StoredItem | None:
        """The stored item, whether it meets the condition or not; the key has been checked."""
        return self.table.items.get(self.table.keys.of(self.key))

    def holds(self, stored: StoredItem) -> bool:
        """Whether the item meets the condition."""
        return self.condition is None or self.condition.matches(decode_item(stored.json))

    def shown(self, stored: StoredItem | None) -> msgspec.Raw | None:
        """What is answered: ``None`` where there is no item, or it does not meet the condition."""
        if stored is None or not self.holds(stored):
            return None
        if self.chosen is None:
            return msgspec.Raw(stored.json)
        return msgspec.Raw(encode_item(self.chosen.apply(decode_item(stored.json))))


@dataclass(frozen=True, kw_only=True)
class _ItemPlan:
    """What of a read of one item depends on its text and its table only."""

    key_slots: KeySlots
    condition: Condition | None
    chosen: Projection | None


def plan_item_read(
    scope: Scope, parsed: Parsed, select: Select, values: Values, *, takes_conditions: bool = False
) -> ItemRead | None:
    """Plan a SELECT of one item, which is *parsed* or within it; ``None`` where WHERE does not name its whole key with equalities.

    Nor may it ask for anything else, unless it *takes_conditions*. Source: faiscadev/fakecloud pull request 2466;
    floci-io/floci, its PartiQL, checked there on AWS.

    Raises:
        ResourceNotFoundException: no such table, or it is not ACTIVE.
        InvalidExpression: a path leads into a key attribute.
    """
    table = scope.table(select.target.table_name)
    plan = parsed.memory.plan(_ItemPlan, table)
    if plan is None:
        where = select.where
        key_slots = find_key(
            (*table.keys.hash_parts, *table.keys.range_parts),
            conjuncts(where.tree if where is not None else None),
            takes_lists=not takes_conditions,
        )
        if not key_slots.is_whole or not (takes_conditions or key_slots.is_all):
            return None
        rest = joined(key_slots.rest) if takes_conditions else None
        condition = build_condition(rest, _paths(where), values) if rest is not None else None
        chosen = Projection(select.paths) if select.paths is not None else None
        refuse_paths_into_keys(table, condition, chosen)
        plan = _ItemPlan(key_slots=key_slots, condition=condition, chosen=chosen)
        parsed.memory.keep(table, plan)
    if not takes_conditions and plan.key_slots.misnamed(values) is not None:
        return None
    return ItemRead(
        table=table,
        key=plan.key_slots.key(values),
        condition=plan.condition.bound_to(values) if plan.condition is not None else None,
        chosen=plan.chosen,
    )
