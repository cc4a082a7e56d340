"""ExclusiveStartKey: from a client's key to the row to go on behind, with AWS's refusals.

Source: dynamodb-exact §13 (start key rows).
"""

from sandbox.dynamodb.engine.key_rules import SCHEMA_MISMATCH, empty_key
from sandbox.dynamodb.faults import ValidationException
from sandbox.dynamodb.storage.keys import KeyPart, Range, segment_range
from sandbox.dynamodb.storage.table import Index, Table
from sandbox.values.attribute import Item

__all__ = ["check_within_query", "check_within_segment", "start_row"]

_INVALID = "The provided starting key is invalid"


def start_row(table: Table, index: Index | None, start: Item, *, is_scan: bool) -> bytes:
    """The row key of *start* in the table, or in *index* where one is read.

    Raises:
        ValidationException: attributes are missing, too many or of the wrong type.
    """
    expected = set(table.key_names)
    if index is not None:
        expected |= {part.name for part in (*index.keys.hash_parts, *index.keys.range_parts)}
    if len(start) != len(expected):
        raise ValidationException(f"{_INVALID}: {SCHEMA_MISMATCH}" if is_scan and index is None else _INVALID)
    if index is not None:
        for part in (*index.keys.hash_parts, *index.keys.range_parts):
            if part.name not in start:
                raise ValidationException(_INVALID)
            if part.type not in start[part.name]:
                raise ValidationException(SCHEMA_MISMATCH)
            _refuse_empty(part, start)
    for part in (*table.keys.hash_parts, *table.keys.range_parts):
        if part.name not in start or part.type not in start[part.name]:
            raise ValidationException(f"{_INVALID}: {SCHEMA_MISMATCH}")
        _refuse_empty(part, start)
    table_key = table.keys.of(start)
    if index is None:
        return table_key
    entry_key = index.keys.of(start, table_key)
    assert entry_key is not None, "all index key attributes were just found"
    return entry_key


def _refuse_empty(part: KeyPart, start: Item) -> None:
    if not start[part.name][part.type]:
        raise ValidationException(f"{_INVALID}: {empty_key(part.name, part.type)}")


def check_within_query(row: bytes, partition: bytes, span: Range, *, has_sort_condition: bool, is_single: bool) -> None:
    """Refuse a start outside what the query can return.

    Raises:
        ValidationException: another partition, or a sort key that the condition excludes.
    """
    if not row.startswith(partition):
        raise ValidationException(
            "The query can return at most one row and cannot be restarted"
            if is_single
            else "The provided starting key is outside query boundaries based on provided conditions"
        )
    if has_sort_condition and (row < span.low or (span.high is not None and row >= span.high)):
        raise ValidationException("The provided starting key does not match the range key predicate")


def check_within_segment(row: bytes, segment: int, total_segments: int) -> None:
    """Refuse a start that belongs to another segment of a parallel scan.

    Raises:
        ValidationException: the row lies elsewhere.
    """
    span = segment_range(segment, total_segments)
    if row < span.low or (span.high is not None and row >= span.high):
        raise ValidationException(
            f"{_INVALID}: Invalid ExclusiveStartKey. Please use ExclusiveStartKey with correct Segment. "
            f"TotalSegments: {total_segments} Segment: {segment}"
        )
