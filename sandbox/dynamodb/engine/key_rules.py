"""What a key may be: the refusals that concern keys, in AWS's order and words.

Source: dynamodb-exact §8.
"""

from collections.abc import Collection, Mapping
from typing import Protocol

from sandbox.dynamodb.engine.vector_rules import check_updated_vectors, check_vectors
from sandbox.dynamodb.expressions import refuse_nested_keys
from sandbox.dynamodb.faults import ValidationException
from sandbox.dynamodb.limits import HASH_KEY_BYTES_MAX, RANGE_KEY_BYTES_MAX
from sandbox.dynamodb.storage.keys import KeyPart, TableKeys
from sandbox.dynamodb.storage.table import Index, Table
from sandbox.faults import ApiFault
from sandbox.values.attribute import AttributeValue, Item, type_of
from sandbox.values.size import value_bytes

__all__ = [
    "SCHEMA_MISMATCH",
    "check_index_keys",
    "check_item_keys",
    "check_key_argument",
    "check_updated_index_keys",
    "empty_index_key",
    "empty_key",
    "is_empty_key",
    "refuse_index_types",
    "refuse_paths_into_keys",
    "too_long",
]

SCHEMA_MISMATCH = "The provided key element does not match the schema"
_WERE_INVALID = "One or more parameter values were invalid: "
_NOT_VALID = "One or more parameter values are not valid. "
_HASH_KEY_TOO_LONG = _WERE_INVALID + "Size of hashkey has exceeded the maximum size limit of2048 bytes"
_UPDATED_TOO_LONG = "The update expression attempted to update the secondary index key beyond allowed size limits"
_RANGE_KEY_TOO_LONG = _WERE_INVALID + "Aggregated size of all range keys has exceeded the size limit of 1024 bytes"


class Writes(Protocol):
    """An update that knows what it gives to whole attributes."""

    def given_types(self) -> Mapping[str, str]:
        """Attribute -> type of the value it is given outright."""


def check_item_keys(table: Table, item: Item, *, mismatch: str | None = None) -> bytes:
    """Check the key attributes of an item that is to be put, and give its row key.

    *mismatch* replaces the texts for a missing key and a wrong type: batches have one for both, as dynalite has it from
    AWS and floci-io/floci pull request 3227 saw it on AWS in 2026-09.

    Raises:
        ValidationException: a key attribute is missing, of the wrong type, empty or too long; partition key first.
    """
    keys = table.keys
    row_key = keys.plain(item)
    if row_key is not None:
        return row_key
    _check_part(item, keys.hash_name, keys.hash_type, HASH_KEY_BYTES_MAX, _HASH_KEY_TOO_LONG, mismatch)
    if keys.range_name is not None:
        _check_part(item, keys.range_name, keys.range_type, RANGE_KEY_BYTES_MAX, _RANGE_KEY_TOO_LONG, mismatch)
    return keys.of(item)


def _check_part(item: Item, name: str, type_: str, bytes_max: int, too_long: str, mismatch: str | None) -> None:
    value = item.get(name)
    if value is None:
        raise ValidationException(mismatch or f"{_WERE_INVALID}Missing the key {name} in the item")
    text = value.get(type_)
    if text is None:
        raise ValidationException(
            mismatch or f"{_WERE_INVALID}Type mismatch for key {name} expected: {type_} actual: {type_of(value)}"
        )
    _check_size(name, type_, value, text, bytes_max, too_long)


def _check_size(name: str, type_: str, value: AttributeValue, text: str, bytes_max: int, too_long: str) -> None:
    if not text:
        raise ValidationException(empty_key(name, type_))
    if _is_longer(type_, value, bytes_max):
        raise ValidationException(too_long)


def _is_longer(type_: str, value: AttributeValue, bytes_max: int) -> bool:
    """Whether a key value of the type it should have is over its limit; four bytes is the most a character takes."""
    return type_ != "N" and 4 * len(value[type_]) > bytes_max and value_bytes(value) > bytes_max


def empty_key(name: str, type_: str) -> str:
    """AWS's sentence for a key attribute that holds nothing."""
    return (
        f"{_NOT_VALID}The AttributeValue for a key attribute cannot contain an empty {_kind(type_)} value. Key: {name}"
    )


def empty_index_key(index: Index, part: KeyPart) -> str:
    """AWS's sentence for a key attribute of an index that holds nothing."""
    return (
        f"{_NOT_VALID}A value specified for a secondary index key is not supported. The AttributeValue for a key "
        f"attribute cannot contain an empty {_kind(part.type)} value. IndexName: {index.name}, IndexKey: {part.name}"
    )


