"""What a written item may hold in the attributes of a vector index, in AWS's words.

An absent attribute is fine: the item is just not in the index, or has nothing to filter by. Which index is looked at
first is not known: here it is the one whose name comes first, and in it the vector.

Source: *Creating and searching vector indexes*, Amazon DynamoDB Developer Guide (the rules); ExtendDB/extenddb
(``vector_item``, measured on AWS 2026-08-19) for the sentences about vectors; nubo-db/dynoxide (``vector_index``, measured
2026-08-12 and 13) for those about search schemas. The sentences about sizes are ExtendDB's, which does not tell whether
they were measured: an assumption.
"""

from sandbox.dynamodb.faults import ValidationException
from sandbox.dynamodb.limits import HASH_KEY_BYTES_MAX, INLINE_FILTER_BYTES_MAX
from sandbox.dynamodb.storage.keys import KeyPart
from sandbox.dynamodb.storage.table import Table
from sandbox.dynamodb.storage.vector_index import VectorIndex
from sandbox.values.attribute import AttributeValue, Item, type_of
from sandbox.values.size import value_bytes
from sandbox.values.vector import components_of, fits

__all__ = ["check_updated_vectors", "check_vectors"]

_ONCE = "One or more parameter values were invalid."
_TWICE = f"One or more parameter values are not valid. {_ONCE[:-1]} ."
"""The blank before the second full stop is AWS's."""
_RANGE = "[-3.4028235E38, 3.4028235E38]"


def check_vectors(table: Table, item: Item) -> None:
    """Check the vectors of an item that is to be put, and what its search schemas name.

    Raises:
        ValidationException: for the first value that does not fit an index.
    """
    for index in table.vector_indexes.values():
        _check(index, item, {}, is_update=False)


def check_updated_vectors(table: Table, before: Item | None, after: Item) -> None:
    """Check what an update changed; a value that does not fit may stay.

    Raises:
        ValidationException: as ``check_vectors``, but for the sentence about an empty value.
    """
    for index in table.vector_indexes.values():
        _check(index, after, before or {}, is_update=True)


def _check(index: VectorIndex, item: Item, before: Item, *, is_update: bool) -> None:
    vector = item.get(index.attribute)
    if (
        vector is not None
        and vector != before.get(index.attribute)
        and components_of(vector, index.definition.dimensions) is None
    ):
        raise _refused_vector(index, vector)
    # The order of the schema is not kept; the HASH attribute comes first here.
    if index.hash_part is not None:
        value = item.get(index.hash_part.name)
        if value is not None and value != before.get(index.hash_part.name):
            _check_type(index, index.hash_part, value)
            _check_hash(index, index.hash_part, value, is_update=is_update)
    for part in index.filter_parts:
        value = item.get(part.name)
        if value is not None and value != before.get(part.name):
            _check_type(index, part, value)
            _check_filter(part, value)


def _refused_vector(index: VectorIndex, vector: AttributeValue) -> ValidationException:
    """What is wrong with a value that is no vector of the index."""
    name, dimensions, place = index.attribute, index.definition.dimensions, f"IndexName: {index.name}"
    elements = vector.get("L")
    if elements is None:
        return ValidationException(
            f"{_TWICE} Invalid type for parameter {name}, Expected: L, Actual: {type_of(vector)}. {place}"
        )
    if len(elements) != dimensions:
        return ValidationException(
            f"{_TWICE} Invalid size for parameter {name}, Expected: {dimensions}, Actual: {len(elements)}. {place}"
        )
    position, element = next(
        (position, element) for position, element in enumerate(elements) if "N" not in element or not fits(element["N"])
    )
    if "N" not in element:
        return ValidationException(
            f"{_ONCE} Invalid type for parameter {name}[{position}], Expected: 32-bit floating point number, "
            f"Actual: {type_of(element)}. {place}"
        )
    return ValidationException(
        f"{_TWICE} Invalid value for parameter {name}[{position}], Value: {_scientific(element['N'])} "
        f"is outside valid range {_RANGE}. {place}"
    )


def _scientific(number: str) -> str:
    """A number as Java prints one that is so large: ``1.0E39``."""
    digits, _, exponent = repr(float(number)).partition("e+")
    return f"{digits if '.' in digits else f'{digits}.0'}E{exponent}"


def _check_type(index: VectorIndex, part: KeyPart, value: AttributeValue) -> None:
    if part.type not in value:
        raise ValidationException(
            f"{_ONCE} Attribute '{part.name}' type mismatch. Expected: {part.type}, Actual: {type_of(value)}. "
            f"IndexName: {index.name}"
        )


def _check_hash(index: VectorIndex, part: KeyPart, value: AttributeValue, *, is_update: bool) -> None:
    if not value[part.type]:
        not_valid = "One or more parameter values are not valid. "
        empty = f"an empty {'binary' if part.type == 'B' else 'string'} value."
        if is_update:
            raise ValidationException(
                f"{not_valid}The update expression attempted to update a secondary index key to a value that is not "
                f"supported. The AttributeValue for a key attribute cannot contain {empty}"
            )
        raise ValidationException(
            f"{not_valid}A value specified for a secondary index key is not supported. The AttributeValue for a key "
            f"attribute cannot contain {empty} IndexName: {index.name}, IndexKey: {part.name}"
        )
    if part.type != "N" and value_bytes(value) > HASH_KEY_BYTES_MAX:
        raise ValidationException(
            f"{_ONCE[:-1]}: Aggregate size for HASH key attributes exceeds the maximum of {HASH_KEY_BYTES_MAX} bytes"
        )


def _check_filter(part: KeyPart, value: AttributeValue) -> None:
    if value_bytes(value) > INLINE_FILTER_BYTES_MAX:
        raise ValidationException(
            f"{_ONCE[:-1]}: Size limit exceeded for SearchSchema attribute '{part.name}': "
            f"maximum {INLINE_FILTER_BYTES_MAX} bytes"
        )
