"""Attribute values: what may be stored, what it weighs, how it compares and sorts.

Given values as they stand in the request's JSON (``{"S": "x"}``, blobs as base64 text), gives the same values in their
normal form, or the exact sentence with which AWS refuses them; and sizes, equality, order and key bytes of normalised
values. It must not know tables, expressions, or which operation is asking.
"""

from sandbox.values.attribute import AttributeValue, Item, WireValue, normalise_item, normalise_value, type_of
from sandbox.values.compare import equal, is_plain, items_equal, less_than
from sandbox.values.invalid import Family, InvalidValue
from sandbox.values.key_bytes import partition_hash, scalar_bytes, terminated_bytes
from sandbox.values.number import add, canonical, subtract
from sandbox.values.size import item_bytes, value_bytes

__all__ = [
    "AttributeValue",
    "Family",
    "InvalidValue",
    "Item",
    "WireValue",
    "add",
    "canonical",
    "equal",
    "is_plain",
    "item_bytes",
    "items_equal",
    "less_than",
    "normalise_item",
    "normalise_value",
    "partition_hash",
    "scalar_bytes",
    "subtract",
    "terminated_bytes",
    "type_of",
    "value_bytes",
]
