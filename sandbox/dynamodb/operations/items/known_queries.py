"""Queries that came before: the same texts on the same table with other values need no reading.

A program sends the same few queries over and over. Once one has passed every check, what is left to look at are its
values: that each is there, alone, and of the key's type. Anything else goes the long way, which knows how to refuse.
"""

from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol

from sandbox.dynamodb.limits import RANGE_KEY_BYTES_MAX
from sandbox.dynamodb.operations.items.asked_reads import KeyBounds, QueryParts
from sandbox.dynamodb.storage.table import Index, Table
from sandbox.values.invalid import InvalidValue
from sandbox.values.number import canonical

__all__ = ["Found", "KnownQuery", "find_known_query", "remember_query"]

_REMEMBERED_MAX = 256
"""Per table."""
_SHORT_CHARACTERS_MAX = RANGE_KEY_BYTES_MAX // 4
"""Four bytes is the most a character takes: a value of more has to be measured."""


class _Asked(Protocol):
    index_name: str | None
    query_filter: Any
    conditional_operator: Any
    attributes_to_get: list[str] | None
    key_conditions: Any
    filter_expression: str | None
    key_condition_expression: str | None
    projection_expression: str | None
    expression_attribute_names: dict[str, str] | None
    expression_attribute_values: Any


class Found(NamedTuple):
    """A query that came before, with the bounds that its values give it this time."""

    parts: QueryParts
    bounds: KeyBounds


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownQuery:
    """What was found out about a query.

    Attributes:
        parts: its parsed expressions; the values of its key condition are those of the first time.
        slots: the value placeholders in the order of the key, each with the type its value must have.
        hash_count: how many of them belong to the partition key.
        equal_count: how many of the next ones are equalities on leading sort keys.
        operator: the condition on the last sort key, ``None`` without one.
    """

    parts: QueryParts
    slots: tuple[tuple[str, str], ...]
    hash_count: int
    equal_count: int
    operator: str | None

    def bounds(self, values: dict[str, dict[str, Any]]) -> KeyBounds | None:
        """The key bounds for these *values*; ``None`` where one of them needs the long way."""
        if len(values) != len(self.slots):
            return None
        texts: list[str] = []
        for slot, type_ in self.slots:
            value = values.get(slot)
            if value is None or len(value) != 1 or not (text := value.get(type_)) or len(text) > _SHORT_CHARACTERS_MAX:
                return None
            texts.append(text if type_ == "S" else canonical(text))
        first, last = self.hash_count, self.hash_count + self.equal_count
        # Without names, which would cost more than the four slices.
        return KeyBounds(texts[:first], texts[first:last], self.operator, texts[last:])


def _texts_of(request: _Asked) -> Any:
    names = request.expression_attribute_names
    return (
        request.key_condition_expression,
        request.index_name,
        request.projection_expression,
        None if names is None else tuple(names.items()),
    )


def _is_simple(request: _Asked) -> bool:
    """Whether the request has a key condition expression, perhaps a projection, and nothing that looks at other values."""
    return (
        request.filter_expression is None
        and request.key_condition_expression is not None
        and request.expression_attribute_values is not None
        and request.attributes_to_get is None
        and request.query_filter is None
        and request.key_conditions is None
        and request.conditional_operator is None
    )


def find_known_query(table: Table | None, request: _Asked) -> Found | None:
    """The query if it came before and its values are plain; ``None`` sends it the long way."""
    if table is None or not table.known_queries or table.definition.status != "ACTIVE" or not _is_simple(request):
        return None
    known: KnownQuery | None = table.known_queries.get(_texts_of(request))
    if known is None:
        return None
    try:
        bounds = known.bounds(request.expression_attribute_values)
    except InvalidValue:
        return None
    return None if bounds is None else Found(known.parts, bounds)


def remember_query(table: Table, index: Index | None, request: _Asked, parts: QueryParts, bounds: KeyBounds) -> None:
    """Remember a query that passed; not those whose refusal depends on what the values hold (BETWEEN) or on blobs."""
    if not _is_simple(request) or bounds.operator == "BETWEEN":
        return
    keys = table.keys if index is None else index.keys
    types = {part.name: part.type for part in (*keys.hash_parts, *keys.range_parts)}
    slot_of = {id(value): slot for slot, value in request.expression_attribute_values.items()}
    slots: list[tuple[str, str]] = []
    for part in (*keys.hash_parts, *keys.range_parts):
        test = parts.key_condition.tests.get(part.name)
        if test is None:
            break
        slots.append((slot_of[id(test.operands[0])], types[part.name]))
    if any(type_ == "B" for _, type_ in slots) or len(slots) != len(request.expression_attribute_values):
        return
    if len(table.known_queries) >= _REMEMBERED_MAX:
        table.known_queries.clear()
    table.known_queries[_texts_of(request)] = KnownQuery(
        parts=parts,
        slots=tuple(slots),
        hash_count=len(bounds.hash_values),
        equal_count=len(bounds.equal),
        operator=bounds.operator,
    )
