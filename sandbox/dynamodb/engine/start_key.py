"""ExclusiveStartKey: from a client's key to the row to go on behind, with AWS's refusals.

Source: dynamodb-exact §13 (start key rows).
"""

from sandbox.dynamodb.engine.key_rules import SCHEMA_MISMATCH, empty_index_key, empty_key, too_long
from sandbox.dynamodb.faults import ValidationException
from sandbox.dynamodb.storage.keys import Range, segment_range
from sandbox.dynamodb.storage.table import Index, Table
from sandbox.values.attribute import Item

__all__ = [
    "INVALID_START",
    "check_before_bound",
    "check_start_key",
    "check_start_size",
    "check_within_query",
    "check_within_segment",
    "is_surely_last",
    "start_row",
]

INVALID_START = "The provided starting key is invalid"
_AT_MOST_ONE = "The query can return at most one row and cannot be restarted"
_OUTSIDE_CONDITION = "The provided starting key does not match the range key predicate"
_INCLUSIVE = frozenset({"<=", ">=", "BETWEEN"})


def check_start_size(table: Table, index: Index | None, start: Item, *, is_scan: bool) -> None:
    """Refuse a start key that has more or fewer attributes than the key that is read; a Query does before all else.

    Raises:
        ValidationException: it has.

    Source: dynamodb-exact §13; for a Query of the table ExtendDB/extenddb pull request 86 (AWS's answers of 2026-05).
    """
    expected = set(table.key_names)
    if index is not None:
        expected |= {part.name for part in (*index.keys.hash_parts, *index.keys.range_parts)}
    if len(start) != len(expected):
        raise ValidationException(f"{INVALID_START}: {SCHEMA_MISMATCH}" if is_scan and index is None else INVALID_START)


def check_start_key(table: Table, index: Index | None, start: Item, *, is_scan: bool) -> None:
    """Refuse a start key that has not the attributes of the key that is read; a Query does when it has read its condition.

    A Scan of the table leaves the attributes to ``start_row``.

    Raises:
        ValidationException: attributes are missing or of the wrong type.

    Source: as of ``check_start_size``; of the order dynalite 4.0.0 and DynamoDB Local 3.3.1, asked 2026-11.
    """
    if is_scan and index is None:
        return
    keys = table.keys if index is None else index.keys
    for part in (*keys.hash_parts, *keys.range_parts):
        if part.name not in start:
            raise ValidationException(INVALID_START)
        if part.type not in start[part.name]:
            raise ValidationException(INVALID_START if index is None else SCHEMA_MISMATCH)


def start_row(table: Table, index: Index | None, start: Item) -> bytes:
    """The row key of *start*, which ``check_start_key`` let pass, in the table or in *index* where one is read.

    Raises:
        ValidationException: an attribute of the table's key is missing, of the wrong type or too long, or a key is empty.
    """
    for part in (*table.keys.hash_parts, *table.keys.range_parts):
        if part.name not in start or part.type not in start[part.name]:
            raise ValidationException(f"{INVALID_START}: {SCHEMA_MISMATCH}")
        is_hash = part.name == table.keys.hash_name
        if not start[part.name][part.type]:
            raise ValidationException(_empty_start(empty_key(part.name, part.type), is_hash=is_hash))
        refused = too_long(part, start[part.name], is_hash=is_hash)
        if refused is not None:
            raise ValidationException(f"{INVALID_START}: {refused}")
    table_key = table.keys.of(start)
    if index is None:
        return table_key
    for part in (*index.keys.hash_parts, *index.keys.range_parts):
        if not start[part.name][part.type]:
            is_hash = index.keys.hash_parts == (part,)
            raise ValidationException(_empty_start(empty_index_key(index, part), is_hash=is_hash))
    entry_key = index.keys.of(start, table_key)
    assert entry_key is not None, "all index key attributes were found"
    return entry_key


def _empty_start(refused: str, *, is_hash: bool) -> str:
    """The sentence for an empty value in a start key; that of a partition key begins with another, of Scan too.

    Source: DynamoDB Local 3.3.1, asked 2026-11.
    """
    return f"{_AT_MOST_ONE}. {INVALID_START}: {refused}" if is_hash else f"{INVALID_START}: {refused}"


def check_within_query(
    row: bytes, own_partition: bytes, partition: bytes, span: Range, *, has_sort_condition: bool
) -> None:
    """Refuse a start outside what the query can return; *own_partition* is the partition the start lies in.

    Raises:
        ValidationException: a sort key that the condition excludes, or another partition, which with a sort condition
            is answered in words of its own.
    """
    if has_sort_condition:
        moved = partition + row[len(own_partition) :]
        if moved < span.low or (span.high is not None and moved >= span.high):
            raise ValidationException(_OUTSIDE_CONDITION)
    if own_partition != partition:
        raise ValidationException(
            _AT_MOST_ONE
            if has_sort_condition
            else "The provided starting key is outside query boundaries based on provided conditions"
        )


def check_before_bound(row: bytes, span: Range, operator: str | None, *, descending: bool) -> None:
    """Refuse to go on behind the row of a table at which its sort condition ends.

    Raises:
        ValidationException: it is that row. No answer has its key as ``LastEvaluatedKey``; see ``is_surely_last``.

    Source: aws/aws-sdk-ruby issue 2456 (AWS's refusal at the bound of ``>=``, read backwards); DynamoDB Local 3.3.1, asked
    2026-11.
    """
    if _is_at_bound(row, span, operator, descending=descending):
        raise ValidationException(_OUTSIDE_CONDITION)


def is_surely_last(table: Table, row: bytes, span: Range, operator: str | None, *, descending: bool) -> bool:
    """Whether a Query of the table itself need not look behind *row*, and so tells no ``LastEvaluatedKey``.

    That is where a partition is one item, and at the bound of ``<=``, ``>=`` and ``BETWEEN`` at which reading ends. An
    index may hold more entries with that key; that ``=`` on the sort key has a ``LastEvaluatedKey`` is not explained.

    Source: DynamoDB Local 3.3.1, asked 2026-11; aws/aws-sdk-js issue 3290 (a Query of one item with a Limit of one).
    """
    return table.keys.range_name is None or _is_at_bound(row, span, operator, descending=descending)


def _is_at_bound(row: bytes, span: Range, operator: str | None, *, descending: bool) -> bool:
    return operator in _INCLUSIVE and (row == span.low if descending else row + b"\x00" == span.high)


def check_within_segment(row: bytes, segment: int, total_segments: int) -> None:
    """Refuse a start that belongs to another segment of a parallel scan.

    Raises:
        ValidationException: the row lies elsewhere.
    """
    span = segment_range(segment, total_segments)
    if row < span.low or (span.high is not None and row >= span.high):
        raise ValidationException(
            f"{INVALID_START}: Invalid ExclusiveStartKey. Please use ExclusiveStartKey with correct Segment. "
            f"TotalSegments: {total_segments} Segment: {segment}"
        )