def is_empty_key(fault: ApiFault) -> bool:
    """Whether *fault* is that of a key attribute, of the table or of an index, that holds nothing.

    In a writing transaction it refuses the whole request, where other faults of keys are reasons of one action.
    """
    return (
        fault.message is not None and "The AttributeValue for a key attribute cannot contain an empty" in fault.message
    )


def _kind(type_: str) -> str:
    return "binary" if type_ == "B" else "string"


def check_key_argument(table: Table, key: Mapping[str, AttributeValue]) -> None:
    """Check a ``Key`` argument: exactly the key attributes, of the right types.

    Raises:
        ValidationException: an attribute is missing, too many, of the wrong type, empty or too long.
    """
    keys = table.keys
    if _is_plainly_right(keys, key):
        return
    if len(key) != len(table.key_names):
        raise ValidationException(SCHEMA_MISMATCH)
    _check_key_part(key, keys.hash_name, keys.hash_type, HASH_KEY_BYTES_MAX, _HASH_KEY_TOO_LONG)
    if keys.range_name is not None:
        _check_key_part(key, keys.range_name, keys.range_type, RANGE_KEY_BYTES_MAX, _RANGE_KEY_TOO_LONG)


def _check_key_part(key: Mapping[str, AttributeValue], name: str, type_: str, bytes_max: int, too_long: str) -> None:
    value = key.get(name)
    text = value.get(type_) if value is not None else None
    if value is None or text is None:
        raise ValidationException(SCHEMA_MISMATCH)
    _check_size(name, type_, value, text, bytes_max, too_long)


def _is_plainly_right(keys: TableKeys, key: Mapping[str, AttributeValue]) -> bool:
    """Whether a key needs no closer look: its attributes are there, alone, of the right type, filled and short."""
    value = key.get(keys.hash_name)
    if value is None or not (text := value.get(keys.hash_type)) or 4 * len(text) > HASH_KEY_BYTES_MAX:
        return False
    if keys.range_name is None:
        return len(key) == 1
    value = key.get(keys.range_name)
    if value is None or not (text := value.get(keys.range_type)) or 4 * len(text) > RANGE_KEY_BYTES_MAX:
        return False
    return len(key) == 2


def check_index_keys(table: Table, item: Item) -> None:
    """Check the index key attributes of an item that is to be put, then its vectors; absent ones are fine (sparse indexes).

    Raises:
        ValidationException: an index key has the wrong type, is empty or too long; global indexes first, by name. Then
            the attributes of a key are too long together, whether or not the item has all of them.

    A key of the table is held to the size it may have in an index too: as a sort key there, a partition key has half.

    Source of that and of the sentence about several attributes: DynamoDB Local 3.3.1, asked 2026-11.
    """
    for index in table.indexes.values():
        for part, bytes_max in _index_parts(index):
            value = item.get(part.name)
            if value is None:
                continue
            text = value.get(part.type)
            if text is None:
                raise ValidationException(_mismatch_in_index(index, part, type_of(value)))
            if not text:
                raise ValidationException(empty_index_key(index, part))
            if _is_longer(part.type, value, bytes_max):
                raise ValidationException(_too_long_for_index(index, part, value, bytes_max))
    for index in table.indexes.values():
        if index.keys.has_several:
            together = _too_long_together(index, item)
            if together is not None:
                raise ValidationException(together)
    if table.vector_indexes:
        check_vectors(table, item)


def _too_long_for_index(index: Index, part: KeyPart, value: AttributeValue, bytes_max: int) -> str:
    """Source: architect/dynalite issue 35, wellcomecollection/platform issue 2285."""
    return (
        f"{_WERE_INVALID}Size limit exceeded for Index Key {part.name} Actual Size: {value_bytes(value)} bytes "
        f"Max Size: {bytes_max} bytes IndexName: {index.name}"
    )


def _too_long_together(index: Index, item: Item) -> str | None:
    """The sentence for key attributes that have the right types and are too long together, ``None`` where they are not."""
    for key_type, parts, bytes_max in (
        ("HASH", index.keys.hash_parts, HASH_KEY_BYTES_MAX),
        ("RANGE", index.keys.range_parts, RANGE_KEY_BYTES_MAX),
    ):
        names = [part.name for part in parts if part.name in item]
        if len(names) < 2:
            continue
        size = sum(value_bytes(item[name]) for name in names)
        if size > bytes_max:
            return (
                f"Aggregate size for {key_type} key attributes {', '.join(names)} of index {index.name} has exceeded limit "
                f"{bytes_max} bytes, with actual size {size} bytes"
            )
    return None


def _mismatch_in_index(index: Index, part: KeyPart, type_: str) -> str:
    return (
        f"{_WERE_INVALID}Type mismatch for Index Key {part.name} Expected: {part.type} "
        f"Actual: {type_} IndexName: {index.name}"
    )


def refuse_index_types(table: Table, update: Writes | None) -> None:
    """Refuse an update that gives an index key a value of another type, where no item is needed to see it.

    What comes of an operand that the item decides is judged by ``check_updated_index_keys``, in other words.

    Raises:
        ValidationException: for the first such key; global indexes first, by name.

    Source: dynalite, which was calibrated on AWS; ExtendDB/extenddb pull requests 184 and 275.
    """
    if update is None or not table.indexes:
        return
    given = update.given_types()
    for index in table.indexes.values():
        for part, _ in _index_parts(index):
            type_ = given.get(part.name)
            if type_ is not None and type_ != part.type:
                raise ValidationException(_mismatch_in_index(index, part, type_))


def check_updated_index_keys(
    table: Table,
    before: Item | None,
    after: Item,
    *,
    has_expression: bool = True,
    typed_names: Collection[str] = (),
) -> None:
    """Check the index key attributes of an updated item, then the vectors.

    Of *typed_names* the update alone told the types; a wrong one is refused as in an item that is put.

    An item that is older than an index may violate its keys; then no update is taken that leaves it so.

    Raises:
        ValidationException: with the texts AWS has for update expressions; what is empty or too long without one, in
            ``AttributeUpdates``, with those for an item that is put.

    Source: developer guide, "Detecting and correcting index key violations" (all writes to items that violate are
    rejected); an update of another attribute of such an item, refused by AWS, is in Maurice Borgmeier, "How to
    accidentally create read-only DynamoDB items" (tecracer.com, September 2024), whose words for it were not to be had.
    The words for ``AttributeUpdates``: DynamoDB Local 3.3.1, asked 2026-11; for *typed_names*: dynalite 4.0.0, asked
    2026-11, which refuses them before it looks at the item, and DynamoDB Local.
    """
    for index in table.indexes.values():
        for part, bytes_max in _index_parts(index):
            value = after.get(part.name)
            if value is None:
                continue
            text = value.get(part.type)
            if text is None:
                raise ValidationException(
                    _mismatch_in_index(index, part, type_of(value))
                    if part.name in typed_names
                    else "The update expression attempted to update the secondary index key to unsupported type"
                )
            if not text:
                raise ValidationException(
                    f"{_NOT_VALID}The update expression attempted to update a secondary index key to a value that is not supported. "
                    f"The AttributeValue for a key attribute cannot contain an empty {_kind(part.type)} value."
                    if has_expression
                    else empty_index_key(index, part)
                )
            if _is_longer(part.type, value, bytes_max):
                raise ValidationException(
                    _UPDATED_TOO_LONG
                    if has_expression and part.name not in table.key_names
                    else _too_long_for_index(index, part, value, bytes_max)
                )
        if index.keys.has_several and _too_long_together(index, after) is not None:
            # Assumption: DynamoDB Local takes it.
            raise ValidationException(_UPDATED_TOO_LONG)
    if table.vector_indexes:
        check_updated_vectors(table, before, after)


def _index_parts(index: Index) -> list[tuple[KeyPart, int]]:
    return [(part, HASH_KEY_BYTES_MAX) for part in index.keys.hash_parts] + [
        (part, RANGE_KEY_BYTES_MAX) for part in index.keys.range_parts
    ]


def too_long(part: KeyPart, value: AttributeValue, *, is_hash: bool) -> str | None:
    """AWS's sentence for a value that is longer than any key, ``None`` where it is not.

    Source: facebook/ThreatExchange issue 1324 (in a Query); ExtendDB/extenddb pull request 194.
    """
    bytes_max = HASH_KEY_BYTES_MAX if is_hash else RANGE_KEY_BYTES_MAX
    if not _is_longer(part.type, value, bytes_max):
        return None
    return _HASH_KEY_TOO_LONG if is_hash else _RANGE_KEY_TOO_LONG


class Parsed(Protocol):
    """An expression that knows which attributes it looks into."""

    @property
    def nested_names(self) -> frozenset[str]:
        """The attributes it uses with ``.`` or ``[]``."""


def refuse_paths_into_keys(table: Table, *expressions: Parsed | None) -> None:
    """Refuse expressions that look into a key attribute of the table or of one of its indexes, which are scalars.

    Raises:
        InvalidExpression: for the first such attribute.
    """
    for expression in expressions:
        if expression is not None and expression.nested_names:
            in_indexes = [part.name for index in table.indexes.values() for part, _ in _index_parts(index)]
            refuse_nested_keys(expression.nested_names, table.key_names, in_indexes)
